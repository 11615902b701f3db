//! Builds that share their work and do not wait for each other.

use super::{ALL, Shared};

/// The check ends while the build's compiler stands still.
#[test]
fn check_does_not_wait_for_a_build() {
    let shared = Shared::new();
    let build = shared.start_and_hold("leaf", "");
    let said = shared.build("check");
    assert!(!said.contains("Blocking"), "{said}");
    shared.go_on();
    shared.end(build);
    let compiled = shared.compiled();
    assert!(compiled.values().all(|n| *n == 1), "{compiled:?}");
    assert_eq!(shared.prints(), "1 10 one\n");
    for selection in ["", "check"] {
        shared.build(selection);
        shared.expect_once(&[]);
    }
}

/// Nothing is compiled twice, whoever is faster.
#[test]
fn equal_builds_do_everything_once() {
    let shared = Shared::new();
    let running = [(); 3].map(|()| shared.start(""));
    shared.end_all(running);
    shared.expect_once(ALL);
    assert_eq!(shared.prints(), "1 10 one\n");
    shared.build("");
    shared.expect_once(&[]);
}

/// What one process is compiling when the other one wants it is found fresh by that.
#[test]
fn second_build_waits_for_what_the_first_one_compiles() {
    let shared = Shared::new();
    let first = shared.start_and_hold("leaf", "");
    let mut second = shared.start("");
    let said = second.hear("Blocking");
    assert!(said.contains("waiting for another process to build `leaf v0.0.0"), "{said}");
    shared.go_on();
    let said = [first, second].map(|running| shared.end(running));
    assert!(said[1].contains("Fresh leaf") && !said[1].contains("Compiling leaf"), "{}", said[1]);
    shared.expect_once(ALL);
    assert_eq!(shared.prints(), "1 10 one\n");
    shared.build("");
    shared.expect_once(&[]);
}

/// Two packages of one workspace, each with its own selection.
#[test]
fn builds_of_different_packages_share_what_is_below() {
    let shared = Shared::new();
    let first = shared.start_and_hold("mid", "-p mid");
    shared.build("-p side");
    shared.go_on();
    shared.end(first);
    shared.expect_once(&["leaf", "mid", "side"]);
    shared.build("");
    shared.expect_once(&["app", "build_script_build"]);
    assert_eq!(shared.prints(), "1 10 one\n");
}

/// Dependents go on with the metadata of a library whose body was edited, while the other process
/// compiles it.
#[test]
fn cutoff_holds_for_both() {
    let shared = Shared::new();
    shared.build("");
    shared.compiled();
    shared.workspace.fixture.replace("leaf/src/lib.rs", "mine = 10", "mine = 20");
    let first = shared.start_and_hold("leaf", "");
    let mut second = shared.start("");
    second.hear("Blocking");
    shared.go_on();
    shared.end_all([first, second]);
    shared.expect_once(&["app", "leaf"]);
    assert_eq!(shared.prints(), "1 20 one\n");
    shared.build("");
    shared.expect_once(&[]);
}
