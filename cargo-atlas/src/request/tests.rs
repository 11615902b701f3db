//! Tables from words to requests.

use std::ffi::OsString;

use atlas_build::request::{MessageFormat, StoreLimits};
use rstest::rstest;

use super::*;
use crate::args::{Cli, Command};

fn parse_for(verb: Verb, words: &str) -> (GlobalArgs, BuildArgs) {
    let words: Vec<OsString> =
        std::iter::once(verb.name()).chain(words.split_whitespace()).map(OsString::from).collect();
    let cli = Cli::from_words(&words).unwrap();
    match cli.command {
        Some(Command::Build(build)) => (cli.globals, build.args),
        Some(Command::Check(args)) => (cli.globals, *args),
        Some(Command::Run(args)) => (cli.globals, args.build_args()),
        Some(Command::Test(args)) => (cli.globals, args.build_args()),
        Some(Command::Bench(args)) => (cli.globals, args.build_args()),
        Some(Command::Rustc(args)) => (cli.globals, args.build_args()),
        other => panic!("{other:?} was parsed"),
    }
}

fn parse(words: &str) -> (GlobalArgs, BuildArgs) {
    parse_for(Verb::Build, words)
}

fn try_request_for(
    verb: Verb,
    words: &str,
    environment: &Environment,
) -> Result<BuildRequest, RequestError> {
    let (globals, args) = parse_for(verb, words);
    let color = DiagnosticColor { ansi: false, width: None };
    resolve(&globals, (verb, &args), "/ws".into(), environment, color)
}

fn try_request(words: &str, environment: &Environment) -> Result<BuildRequest, RequestError> {
    try_request_for(Verb::Build, words, environment)
}

#[track_caller]
fn request(words: &str) -> BuildRequest {
    try_request(words, &Environment::default()).unwrap()
}

fn strings(names: &[&str]) -> Vec<String> {
    names.iter().map(|&name| name.to_owned()).collect()
}

#[rstest]
#[case::nothing("", PackageSelection::Default)]
#[case::one("-p a", PackageSelection::Packages(strings(&["a"])))]
#[case::several("-p a --package b", PackageSelection::Packages(strings(&["a", "b"])))]
#[case::workspace("--workspace", PackageSelection::All(Vec::new()))]
#[case::all("--all -p a", PackageSelection::All(strings(&["a"])))]
#[case::exclude("--workspace --exclude a", PackageSelection::OptOut(strings(&["a"])))]
fn packages_are_selected(#[case] words: &str, #[case] expected: PackageSelection) {
    assert_eq!(request(words).packages, expected);
}

/// `lib bins examples tests benches`, with `*` for all of a kind.
fn shown(selection: &TargetSelection) -> String {
    let TargetSelection::Only(filter) = selection else { return "default".to_owned() };
    let rule = |rule: &FilterRule| match rule {
        FilterRule::All => "*".to_owned(),
        FilterRule::Just(names) => names.join("+"),
    };
    let kinds = [&filter.bins, &filter.examples, &filter.tests, &filter.benches].map(rule);
    format!("{:?} {} {}", filter.lib, kinds.join("|"), filter.all_targets)
}

#[rstest]
#[case::nothing("", "default")]
#[case::lib("--lib", "True ||| false")]
#[case::bin("--bin a --bin b", "False a+b||| false")]
#[case::bins("--bins", "False *||| false")]
#[case::all_bins_beat_names("--bins --bin a", "False *||| false")]
#[case::kinds("--examples --test t --benches", "False |*|t|* false")]
#[case::all_targets("--all-targets --lib", "Default *|*|*|* true")]
fn targets_are_selected(#[case] words: &str, #[case] expected: &str) {
    assert_eq!(shown(&request(words).targets), expected);
}

#[rstest]
#[case::nothing("", "dev")]
#[case::release("-r", "release")]
#[case::named("--profile bench", "bench")]
fn profile_is_resolved(#[case] words: &str, #[case] expected: &str) {
    assert_eq!(request(words).profile, expected);
}

#[rstest]
#[case::nothing("", None)]
#[case::number("-j4", Some("4"))]
#[case::negative("-j -2", Some("-2"))]
#[case::default("--jobs default", Some("default"))]
fn jobs_are_kept_as_typed(#[case] words: &str, #[case] expected: Option<&str>) {
    assert_eq!(request(words).jobs.as_deref(), expected);
}

#[test]
fn everything_else_is_carried_over() {
    let words = "--target a --target b --target-dir t --manifest-path x/../Cargo.toml --keep-going \
        --locked --offline --frozen --config a.b=1 --config c.toml --ignore-rust-version -vv \
        --message-format short -F a,b --features c/d --all-features --no-default-features";
    let request = request(words);
    assert_eq!(request.platforms, ["a", "b"]);
    assert_eq!(request.target_dir.as_deref(), Some(Utf8Path::new("/ws/t")));
    assert_eq!(request.manifest_path.as_deref(), Some(Utf8Path::new("/ws/Cargo.toml")));
    assert!(request.keep_going && request.extra_verbose);
    assert_eq!(request.resolution, Resolution { locked: true, offline: true, frozen: true });
    assert_eq!(request.config_args, ["a.b=1", "c.toml"]);
    assert_eq!(request.rust_version, RustVersionCheck::Ignore);
    assert_eq!(request.message_format, MessageFormat::Short);
    let features = strings(&["a,b", "c/d"]);
    let all = CliFeatures { features, all_features: true, no_default_features: true };
    assert_eq!(request.features, all);
}

#[rstest]
#[case("--exclude a", "--exclude can only be used together with --workspace")]
#[case("--message-format=json,human", "cannot specify two kinds of `message-format` arguments")]
#[case("-j 0", "jobs may not be 0")]
#[case("-j x", "could not parse `x`. Number of parallel jobs should be `default` or a number.")]
#[case("--profile doc", "profile `doc` is reserved and not allowed to be explicitly specified")]
#[case(
    "--profile a.b",
    "invalid character `.` in profile name: `a.b`, allowed characters are letters, numbers, \
     underscore, and hyphen"
)]
#[case(
    "--profile cargofoo",
    "profile name `cargofoo` is reserved\nPlease choose a different name.\n\
     See https://doc.rust-lang.org/cargo/reference/profiles.html for more on configuring profiles."
)]
#[case("-F dep:x", "feature `dep:x` is not allowed to use explicit `dep:` syntax")]
#[case("-F a/b/c", "multiple slashes in feature `a/b/c` is not allowed")]
#[case(
    "--target",
    "\"--target\" takes a target architecture as an argument.\n\n\
     Run `rustc --print target-list` to see possible targets."
)]
fn wrong_flags_are_refused_in_cargos_words(#[case] words: &str, #[case] expected: &str) {
    let error = try_request(words, &Environment::default()).unwrap_err();
    assert_eq!(error.to_string(), expected);
}

#[test]
fn rustup_is_named_where_it_is_used() {
    let vars = [("RUSTUP_HOME".into(), "/r".into())].into();
    let error = try_request("--target", &Environment { vars }).unwrap_err();
    assert!(error.to_string().contains("`rustup target list`"), "{error}");
}

#[rstest]
#[case::nothing("", None)]
#[case::stable_flags("--release --workspace -p a --bin b", None)]
#[case::unit_graph("--unit-graph", None)]
#[case::unstable("-Z unstable-options", Some("`-Z` flags are unstable"))]
#[case::list("--bin", Some("`--bin` without a value lists binaries"))]
#[case::one_value_is_enough("--bin --bin a", None)]
fn some_flags_are_for_plain_cargo(#[case] words: &str, #[case] expected: Option<&str>) {
    let (globals, args) = parse(words);
    assert_eq!(needs_cargo(&globals, &args).as_deref(), expected);
}

fn configured(words: &str, variables: &[(&str, &str)]) -> BuildRequest {
    let vars = variables.iter().map(|(name, value)| (name.into(), value.into())).collect();
    let environment = Environment { vars };
    // No file is there.
    let loaded =
        Configuration::load("/no/such/directory".into(), "/".into(), &environment).unwrap();
    let (_, args) = parse(words);
    configure(request(words), &args.atlas, &loaded.configuration)
}

#[test]
fn defaults_of_the_configuration_are_those_of_the_engine() {
    let (configured, plain) = (configured("", &[]), request(""));
    assert_eq!(configured.cache, plain.cache);
    assert_eq!(configured.freshness, plain.freshness);
    assert_eq!(configured.keep_results, plain.keep_results);
    assert_eq!(configured.cutoff, plain.cutoff);
    assert_eq!(configured.harmless_macros, plain.harmless_macros);
    assert_eq!(configured.store_limits, plain.store_limits);
    assert_eq!(configured.portable, plain.portable);
}

#[test]
fn configuration_reaches_the_engine() {
    let variables = [
        ("ATLAS_CACHE", "whole"),
        ("ATLAS_FRESHNESS", "bytes"),
        ("ATLAS_HARMLESS_MACROS", "a,b"),
        ("ATLAS_KEEP_RESULTS", "0"),
        ("ATLAS_PORTABLE", "true"),
        ("ATLAS_STORE", "/store"),
        ("ATLAS_STORE_AGE", "2h"),
        ("ATLAS_STORE_SIZE", "3KiB"),
    ];
    let request = configured("", &variables);
    assert_eq!(request.cache, CacheMode::Whole);
    assert_eq!(request.freshness, FreshnessLevel::Bytes);
    assert_eq!(request.keep_results, 0);
    assert_eq!(request.harmless_macros, ["a", "b"]);
    assert_eq!((request.portable, request.store), (true, Some("/store".into())));
    let max_age = std::time::Duration::from_secs(2 * 60 * 60);
    assert_eq!(request.store_limits, StoreLimits { max_size: Some(3 << 10), max_age });
}

#[rstest]
#[case::nothing("", "on", Cutoff::On)]
#[case::configured("", "off", Cutoff::Off)]
#[case::flag("--no-cutoff", "on", Cutoff::Off)]
#[case::both("--no-cutoff --dry-run", "off", Cutoff::Off)]
fn cutoff_is_on_unless_somebody_turns_it_off(
    #[case] words: &str,
    #[case] variable: &str,
    #[case] expected: Cutoff,
) {
    assert_eq!(configured(words, &[("ATLAS_CUTOFF", variable)]).cutoff, expected);
}

#[rstest]
#[case::build(Verb::Build, "--profile test", Intent::Build, "test")]
#[case::check(Verb::Check, "", Intent::Check { test: false }, "dev")]
#[case::check_tests(Verb::Check, "--tests", Intent::Check { test: false }, "dev")]
#[case::check_as_tests(Verb::Check, "--profile test", Intent::Check { test: true }, "test")]
#[case::check_in_release(Verb::Check, "-r", Intent::Check { test: false }, "release")]
#[case::run(Verb::Run, "", Intent::Run, "dev")]
#[case::of_test(Verb::Test, "", Intent::Test, "test")]
#[case::test_in_release(Verb::Test, "-r", Intent::Test, "release")]
#[case::bench(Verb::Bench, "", Intent::Bench, "bench")]
#[case::bench_with_a_profile(Verb::Bench, "--profile dev", Intent::Bench, "dev")]
#[case::rustc(Verb::Rustc, "", Intent::Build, "dev")]
#[case::rustc_for_tests(Verb::Rustc, "--profile test", Intent::Test, "test")]
#[case::rustc_for_benchmarks(Verb::Rustc, "--profile bench", Intent::Bench, "bench")]
#[case::rustc_that_checks(Verb::Rustc, "--profile check", Intent::Check { test: false }, "dev")]
fn intent_is_that_of_the_command(
    #[case] verb: Verb,
    #[case] words: &str,
    #[case] intent: Intent,
    #[case] profile: &str,
) {
    let request = try_request_for(verb, words, &Environment::default()).unwrap();
    assert_eq!((request.intent, request.profile.as_str()), (intent, profile));
}

#[rstest]
#[case::none("--cache none", CacheMode::None)]
#[case::whole("--cache whole", CacheMode::Whole)]
#[case::incremental("--cache=incremental", CacheMode::Incremental)]
fn flag_goes_before_the_configuration(#[case] words: &str, #[case] expected: CacheMode) {
    let variables = [("ATLAS_CACHE", "whole"), ("ATLAS_FRESHNESS", "bytes")];
    let request = configured(&format!("{words} --freshness tokens"), &variables);
    assert_eq!((request.cache, request.freshness), (expected, FreshnessLevel::Tokens));
}
