//! Flags and environment become a [`BuildRequest`]. Checks what cargo checks before it looks at a
//! workspace, and reads no file.

use atlas_build::packages::FeatureValue;
use atlas_build::request::{
    BuildRequest, CacheMode, CliFeatures, Cutoff, DiagnosticColor, Environment, FilterRule,
    FreshnessLevel, Intent, LibRule, PackageSelection, Resolution, RustVersionCheck, TargetFilter,
    TargetSelection,
};
use camino::Utf8Path;
use cargo_util_schemas::manifest::{NameValidationError, ProfileName};

use crate::args::{
    AtlasArgs, BuildArgs, CompilationArgs, FeatureArgs, GlobalArgs, PackageArgs, TargetArgs,
    WhyArgs,
};
use crate::clean::CleanArgs;
use crate::config::{
    CACHE, CUTOFF, Configuration, FRESHNESS, HARMLESS_MACROS, KEEP_RESULTS, PORTABLE, Value,
    store_limits, store_root,
};
use crate::graph::GraphArgs;
use crate::manifest_path;
use crate::message_format::{self, MessageFormatError};

/// A command line that says something wrong, in cargo's words.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RequestError {
    /// `--exclude` alone.
    #[error("--exclude can only be used together with --workspace")]
    ExcludeWithoutWorkspace,
    /// `--message-format` values that do not go together.
    #[error(transparent)]
    MessageFormat(#[from] MessageFormatError),
    /// `--target` without a value.
    #[error(
        "\"--target\" takes a target architecture as an argument.\n\n\
         Run `{0}` to see possible targets."
    )]
    TargetWithoutValue(&'static str),
    /// `-j 0`.
    #[error("jobs may not be 0")]
    NoJobs,
    /// `-j` with something else than a number.
    #[error("could not parse `{0}`. Number of parallel jobs should be `default` or a number.")]
    Jobs(String),
    /// `--profile doc`.
    #[error("profile `doc` is reserved and not allowed to be explicitly specified")]
    DocProfile,
    /// A name that no profile can have.
    #[error(transparent)]
    ProfileName(#[from] NameValidationError),
    /// `--features dep:…`.
    #[error("feature `{0}` is not allowed to use explicit `dep:` syntax")]
    DepFeature(FeatureValue),
    /// `--features a/b/c`.
    #[error("multiple slashes in feature `{0}` is not allowed")]
    Slashes(FeatureValue),
}

/// Returns why the flags are for plain cargo, if they are.
pub(crate) fn needs_cargo(globals: &GlobalArgs, args: &BuildArgs) -> Option<String> {
    let flags = [
        (!globals.unstable.is_empty(), "`-Z` flags are unstable"),
        (args.compilation.compile_time_deps, "`--compile-time-deps` is unstable"),
        (args.compilation.timings, "`--timings` is not supported yet"),
        (args.future_incompat_report, "`--future-incompat-report` is not supported yet"),
    ];
    let unsupported = flags.into_iter().find_map(|(given, reason)| given.then_some(reason));
    unsupported.or_else(|| args.listing()).map(str::to_owned)
}

/// What is to be done, as typed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Verb {
    /// `build`.
    Build,
    /// `check`.
    Check,
    /// `run`.
    Run,
    /// `test`.
    Test,
    /// `bench`.
    Bench,
    /// `rustc`.
    Rustc,
    /// `doc`.
    Doc,
    /// `rustdoc`.
    Rustdoc,
}

impl Verb {
    /// Returns the name of the command.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Verb::Build => "build",
            Verb::Check => "check",
            Verb::Run => "run",
            Verb::Test => "test",
            Verb::Bench => "bench",
            Verb::Rustc => "rustc",
            Verb::Doc => "doc",
            Verb::Rustdoc => "rustdoc",
        }
    }

    /// Returns what is to be done with targets. The profile `test` has cargo check everything as a
    /// test, which is older than profiles that are named.
    fn intent(self, args: &CompilationArgs) -> Intent {
        match self {
            Verb::Build => Intent::Build,
            Verb::Doc => Intent::Doc { dependencies: true },
            Verb::Rustdoc => Intent::Doc { dependencies: false },
            Verb::Check => Intent::Check { test: args.profile.as_deref() == Some("test") },
            Verb::Run => Intent::Run,
            Verb::Test => Intent::Test,
            Verb::Bench => Intent::Bench,
            Verb::Rustc => match args.profile.as_deref() {
                Some("test") => Intent::Test,
                Some("bench") => Intent::Bench,
                Some("check") => Intent::Check { test: false },
                _ => Intent::Build,
            },
        }
    }

    /// Returns the profile if no flag names one.
    fn default_profile(self) -> &'static str {
        match self {
            Verb::Build | Verb::Check | Verb::Run | Verb::Rustc | Verb::Doc | Verb::Rustdoc => {
                "dev"
            }
            Verb::Test => "test",
            Verb::Bench => "bench",
        }
    }
}

/// Resolves the flags of a build or check.
///
/// # Errors
///
/// [`RequestError`] for the first thing that cargo would complain about.
pub(crate) fn resolve(
    globals: &GlobalArgs,
    (verb, args): (Verb, &BuildArgs),
    cwd: &Utf8Path,
    environment: &Environment,
    color: DiagnosticColor,
) -> Result<BuildRequest, RequestError> {
    let packages = packages(&args.packages)?;
    let message_format = message_format::join(&args.message_format)?;
    let platforms = platforms(&args.compilation, environment)?;
    let manifest_path = args.manifest_path.as_deref();
    Ok(BuildRequest {
        manifest_path: manifest_path.map(|path| manifest_path::absolute(cwd, path.into())),
        intent: verb.intent(&args.compilation),
        packages,
        targets: targets(&args.targets),
        jobs: jobs(args.compilation.jobs.as_deref())?,
        profile: profile(verb, &args.compilation)?,
        features: features(&args.features)?,
        platforms,
        target_dir: args.compilation.target_dir.as_deref().map(|path| cwd.join(path)),
        keep_going: args.compilation.keep_going,
        resolution: resolution(globals),
        config_args: globals.config.clone(),
        rust_version: if args.ignore_rust_version {
            RustVersionCheck::Ignore
        } else {
            RustVersionCheck::Deny
        },
        message_format,
        color,
        extra_verbose: globals.verbose > 1,
        quiet: globals.quiet,
        ..BuildRequest::new(cwd.to_owned(), environment.clone())
    })
}

/// Puts into a request what the configuration of atlas says; what was typed goes before it.
pub(crate) fn configure(
    request: BuildRequest,
    args: &AtlasArgs,
    configuration: &Configuration,
) -> BuildRequest {
    let word = |typed: &Option<String>, key| match (typed, configuration.value(key)) {
        (Some(typed), _) => typed.clone(),
        (None, value) => value.to_string(),
    };
    BuildRequest {
        cache: match word(&args.cache, &CACHE).as_str() {
            "none" => CacheMode::None,
            "whole" => CacheMode::Whole,
            _ => CacheMode::Incremental,
        },
        freshness: match word(&args.freshness, &FRESHNESS).as_str() {
            "bytes" => FreshnessLevel::Bytes,
            _ => FreshnessLevel::Tokens,
        },
        keep_results: match configuration.value(&KEEP_RESULTS) {
            Value::Count(count) => usize::try_from(count).unwrap_or(usize::MAX),
            _ => request.keep_results,
        },
        cutoff: match configuration.value(&CUTOFF) {
            Value::Word("off") => Cutoff::Off,
            _ if args.no_cutoff => Cutoff::Off,
            _ => Cutoff::On,
        },
        harmless_macros: match configuration.value(&HARMLESS_MACROS) {
            Value::Words(names) => names,
            _ => request.harmless_macros,
        },
        store: store_root(configuration, &request.cwd, &request.env),
        store_limits: store_limits(configuration),
        portable: configuration.value(&PORTABLE) == Value::Switch(true),
        ..request
    }
}

/// Returns the request that leads to the target directory that a build would use.
pub(crate) fn of_target_directory(
    globals: &GlobalArgs,
    args: &WhyArgs,
    cwd: &Utf8Path,
    environment: &Environment,
) -> BuildRequest {
    let manifest_path = args.manifest_path.as_deref();
    BuildRequest {
        manifest_path: manifest_path.map(|path| manifest_path::absolute(cwd, path.into())),
        target_dir: args.target_dir.as_deref().map(|path| cwd.join(path)),
        resolution: resolution(globals),
        config_args: globals.config.clone(),
        quiet: globals.quiet,
        ..BuildRequest::new(cwd.to_owned(), environment.clone())
    }
}

/// Returns the request that leads to the target directory that is to be cleaned.
pub(crate) fn of_clean(
    globals: &GlobalArgs,
    args: &CleanArgs,
    cwd: &Utf8Path,
    environment: &Environment,
) -> BuildRequest {
    let manifest_path = args.manifest_path.as_deref();
    BuildRequest {
        manifest_path: manifest_path.map(|path| manifest_path::absolute(cwd, path.into())),
        target_dir: args.target_dir.as_deref().map(|path| cwd.join(path)),
        resolution: resolution(globals),
        config_args: globals.config.clone(),
        quiet: globals.quiet,
        ..BuildRequest::new(cwd.to_owned(), environment.clone())
    }
}

/// Resolves the flags of `graph`.
///
/// # Errors
///
/// [`RequestError`] for a feature that cannot be.
pub(crate) fn of_graph(
    globals: &GlobalArgs,
    args: &GraphArgs,
    cwd: &Utf8Path,
    environment: &Environment,
) -> Result<BuildRequest, RequestError> {
    let manifest_path = args.manifest_path.as_deref();
    Ok(BuildRequest {
        manifest_path: manifest_path.map(|path| manifest_path::absolute(cwd, path.into())),
        packages: match (args.workspace, args.package.is_empty()) {
            (true, _) => PackageSelection::All(args.package.clone()),
            (false, true) => PackageSelection::Default,
            (false, false) => PackageSelection::Packages(args.package.clone()),
        },
        features: features(&args.features)?,
        target_dir: args.target_dir.as_deref().map(|path| cwd.join(path)),
        resolution: resolution(globals),
        config_args: globals.config.clone(),
        quiet: globals.quiet,
        ..BuildRequest::new(cwd.to_owned(), environment.clone())
    })
}

fn resolution(globals: &GlobalArgs) -> Resolution {
    let GlobalArgs { locked, offline, frozen, .. } = *globals;
    Resolution { locked, offline, frozen }
}

fn packages(args: &PackageArgs) -> Result<PackageSelection, RequestError> {
    let named = args.package.clone().unwrap_or_default();
    let excluded = args.exclude.clone();
    match (args.workspace || args.all, excluded.is_empty(), named.is_empty()) {
        (false, true, true) => Ok(PackageSelection::Default),
        (false, true, false) => Ok(PackageSelection::Packages(named)),
        (false, false, _) => Err(RequestError::ExcludeWithoutWorkspace),
        (true, true, _) => Ok(PackageSelection::All(named)),
        (true, false, _) => Ok(PackageSelection::OptOut(excluded)),
    }
}

fn targets(args: &TargetArgs) -> TargetSelection {
    if args.all_targets {
        return TargetSelection::Only(TargetFilter {
            all_targets: true,
            lib: LibRule::Default,
            bins: FilterRule::All,
            examples: FilterRule::All,
            tests: FilterRule::All,
            benches: FilterRule::All,
        });
    }
    let rule = |all: bool, names: &Option<Vec<String>>| {
        if all { FilterRule::All } else { FilterRule::Just(names.clone().unwrap_or_default()) }
    };
    let bins = rule(args.bins, &args.bin);
    let examples = rule(args.examples, &args.example);
    let tests = rule(args.tests, &args.test);
    let benches = rule(args.benches, &args.bench);
    let kinds = [&bins, &examples, &tests, &benches];
    if !args.lib && !kinds.into_iter().any(FilterRule::is_specific) {
        return TargetSelection::Default;
    }
    let lib = if args.lib { LibRule::True } else { LibRule::False };
    TargetSelection::Only(TargetFilter { all_targets: false, lib, bins, examples, tests, benches })
}

fn features(args: &FeatureArgs) -> Result<CliFeatures, RequestError> {
    let names = args.features.iter().flat_map(|list| list.split([',', ' ']));
    for feature in names.filter(|name| !name.is_empty()).map(FeatureValue::parse) {
        match &feature {
            FeatureValue::Feature(_) => {}
            FeatureValue::Dep(_) => return Err(RequestError::DepFeature(feature)),
            FeatureValue::DepFeature { feature: name, .. } if name.contains('/') => {
                return Err(RequestError::Slashes(feature));
            }
            FeatureValue::DepFeature { .. } => {}
        }
    }
    Ok(CliFeatures {
        features: args.features.clone(),
        all_features: args.all_features,
        no_default_features: args.no_default_features,
    })
}

fn platforms(
    args: &CompilationArgs,
    environment: &Environment,
) -> Result<Vec<String>, RequestError> {
    match &args.target {
        Some(targets) if targets.is_empty() => {
            let is_rustup = environment.get_os("RUSTUP_HOME").is_some();
            let list = if is_rustup { "rustup target list" } else { "rustc --print target-list" };
            Err(RequestError::TargetWithoutValue(list))
        }
        targets => Ok(targets.clone().unwrap_or_default()),
    }
}

fn jobs(jobs: Option<&str>) -> Result<Option<String>, RequestError> {
    let Some(jobs) = jobs else { return Ok(None) };
    match jobs.parse::<i32>() {
        Ok(0) => Err(RequestError::NoJobs),
        Err(_) if jobs != "default" => Err(RequestError::Jobs(jobs.to_owned())),
        _ => Ok(Some(jobs.to_owned())),
    }
}

fn profile(verb: Verb, args: &CompilationArgs) -> Result<String, RequestError> {
    match args.profile.as_deref() {
        None if args.release => Ok("release".to_owned()),
        None => Ok(verb.default_profile().to_owned()),
        // Older than profiles that are named: what the compiler is asked to do.
        Some("check") if verb == Verb::Rustc => Ok("dev".to_owned()),
        Some("doc") => Err(RequestError::DocProfile),
        Some(name) => {
            ProfileName::new(name)?;
            Ok(name.to_owned())
        }
    }
}

#[cfg(test)]
mod tests;
