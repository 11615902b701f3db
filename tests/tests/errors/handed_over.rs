//! What is not supported is done by plain cargo, with the words that were typed; one line says why.
#![cfg(unix)]

use atlas_tests::build::command;
use atlas_tests::environment;
use atlas_tests::fixture::Fixture;
use atlas_tests::process::{Command, Outcome};
use atlas_tests::selection::Selection;
use camino::Utf8PathBuf;
use rstest::rstest;

use crate::PACKAGE;

/// A cargo that answers questions, and writes down what else it is asked to do.
struct Recorder {
    script: Utf8PathBuf,
    log: Utf8PathBuf,
}

impl Recorder {
    fn new(fixture: &Fixture) -> Self {
        let (log, cargo) = (fixture.beside("recorded"), which(environment::cargo()));
        let body = format!(
            "case $1 in metadata) exec '{cargo}' \"$@\" ;; esac\n\
             printf '%s\\n' \"$@\" > '{log}'\nexit 7"
        );
        let script = fixture.script("recorder", &body);
        Recorder { script, log }
    }

    /// Starts atlas with its words and returns what it says; the recorder must have got them.
    #[track_caller]
    fn check(&self, atlas: Command, words: &[String], reason: &str) {
        let outcome = atlas.env("CARGO", self.script.as_str()).run();
        assert_eq!(outcome.code, Some(7), "{}", outcome.stderr);
        let given = fs_err::read_to_string(&self.log).expect("cargo was started");
        assert_eq!(given.lines().collect::<Vec<_>>(), words);
        let notes = outcome.stderr.lines().filter(|line| line.starts_with("note: "));
        let expected = format!("note: handing over to cargo: {reason}");
        assert_eq!(notes.collect::<Vec<_>>(), [expected], "{}", outcome.stderr);
    }
}

/// The kit's cargo may be a name: found once, in the kit's `PATH`.
fn which(cargo: Utf8PathBuf) -> Utf8PathBuf {
    if cargo.is_absolute() {
        return cargo;
    }
    let found = Command::new("/bin/sh".into()).args(&["-c", "command -v cargo"]).run();
    found.stdout.trim().into()
}

#[track_caller]
fn check(fixture: &Fixture, selection: &str, reason: &str) {
    let selection = Selection::new(selection);
    let target = fixture.beside("atlas");
    let atlas = command(&environment::atlas_binary(), fixture, &selection, &target);
    let words = [&[selection.subcommand.to_owned()][..], &selection.args].concat();
    let root = fixture.root().as_str();
    Recorder::new(fixture).check(atlas, &words, &reason.replace("ROOT", root));
    assert!(!target.join("debug").exists(), "something was built before");
}

#[rstest]
#[case::check("check --timings --tests", "`--timings` is not supported yet")]
#[case::tests_of_a_check("check --test", "`--test` without a value lists test targets")]
#[case::unstable_flag("-Z unstable-options", "`-Z` flags are unstable")]
#[case::with_other_flags("-v -Zx --release -j 3 --features 'a b'", "`-Z` flags are unstable")]
#[case::artifact_dir("--artifact-dir out", "`--artifact-dir` is unstable")]
#[case::compile_time_deps("--compile-time-deps", "`--compile-time-deps` is unstable")]
#[case::timings("--timings", "`--timings` is not supported yet")]
#[case::report("--future-incompat-report", "`--future-incompat-report` is not supported yet")]
#[case::packages("--package", "`--package` without a value lists packages")]
#[case::binaries("--bin", "`--bin` without a value lists binaries")]
#[case::examples("--example", "`--example` without a value lists examples")]
#[case::tests("--test", "`--test` without a value lists test targets")]
#[case::benches("--bench", "`--bench` without a value lists bench targets")]
#[case::specification("--target x.json", "`x.json` is a target specification file")]
fn flags(#[case] selection: &str, #[case] reason: &str) {
    check(&Fixture::new(&format!("{PACKAGE}//- /src/lib.rs\n")), selection, reason);
}

#[test]
fn change_of_directory() {
    let fixture = Fixture::new(&format!("{PACKAGE}//- /src/lib.rs\n"));
    let words = ["-C", "x", "build"].map(str::to_owned);
    let atlas = Command::new(&environment::atlas_binary()).cwd(fixture.root()).args(&words);
    Recorder::new(&fixture).check(atlas, &words, "`-C` is unstable");
}

#[rstest]
#[case::paths("paths = [\"x\"]\n", "", "the configuration has `paths` overrides")]
#[case::specification(
    "[build]\ntarget = \"x.json\"\n",
    "",
    "`ROOT/x.json` is a target specification file"
)]
#[case::unstable(
    "[unstable]\nbuild-std = true\n",
    "RUSTC_BOOTSTRAP=1",
    "the unstable setting `build-std` is on"
)]
#[case::profile("[profile.dev]\nrustflags = [\"-g\"]\n", "", "the profile `dev` sets `rustflags`")]
fn configuration(#[case] config: &str, #[case] selection: &str, #[case] reason: &str) {
    let fixture = Fixture::new(&format!("{PACKAGE}//- /src/lib.rs\n"));
    fixture.write(".cargo/config.toml", config);
    check(&fixture, selection, reason);
}

#[test]
fn replaced_dependency() {
    let fixture = Fixture::new(&format!(
        "{PACKAGE}[replace]\n\"x:1.0.0\" = {{ path = \"x\" }}\n//- /src/lib.rs\n\
         //- /x/src/lib.rs\n//- /x/Cargo.toml\n[package]\nname = \"x\"\nversion = \"1.0.0\"\n"
    ));
    check(&fixture, "", "`ROOT/Cargo.toml` has a `[replace]` table");
}

#[test]
fn feature_of_nightly_cargo() {
    let text = PACKAGE.replace("[package]", "cargo-features = [\"edition2024\"]\n[package]");
    let fixture = Fixture::new(&format!("{text}//- /src/lib.rs\n"));
    check(&fixture, "", "`ROOT/Cargo.toml` uses the cargo feature `edition2024`");
}

#[test]
fn dependency_without_a_library() {
    let fixture = Fixture::new(&format!(
        "{PACKAGE}[dependencies]\nx = {{ path = \"x\" }}\n//- /src/lib.rs\n\
         //- /x/src/main.rs\nfn main() {{}}\n\
         //- /x/Cargo.toml\n[package]\nname = \"x\"\nversion = \"1.0.0\"\nedition = \"2021\"\n"
    ));
    let reason =
        "dependency `x` of package `app` has no library, and `cargo metadata` leaves it out";
    check(&fixture, "", reason);
}

/// Whether a dependency has the feature, only cargo's resolver can tell.
#[test]
fn feature_of_a_dependency_that_cannot_be_resolved() {
    let fixture = Fixture::new(&format!(
        "{PACKAGE}[dependencies]\nx = {{ path = \"x\" }}\n//- /src/lib.rs\n\
         //- /x/Cargo.toml\n[package]\nname = \"x\"\nversion = \"1.0.0\"\nedition = \"2021\"\n\
         //- /x/src/lib.rs\n"
    ));
    let reason = "features of dependencies cannot be resolved for the workspace as a whole";
    check(&fixture, "--features x/nothing", reason);
}

/// Cargo does not know the flags that only atlas has.
#[test]
fn without_own_flags() {
    let fixture = Fixture::new(&format!("{PACKAGE}//- /src/lib.rs\n"));
    let atlas = Command::new(&environment::atlas_binary()).cwd(fixture.root());
    let given = ["build", "--cache", "none", "--timings", "--freshness=bytes"];
    let words = ["build", "--timings"].map(str::to_owned);
    let reason = "`--timings` is not supported yet";
    Recorder::new(&fixture).check(atlas.args(&given), &words, reason);
}

/// What is only to be predicted must not be built by cargo.
#[rstest]
#[case::flag(&["build", "--dry-run", "--timings"], "`--timings` is not supported yet")]
#[case::of_a_check(&["check", "--dry-run", "--timings"], "`--timings` is not supported yet")]
#[case::directory_of_a_check(&["-C", "x", "check", "--dry-run"], "`-C` is unstable")]
#[case::directory(&["-C", "x", "build", "--dry-run"], "`-C` is unstable")]
#[case::another_command(&["-C", "x", "why"], "`-C` is unstable")]
fn never_a_prediction(#[case] words: &[&str], #[case] reason: &str) {
    let fixture = Fixture::new(&format!("{PACKAGE}//- /src/lib.rs\n"));
    let recorder = Recorder::new(&fixture);
    let atlas = Command::new(&environment::atlas_binary()).cwd(fixture.root()).args(words);
    let Outcome { code, stderr, .. } = atlas.env("CARGO", recorder.script.as_str()).run();
    assert_eq!(code, Some(101), "{stderr}");
    assert!(stderr.contains(reason), "{stderr}");
    assert!(!recorder.log.exists(), "cargo was started");
}

#[test]
fn quietly() {
    let fixture = Fixture::new(&format!("{PACKAGE}//- /src/lib.rs\n"));
    let recorder = Recorder::new(&fixture);
    let atlas = Command::new(&environment::atlas_binary()).cwd(fixture.root());
    let atlas = atlas.args(&["build", "-q", "--timings"]).env("CARGO", recorder.script.as_str());
    let Outcome { code, stderr, .. } = atlas.run();
    assert_eq!((code, stderr.as_str()), (Some(7), ""));
}

/// No recorder: the real cargo builds, and its files are where cargo puts them.
#[rstest]
#[case::succeeds("--timings", "fn main() {}", 0)]
#[case::fails("--timings", "fn main() { missing() }", 101)]
#[case::is_refused("-Z help-me", "fn main() {}", 101)]
fn by_the_real_cargo(#[case] selection: &str, #[case] source: &str, #[case] code: i32) {
    let fixture = Fixture::new(&format!("{PACKAGE}//- /src/main.rs\n{source}\n"));
    let target = fixture.beside("target");
    let selection = Selection::new(selection);
    let outcome = command(&environment::atlas_binary(), &fixture, &selection, &target).run();
    assert_eq!(outcome.code, Some(code), "{}", outcome.stderr);
    assert_eq!(target.join("debug/app").exists(), code == 0);
    assert!(!target.join("atlas").exists());
}

#[test]
fn cargo_is_missing() {
    let fixture = Fixture::new(&format!("{PACKAGE}//- /src/lib.rs\n"));
    let atlas = Command::new(&environment::atlas_binary()).cwd(fixture.root());
    let atlas = atlas.env("CARGO", "/no/such/cargo").args(&["build", "--timings"]);
    let Outcome { code, stderr, .. } = atlas.run();
    assert_eq!(code, Some(101));
    for part in ["`/no/such/cargo`", "never executed", "help: install Rust"] {
        assert!(stderr.contains(part), "{stderr}");
    }
}
