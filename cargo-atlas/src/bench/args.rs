//! The flags of `bench`.

use clap::Args;

use crate::args::{
    AtlasArgs, BuildArgs, CompilationArgs, FeatureArgs, JobsArgs, ManifestArgs, MessageArgs,
    OutputArgs, PackageArgs, TargetArgs,
};

/// The flags of `bench`. The help of those that select packages and targets is worded by
/// [`crate::args`].
#[derive(Args, Clone, Debug)]
pub(crate) struct BenchArgs {
    /// If specified, only run benches containing this string in their names
    #[arg(value_name = "BENCHNAME")]
    pub(crate) bench_name: Option<String>,

    /// Arguments for the bench binary
    #[arg(value_name = "ARGS", num_args = 0.., last = true)]
    pub(crate) args: Vec<String>,

    /// Compile, but don't run benchmarks
    #[arg(long)]
    pub(crate) no_run: bool,

    /// Run all benchmarks regardless of failure
    #[arg(long)]
    pub(crate) no_fail_fast: bool,

    /// How messages are formatted.
    #[command(flatten)]
    pub(crate) messages: MessageArgs,

    /// Which packages.
    #[command(flatten)]
    pub(crate) packages: PackageArgs,

    /// Which targets of them.
    #[command(flatten)]
    pub(crate) targets: TargetArgs,

    /// With which features.
    #[command(flatten)]
    pub(crate) features: FeatureArgs,

    /// How much at once.
    #[command(flatten)]
    pub(crate) jobs: JobsArgs,

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

impl BenchArgs {
    /// Returns the flags that it has in common with a build.
    pub(crate) fn build_args(&self) -> BuildArgs {
        BuildArgs {
            future_incompat_report: false,
            message_format: self.messages.message_format.clone(),
            packages: self.packages.clone(),
            targets: self.targets.clone(),
            features: self.features.clone(),
            compilation: CompilationArgs::of(&self.jobs, (false, false), &self.outputs),
            manifest_path: self.manifest.manifest_path.clone(),
            ignore_rust_version: self.manifest.ignore_rust_version,
            atlas: self.atlas.clone(),
        }
    }

    /// Returns what benchmarks are started with; where they are only named, as in cargo without the
    /// flag that makes libtest measure.
    pub(crate) fn bench_args(&self) -> Vec<String> {
        let given = self.bench_name.iter().chain(&self.args).cloned();
        let measure = (!self.no_run).then(|| "--bench".to_owned());
        given.chain(measure).collect()
    }
}
