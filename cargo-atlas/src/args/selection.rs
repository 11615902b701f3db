//! Flags that select packages, targets and features, in cargo's words.

use clap::{ArgAction, Args};

pub(crate) const PACKAGE_SELECTION: &str = "Package Selection";
pub(crate) const TARGET_SELECTION: &str = "Target Selection";
const FEATURE_SELECTION: &str = "Feature Selection";

/// Flags that select packages.
#[derive(Args, Clone, Default, Debug)]
#[command(next_help_heading = PACKAGE_SELECTION)]
pub(crate) struct PackageArgs {
    /// Package to build (see `cargo help pkgid`)
    #[arg(short, long, value_name = "SPEC", num_args = 0..=1)]
    pub(crate) package: Option<Vec<String>>,

    /// Build all packages in the workspace
    #[arg(long)]
    pub(crate) workspace: bool,

    /// Exclude packages from the build
    #[arg(long, value_name = "SPEC")]
    pub(crate) exclude: Vec<String>,

    /// Alias for --workspace (deprecated)
    #[arg(long)]
    pub(crate) all: bool,
}

/// The flag that selects one package.
#[derive(Args, Clone, Default, Debug)]
#[command(next_help_heading = PACKAGE_SELECTION)]
pub(crate) struct OnePackageArgs {
    /// Package to build
    #[arg(short, long, value_name = "SPEC", num_args = 0..=1, action = ArgAction::Set)]
    pub(crate) package: Option<Vec<String>>,
}

impl OnePackageArgs {
    /// Returns the same as flags that may select several.
    pub(crate) fn packages(&self) -> PackageArgs {
        PackageArgs { package: self.package.clone(), ..PackageArgs::default() }
    }
}

/// Flags that select targets.
#[derive(Args, Clone, Default, Debug)]
#[command(next_help_heading = TARGET_SELECTION)]
pub(crate) struct TargetArgs {
    /// Build only this package's library
    #[arg(long)]
    pub(crate) lib: bool,

    /// Build all binaries
    #[arg(long)]
    pub(crate) bins: bool,

    /// Build only the specified binary
    #[arg(long, value_name = "NAME", num_args = 0..=1)]
    pub(crate) bin: Option<Vec<String>>,

    /// Build all examples
    #[arg(long)]
    pub(crate) examples: bool,

    /// Build only the specified example
    #[arg(long, value_name = "NAME", num_args = 0..=1)]
    pub(crate) example: Option<Vec<String>>,

    /// Build all targets that have `test = true` set
    #[arg(long)]
    pub(crate) tests: bool,

    /// Build only the specified test target
    #[arg(long, value_name = "NAME", num_args = 0..=1)]
    pub(crate) test: Option<Vec<String>>,

    /// Build all targets that have `bench = true` set
    #[arg(long)]
    pub(crate) benches: bool,

    /// Build only the specified bench target
    #[arg(long, value_name = "NAME", num_args = 0..=1)]
    pub(crate) bench: Option<Vec<String>>,

    /// Build all targets
    #[arg(long)]
    pub(crate) all_targets: bool,
}

/// Flags that select features.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = FEATURE_SELECTION)]
pub(crate) struct FeatureArgs {
    /// Space or comma separated list of features to activate
    #[arg(short = 'F', long)]
    pub(crate) features: Vec<String>,

    /// Activate all available features
    #[arg(long)]
    pub(crate) all_features: bool,

    /// Do not activate the `default` feature
    #[arg(long)]
    pub(crate) no_default_features: bool,
}
