//! Unit-graph oracle: units, features and edges equal cargo's own `--unit-graph`.

mod build_scripts;
mod features;
mod manifests;
mod packages;
mod platforms;
mod proc_macros;
mod profiles;
mod published;
mod random;
mod resolver;
mod self_test;
mod targets;

use atlas_tests::fixture::Fixture;
use atlas_tests::oracle::UnitGraphOracle;

/// Selections that make sense in every workspace.
const EVERYDAY: &[&str] = &[
    "",
    "--workspace --all-targets",
    "--all-features --release",
    "--no-default-features --tests",
    "--workspace --target HOST --examples --benches",
    "--target aarch64-unknown-linux-gnu --all-targets",
];

/// Compares the everyday selections and some that the workspace is about.
#[track_caller]
fn check(workspace: &str, selections: &[&str]) {
    UnitGraphOracle::new(&Fixture::new(workspace)).check(&[EVERYDAY, selections].concat());
}

/// Compares what is said about a workspace that is not as it should be.
#[track_caller]
fn check_refused(workspace: &str, selections: &[&str]) {
    UnitGraphOracle::new(&Fixture::new(workspace))
        .check_refused(&[&["", "--tests"], selections].concat());
}
