//! What cannot be built is refused as cargo refuses it: same exit code, same words. What is no
//! concern of cargo's is refused in words that name the cause and the way out, and what is not
//! supported is left to cargo.

mod arguments;
mod builds;
mod configuration;
mod disk;
mod handed_over;
mod interrupted;
mod manifests;
mod surface;
mod toolchain;

use atlas_tests::build::{Build, build};
use atlas_tests::environment;
use atlas_tests::fixture::Fixture;
use atlas_tests::process::Outcome;
use atlas_tests::selection::Selection;
use atlas_tests::spoken;

/// A package without sources.
const PACKAGE: &str =
    "//- /Cargo.toml\n[package]\nname = \"app\"\nversion = \"0.1.0\"\nedition = \"2021\"\n";

/// Builds by both and compares the exit code and everything that is said. Returns what cargo says.
#[track_caller]
fn check(workspace: &str, selection: &str) -> String {
    check_in(&Fixture::new(workspace), selection)
}

/// As [`check`], in a workspace that is there.
#[track_caller]
fn check_in(fixture: &Fixture, selection: &str) -> String {
    let selection = Selection::new(selection);
    let lock = fixture.root().join("Cargo.lock");
    let had_lock = lock.exists();
    let cargo = build(&environment::cargo(), fixture, &selection, "cargo");
    assert!(!cargo.outcome.success(), "cargo accepts {selection}");
    if !had_lock && lock.exists() {
        fs_err::remove_file(&lock).expect("the fixture is writable");
    }
    let atlas = build(&environment::atlas_binary(), fixture, &selection, "atlas");
    let said = [&cargo, &atlas].map(words);
    let difference = spoken::difference(&said[0], &said[1]).unwrap_or_default();
    assert!(difference.is_empty(), "`{selection}`\n{difference}");
    assert_eq!(atlas.outcome.code, cargo.outcome.code, "exit code for `{selection}`");
    said.into_iter().next().unwrap_or_default()
}

/// What a build says, but for the name of the program, a slip in cargo's words, and the linker's
/// command line, which is full of temporary names.
fn words(build: &Build) -> String {
    let text = spoken::stderr(build);
    let lines = text.lines().filter(|line| !line.starts_with("  = note:  \""));
    let text: String = lines.map(|line| format!("{line}\n")).collect();
    text.replace("cargo atlas build", "cargo build").replace("specificationm", "specification")
}

/// Checks that both refuse with the same exit code, and that atlas, in words of its own, names
/// everything it should.
#[track_caller]
fn check_meaning(fixture: &Fixture, selection: &str, expected: &[&str]) {
    let cargo = build(&environment::cargo(), fixture, &Selection::new(selection), "cargo");
    assert_eq!(cargo.outcome.code, Some(101), "{}", cargo.outcome.stderr);
    check_own(fixture, selection, expected);
}

/// Builds by atlas alone and checks the exit code and that the error names everything it should.
#[track_caller]
fn check_own(fixture: &Fixture, selection: &str, expected: &[&str]) -> Outcome {
    let selection = Selection::new(selection);
    let atlas = build(&environment::atlas_binary(), fixture, &selection, "atlas").outcome;
    assert_eq!(atlas.code, Some(101), "{}", atlas.stderr);
    assert!(atlas.stderr.contains("error: "), "{}", atlas.stderr);
    for part in expected {
        assert!(atlas.stderr.contains(part), "no `{part}` in\n{}", atlas.stderr);
    }
    assert!(!atlas.stderr.contains("panicked"), "{}", atlas.stderr);
    atlas
}
