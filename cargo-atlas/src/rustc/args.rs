//! The flags of `rustc`.

use clap::Args;

use crate::args::{BuildArgs, CommandArgs, FeatureArgs, MessageArgs, OnePackageArgs, TargetArgs};

/// The flags of `rustc`.
#[derive(Args, Clone, Debug)]
pub(crate) struct RustcArgs {
    /// Extra rustc flags
    #[arg(value_name = "ARGS", num_args = 0.., trailing_var_arg = true)]
    pub(crate) args: Vec<String>,

    /// Output compiler information without compiling
    #[arg(long, value_name = "INFO")]
    pub(crate) print: Option<String>,

    /// Comma separated list of types of crates for the compiler to emit
    #[arg(long, value_name = "CRATE-TYPE")]
    pub(crate) crate_type: Vec<String>,

    /// Outputs a future incompatibility report at the end of the build
    #[arg(long)]
    pub(crate) future_incompat_report: bool,

    /// How messages are formatted.
    #[command(flatten)]
    pub(crate) messages: MessageArgs,

    /// Which package.
    #[command(flatten)]
    pub(crate) package: OnePackageArgs,

    /// Which targets of it.
    #[command(flatten)]
    pub(crate) targets: TargetArgs,

    /// With which features.
    #[command(flatten)]
    pub(crate) features: FeatureArgs,

    /// What it has in common with others.
    #[command(flatten)]
    pub(crate) command: CommandArgs,
}

impl RustcArgs {
    /// Returns the flags that it has in common with a build.
    pub(crate) fn build_args(&self) -> BuildArgs {
        BuildArgs {
            future_incompat_report: self.future_incompat_report,
            ..self.command.of_build(
                self.package.packages(),
                self.targets.clone(),
                &self.features,
                &self.messages,
            )
        }
    }

    /// Returns the crate types asked for, each once.
    pub(crate) fn crate_types(&self) -> Vec<String> {
        let mut types: Vec<String> = Vec::new();
        let given = self.crate_type.iter().flat_map(|list| list.split(','));
        for name in given.filter(|name| !name.is_empty()) {
            if !types.iter().any(|known| known == name) {
                types.push(name.to_owned());
            }
        }
        types
    }
}
