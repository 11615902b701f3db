//! The flags of `install`.

use clap::Args;

use crate::args::{
    AtlasArgs, BuildArgs, CompilationArgs, FeatureArgs, JobsArgs, KeepGoingArgs, MANIFEST_OPTIONS,
    MessageArgs, OutputArgs, PackageArgs, TARGET_SELECTION, TargetArgs,
};

/// The flags of `install`.
#[derive(Args, Clone, Debug)]
pub(crate) struct InstallArgs {
    /// Select the package from the given source
    #[arg(value_name = "CRATE[@<VER>]", num_args = 0..)]
    pub(crate) crates: Vec<String>,

    /// Specify a version to install
    #[arg(long, alias = "vers", value_name = "VERSION", requires = "crates")]
    pub(crate) version: Option<String>,

    /// Registry index to install from
    #[arg(
        long, value_name = "INDEX", requires = "crates",
        conflicts_with_all = ["git", "path", "registry"]
    )]
    pub(crate) index: Option<String>,

    /// Registry to use
    #[arg(
        long, value_name = "REGISTRY", requires = "crates",
        conflicts_with_all = ["git", "path", "index"]
    )]
    pub(crate) registry: Option<String>,

    /// Git URL to install the specified crate from
    #[arg(long, value_name = "URL", conflicts_with_all = ["path", "index", "registry"])]
    pub(crate) git: Option<String>,

    /// Branch to use when installing from git
    #[arg(long, value_name = "BRANCH", requires = "git")]
    pub(crate) branch: Option<String>,

    /// Tag to use when installing from git
    #[arg(long, value_name = "TAG", requires = "git")]
    pub(crate) tag: Option<String>,

    /// Specific commit to use when installing from git
    #[arg(long, value_name = "SHA", requires = "git")]
    pub(crate) rev: Option<String>,

    /// Filesystem path to local crate to install from
    #[arg(long, value_name = "PATH", conflicts_with_all = ["git", "index", "registry"])]
    pub(crate) path: Option<String>,

    /// Directory to install packages into
    #[arg(long, value_name = "DIR")]
    pub(crate) root: Option<String>,

    /// Force overwriting existing crates or binaries
    #[arg(short, long)]
    pub(crate) force: bool,

    /// Perform all checks without installing (unstable)
    #[arg(short = 'n', long)]
    pub(crate) dry_run: bool,

    /// Do not save tracking information
    #[arg(long)]
    pub(crate) no_track: bool,

    /// List all installed packages and their versions
    #[arg(long)]
    pub(crate) list: bool,

    /// Ignore `rust-version` specification in packages
    #[arg(long, help_heading = MANIFEST_OPTIONS)]
    pub(crate) ignore_rust_version: bool,

    /// How messages are formatted.
    #[command(flatten)]
    pub(crate) messages: MessageArgs,

    /// Build in debug mode (with the 'dev' profile) instead of release mode
    #[arg(long, conflicts_with = "profile")]
    pub(crate) debug: bool,

    /// Which programs.
    #[command(flatten)]
    pub(crate) programs: ProgramArgs,

    /// With which features.
    #[command(flatten)]
    pub(crate) features: FeatureArgs,

    /// How much at once.
    #[command(flatten)]
    pub(crate) jobs: JobsArgs,

    /// What follows an error.
    #[command(flatten)]
    pub(crate) keep_going: KeepGoingArgs,

    /// For what, and where to.
    #[command(flatten)]
    pub(crate) outputs: OutputArgs,
}

/// Flags that select programs.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = TARGET_SELECTION)]
pub(crate) struct ProgramArgs {
    /// Install only the specified binary
    #[arg(long, value_name = "NAME", num_args = 0..=1)]
    pub(crate) bin: Option<Vec<String>>,

    /// Install all binaries
    #[arg(long)]
    pub(crate) bins: bool,

    /// Install only the specified example
    #[arg(long, value_name = "NAME", num_args = 0..=1)]
    pub(crate) example: Option<Vec<String>>,

    /// Install all examples
    #[arg(long)]
    pub(crate) examples: bool,
}

impl InstallArgs {
    /// Returns why it is for plain cargo, if it is.
    pub(crate) fn needs_cargo(&self) -> Option<&'static str> {
        let is_bare = |values: &Option<Vec<String>>| values.as_ref().is_some_and(Vec::is_empty);
        let flags = [
            (self.git.is_some(), "packages of git repositories are installed by cargo"),
            (self.path.is_none(), "packages of registries are installed by cargo"),
            (!self.crates.is_empty(), "a package with a name is installed by cargo"),
            (self.dry_run, "`--dry-run` is unstable"),
            (is_bare(&self.programs.bin), "`--bin` without a value lists binaries"),
            (is_bare(&self.programs.example), "`--example` without a value lists examples"),
        ];
        flags.into_iter().find_map(|(given, reason)| given.then_some(reason))
    }

    /// Returns the flags that it has in common with a build.
    pub(crate) fn build_args(&self) -> BuildArgs {
        let ProgramArgs { bin, bins, example, examples } = self.programs.clone();
        let profile = self.outputs.profile.clone();
        let usual = if self.debug { "dev" } else { "release" };
        let outputs = OutputArgs {
            profile: Some(profile.unwrap_or_else(|| usual.to_owned())),
            ..self.outputs.clone()
        };
        BuildArgs {
            future_incompat_report: false,
            message_format: self.messages.message_format.clone(),
            packages: PackageArgs {
                package: None,
                workspace: false,
                exclude: Vec::new(),
                all: false,
            },
            targets: TargetArgs {
                lib: false,
                bins,
                bin,
                examples,
                example,
                tests: false,
                test: None,
                benches: false,
                bench: None,
                all_targets: false,
            },
            features: self.features.clone(),
            compilation: CompilationArgs::of(
                &self.jobs,
                (self.keep_going.keep_going, false),
                &outputs,
            ),
            manifest_path: None,
            ignore_rust_version: self.ignore_rust_version,
            atlas: AtlasArgs { cache: None, freshness: None, no_cutoff: false, dry_run: false },
        }
    }
}
