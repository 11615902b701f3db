//! What is printed is what cargo prints: both build the same workspace side by side, several times
//! where what was built before matters.

mod json;
mod lines;
mod settings;

use atlas_tests::build::{Build, build};
use atlas_tests::environment;
use atlas_tests::fixture::Fixture;
use atlas_tests::selection::Selection;
use atlas_tests::spoken;

/// Builds by both: first by cargo. If cargo makes a lock file, atlas makes it too, and the same.
#[track_caller]
fn both(fixture: &Fixture, selection: &str) -> [Build; 2] {
    let selection = Selection::new(selection);
    let [lock, kept] = [fixture.root().join("Cargo.lock"), fixture.beside("Cargo.lock")];
    let had_lock = lock.exists();
    let cargo = build(&environment::cargo(), fixture, &selection, "cargo");
    let made_lock = !had_lock && lock.exists();
    if made_lock {
        fs_err::rename(&lock, &kept).expect("the fixture is writable");
    }
    let atlas = build(&environment::atlas_binary(), fixture, &selection, "atlas");
    let said = &atlas.outcome.stderr;
    assert_eq!(atlas.outcome.code, cargo.outcome.code, "exit code for `{selection}`\n{said}");
    if made_lock {
        let text = |path| fs_err::read_to_string(path).expect("both make a lock file");
        assert_eq!(text(&lock), text(&kept));
        // With the time that cargo knows.
        fs_err::rename(&kept, &lock).expect("the fixture is writable");
    }
    [cargo, atlas]
}

/// Builds by both and compares the streams line by line. Fit for workspaces in which each unit
/// depends on the one before. Returns what cargo says.
#[track_caller]
fn check(fixture: &Fixture, selection: &str) -> String {
    let builds = both(fixture, selection);
    assert_same(selection, "stderr", &builds.each_ref().map(spoken::stderr));
    assert_same(selection, "stdout", &builds.each_ref().map(spoken::stdout));
    spoken::stderr(&builds[0])
}

/// Builds by both and compares the lines of standard error, whatever their order. Which of two
/// units that say the same was first, and so has a duplicate, depends on it and is left out.
#[track_caller]
fn check_unordered(fixture: &Fixture, selection: &str) -> String {
    let builds = both(fixture, selection);
    let sorted = |build: &Build| {
        let text = spoken::stderr(build);
        let lines = text.lines().map(|line| match line.split_once(" warning (") {
            Some((start, _)) => start,
            None => line,
        });
        let mut lines: Vec<&str> = lines.collect();
        lines.sort_unstable();
        lines.join("\n")
    };
    assert_same(selection, "stderr", &builds.each_ref().map(sorted));
    spoken::stderr(&builds[0])
}

/// Builds by both and compares the JSON messages, whatever their order, and standard error.
/// Returns cargo's messages.
#[track_caller]
fn check_messages(fixture: &Fixture, selection: &str) -> Vec<String> {
    let builds = both(fixture, selection);
    let messages = builds.each_ref().map(spoken::messages);
    assert_same(selection, "messages", &messages.each_ref().map(|messages| messages.join("\n")));
    assert_same(selection, "stderr", &builds.each_ref().map(spoken::stderr));
    let [messages, _] = messages;
    messages
}

#[track_caller]
fn assert_same(selection: &str, what: &str, [cargo, atlas]: &[String; 2]) {
    let difference = spoken::difference(cargo, atlas);
    assert!(difference.is_none(), "{what} of `{selection}`\n{}", difference.unwrap_or_default());
}

/// A program over a library with a build script, one unit after the other; each has warnings.
const CHAIN: &str = r#"
//- /Cargo.toml
[package]
name = "app"
version = "0.1.0"
edition = "2021"
[dependencies]
lib = { path = "lib" }
[profile.mine]
inherits = "release"
debug = "line-tables-only"
strip = true
[workspace]
members = ["lib"]
//- /src/main.rs
fn main() { let unused = 1; lib::f(); }
//- /lib/Cargo.toml
[package]
name = "lib"
version = "0.2.0"
edition = "2021"
[features]
extra = []
//- /lib/build.rs
fn main() {
    println!("to stdout");
    eprintln!("to stderr");
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::warning=be careful");
    println!("cargo::rustc-cfg=found");
    println!("cargo::rustc-check-cfg=cfg(found)");
    println!("cargo::rustc-env=SAID=so");
    println!("cargo::rustc-link-search=native=/nowhere");
}
//- /lib/src/lib.rs
pub fn f() { let mut first = 1; let second = env!("SAID"); println!("{first}"); }
"#;

/// The same, but the library is no member of the workspace: nobody can change it.
fn with_foreign_library() -> Fixture {
    let text = CHAIN.replace("members = [\"lib\"]", "exclude = [\"lib\"]");
    Fixture::new(&text)
}
