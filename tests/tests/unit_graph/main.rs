//! Unit-graph oracle: units, features and edges equal cargo's own `--unit-graph`.

mod build_scripts;
mod documentation;
mod features;
mod manifests;
mod packages;
mod platforms;
mod proc_macros;
mod profiles;
mod published;
mod random;
mod resolver;
mod run;
mod self_test;
mod targets;
mod tests;

use atlas_tests::fixture::Fixture;
use atlas_tests::oracle::UnitGraphOracle;
use atlas_tests::selection::{Selection, checking};

/// Selections that make sense in every workspace.
const EVERYDAY: &[&str] = &[
    "",
    "--workspace --all-targets",
    "--all-features --release",
    "--no-default-features --tests",
    "--workspace --target HOST --examples --benches",
    "--target aarch64-unknown-linux-gnu --all-targets",
];

/// What is checked of every workspace; `test` is a profile that has a meaning of its own there.
const CHECKS: &[&str] = &[
    "check --profile test",
    "check --workspace --all-targets",
    "check --workspace --profile test --target HOST --tests",
];

/// What is tested and benchmarked of every workspace.
const TESTS: &[&str] = &["test", "run"];

/// Compares the everyday selections and some that the workspace is about, both built and checked.
#[track_caller]
fn check(workspace: &str, selections: &[&str]) {
    UnitGraphOracle::new(&Fixture::new(workspace))
        .check(&with_checks(&[EVERYDAY, selections].concat()));
}

/// Adds to selections that are built the same ones, checked: all in a sweep, else every third.
fn with_checks<S: AsRef<str>>(built: &[S]) -> Vec<String> {
    let step = if atlas_tests::SWEEP { 1 } else { 3 };
    let built = built.iter().map(AsRef::as_ref);
    let checked = built.clone().filter(|line| is_built(line)).step_by(step).map(checking);
    let others = CHECKS.iter().chain(TESTS).map(|line| (*line).to_owned());
    built.map(str::to_owned).chain(checked).chain(others).collect()
}

/// Returns whether a selection names no command of its own.
fn is_built(line: &str) -> bool {
    Selection::new(line).subcommand == "build"
}

/// Compares what is said about a workspace that is not as it should be.
#[track_caller]
fn check_refused(workspace: &str, selections: &[&str]) {
    UnitGraphOracle::new(&Fixture::new(workspace))
        .check_refused(&[&["", "--tests", "check --tests"], selections].concat());
}
