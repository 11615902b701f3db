//! `clippy`: what it says, what it says after an edit, and what runs.

use std::collections::BTreeSet;

use atlas_tests::environment;
use atlas_tests::fixture::Fixture;
use atlas_tests::repeated;
use rstest::rstest;

use super::{atlas, check, command};

/// `app` depends on `leaf`, and both on `outside`, which is no member.
const WORKSPACE: &str = r#"
//- /Cargo.toml
[workspace]
members = ["app", "leaf"]
exclude = ["outside"]
resolver = "2"
//- /outside/Cargo.toml
[package]
name = "outside"
edition = "2021"
//- /outside/src/lib.rs
pub fn outside(x: &Vec<u8>) -> usize {
    return x.len();
}
//- /leaf/Cargo.toml
[package]
name = "leaf"
edition = "2021"
[dependencies]
outside = { path = "../outside" }
//- /leaf/src/lib.rs
mod inner;
pub fn leaf(x: &Vec<u8>) -> usize {
    return outside::outside(x);
}
//- /leaf/src/inner.rs
/// # Safety
/// The place is right.
pub unsafe fn read(p: *const u8) -> u8 {
    // SAFETY: as the caller says.
    unsafe { *p }
}
//- /leaf/build.rs
fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let x = 1;
    if x == 1 { return; }
}
//- /app/Cargo.toml
[package]
name = "app"
edition = "2021"
[dependencies]
leaf = { path = "../leaf" }
//- /app/src/main.rs
fn main() {
    let v = vec![1u8];
    println!("{}", leaf::leaf(&v).clone());
}
//- /app/tests/it.rs
#[test]
fn it() {
    assert_eq!(true, true);
}
"#;

/// Lints by atlas, and returns the units that ran.
fn ran(fixture: &Fixture, line: &str) -> BTreeSet<String> {
    let target = fixture.beside("atlas");
    let (start, lints) = line.split_once(" -- ").unwrap_or((line, ""));
    let line = format!("{start} -vv -- {lints}");
    let outcome = command(&environment::atlas_binary(), fixture, &line, &target).run();
    repeated::ran(&outcome.expect_success(&line))
}

#[track_caller]
fn expect(fixture: &Fixture, line: &str, expected: &[&str]) {
    let expected: BTreeSet<String> = expected.iter().map(|&unit| unit.to_owned()).collect();
    assert_eq!(ran(fixture, line), expected, "units that ran for `{line}`");
}

#[rstest]
#[case::plain("clippy")]
#[case::all_targets("clippy -p leaf -p app --bins --tests -j1")]
#[case::without_dependencies("clippy -p app --no-deps")]
#[case::lints("clippy -- -W clippy::pedantic -A clippy::needless_return")]
#[case::denied("clippy -j1 -- -D warnings")]
#[case::json("clippy -p leaf --message-format json-render-diagnostics -q")]
#[case::short("clippy --message-format short")]
#[case::configured_wrapper("RUSTC_WORKSPACE_WRAPPER=clippy-driver check")]
fn says_what_cargo_clippy_says(#[case] line: &str) {
    let fixture = Fixture::new(WORKSPACE);
    super::cargo(&fixture, "generate-lockfile -q --offline");
    check(&fixture, line);
    // What was said is said again.
    check(&fixture, line);
}

#[test]
fn other_packages_are_shared_with_a_check() {
    let fixture = Fixture::new(WORKSPACE);
    expect(
        &fixture,
        "check",
        &[
            "check app/bin",
            "check leaf/lib",
            "check outside/lib",
            "leaf/build-script",
            "leaf/run-build-script",
        ],
    );
    let linted = ["check app/bin", "check leaf/lib", "leaf/build-script", "leaf/run-build-script"];
    expect(&fixture, "clippy", &linted);
    expect(&fixture, "check", &[]);
    expect(&fixture, "clippy", &[]);
}

/// Lints, does something, and compares which units run for it; what is said then is what cargo says.
#[track_caller]
fn after(lints: &str, edit: impl Fn(&Fixture), expected: &[&str]) {
    let fixture = Fixture::new(WORKSPACE);
    let line = format!("clippy -- {lints}");
    super::cargo(&fixture, "generate-lockfile -q --offline");
    check(&fixture, &line);
    edit(&fixture);
    expect(&fixture, &line, expected);
    expect(&fixture, &line, &[]);
    check_said(&fixture, &line);
}

/// Compares what is said of the code with what cargo says in an empty target directory.
#[track_caller]
fn check_said(fixture: &Fixture, line: &str) {
    let fresh = super::run(&environment::cargo(), fixture, line, "other");
    let said = |text: &str| {
        let lines = text.lines().filter(|line| !line.starts_with("   "));
        lines.map(|line| format!("{line}\n")).collect::<String>()
    };
    assert_eq!(said(&atlas(fixture, line).outcome.stderr), said(&fresh.outcome.stderr));
}

#[test]
fn comments_are_read_by_lints() {
    let edit = |fixture: &Fixture| fixture.replace("leaf/src/inner.rs", "SAFETY: as", "As");
    after("-W clippy::undocumented_unsafe_blocks", edit, &["check leaf/lib"]);
}

#[test]
fn edit_that_nobody_sees_spares_dependents() {
    let edit = |fixture: &Fixture| {
        fixture.replace("leaf/src/lib.rs", "return outside", "let _ = 1; return outside");
    };
    after("", edit, &["check leaf/lib"]);
}

#[test]
fn edit_that_dependents_see_is_followed_by_them() {
    let edit = |fixture: &Fixture| {
        fixture.replace("leaf/src/lib.rs", "mod inner;", "mod inner; pub fn new() {}")
    };
    after("", edit, &["check leaf/lib", "check app/bin"]);
}

#[test]
fn configuration_that_is_new_counts() {
    let all = ["check leaf/lib", "check app/bin", "leaf/build-script"];
    let edit = |fixture: &Fixture| fixture.write("clippy.toml", "too-many-lines-threshold = 1");
    after("-W clippy::too_many_lines", edit, &all);
    let edit =
        |fixture: &Fixture| fixture.write("leaf/.clippy.toml", "too-many-lines-threshold = 1");
    after("-W clippy::too_many_lines", edit, &["check leaf/lib", "leaf/build-script"]);
}

#[test]
fn configuration_that_changes_or_goes_counts() {
    let fixture = Fixture::new(WORKSPACE);
    let line = "clippy -- -W clippy::too_many_lines";
    fixture.write("clippy.toml", "too-many-lines-threshold = 1");
    assert!(!ran(&fixture, line).is_empty());
    expect(&fixture, line, &[]);
    fixture.write("clippy.toml", "too-many-lines-threshold = 2");
    let all = ["check leaf/lib", "check app/bin", "leaf/build-script"];
    expect(&fixture, line, &all);
    fixture.remove("clippy.toml");
    expect(&fixture, line, &all);
    check_said(&fixture, line);
    expect(&fixture, line, &[]);
}

#[test]
fn other_directory_for_the_configuration_counts() {
    let fixture = Fixture::new(WORKSPACE);
    fixture.write("strict/clippy.toml", "too-many-lines-threshold = 1");
    let line = "clippy -- -W clippy::too_many_lines";
    assert!(!ran(&fixture, line).is_empty());
    let strict = format!("CLIPPY_CONF_DIR=strict {line}");
    assert!(ran(&fixture, &strict).contains("check leaf/lib"));
    expect(&fixture, &strict, &[]);
    check_said(&fixture, &strict);
}

#[test]
fn other_lints_are_another_result() {
    let fixture = Fixture::new(WORKSPACE);
    let [one, other] = ["clippy -- -W clippy::all", "clippy -- -A clippy::all"];
    assert!(!ran(&fixture, one).is_empty());
    assert!(!ran(&fixture, other).is_empty());
    // The earlier result is kept beside the later one.
    expect(&fixture, one, &[]);
    check_said(&fixture, other);
    check_said(&fixture, one);
}

#[test]
fn other_tools_are_expected_to_see_more_than_the_compiler() {
    let fixture = Fixture::new(WORKSPACE);
    let tool = fixture.script("tool", "exec \"$@\"");
    let line = format!("RUSTC_WORKSPACE_WRAPPER={tool} check");
    let target = fixture.beside("atlas");
    let ran = |line: &str| {
        let outcome = command(&environment::atlas_binary(), &fixture, line, &target).arg("-vv");
        repeated::ran(&outcome.run().expect_success(line))
    };
    assert!(!ran(&line).is_empty());
    fixture.replace("leaf/src/inner.rs", "SAFETY: as", "As");
    let both = ["check app/bin", "check leaf/lib"].map(str::to_owned);
    assert_eq!(ran(&line), BTreeSet::from(both));
}

#[test]
fn help_is_that_of_cargo_clippy() {
    let fixture = Fixture::new(WORKSPACE);
    let [theirs, ours] =
        [super::cargo, atlas].map(|run| run(&fixture, "clippy --help").outcome.stdout);
    assert_eq!(ours.replace("cargo atlas", "cargo").trim_end(), theirs.trim_end());
}

#[test]
fn questions_about_clippy_are_answered_by_cargo() {
    let fixture = Fixture::new(WORKSPACE);
    for line in ["clippy --explain unwrap_used", "clippy -V"] {
        let [theirs, ours] = [super::cargo, atlas].map(|run| run(&fixture, line).outcome.stdout);
        assert_eq!(ours, theirs);
    }
}
