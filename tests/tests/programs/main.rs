//! Programs built by both do the same, and lie where cargo puts them; building again runs nothing.
//!
//! Programs that take long to build belong to a sweep: `ATLAS_SWEEP=1`.

mod daily;
mod libraries;
mod places;
mod portable;
mod published;
mod small;

use atlas_tests::build::{Build, build, command};
use atlas_tests::environment;
use atlas_tests::fixture::Fixture;
use atlas_tests::process::{Command, Outcome};
use atlas_tests::results;
use atlas_tests::selection::Selection;

/// Leaves debug information out of programs of many crates, to compile and write less.
const QUICK: &str = "CARGO_PROFILE_DEV_DEBUG=0";

/// A program in a directory of the target directory.
#[derive(Clone, Copy)]
struct Place<'a> {
    dir: &'a str,
    program: &'a str,
}

/// Builds by both and compares the files that the user finds, and what the program does with
/// `args`. Expects that a second build runs nothing.
#[track_caller]
fn check(fixture: &Fixture, selection: &str, place: Place<'_>, args: &[&str]) {
    let selection = Selection::new(selection);
    let cargo = build(&environment::cargo(), fixture, &selection, "cargo");
    assert!(cargo.outcome.success(), "cargo fails on {selection}\n{}", cargo.outcome.stderr);
    let atlas = build(&environment::atlas_binary(), fixture, &selection, "atlas");
    assert!(atlas.outcome.success(), "atlas fails on {selection}\n{}", atlas.outcome.stderr);
    check_files(&atlas, &cargo, place.dir);
    let run = |build: &Build| -> Outcome {
        let program = build.target.join(place.dir).join(place.program);
        Command::new(&program).args(args).cwd(fixture.root()).run()
    };
    let (expected, actual) = (run(&cargo), run(&atlas));
    assert_eq!(actual.code, expected.code, "exit code");
    assert_eq!(actual.stdout, expected.stdout, "standard output");
    assert_eq!(actual.stderr, expected.stderr, "standard error");
    check_fresh(fixture, &selection, &atlas);
}

#[track_caller]
fn check_files(atlas: &Build, cargo: &Build, dir: &str) {
    let (actual, expected) = (results::files(atlas, dir), results::files(cargo, dir));
    assert_eq!(actual, expected, "files in {dir}, atlas's and cargo's");
    let (actual, expected) = (results::dep_info(atlas, dir), results::dep_info(cargo, dir));
    assert_eq!(actual, expected, "dep-info files in {dir}, atlas's and cargo's");
}

/// Builds again with `-v`, which reports every unit that runs and why.
#[track_caller]
fn check_fresh(fixture: &Fixture, selection: &Selection, first: &Build) {
    let atlas = environment::atlas_binary();
    let again = command(&atlas, fixture, selection, &first.target).arg("-v").run();
    let again = again.expect_success("the second build");
    let work = ["Compiling", "Running", "Dirty"];
    let runs = |line: &&str| work.iter().any(|verb| line.trim_start().starts_with(verb));
    let ran: Vec<&str> = again.stderr.lines().filter(runs).collect();
    assert!(ran.is_empty(), "ran again:\n{}", ran.join("\n"));
    assert!(again.stderr.contains("Fresh"), "no unit is reported:\n{}", again.stderr);
}
