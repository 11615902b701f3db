//! The flags of `run`.

use std::ffi::OsString;

use clap::Args;

use crate::args::{
    AtlasArgs, BuildArgs, CompilationArgs, FeatureArgs, JobsArgs, KeepGoingArgs, ManifestArgs,
    MessageArgs, OnePackageArgs, OutputArgs, ReleaseArgs, TARGET_SELECTION, TargetArgs,
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

impl RunArgs {
    /// Returns the flags that it has in common with a build.
    pub(crate) fn build_args(&self) -> BuildArgs {
        let (bin, example) = (self.bin.clone(), self.example.clone());
        BuildArgs {
            future_incompat_report: false,
            message_format: self.messages.message_format.clone(),
            packages: self.package.packages(),
            targets: TargetArgs { bin, example, ..TargetArgs::default() },
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
}
