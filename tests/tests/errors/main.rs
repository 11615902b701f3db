//! What cannot be built is refused as cargo refuses it: same exit code, same errors.

use atlas_tests::build::{Build, build};
use atlas_tests::environment;
use atlas_tests::fixture::Fixture;
use atlas_tests::selection::Selection;

/// Builds by both and compares the exit code and, sorted, the first line of every error. The line
/// that sums up is left out: which crate failed first is a matter of timing.
#[track_caller]
fn check(workspace: &str, selection: &str) {
    let fixture = Fixture::new(workspace);
    let selection = Selection::new(selection);
    let cargo = build(&environment::cargo(), &fixture, &selection, "cargo");
    assert!(!cargo.outcome.success(), "cargo accepts {selection}");
    let atlas = build(&environment::atlas_binary(), &fixture, &selection, "atlas");
    assert_eq!(atlas.outcome.code, cargo.outcome.code, "{}", atlas.outcome.stderr);
    assert_eq!(errors(&atlas), errors(&cargo), "atlas's errors and cargo's");
}

fn errors(build: &Build) -> Vec<&str> {
    let lines = build.outcome.stderr.lines().filter(|line| line.starts_with("error"));
    let mut errors: Vec<&str> =
        lines.filter(|line| !line.starts_with("error: could not compile")).collect();
    errors.sort_unstable();
    errors
}

const PACKAGE: &str = "//- /Cargo.toml\n[package]\nname = \"app\"\nedition = \"2021\"\n";

#[test]
fn source_that_does_not_compile() {
    check(
        &format!("{PACKAGE}//- /src/main.rs\nfn main() {{ missing(); let x: u8 = \"\"; }}\n"),
        "",
    );
}

#[test]
fn source_that_does_not_parse() {
    check(&format!("{PACKAGE}//- /src/lib.rs\nfn (\n"), "--release");
}

#[test]
fn denied_lint() {
    let lints = "[lints.rust]\nunused_variables = \"deny\"\n";
    check(&format!("{PACKAGE}{lints}//- /src/lib.rs\npub fn f() {{ let x = 1; }}\n"), "");
}

#[test]
fn build_script_that_fails() {
    let files = "//- /src/lib.rs\n//- /build.rs\nfn main() { panic!(\"no\"); }\n";
    check(&format!("{PACKAGE}{files}"), "");
}

#[test]
fn build_script_that_reports_an_error() {
    let files =
        "//- /src/lib.rs\n//- /build.rs\nfn main() { println!(\"cargo::error=no luck\"); }\n";
    check(&format!("{PACKAGE}{files}"), "");
}

#[test]
fn build_script_with_an_unknown_directive() {
    let files = "//- /src/lib.rs\n//- /build.rs\nfn main() { println!(\"cargo::nonsense=1\"); }\n";
    check(&format!("{PACKAGE}{files}"), "");
}

#[test]
fn unknown_flag() {
    check(&format!("{PACKAGE}//- /src/lib.rs\n"), "--frobnicate");
}

#[test]
fn unknown_target_triple() {
    check(&format!("{PACKAGE}//- /src/lib.rs\n"), "--target no-such-triple");
}

#[test]
fn flags_that_exclude_each_other() {
    check(&format!("{PACKAGE}//- /src/lib.rs\n"), "--release --profile dev");
}

#[test]
fn zero_jobs() {
    check(&format!("{PACKAGE}//- /src/lib.rs\n"), "--jobs 0");
}
