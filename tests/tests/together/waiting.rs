//! Builds that wait, and what ends that.

use atlas_tests::process::Command;

use super::{ALL, Shared};

/// The one that waits builds what the other one was killed over, as soon as the compiler is gone
/// that the other one has left: that would write into the same files.
#[test]
fn killed_holder_is_succeeded() {
    let shared = Shared::new();
    let first = shared.start_and_hold("leaf", "");
    let mut second = shared.start("");
    second.hear("Blocking");
    first.kill();
    // Lets the orphan go.
    shared.go_on();
    let said = shared.end(second);
    assert!(said.contains("Compiling leaf"), "{said}");
    let compiled = shared.compiled();
    assert_eq!((compiled["leaf"], compiled["mid"], compiled["app"]), (2, 1, 1), "{compiled:?}");
    assert_eq!(shared.prints(), "1 10 one\n");
    shared.compiled();
    shared.build("");
    shared.expect_once(&[]);
}

/// Whoever waits can be told to stop, and leaves nothing that keeps others off.
#[test]
fn waiting_ends_with_an_interrupt() {
    let shared = Shared::new();
    let first = shared.start_and_hold("leaf", "");
    let mut second = shared.start("");
    second.hear("Blocking");
    let id = second.id().to_string();
    let killed = Command::new("/bin/sh".into()).args(&["-c", "kill -INT \"$0\"", &id]).run();
    drop(killed.expect_success("kill"));
    let outcome = second.wait();
    assert_eq!(outcome.code, Some(130), "{}", outcome.stderr);
    assert!(!outcome.stderr.contains("error"), "{}", outcome.stderr);
    shared.go_on();
    shared.end(first);
    shared.expect_once(ALL);
    shared.build("");
    shared.expect_once(&[]);
    assert_eq!(shared.prints(), "1 10 one\n");
}

/// A build that may run one process at a time does not hold up anything while it waits.
#[test]
fn single_job_goes_on_with_what_is_free() {
    let shared = Shared::new();
    let first = shared.start_and_hold("mid", "-p mid");
    let mut second = shared.start("-j1");
    second.hear("Blocking");
    shared.go_on();
    shared.end_all([first, second]);
    shared.expect_once(ALL);
    assert_eq!(shared.prints(), "1 10 one\n");
}
