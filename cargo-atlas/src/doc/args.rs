//! The flags of `doc` and `rustdoc`, in cargo's words.

use clap::Args;

use crate::args::{
    BuildArgs, CommandArgs, FeatureArgs, MessageArgs, OnePackageArgs, PackageArgs,
    TARGET_SELECTION, TargetArgs,
};

/// The flags of `doc`.
#[derive(Args, Clone, Debug)]
pub(crate) struct DocArgs {
    /// Opens the docs in a browser after the operation
    #[arg(long)]
    pub(crate) open: bool,

    /// Don't build documentation for dependencies
    #[arg(long)]
    pub(crate) no_deps: bool,

    /// Document private items
    #[arg(long)]
    pub(crate) document_private_items: bool,

    /// How messages are formatted.
    #[command(flatten)]
    pub(crate) messages: MessageArgs,

    /// Which packages.
    #[command(flatten)]
    pub(crate) packages: PackageArgs,

    /// With which features.
    #[command(flatten)]
    pub(crate) features: FeatureArgs,

    /// Which targets.
    #[command(flatten)]
    pub(crate) targets: DocTargetArgs,

    /// What it has in common with others.
    #[command(flatten)]
    pub(crate) command: CommandArgs,
}

/// Flags that select targets to be documented.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = TARGET_SELECTION)]
pub(crate) struct DocTargetArgs {
    /// Document only this package's library
    #[arg(long)]
    lib: bool,

    /// Document all binaries
    #[arg(long)]
    bins: bool,

    /// Document only the specified binary
    #[arg(long, value_name = "NAME", num_args = 0..=1)]
    bin: Option<Vec<String>>,

    /// Document all examples
    #[arg(long)]
    examples: bool,

    /// Document only the specified example
    #[arg(long, value_name = "NAME", num_args = 0..=1)]
    example: Option<Vec<String>>,
}

/// The flags of `rustdoc`.
#[derive(Args, Clone, Debug)]
pub(crate) struct RustdocArgs {
    /// Extra rustdoc flags
    #[arg(value_name = "ARGS", num_args = 0.., trailing_var_arg = true)]
    pub(crate) args: Vec<String>,

    /// Opens the docs in a browser after the operation
    #[arg(long)]
    pub(crate) open: bool,

    /// How messages are formatted.
    #[command(flatten)]
    pub(crate) messages: MessageArgs,

    /// The output type to write (unstable)
    #[arg(long, value_name = "FMT", value_parser = ["html", "json"])]
    pub(crate) output_format: Option<String>,

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

impl DocArgs {
    /// Returns the flags that it has in common with a build.
    pub(crate) fn build_args(&self) -> BuildArgs {
        let DocTargetArgs { lib, bins, bin, examples, example } = self.targets.clone();
        self.command.of_build(
            self.packages.clone(),
            TargetArgs { lib, bins, bin, examples, example, ..TargetArgs::default() },
            &self.features,
            &self.messages,
        )
    }
}

impl RustdocArgs {
    /// Returns the flags that it has in common with a build.
    pub(crate) fn build_args(&self) -> BuildArgs {
        self.command.of_build(
            self.package.packages(),
            self.targets.clone(),
            &self.features,
            &self.messages,
        )
    }

    /// Returns why plain cargo has to do it, if it has to.
    pub(crate) fn needs_cargo(&self) -> Option<&'static str> {
        self.output_format.as_ref().map(|_| "`--output-format` is unstable")
    }
}
