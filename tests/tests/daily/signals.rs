//! Programs that signals end, and what a signal to the program that started them does.
#![cfg(unix)]

use atlas_tests::fixture::Fixture;

use crate::{both, check};

fn workspace() -> Fixture {
    Fixture::new(
        "//- /Cargo.toml\n[package]\nname = \"app\"\nedition = \"2021\"\n//- /src/lib.rs\n\
         //- /tests/aborts.rs\n#[test] fn t() { std::process::abort() }\n\
         //- /tests/passes.rs\n#[test] fn t() {}\n",
    )
}

#[test]
fn test_that_aborts_is_told_of() {
    let said = check(&workspace(), "test -j1 --test aborts");
    assert!(said.contains("(signal: 6, SIGABRT: process abort signal)"), "{said}");
}

#[test]
fn others_run_after_a_test_that_aborts() {
    let fixture = workspace();
    check(&fixture, "test -j1 --no-fail-fast --tests");
    let builds = both(&fixture, "test -j1 --tests");
    assert_eq!(builds.map(|build| build.outcome.code), [Some(101), Some(101)]);
}
