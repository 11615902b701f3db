//! Flags of everything that builds.

use clap::Args;

use super::{FeatureArgs, MANIFEST_OPTIONS, PackageArgs, TargetArgs};
use crate::config;

pub(crate) const COMPILATION_OPTIONS: &str = "Compilation Options";
pub(crate) const ATLAS_OPTIONS: &str = "Atlas Options";

/// The flags of `build`.
#[derive(Args, Clone, Debug)]
pub(crate) struct BuildWords {
    /// Those that `check` has too.
    #[command(flatten)]
    pub(crate) args: BuildArgs,

    /// Copy final artifacts to this directory (unstable)
    // Shares the place of the flag that follows it in cargo's help.
    #[arg(long, value_name = "PATH", help_heading = COMPILATION_OPTIONS, display_order = 25)]
    pub(crate) artifact_dir: Option<String>,
}

/// The flags of `build` and `check`. A list that is there but empty stands for a flag without its
/// value.
#[derive(Args, Clone, Debug)]
pub(crate) struct BuildArgs {
    /// Outputs a future incompatibility report at the end of the build
    #[arg(long)]
    pub(crate) future_incompat_report: bool,

    /// Error format
    #[arg(
        long, value_name = "FMT", value_delimiter = ',', ignore_case = true,
        value_parser = [
            "human", "short", "json", "json-diagnostic-short", "json-diagnostic-rendered-ansi",
            "json-render-diagnostics",
        ]
    )]
    pub(crate) message_format: Vec<String>,

    /// Which packages.
    #[command(flatten)]
    pub(crate) packages: PackageArgs,
    /// Which targets of them.
    #[command(flatten)]
    pub(crate) targets: TargetArgs,
    /// With which features.
    #[command(flatten)]
    pub(crate) features: FeatureArgs,
    /// How to compile them.
    #[command(flatten)]
    pub(crate) compilation: CompilationArgs,

    /// Path to Cargo.toml
    #[arg(long, value_name = "PATH", help_heading = MANIFEST_OPTIONS)]
    pub(crate) manifest_path: Option<String>,

    /// Ignore `rust-version` specification in packages
    #[arg(long, help_heading = MANIFEST_OPTIONS)]
    pub(crate) ignore_rust_version: bool,

    /// What cargo does not have.
    #[command(flatten)]
    pub(crate) atlas: AtlasArgs,
}

impl BuildArgs {
    /// Returns what a flag without its value lists, if there is one.
    pub(crate) fn listing(&self) -> Option<&'static str> {
        let targets = &self.targets;
        let flags = [
            (&self.packages.package, "`--package` without a value lists packages"),
            (&targets.example, "`--example` without a value lists examples"),
            (&targets.bin, "`--bin` without a value lists binaries"),
            (&targets.bench, "`--bench` without a value lists bench targets"),
            (&targets.test, "`--test` without a value lists test targets"),
        ];
        let is_bare = |values: &Option<Vec<String>>| values.as_ref().is_some_and(Vec::is_empty);
        flags.into_iter().find_map(|(values, reason)| is_bare(values).then_some(reason))
    }
}

/// Flags that say how to compile, and where to.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = COMPILATION_OPTIONS)]
pub(crate) struct CompilationArgs {
    /// Build artifacts in release mode, with optimizations
    #[arg(short, long, conflicts_with = "profile")]
    pub(crate) release: bool,

    /// Build artifacts with the specified profile
    #[arg(long, value_name = "PROFILE-NAME")]
    pub(crate) profile: Option<String>,

    /// How many jobs; the full stop at the end is cargo's.
    #[arg(
        short,
        long,
        value_name = "N",
        allow_hyphen_values = true,
        help = "Number of parallel jobs, defaults to # of CPUs."
    )]
    pub(crate) jobs: Option<String>,

    /// Do not abort the build as soon as there is an error
    #[arg(long)]
    pub(crate) keep_going: bool,

    /// Build for the target triple
    #[arg(long, value_name = "TRIPLE", num_args = 0..=1)]
    pub(crate) target: Option<Vec<String>>,

    /// Directory for all generated artifacts
    #[arg(long, value_name = "DIRECTORY")]
    pub(crate) target_dir: Option<String>,

    /// Output build graph in JSON (unstable)
    #[arg(long)]
    pub(crate) unit_graph: bool,

    /// Output a build timing report at the end of the build
    #[arg(long)]
    pub(crate) timings: bool,

    /// Build what build scripts and procedural macros need.
    #[arg(long, hide = true)]
    pub(crate) compile_time_deps: bool,
}

impl CompilationArgs {
    /// Returns the flags of a command that has only some of them.
    pub(crate) fn of(
        jobs: &JobsArgs,
        (keep_going, release): (bool, bool),
        outputs: &OutputArgs,
    ) -> Self {
        let OutputArgs { profile, target, target_dir, unit_graph, timings } = outputs.clone();
        CompilationArgs {
            release,
            profile,
            jobs: jobs.jobs.clone(),
            keep_going,
            target,
            target_dir,
            unit_graph,
            timings,
            compile_time_deps: false,
        }
    }
}

/// The flag that says how much is done at once.
#[derive(Args, Clone, Default, Debug)]
#[command(next_help_heading = COMPILATION_OPTIONS)]
pub(crate) struct JobsArgs {
    /// How many jobs; the full stop at the end is cargo's.
    #[arg(
        short,
        long,
        value_name = "N",
        allow_hyphen_values = true,
        help = "Number of parallel jobs, defaults to # of CPUs."
    )]
    pub(crate) jobs: Option<String>,
}

/// The flag that says what follows an error.
#[derive(Args, Clone, Default, Debug)]
#[command(next_help_heading = COMPILATION_OPTIONS)]
pub(crate) struct KeepGoingArgs {
    /// Do not abort the build as soon as there is an error
    #[arg(long)]
    pub(crate) keep_going: bool,
}

/// The flag for the profile that has one.
#[derive(Args, Clone, Default, Debug)]
#[command(next_help_heading = COMPILATION_OPTIONS)]
pub(crate) struct ReleaseArgs {
    /// Build artifacts in release mode, with optimizations
    #[arg(short, long, conflicts_with = "profile")]
    pub(crate) release: bool,
}

/// Flags that say for what to compile, and where to.
#[derive(Args, Clone, Default, Debug)]
#[command(next_help_heading = COMPILATION_OPTIONS)]
pub(crate) struct OutputArgs {
    /// Build artifacts with the specified profile
    #[arg(long, value_name = "PROFILE-NAME")]
    pub(crate) profile: Option<String>,

    /// Build for the target triple
    #[arg(long, value_name = "TRIPLE", num_args = 0..=1)]
    pub(crate) target: Option<Vec<String>>,

    /// Directory for all generated artifacts
    #[arg(long, value_name = "DIRECTORY")]
    pub(crate) target_dir: Option<String>,

    /// Output build graph in JSON (unstable)
    #[arg(long)]
    pub(crate) unit_graph: bool,

    /// Output a build timing report at the end of the build
    #[arg(long)]
    pub(crate) timings: bool,
}

/// Flags about the manifest that only building commands have.
#[derive(Args, Clone, Default, Debug)]
#[command(next_help_heading = MANIFEST_OPTIONS)]
pub(crate) struct ManifestArgs {
    /// Path to Cargo.toml
    #[arg(long, value_name = "PATH")]
    pub(crate) manifest_path: Option<String>,

    /// Ignore `rust-version` specification in packages
    #[arg(long)]
    pub(crate) ignore_rust_version: bool,
}

/// The format of messages.
#[derive(Args, Clone, Default, Debug)]
pub(crate) struct MessageArgs {
    /// Error format
    #[arg(
        long, value_name = "FMT", value_delimiter = ',', ignore_case = true,
        value_parser = [
            "human", "short", "json", "json-diagnostic-short", "json-diagnostic-rendered-ansi",
            "json-render-diagnostics",
        ]
    )]
    pub(crate) message_format: Vec<String>,
}

/// Flags that `doc`, `run`, `rustc` and `rustdoc` have in common: all but what is selected.
#[derive(Args, Clone, Debug)]
pub(crate) struct CommandArgs {
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

impl CommandArgs {
    /// Returns the flags of a build of what is selected.
    pub(crate) fn of_build(
        &self,
        packages: PackageArgs,
        targets: TargetArgs,
        features: &FeatureArgs,
        messages: &MessageArgs,
    ) -> BuildArgs {
        BuildArgs {
            future_incompat_report: false,
            message_format: messages.message_format.clone(),
            packages,
            targets,
            features: features.clone(),
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

/// Flags of a build that cargo does not have.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = ATLAS_OPTIONS)]
pub(crate) struct AtlasArgs {
    /// What of earlier builds may be used again
    #[arg(long, value_name = "MODE", value_parser = config::CACHE.kind.words().to_vec())]
    pub(crate) cache: Option<String>,

    /// What has to change in a source file for its crate to be built again
    #[arg(long, value_name = "LEVEL", value_parser = config::FRESHNESS.kind.words().to_vec())]
    pub(crate) freshness: Option<String>,

    /// Build dependents again even if nothing that they see of a library has changed
    #[arg(long)]
    pub(crate) no_cutoff: bool,

    /// Show what would be built and why, and build nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
}
