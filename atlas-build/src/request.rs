//! What the user asked for, typed: the only input of the engine besides the outside world.
//! Knows no flag names and no terminal.

use std::time::{Duration, SystemTime};

use camino::{Utf8Path, Utf8PathBuf};

use crate::cas;

pub use crate::process::Environment;

/// A build, as asked for on the command line and by the environment.
#[derive(Clone, Debug)]
pub struct BuildRequest {
    /// Directory the command was started in; absolute.
    pub cwd: Utf8PathBuf,
    /// `--manifest-path`, made absolute; `None` searches upwards from `cwd`.
    pub manifest_path: Option<Utf8PathBuf>,
    /// What to do with the targets.
    pub intent: Intent,
    /// Which packages to build.
    pub packages: PackageSelection,
    /// Which targets of those packages to build.
    pub targets: TargetSelection,
    /// What the compiler of those targets is told besides.
    pub extra_args: ExtraArgs,
    /// Features asked for.
    pub features: CliFeatures,
    /// Name of the profile asked for; `dev` if none was.
    pub profile: String,
    /// `--target` values in order, duplicates included; empty falls back to `build.target`.
    pub platforms: Vec<String>,
    /// `--target-dir`, made absolute.
    pub target_dir: Option<Utf8PathBuf>,
    /// `--jobs` as typed: a number, a negative number or `default`; `None` falls back to the config.
    pub jobs: Option<String>,
    /// Go on with what does not depend on a failed unit.
    pub keep_going: bool,
    /// How the lock file and the network may be used.
    pub resolution: Resolution,
    /// `--config` values in order.
    pub config_args: Vec<String>,
    /// Whether packages whose `rust-version` is newer than the compiler are an error.
    pub rust_version: RustVersionCheck,
    /// What rustc is asked to put into its messages.
    pub message_format: MessageFormat,
    /// Whether rustc should render diagnostics with colours.
    pub color: DiagnosticColor,
    /// `-vv`: warnings of dependencies and output of build scripts are shown.
    pub extra_verbose: bool,
    /// Whether warnings about manifests are told: cargo tells none when it installs.
    pub manifest_warnings: bool,
    /// `-q`: cargo, where it is asked for something, says nothing either.
    pub quiet: bool,
    /// What of earlier builds may be used again.
    pub cache: CacheMode,
    /// What has to change in a source file for its crate to be built again.
    pub freshness: FreshnessLevel,
    /// How many earlier results of a unit of a local package are kept beside the last one.
    pub keep_results: usize,
    /// Whether dependents of a library keep their results when it changes in nothing that they see.
    pub cutoff: Cutoff,
    /// Names of macros whose calls in the body of a function make nothing that other crates see.
    pub harmless_macros: Vec<String>,
    /// Directory of the store that all workspaces share; `None` does without one.
    pub store: Option<Utf8PathBuf>,
    /// How big and how old the store may get.
    pub store_limits: StoreLimits,
    /// Whether results of the workspace's own crates can be used in other checkouts of it.
    pub portable: bool,
    /// Identifies the program that plans: plans of another one are not used again.
    pub planner: String,
    /// The process environment, read once.
    pub env: Environment,
}

/// What of earlier builds may be used again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CacheMode {
    /// `none`: everything is built from nothing.
    None,
    /// `whole`: whole artifacts, without rustc's incremental state.
    Whole,
    /// `incremental`: both.
    #[default]
    Incremental,
}

/// What has to change in a source file for its crate to be built again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FreshnessLevel {
    /// Any byte.
    Bytes,
    /// A token that counts, or its position.
    #[default]
    Tokens,
}

/// Whether dependents of a library keep their results when it changes in nothing that they see.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Cutoff {
    /// They are built again, as in cargo.
    Off,
    /// They keep them.
    #[default]
    On,
}

/// How big and how old the store may get.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StoreLimits {
    /// How many bytes it may have; `None` for what suits the disk.
    pub max_size: Option<u64>,
    /// How long a result is kept after its last use.
    pub max_age: Duration,
}

impl Default for StoreLimits {
    fn default() -> Self {
        StoreLimits { max_size: None, max_age: cas::DEFAULT_MAX_AGE }
    }
}

impl StoreLimits {
    /// Returns the limits of a collection in a store.
    pub fn of_collection(&self, root: &Utf8Path, now: SystemTime) -> cas::Limits {
        cas::Limits {
            max_size: Some(self.max_size.unwrap_or_else(|| cas::default_max_size(root))),
            max_age: Some(self.max_age),
            ..cas::Limits::none(now)
        }
    }
}

impl BuildRequest {
    /// Returns the request of a command without any flag.
    pub fn new(cwd: Utf8PathBuf, env: Environment) -> Self {
        BuildRequest {
            cwd,
            manifest_path: None,
            intent: Intent::default(),
            packages: PackageSelection::Default,
            targets: TargetSelection::Default,
            extra_args: ExtraArgs::default(),
            features: CliFeatures::default(),
            profile: "dev".to_owned(),
            platforms: Vec::new(),
            target_dir: None,
            jobs: None,
            keep_going: false,
            resolution: Resolution::default(),
            config_args: Vec::new(),
            rust_version: RustVersionCheck::Deny,
            message_format: MessageFormat::Human,
            color: DiagnosticColor { ansi: false, width: None },
            extra_verbose: false,
            manifest_warnings: true,
            quiet: false,
            cache: CacheMode::default(),
            freshness: FreshnessLevel::default(),
            keep_results: 2,
            cutoff: Cutoff::default(),
            harmless_macros: Vec::new(),
            store: None,
            store_limits: StoreLimits::default(),
            portable: false,
            planner: String::new(),
            env,
        }
    }
}

/// What is to be done with the targets asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Intent {
    /// `build`: programs and libraries that can be used.
    #[default]
    Build,
    /// `run`: one program.
    Run,
    /// `check`: nothing but what the compiler has to say.
    Check {
        /// `--profile test`: everything asked for is checked as a test.
        test: bool,
    },
    /// `test`: tests, and programs that they run.
    Test,
    /// `test --doc`: examples in documentation.
    Doctest,
    /// `bench`: benchmarks.
    Bench,
    /// `doc`: pages.
    Doc {
        /// Whether dependencies get pages too (not with `--no-deps`).
        dependencies: bool,
    },
}

/// What is passed on to the tools that make the targets asked for, and to no other run of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ExtraArgs {
    /// Arguments of `cargo rustc`.
    pub rustc: Vec<String>,
    /// `--crate-type` values of `cargo rustc`; empty for those of the target.
    pub crate_types: Vec<String>,
    /// Arguments of `cargo rustdoc`.
    pub rustdoc: Vec<String>,
    /// `--document-private-items`.
    pub private_items: bool,
    /// `fix`: no lint of the packages asked for is an error, whatever their sources say.
    pub caps_lints: bool,
}

/// Which packages to build.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PackageSelection {
    /// No flag: the workspace's default members.
    Default,
    /// `--workspace`, with `-p` values that must exist.
    All(Vec<String>),
    /// `--workspace --exclude …`.
    OptOut(Vec<String>),
    /// `-p …`: names, globs or package id specifications; without any, the package of the manifest
    /// that the request is about.
    Packages(Vec<String>),
}

/// Which targets of the selected packages to build.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TargetSelection {
    /// No flag: libraries and binaries.
    Default,
    /// At least one target flag.
    Only(TargetFilter),
}

/// The target flags, when at least one was given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TargetFilter {
    /// `--all-targets` (the rules below are then all [`FilterRule::All`]).
    pub all_targets: bool,
    /// `--lib`.
    pub lib: LibRule,
    /// `--bin`, `--bins`.
    pub bins: FilterRule,
    /// `--example`, `--examples`.
    pub examples: FilterRule,
    /// `--test`, `--tests`.
    pub tests: FilterRule,
    /// `--bench`, `--benches`.
    pub benches: FilterRule,
}

/// Whether libraries are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LibRule {
    /// `--lib`: an error if there is none.
    True,
    /// `--all-targets`: included if there is one.
    Default,
    /// Not wanted.
    False,
}

/// Which targets of one kind are wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FilterRule {
    /// `--bins`.
    All,
    /// `--bin NAME …` (names or globs); empty when the flag was not given.
    Just(Vec<String>),
}

impl FilterRule {
    /// The rule of a flag that was not given.
    pub fn none() -> Self {
        FilterRule::Just(Vec::new())
    }

    /// Returns whether the rule asks for anything.
    pub fn is_specific(&self) -> bool {
        match self {
            FilterRule::All => true,
            FilterRule::Just(names) => !names.is_empty(),
        }
    }
}

/// Features asked for on the command line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CliFeatures {
    /// `--features` values as typed; may hold several names separated by commas or spaces.
    pub features: Vec<String>,
    /// `--all-features`.
    pub all_features: bool,
    /// `--no-default-features`.
    pub no_default_features: bool,
}

/// How the lock file and the network may be used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Resolution {
    /// `--locked`: the lock file must not change.
    pub locked: bool,
    /// `--offline`: no network.
    pub offline: bool,
    /// `--frozen`: both.
    pub frozen: bool,
}

/// What to do with packages that declare a newer `rust-version` than the compiler's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RustVersionCheck {
    /// Refuse to build.
    Deny,
    /// `--ignore-rust-version`.
    Ignore,
}

/// `--message-format`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MessageFormat {
    /// `human`: full diagnostics.
    Human,
    /// `short`: one line a diagnostic.
    Short,
    /// `json`, with its options.
    Json {
        /// `json-render-diagnostics`: diagnostics are rendered to standard error instead.
        render_diagnostics: bool,
        /// `json-diagnostic-short`: the `rendered` field holds the short form.
        short: bool,
        /// `json-diagnostic-rendered-ansi`: the `rendered` field holds colours.
        ansi: bool,
    },
}

/// How rustc's diagnostics are to be rendered for a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DiagnosticColor {
    /// Keep the escape sequences that rustc renders.
    pub ansi: bool,
    /// Width of the terminal in columns, if output goes to one.
    pub width: Option<u16>,
}
