//! A toolchain that is not there, does not answer, or has no library for the target.
#![cfg(unix)]

use atlas_tests::environment;
use atlas_tests::fixture::Fixture;
use atlas_tests::process::Command;
use rstest::rstest;

use crate::{PACKAGE, check_own};

fn fixture() -> Fixture {
    Fixture::new(&format!("{PACKAGE}//- /src/lib.rs\n"))
}

#[rstest]
#[case::says_rubbish("echo rubbish", &["failed to learn the version of `rustc`", "release"])]
#[case::fails("echo oops >&2; exit 3", &["exit status: 3", "oops"])]
#[case::is_killed("kill -9 $$", &["signal: 9"])]
#[case::says_nothing("exit 0", &["failed to learn the version of `rustc`"])]
fn compiler(#[case] body: &str, #[case] expected: &[&str]) {
    let fixture = fixture();
    let script = fixture.script("rustc", body);
    check_own(&fixture, &format!("RUSTC={script}"), expected);
}

#[test]
fn compiler_that_is_no_program() {
    let fixture = fixture();
    fixture.write("rustc", "");
    let selection = format!("RUSTC={}/rustc", fixture.root());
    check_own(&fixture, &selection, &["Permission denied", "help: ", "RUSTC or build.rustc"]);
}

/// Nothing is on the `PATH`: what is missing is named, and where to get it.
#[test]
fn nothing_is_installed() {
    let fixture = fixture();
    let atlas = Command::new(&environment::atlas_binary()).cwd(fixture.root()).arg("build");
    let outcome = atlas.env("PATH", fixture.root().as_str()).run();
    assert_eq!(outcome.code, Some(101));
    for part in ["could not execute process `rustc -vV`", "help: install Rust", "`rustc`"] {
        assert!(outcome.stderr.contains(part), "no `{part}` in {}", outcome.stderr);
    }
}

#[test]
fn cargo_is_missing() {
    let fixture = fixture();
    let expected = ["failed to start `cargo metadata`", "`/no/such/cargo`", "help: install Rust"];
    check_own(&fixture, "CARGO=/no/such/cargo", &expected);
}

/// A toolchain older than any that was compared is left to cargo.
#[test]
fn compiler_is_old() {
    let fixture = fixture();
    let answer = "rustc 1.70.0 (90c541806 2023-05-31)\nbinary: rustc\n\
         commit-hash: 90c541806f23a127002de5b4038be731ba1458ca\ncommit-date: 2023-05-31\n\
         host: x86_64-unknown-linux-gnu\nrelease: 1.70.0\nLLVM version: 16.0.2";
    let script = fixture.script("rustc", &format!("cat <<'END'\n{answer}\nEND"));
    let atlas = Command::new(&environment::atlas_binary()).cwd(fixture.root()).arg("build");
    let said = atlas.env("RUSTC", script.as_str()).run().stderr;
    assert!(said.starts_with("note: handing over to cargo: Rust 1.70.0 is older"), "{said}");
}
