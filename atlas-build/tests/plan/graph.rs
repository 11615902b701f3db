//! Units and what they depend on; the packages below them, compared with guppy's reading.

use std::collections::BTreeSet;

use atlas_build::request::Intent;
use guppy::CargoMetadata;

use crate::support::{Fixture, all_targets, edges, lines, workspace};

/// A binary over a library, a procedural macro, and a native library with a build script.
fn mixed() -> Fixture {
    Fixture::new(
        r#"
//- Cargo.toml
[workspace]
members = ["app", "derive", "native-sys", "util"]
resolver = "2"
//- app/Cargo.toml
[package]
name = "app"
version = "0.1.0"
edition = "2021"
[dependencies]
derive = { path = "../derive" }
native-sys = { path = "../native-sys" }
other-name = { path = "../util", package = "util" }
[build-dependencies]
other-name = { path = "../util", package = "util" }
//- app/build.rs
//- app/src/lib.rs
pub fn app() {}
//- app/src/main.rs
//- app/tests/it.rs
//- derive/Cargo.toml
[package]
name = "derive"
version = "0.1.0"
edition = "2021"
[lib]
proc-macro = true
[dependencies]
util = { path = "../util" }
//- derive/src/lib.rs
pub fn derive() {}
//- native-sys/Cargo.toml
[package]
name = "native-sys"
version = "0.1.0"
edition = "2021"
links = "native"
//- native-sys/build.rs
//- native-sys/src/lib.rs
pub fn native() {}
//- util/Cargo.toml
[package]
name = "util"
version = "0.1.0"
edition = "2021"
//- util/src/lib.rs
pub fn util() {}
"#,
    )
}

#[test]
fn scripts_wait_for_scripts_of_native_libraries() {
    let planned = mixed().plan(workspace);
    assert_eq!(
        edges(&planned),
        [
            "app/bin build <- app/lib build as app, \
             app/custom-build run-custom-build as build_script_build, derive/proc-macro build as derive, \
             native-sys/lib build as native_sys, util/lib build as other_name",
            "app/custom-build build <- util/lib build as other_name",
            "app/custom-build run-custom-build <- app/custom-build build as build_script_build, \
             native-sys/custom-build run-custom-build as build_script_build",
            "app/lib build <- app/custom-build run-custom-build as build_script_build, \
             derive/proc-macro build as derive, native-sys/lib build as native_sys, \
             util/lib build as other_name",
            "derive/proc-macro build <- util/lib build as util",
            "native-sys/custom-build build <-",
            "native-sys/custom-build run-custom-build <- \
             native-sys/custom-build build as build_script_build",
            "native-sys/lib build <- \
             native-sys/custom-build run-custom-build as build_script_build",
            "util/lib build <-",
        ]
    );
}

#[test]
fn checking_builds_what_runs_at_compile_time() {
    let planned = mixed().plan(|request| request.intent = Intent::Check { test: false });
    let built = |line: &String| !line.split(" <- ").next().unwrap_or_default().contains("check");
    let (built, checked): (Vec<_>, Vec<_>) = edges(&planned).into_iter().partition(built);
    assert_eq!(
        checked,
        [
            "app/bin check <- app/lib check as app, \
             app/custom-build run-custom-build as build_script_build, derive/proc-macro build as derive, \
             native-sys/lib check as native_sys, util/lib check as other_name",
            "app/lib check <- app/custom-build run-custom-build as build_script_build, \
             derive/proc-macro build as derive, native-sys/lib check as native_sys, \
             util/lib check as other_name",
            "derive/proc-macro check <- util/lib check as util",
            "native-sys/lib check <- \
             native-sys/custom-build run-custom-build as build_script_build",
            "util/lib check <-",
        ]
    );
    assert!(built.contains(&"util/lib build <-".to_owned()), "scripts link it: {built:?}");
    assert!(built.contains(&"derive/proc-macro build <- util/lib build as util".to_owned()));
}

#[test]
fn checking_with_the_test_profile_checks_tests() {
    let planned = mixed().plan(|request| {
        request.intent = Intent::Check { test: true };
        request.profile = "test".to_owned();
    });
    let graph = &planned.units.graph;
    assert!(graph.roots.iter().all(|root| graph.units[*root].mode.is_any_test()));
}

#[test]
fn library_of_host_and_target_is_one_unit_without_target_and_two_with() {
    let count = |platforms: &[String]| {
        let planned = mixed().plan(|request| request.platforms = platforms.to_vec());
        lines(&planned, |_| String::new()).iter().filter(|line| *line == "util/lib build").count()
    };
    let host = mixed().plan(|_| ()).workspace.toolchain.host.to_string();
    assert_eq!(count(&[]), 1);
    assert_eq!(count(&[host]), 2);
}

#[test]
fn integration_tests_wait_for_binaries() {
    let planned = mixed().plan(|request| {
        workspace(request);
        all_targets(request);
    });
    let test = edges(&planned).into_iter().find(|line| line.starts_with("app/test test"));
    assert!(test.expect("the test is a unit").contains("app/bin build as app"));
}

#[test]
fn packages_and_edges_are_those_that_guppy_reads() {
    let planned = mixed().plan(workspace);
    let ours: BTreeSet<(String, String)> = planned
        .packages
        .packages
        .values()
        .flat_map(|package| {
            let to = |resolved: &atlas_build::packages::ResolvedDependency| {
                planned.packages.packages[resolved.package].id.clone()
            };
            package.resolved.iter().map(move |resolved| (package.id.clone(), to(resolved)))
        })
        .collect();
    let json = serde_json::to_string(&planned.workspace.metadata).unwrap();
    let guppy = CargoMetadata::parse_json(json).unwrap().build_graph().unwrap();
    let theirs: BTreeSet<(String, String)> = guppy
        .packages()
        .flat_map(|package| package.direct_links())
        .map(|link| (link.from().id().repr().to_owned(), link.to().id().repr().to_owned()))
        .collect();
    assert_eq!(ours, theirs);
    assert!(ours.len() == 4, "the fixture has edges");
}
