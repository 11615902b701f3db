//! The profile of each unit.

use atlas_build::units::Unit;
use rstest::rstest;

use crate::support::{Fixture, all_targets, lines};

/// A library with a build script that shares a dependency with it, and one that it has alone.
fn fixture(profiles: &str) -> Fixture {
    Fixture::new(&format!(
        r#"
//- Cargo.toml
[package]
name = "app"
version = "0.1.0"
edition = "2021"
[dependencies]
both = {{ path = "both" }}
[build-dependencies]
both = {{ path = "both" }}
host = {{ path = "host" }}
{profiles}
//- build.rs
//- src/lib.rs
pub fn app() {{}}
//- both/Cargo.toml
[package]
name = "both"
version = "0.1.0"
//- both/src/lib.rs
pub fn both() {{}}
//- host/Cargo.toml
[package]
name = "host"
version = "0.1.0"
//- host/src/lib.rs
pub fn host() {{}}
"#
    ))
}

fn settings(unit: &Unit) -> String {
    let profile = &unit.profile;
    format!("O{} g{}", profile.opt_level, profile.debuginfo.level.as_str())
}

#[rstest]
#[case::debug_info_of_the_host_only_where_shared("dev", "", &[
    "app/custom-build build O0 g0",
    "app/custom-build run-custom-build O0 g2",
    "app/lib build O0 g2",
    "both/lib build O0 g2",
    "host/lib build O0 g0",
])]
#[case::optimized_target_shares_nothing("release", "", &[
    "app/custom-build build O0 g0",
    "app/custom-build run-custom-build O3 g0",
    "app/lib build O3 g0",
    "both/lib build O0 g0",
    "both/lib build O3 g0",
    "host/lib build O0 g0",
])]
#[case::overrides("dev", r#"
[profile.dev.package."*"]
opt-level = 1
[profile.dev.package.both]
opt-level = 2
[profile.dev.build-override]
debug = 1
"#, &[
    "app/custom-build build O0 g1",
    "app/custom-build run-custom-build O0 g2",
    "app/lib build O0 g2",
    "both/lib build O2 g1",
    "both/lib build O2 g2",
    "host/lib build O1 g1",
])]
#[case::inherited("mine", r#"
[profile.base]
inherits = "release"
debug = "line-tables-only"
[profile.mine]
inherits = "base"
opt-level = "s"
"#, &[
    "app/custom-build build O0 g0",
    "app/custom-build run-custom-build Os gline-tables-only",
    "app/lib build Os gline-tables-only",
    "both/lib build O0 g0",
    "both/lib build Os gline-tables-only",
    "host/lib build O0 g0",
])]
fn profile_of_each_unit(#[case] profile: &str, #[case] tables: &str, #[case] expected: &[&str]) {
    let planned = fixture(tables).plan(|request| request.profile = profile.to_owned());
    assert_eq!(lines(&planned, settings), expected);
}

#[test]
fn environment_overrides_the_manifest() {
    let planned = fixture("[profile.dev]\nopt-level = 1").plan(|request| {
        request.env.vars.insert("CARGO_PROFILE_DEV_OPT_LEVEL".into(), "3".into());
    });
    assert!(lines(&planned, settings).contains(&"app/lib build O3 g2".to_owned()));
}

#[test]
fn tests_unwind() {
    let planned = fixture("[profile.dev]\npanic = \"abort\"").plan(all_targets);
    let panics = lines(&planned, |unit| unit.profile.panic.as_str().to_owned());
    assert!(panics.contains(&"app/lib build abort".to_owned()), "{panics:?}");
    assert!(panics.contains(&"app/lib test unwind".to_owned()), "{panics:?}");
}

#[rstest]
#[case::standard_library_is_stripped("release", "", Some("debuginfo"))]
#[case::not_where_there_is_debug_info("dev", "", None)]
#[case::as_asked("release", "[profile.release]\nstrip = true", Some("symbols"))]
#[case::not_at_all("release", "[profile.release]\nstrip = false", None)]
fn strip(#[case] profile: &str, #[case] tables: &str, #[case] expected: Option<&str>) {
    let planned = fixture(tables).plan(|request| request.profile = profile.to_owned());
    let root = planned.units.graph.roots[0];
    let strip = planned.units.graph.units[root].profile.strip.value.as_deref();
    assert_eq!(strip, expected);
}

#[rstest]
#[case::unknown("nowhere", "", "profile `nowhere` is not defined")]
#[case::no_parent(
    "mine",
    "[profile.mine]\nopt-level = 1",
    "profile `mine` is missing an `inherits` directive \
     (`inherits` is required for all profiles except `dev` or `release`)"
)]
#[case::lost_parent(
    "mine",
    "[profile.mine]\ninherits = \"nowhere\"",
    "profile `mine` inherits from `nowhere`, but that profile is not defined"
)]
#[case::circle(
    "a",
    "[profile.a]\ninherits = \"b\"\n[profile.b]\ninherits = \"a\"",
    "profile inheritance loop detected with profile `b` inheriting `a`"
)]
fn profile_errors(#[case] profile: &str, #[case] tables: &str, #[case] expected: &str) {
    let message = fixture(tables).error(|request| request.profile = profile.to_owned());
    assert_eq!(message, expected);
}
