//! The flags of `rustc`.

use clap::Args;

use crate::args::{
    AtlasArgs, BuildArgs, CompilationArgs, FeatureArgs, JobsArgs, KeepGoingArgs, ManifestArgs,
    MessageArgs, OnePackageArgs, OutputArgs, ReleaseArgs, TargetArgs,
};

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

    /// How much at once.
    #[command(flatten)]
    pub(crate) jobs: JobsArgs,

    /// What follows an error.
    #[command(flatten)]
    pub(crate) keep_going: KeepGoingArgs,

    /// Optimized or not.
    #[command(flatten)]
    pub(crate) release: ReleaseArgs,

    /// For what, and where to.
    #[command(flatten)]
    pub(crate) outputs: OutputArgs,

    /// About the manifest.
    #[command(flatten)]
    pub(crate) manifest: ManifestArgs,

    /// What cargo does not have.
    #[command(flatten)]
    pub(crate) atlas: AtlasArgs,
}

impl RustcArgs {
    /// Returns the flags that it has in common with a build.
    pub(crate) fn build_args(&self) -> BuildArgs {
        BuildArgs {
            future_incompat_report: self.future_incompat_report,
            message_format: self.messages.message_format.clone(),
            packages: self.package.packages(),
            targets: self.targets.clone(),
            features: self.features.clone(),
            compilation: CompilationArgs::of(
                &self.jobs,
                (self.keep_going.keep_going, self.release.release),
                &self.outputs,
            ),
            manifest_path: self.manifest.manifest_path.clone(),
            ignore_rust_version: self.manifest.ignore_rust_version,
            atlas: self.atlas.clone(),
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
