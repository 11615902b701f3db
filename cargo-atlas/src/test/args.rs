//! The flags of `test`.

use clap::Args;

use crate::args::{
    ATLAS_OPTIONS, AtlasArgs, BuildArgs, CompilationArgs, FeatureArgs, JobsArgs, ManifestArgs,
    MessageArgs, OutputArgs, PackageArgs, ReleaseArgs, TARGET_SELECTION, TargetArgs,
};

/// The flags of `test`. The help of those that select packages and targets is worded by
/// [`crate::args`].
#[derive(Args, Clone, Debug)]
pub(crate) struct TestArgs {
    /// If specified, only run tests containing this string in their names
    #[arg(value_name = "TESTNAME")]
    pub(crate) test_name: Option<String>,

    /// Arguments for the test binary
    #[arg(value_name = "ARGS", num_args = 0.., last = true)]
    pub(crate) args: Vec<String>,

    /// Compile, but don't run tests
    #[arg(long)]
    pub(crate) no_run: bool,

    /// Run all tests regardless of failure
    #[arg(long)]
    pub(crate) no_fail_fast: bool,

    /// Outputs a future incompatibility report at the end of the build
    #[arg(long)]
    pub(crate) future_incompat_report: bool,

    /// How messages are formatted.
    #[command(flatten)]
    pub(crate) messages: MessageArgs,

    /// Display one character per test instead of one line
    // Takes the place of the global flag.
    #[arg(short, long)]
    pub(crate) quiet: bool,

    /// Which packages.
    #[command(flatten)]
    pub(crate) packages: PackageArgs,

    /// Which targets of them.
    #[command(flatten)]
    pub(crate) targets: TargetArgs,

    /// Test only this library's documentation
    #[arg(long, help_heading = TARGET_SELECTION)]
    pub(crate) doc: bool,

    /// With which features.
    #[command(flatten)]
    pub(crate) features: FeatureArgs,

    /// How much at once.
    #[command(flatten)]
    pub(crate) jobs: JobsArgs,

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

    /// Do not run tests again that passed and that came out the same
    #[arg(long, help_heading = ATLAS_OPTIONS)]
    pub(crate) changed: bool,
}

impl TestArgs {
    /// Returns the flags that it has in common with a build.
    pub(crate) fn build_args(&self) -> BuildArgs {
        BuildArgs {
            future_incompat_report: self.future_incompat_report,
            message_format: self.messages.message_format.clone(),
            packages: self.packages.clone(),
            targets: self.targets.clone(),
            features: self.features.clone(),
            compilation: CompilationArgs::of(
                &self.jobs,
                (false, self.release.release),
                &self.outputs,
            ),
            manifest_path: self.manifest.manifest_path.clone(),
            ignore_rust_version: self.manifest.ignore_rust_version,
            atlas: self.atlas.clone(),
        }
    }

    /// Returns what test binaries are started with.
    pub(crate) fn test_args(&self) -> Vec<String> {
        self.test_name.iter().chain(&self.args).cloned().collect()
    }
}
