//! Precedence of configuration sources; `cargo config get` is the oracle.

use atlas_build::workspace::config::{self, Error, Key};
use rstest::rstest;

use crate::fixture::Fixture;

const RUNNER_VARIABLE: &str = "CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_RUNNER";

const FILES: &str = r#"
//- home/config.toml
[build]
jobs = 7
rustflags = ["home"]
target-dir = "from-home"
[term]
verbose = true
//- outer/.cargo/config.toml
include = ["extra.toml", { path = "absent.toml", optional = true }]
[build]
jobs = 3
rustflags = ["outer"]
target = ["aarch64-unknown-linux-gnu"]
[profile.dev]
opt-level = 1
//- outer/.cargo/extra.toml
[build]
jobs = 1
incremental = false
rustflags = ["extra"]
//- outer/inner/.cargo/config
[build]
rustflags = ["inner"]
[profile.dev]
debug = 1
//- outer/inner/arguments/file.toml
[build]
rustflags = ["argument-file"]
jobs = 11
"#;

fn fixture(args: &[&str], env: &[(&str, &str)]) -> Fixture {
    let mut fixture = Fixture::new(FILES).env("CARGO_HOME", "ROOT/home");
    fixture.cwd = "outer/inner";
    fixture.config_args = args.iter().map(|arg| (*arg).to_owned()).collect();
    env.iter().fold(fixture, |fixture, (name, value)| fixture.env(name, value))
}

/// What cargo has for a key; `null` if it has nothing.
fn oracle(fixture: &Fixture, key: &str) -> serde_json::Value {
    let args = ["-Zunstable-options", "config", "get", "--format=json-value", key];
    let output = fixture.cargo(&args, &[("RUSTC_BOOTSTRAP", "1")]);
    let stdout = String::from_utf8(output.stdout).expect("UTF-8");
    if output.status.success() {
        serde_json::from_str(&stdout).expect("JSON")
    } else {
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(stderr.contains("is not set"), "{stderr}");
        serde_json::Value::Null
    }
}

fn ours(fixture: &Fixture, key: &str) -> serde_json::Value {
    let request = fixture.request();
    let configuration = config::load(&request).expect("loaded");
    let value = configuration.any(&Key::new(key)).expect("well typed");
    value.map_or(serde_json::Value::Null, |value| {
        serde_json::to_value(value.into_toml()).expect("a JSON value")
    })
}

#[rstest]
#[case::nothing_else(&[], &[])]
#[case::argument(&["build.jobs=5"], &[])]
#[case::arguments_in_order(&["build.jobs=5", "build.jobs=6", "build.rustflags=['x']", "build.rustflags=['y']"], &[])]
#[case::argument_file(&["arguments/file.toml"], &[])]
#[case::file_then_value(&["arguments/file.toml", "build.jobs=5"], &[])]
#[case::environment(&[], &[("CARGO_BUILD_JOBS", "9"), ("CARGO_BUILD_RUSTFLAGS", "env one")])]
#[case::all(&["build.jobs=5", "build.rustflags=['cli']"], &[("CARGO_BUILD_JOBS", "9"), ("CARGO_BUILD_RUSTFLAGS", "env")])]
#[case::scalars(&[], &[("CARGO_BUILD_TARGET", "wasm32-wasip1"), ("CARGO_BUILD_INCREMENTAL", "true"), ("CARGO_BUILD_TARGET_DIR", "env-dir")])]
#[case::profile(&["profile.dev.debug='full'"], &[("CARGO_PROFILE_DEV_OPT_LEVEL", "s")])]
#[case::include_by_argument(&["include=['arguments/file.toml']"], &[])]
fn values_are_those_of_cargo(#[case] args: &[&str], #[case] env: &[(&str, &str)]) {
    let fixture = fixture(args, env);
    for key in [
        "build.jobs",
        "build.rustflags",
        "build.target",
        "build.target-dir",
        "build.incremental",
        "term.verbose",
        "profile.dev.opt-level",
        "profile.dev.debug",
        "profile.dev.lto",
    ] {
        assert_eq!(ours(&fixture, key), oracle(&fixture, key), "{key}");
    }
}

/// Lists of a program and its arguments replace each other. The files hold nothing else, because
/// cargo forgets which key it merges after another one that both files have, and then joins such
/// lists or not as the order of a hash map has it.
#[rstest]
#[case::nearest_file(&[], &[])]
#[case::environment(&[], &[(RUNNER_VARIABLE, "env-runner b")])]
#[case::argument(&["target.x86_64-unknown-linux-gnu.runner=['cli']"], &[(RUNNER_VARIABLE, "env b")])]
fn programs_are_replaced(#[case] args: &[&str], #[case] env: &[(&str, &str)]) {
    let table = "[target.x86_64-unknown-linux-gnu]\nrunner";
    let mut fixture = Fixture::new(&format!(
        "//- .cargo/config.toml\n{table} = ['outer', 'a']\n\
         //- sub/.cargo/config.toml\n{table} = ['inner']\n//- home/empty\n"
    ))
    .env("CARGO_HOME", "ROOT/home");
    fixture.cwd = "sub";
    fixture.config_args = args.iter().map(|arg| (*arg).to_owned()).collect();
    let fixture = env.iter().fold(fixture, |fixture, (name, value)| fixture.env(name, value));
    let key = "target.x86_64-unknown-linux-gnu.runner";
    assert_eq!(ours(&fixture, key), oracle(&fixture, key));
}

#[rstest]
#[case::file(
    "//- .cargo/config.toml\nbuild = 1\n//- sub/.cargo/config.toml\n[build]\njobs = 1\n",
    "failed to merge config value `build`"
)]
#[case::syntax("//- sub/.cargo/config.toml\nbuild = \n", "could not parse TOML configuration in `")]
#[case::cycle(
    "//- sub/.cargo/config.toml\ninclude = ['config.toml']\n",
    "config `include` cycle detected"
)]
#[case::include(
    "//- sub/.cargo/config.toml\ninclude = 'a.toml'\n",
    "expected a list of strings or a list of tables"
)]
#[case::no_such(
    "//- sub/.cargo/config.toml\ninclude = ['a.toml']\n",
    "failed to read configuration file `"
)]
fn broken_files_are_named(#[case] files: &str, #[case] expected: &str) {
    let mut fixture = Fixture::new(&format!("//- sub/empty\n{files}"));
    fixture.cwd = "sub";
    let error = config::load(&fixture.request()).expect_err("broken").to_string();
    assert!(error.contains(expected), "{error}");
}

#[rstest]
#[case("4", Ok(4))]
#[case("-100000", Ok(1))]
#[case("0", Err("jobs may not be 0"))]
#[case(
    "many",
    Err("could not parse `many`. Number of parallel jobs should be `default` or a number.")
)]
fn jobs_are_counted_as_cargo_does(#[case] argument: &str, #[case] expected: Result<usize, &str>) {
    let fixture = fixture(&[], &[]);
    let request = fixture.request();
    let configuration = config::load(&request).expect("loaded");
    let jobs = config::settings(&configuration, Some(argument)).map(|config| config.jobs);
    assert_eq!(jobs.map_err(|error| error.to_string()), expected.map_err(str::to_owned));
}

#[test]
fn jobs_of_the_configuration_count_without_a_flag() {
    let fixture = fixture(&["build.jobs='default'"], &[]);
    let request = fixture.request();
    let configuration = config::load(&request).expect("loaded");
    let n_processors: usize = std::thread::available_parallelism().map_or(1, Into::into);
    assert_eq!(config::settings(&configuration, None).expect("settings").jobs, n_processors);
}

#[test]
fn variables_are_set_unless_the_environment_has_them() {
    let files = "//- sub/.cargo/config.toml\n[env]\nPLAIN = 'file'\nTAKEN = 'file'\n\
                 FORCED = { value = 'file', force = true }\n\
                 PATHLIKE = { value = 'a/b', relative = true }\n";
    let mut fixture = Fixture::new(files).env("TAKEN", "mine").env("FORCED", "mine");
    fixture.cwd = "sub";
    let request = fixture.request();
    let configuration = config::load(&request).expect("loaded");
    let env = config::settings(&configuration, None).expect("settings").env;
    let path = fixture.root().join("sub/a/b");
    let expected = [("FORCED", "file"), ("PATHLIKE", path.as_str()), ("PLAIN", "file")];
    assert!(
        env.iter().map(|(name, value)| (name.as_str(), value.as_str())).eq(expected),
        "{env:?}"
    );
}

#[test]
fn variables_that_decide_about_cargo_are_refused() {
    let fixture = Fixture::new("//- .cargo/config.toml\n[env]\nRUSTUP_TOOLCHAIN = 'x'\n");
    let request = fixture.request();
    let configuration = config::load(&request).expect("loaded");
    assert!(matches!(config::settings(&configuration, None), Err(Error::Invalid(_))));
}
