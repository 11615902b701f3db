//! The flags of `run`.

use std::ffi::OsString;

use clap::Args;

use crate::args::{
    BuildArgs, CommandArgs, FeatureArgs, MessageArgs, OnePackageArgs, TARGET_SELECTION, TargetArgs,
};

/// The flags of `run`.
#[derive(Args, Clone, Debug)]
pub(crate) struct RunArgs {
    /// Arguments for the binary or example to run
    #[arg(value_name = "ARGS", num_args = 0.., trailing_var_arg = true)]
    pub(crate) args: Vec<OsString>,

    /// How messages are formatted.
    #[command(flatten)]
    pub(crate) messages: MessageArgs,

    /// Which package.
    #[command(flatten)]
    pub(crate) package: OnePackageArgs,

    /// Name of the bin target to run
    #[arg(long, value_name = "NAME", num_args = 0..=1, help_heading = TARGET_SELECTION)]
    pub(crate) bin: Option<Vec<String>>,

    /// Name of the example target to run
    #[arg(long, value_name = "NAME", num_args = 0..=1, help_heading = TARGET_SELECTION)]
    pub(crate) example: Option<Vec<String>>,

    /// With which features.
    #[command(flatten)]
    pub(crate) features: FeatureArgs,

    /// What it has in common with others.
    #[command(flatten)]
    pub(crate) command: CommandArgs,
}

impl RunArgs {
    /// Returns the flags that it has in common with a build.
    pub(crate) fn build_args(&self) -> BuildArgs {
        let (bin, example) = (self.bin.clone(), self.example.clone());
        self.command.of_build(
            self.package.packages(),
            TargetArgs { bin, example, ..TargetArgs::default() },
            &self.features,
            &self.messages,
        )
    }
}
