//! `nextest`: the same tests with the same results as by cargo.

use std::collections::BTreeSet;

use atlas_tests::build::Build;
use atlas_tests::environment;
use atlas_tests::fixture::Fixture;
use rstest::rstest;

use super::{atlas, cargo, command};

const WORKSPACE: &str = r#"
//- /Cargo.toml
[workspace]
members = ["app", "mac"]
resolver = "2"
//- /app/Cargo.toml
[package]
name = "app"
edition = "2021"
[features]
more = []
[dependencies]
mac = { path = "../mac" }
//- /app/build.rs
fn main() {
    let out = std::env::var("OUT_DIR").unwrap();
    std::fs::create_dir_all(format!("{out}/lib")).unwrap();
    std::fs::write(format!("{out}/made"), "made").unwrap();
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rustc-link-search=native={out}/lib");
    println!("cargo::rustc-env=FROM_SCRIPT=1");
}
//- /app/src/lib.rs
#[cfg(test)]
mod tests {
    #[test]
    fn unit() {}
    #[test]
    #[cfg(feature = "more")]
    fn more() {}
    #[test]
    #[ignore]
    fn ignored() { panic!() }
    #[test]
    #[should_panic]
    fn panics() { panic!() }
}
//- /app/src/main.rs
fn main() { println!("hello"); }
#[test]
fn in_a_program() {}
//- /app/examples/example.rs
fn main() {}
#[test]
fn in_an_example() {}
//- /app/tests/it.rs
use std::path::Path;
use std::process::Command;
fn value(name: &str) -> String { std::env::var(name).unwrap() }
#[test]
fn programs_are_found() {
    let [one, other] = [value("NEXTEST_BIN_EXE_app"), env!("CARGO_BIN_EXE_app").to_owned()];
    assert_eq!(one, other);
    assert_eq!(Command::new(one).output().unwrap().stdout, b"hello\n");
}
#[test]
fn what_the_build_script_made_is_found() {
    assert_eq!(std::fs::read(Path::new(&value("OUT_DIR")).join("made")).unwrap(), b"made");
}
#[test]
fn libraries_are_found() {
    let path = value("LD_LIBRARY_PATH");
    let has = |end: &str| path.split(':').any(|path| path.ends_with(end) && Path::new(path).is_dir());
    assert!(has("out/lib") && has("/deps") && has("rustlib/HOST/lib"), "{path}");
}
#[test]
fn fails_if_asked_to() {
    assert!(std::env::var_os("FAIL").is_none());
}
//- /mac/Cargo.toml
[package]
name = "mac"
edition = "2021"
[lib]
proc-macro = true
//- /mac/src/lib.rs
#[test]
fn in_a_macro() {
    assert!(!proc_macro::is_available());
}
extern crate proc_macro;
"#;

fn fixture() -> Fixture {
    let fixture = Fixture::new(&WORKSPACE.replace("HOST", environment::host()));
    cargo(&fixture, "generate-lockfile -q --offline");
    fixture
}

/// Whether the test can be done: nextest is no part of Rust.
#[expect(clippy::print_stdout, reason = "that a test was left out is not in an assertion")]
fn is_installed() -> bool {
    let fixture = Fixture::empty();
    let is_there = cargo(&fixture, "nextest --version").outcome.success();
    if !is_there {
        println!("left out: cargo-nextest is not installed");
    }
    is_there
}

/// Returns what became of each test: lines such as `PASS app::it programs_are_found`.
fn results(build: &Build) -> BTreeSet<String> {
    let result = |line: &str| {
        let (word, rest) = line.trim_start().split_once(" [")?;
        let (_, name) = rest.split_once("] (")?.1.split_once(") ")?;
        matches!(word, "PASS" | "FAIL").then(|| format!("{word} {}", name.trim_start()))
    };
    build.outcome.stderr.lines().filter_map(result).collect()
}

#[rstest]
#[case::everything("nextest run --workspace", 8)]
#[case::one_package("nextest run -p mac", 1)]
#[case::features("nextest run -p app --features more", 8)]
#[case::no_defaults("nextest run --workspace --lib --no-default-features", 3)]
#[case::all_targets("nextest run --workspace --all-targets", 9)]
#[case::filter_set("nextest run --workspace -E kind(test) -j1", 4)]
#[case::name("nextest run --workspace unit", 1)]
#[case::for_tests("nextest run --workspace -- --skip unit", 7)]
#[case::profile("nextest run --test it --cargo-profile release", 4)]
#[case::target("nextest run --workspace --target HOST", 8)]
#[case::from_a_member("in:app nextest run", 7)]
#[case::ignored("nextest run --workspace --run-ignored only", 1)]
#[case::failing("FAIL=1 nextest run --workspace --no-fail-fast", 8)]
#[case::retries("FAIL=1 nextest run --test it --no-fail-fast --retries 0 -v", 4)]
fn results_are_those_of_cargo(#[case] line: &str, #[case] n_tests: usize) {
    if !is_installed() {
        return;
    }
    let fixture = fixture();
    let [theirs, ours] = [cargo, atlas].map(|run| run(&fixture, line));
    let said = &ours.outcome.stderr;
    assert_eq!(results(&ours), results(&theirs), "{said}");
    assert_eq!(results(&ours).len(), n_tests, "{said}");
    assert_eq!(ours.outcome.code, theirs.outcome.code, "{said}");
}

#[test]
fn tests_are_listed_as_by_cargo() {
    if !is_installed() {
        return;
    }
    let fixture = fixture();
    let line = "nextest list --workspace";
    let [theirs, ours] = [cargo, atlas].map(|run| run(&fixture, line).outcome.stdout);
    assert_eq!(ours, theirs);
    assert!(ours.contains("app::it programs_are_found"), "{ours}");
}

#[test]
fn code_that_does_not_compile_is_told_and_nothing_is_run() {
    if !is_installed() {
        return;
    }
    let fixture = fixture();
    fixture.write("mac/src/lib.rs", "fn");
    let ours = atlas(&fixture, "nextest run --workspace");
    assert_eq!(ours.outcome.code, Some(101));
    assert!(ours.outcome.stderr.contains("could not compile `mac`"), "{}", ours.outcome.stderr);
    assert!(results(&ours).is_empty());
}

#[test]
fn programs_can_be_built_without_being_run() {
    if !is_installed() {
        return;
    }
    let fixture = fixture();
    let built = atlas(&fixture, "nextest run --workspace --no-run");
    assert_eq!((built.outcome.code, results(&built)), (Some(0), BTreeSet::new()));
    let run = atlas(&fixture, "nextest run --workspace");
    assert!(run.outcome.stderr.contains(": 10 fresh"), "{}", run.outcome.stderr);
}

#[test]
fn missing_nextest_is_told_before_anything_is_built() {
    let fixture = fixture();
    let target = fixture.beside("atlas");
    let empty = fixture.beside("home");
    let program = environment::atlas_binary();
    let outcome = command(&program, &fixture, "nextest run", &target)
        .env("PATH", empty.as_str())
        .env("HOME", empty.as_str())
        .env("CARGO_HOME", empty.as_str())
        .run();
    assert_eq!((outcome.code, outcome.stdout.as_str()), (Some(101), ""));
    assert!(outcome.stderr.starts_with("error: cargo-nextest is not installed\n\nhelp: "));
    assert!(!target.exists());
}
