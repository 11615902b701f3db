//! Programs that signals end, and what a signal to the program that started them does.
#![cfg(unix)]

use atlas_tests::build::command;
use atlas_tests::environment;
use atlas_tests::fixture::Fixture;
use atlas_tests::process::{Command, Running};
use atlas_tests::selection::Selection;
use rstest::rstest;

use crate::{atlas, both, check};

const WORKSPACE: &str = r#"
//- /Cargo.toml
[package]
name = "app"
edition = "2021"
//- /src/lib.rs
/// Says who it is, and waits for ever.
pub fn wait() {
    let mut started = std::fs::OpenOptions::new().write(true).open("started").unwrap();
    std::io::Write::write_all(&mut started, std::process::id().to_string().as_bytes()).unwrap();
    drop(started);
    std::fs::read("never").unwrap();
}
//- /src/main.rs
fn main() { app::wait() }
//- /tests/aborts.rs
#[test] fn t() { std::process::abort() }
//- /tests/passes.rs
#[test] fn t() {}
//- /tests/waits.rs
#[test] fn t() { app::wait() }
"#;

#[test]
fn test_that_aborts_is_told_of() {
    let said = check(&Fixture::new(WORKSPACE), "test -j1 --test aborts");
    assert!(said.contains("(signal: 6, SIGABRT: process abort signal)"), "{said}");
}

#[test]
fn others_run_after_a_test_that_aborts() {
    let fixture = Fixture::new(WORKSPACE);
    check(&fixture, "test -j1 --no-fail-fast --test aborts --test passes");
    let builds = both(&fixture, "test -j1 --test aborts --test passes");
    assert_eq!(builds.map(|build| build.outcome.code), [Some(101), Some(101)]);
}

/// Starts what waits for ever; returns it with the number of the process that waits.
fn waiting(fixture: &Fixture, line: &str) -> (Running, String) {
    let make = Command::new("/bin/sh".into()).args(&["-c", "mkfifo started never"]);
    assert!(make.cwd(fixture.root()).run().success());
    atlas(fixture, &format!("{line} --no-run").replace("run --no-run", "--bins"));
    let target = fixture.beside("atlas");
    let selection = Selection::new(line);
    let running = command(&environment::atlas_binary(), fixture, &selection, &target).start();
    let waiting = fs_err::read_to_string(fixture.root().join("started")).expect("it starts");
    (running, waiting)
}

#[track_caller]
fn kill(signal: &str, process: &str) {
    let script = format!("kill -{signal} {process}");
    assert!(Command::new("/bin/sh".into()).args(&["-c", &script]).run().success());
}

/// The process is the program: whoever started it may talk to the program.
#[test]
fn run_becomes_the_program() {
    let fixture = Fixture::new(WORKSPACE);
    let (running, program) = waiting(&fixture, "run");
    assert_eq!(running.id().to_string(), program);
    kill("TERM", &program);
    let outcome = running.wait();
    assert_eq!(outcome.code, None);
    assert!(!outcome.stderr.contains("error"), "{}", outcome.stderr);
}

/// As cargo, which the signal ends.
#[rstest]
#[case::interrupt("INT")]
#[case::termination("TERM")]
fn signal_while_a_test_runs_ends_it_at_once(#[case] signal: &str) {
    let fixture = Fixture::new(WORKSPACE);
    let (running, program) = waiting(&fixture, "test --test waits --test passes");
    kill(signal, &running.id().to_string());
    // A terminal sends it to the program as well, which has the same streams.
    kill(signal, &program);
    let outcome = running.wait();
    assert_eq!(outcome.code, Some(130), "{}", outcome.stderr);
    assert!(!outcome.stderr.contains("error"), "{}", outcome.stderr);
}
