//! Command oracle: rustc and build scripts are started as cargo starts them.

mod build_scripts;
mod generated;
mod programs;
mod self_test;
mod targets;

use atlas_tests::fixture::Fixture;
use atlas_tests::oracle::{Expected, check_commands};

/// Builds a workspace by both and compares every command.
#[track_caller]
fn check(workspace: &str, selections: &[&str]) {
    check_commands(&Fixture::new(workspace), selections, Expected::Success);
}
