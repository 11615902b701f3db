//! Where a workspace may lie, how its files may be written, and what may have started the program:
//! each case is built by cargo too, and a second time to see that nothing runs.

mod nested;
mod paths;
mod settings;

use atlas_tests::build::{Build, build};
use atlas_tests::environment;
use atlas_tests::fixture::Fixture;
use atlas_tests::selection::Selection;
use atlas_tests::spoken;

/// A package with a build script and a program.
const PACKAGE: &str = r#"
//- /Cargo.toml
[package]
name = "app"
version = "0.1.0"
edition = "2021"
//- /build.rs
fn main() { println!("cargo::rustc-env=TOLD=by the script"); }
//- /src/main.rs
fn main() { println!("{}", env!("TOLD")); let unused = 1; }
"#;

/// Builds by both, compares what they say, and builds once more, when nothing runs. Returns what
/// atlas said at first.
#[track_caller]
fn check(fixture: &Fixture, selection: &str) -> String {
    check_selection(fixture, &Selection::new(selection))
}

/// Returns what was said: packages that do not depend on each other are compiled in any order.
fn sorted(build: &Build) -> String {
    let said = spoken::stderr(build);
    let mut lines: Vec<&str> = said.lines().collect();
    lines.sort_unstable();
    lines.join("\n")
}

/// The same, for a directory that cannot be written in a line.
#[track_caller]
fn check_selection(fixture: &Fixture, selection: &Selection) -> String {
    let cargo = build(&environment::cargo(), fixture, selection, "cargo");
    let atlas = build(&environment::atlas_binary(), fixture, selection, "atlas");
    assert_eq!(atlas.outcome.code, cargo.outcome.code, "{}", atlas.outcome.stderr);
    let [theirs, ours] = [&cargo, &atlas].map(sorted);
    let difference = spoken::difference(&theirs, &ours);
    assert!(difference.is_none(), "{}", difference.unwrap_or_default());
    if atlas.outcome.success() {
        let again = build(&environment::atlas_binary(), fixture, selection, "atlas");
        let last = again.outcome.stderr.lines().last().unwrap_or_default().to_owned();
        let (_, done) = last.rsplit_once(": ").expect("what was done is told");
        assert!(done.ends_with(" fresh") && !done.contains(','), "{last}");
    }
    atlas.outcome.stderr
}
