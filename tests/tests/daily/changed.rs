//! `test --changed`: programs that passed and came out the same do not run again.

use atlas_tests::build::Build;
use atlas_tests::fixture::Fixture;

use crate::atlas;

const WORKSPACE: &str = r#"
//- /Cargo.toml
[package]
name = "app"
edition = "2021"
[dependencies]
dep = { path = "dep" }
[workspace]
members = ["dep"]
//- /src/lib.rs
/// ```
/// assert_eq!(app::f(), 1);
/// ```
pub fn f() -> u32 { dep::one() }
#[test] fn t() { assert!(!std::path::Path::new("fail").exists()); }
//- /src/main.rs
fn main() { println!("{}", app::f()); }
//- /tests/it.rs
#[test]
fn starts_the_program() {
    assert!(std::process::Command::new(env!("CARGO_BIN_EXE_app")).status().unwrap().success());
}
//- /tests/alone.rs
#[test] fn t() {}
//- /dep/Cargo.toml
[package]
name = "dep"
edition = "2021"
//- /dep/src/lib.rs
pub fn one() -> u32 { 1 }
"#;

/// Returns what ran and what did not, by the file it is made from.
fn told(build: &Build) -> (Vec<&str>, Vec<&str>) {
    let lines = |word: &str| {
        let starts =
            build.outcome.stderr.lines().filter_map(|line| line.trim_start().split_once(' '));
        let told = starts.filter(|(first, _)| *first == word).map(|(_, rest)| rest);
        let names = told.map(|rest| rest.split(" (").next().unwrap_or_default());
        names.map(|name| name.trim_start_matches("unittests ")).collect()
    };
    (lines("Running"), lines("Unchanged"))
}

const ALL: [&str; 4] = ["src/lib.rs", "src/main.rs", "tests/alone.rs", "tests/it.rs"];
const NONE: [&str; 0] = [];

#[track_caller]
fn check(fixture: &Fixture, line: &str, ran: &[&str], unchanged: &[&str]) {
    let build = atlas(fixture, line);
    assert_eq!(told(&build), (ran.to_vec(), unchanged.to_vec()), "{}", build.outcome.stderr);
}

#[test]
fn what_passed_does_not_run_again() {
    let fixture = Fixture::new(WORKSPACE);
    check(&fixture, "test --changed", &ALL, &NONE);
    let again = atlas(&fixture, "test --changed");
    assert_eq!(told(&again), (NONE.to_vec(), ALL.to_vec()));
    assert_eq!(again.outcome.code, Some(0));
    // Examples in documentation are not known by a program.
    assert!(again.outcome.stderr.contains("Doc-tests app"), "{}", again.outcome.stderr);
    // Not asked for, and then everything runs.
    check(&fixture, "test", &ALL, &NONE);
    check(&fixture, "test --changed -- --test-threads=1", &ALL, &NONE);
    check(&fixture, "test --changed", &NONE, &ALL);
    check(&fixture, "RUST_TEST_THREADS=1 test --changed", &ALL, &NONE);
    // Plain comments change no program.
    fixture.write("tests/alone.rs", "#[test] fn t() {} // comment\n");
    check(&fixture, "test --changed", &NONE, &ALL);
}

#[test]
fn what_a_test_runs_counts() {
    let fixture = Fixture::new(WORKSPACE);
    atlas(&fixture, "test --changed");
    fixture.write("src/main.rs", "fn main() { println!(\"other {}\", app::f()); }\n");
    // Any test of the package may run its programs; compiled as a test, the program is the same.
    let (ran, unchanged) = (["tests/alone.rs", "tests/it.rs"], ["src/lib.rs", "src/main.rs"]);
    check(&fixture, "test --changed", &ran, &unchanged);
    fixture.write("dep/src/lib.rs", "pub fn one() -> u32 { let one = 1; one }\n");
    let linked = atlas(&fixture, "test --changed");
    let (ran, _) = told(&linked);
    assert!(ran.contains(&"tests/it.rs"), "{ran:?}");
}

#[test]
fn what_failed_runs_again() {
    let fixture = Fixture::new(WORKSPACE);
    fixture.write("fail", "");
    for _ in 0..2 {
        let build = atlas(&fixture, "test --changed --lib");
        assert_eq!(build.outcome.code, Some(101));
        assert_eq!(told(&build).0, ["src/lib.rs"]);
    }
    fs_err::remove_file(fixture.root().join("fail")).unwrap();
    check(&fixture, "test --changed --lib", &["src/lib.rs"], &NONE);
    check(&fixture, "test --changed --lib", &NONE, &["src/lib.rs"]);
    // What has failed in between is not to be relied on.
    fixture.write("fail", "");
    check(&fixture, "test --lib", &["src/lib.rs"], &NONE);
    fs_err::remove_file(fixture.root().join("fail")).unwrap();
    check(&fixture, "test --changed --lib", &["src/lib.rs"], &NONE);
}

#[test]
fn damaged_knowledge_is_none() {
    let fixture = Fixture::new(WORKSPACE);
    atlas(&fixture, "test --changed --lib");
    fs_err::write(fixture.beside("atlas").join("atlas/passed"), "rubbish").unwrap();
    check(&fixture, "test --changed --lib", &["src/lib.rs"], &NONE);
}
