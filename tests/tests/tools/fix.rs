//! `fix` and `clippy --fix`: files are what they are after cargo has fixed them.

use std::collections::BTreeMap;

use atlas_tests::build::Build;
use atlas_tests::fixture::Fixture;
use atlas_tests::process::Command;
use camino::Utf8Path;
use rstest::rstest;

use super::{atlas, cargo};

/// Things to fix in every target; what is in `outside` stays, and so does `leaf` if only `app` is meant.
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
use std::fmt::Debug;
pub fn outside() {}
//- /leaf/Cargo.toml
[package]
name = "leaf"
edition = "2021"
[dependencies]
outside = { path = "../outside" }
//- /leaf/src/lib.rs
use std::fmt::{Debug, Display};
mod inner;
pub fn leaf(x: &Vec<u8>) -> usize {
    let mut y = (x.len());
    outside::outside();
    return inner::inner(y);
}
#[cfg(test)]
mod tests {
    use std::collections::HashMap;
    #[test]
    fn it() { let mut z = 1; assert_eq!(z, 1); }
}
//- /leaf/src/inner.rs
pub fn inner(x: usize) -> usize {
    let mut unchanged = x;
    // A comment stays.
    return unchanged;
}
//- /app/Cargo.toml
[package]
name = "app"
edition = "2021"
[dependencies]
leaf = { path = "../leaf" }
//- /app/build.rs
use std::fmt::Debug;
fn main() { println!("cargo::rerun-if-changed=build.rs"); }
//- /app/src/main.rs
#![deny(warnings)]
use std::fmt::Debug;
fn main() {
    let unused = 1;
    println!("{}", leaf::leaf(&vec![1u8]));
}
//- /app/tests/it.rs
use std::fmt::Debug;
#[test]
fn it() { let mut x = 1; assert_eq!(x, 1); }
"#;

const SOURCES: [&str; 7] = [
    "outside/src/lib.rs",
    "leaf/src/lib.rs",
    "leaf/src/inner.rs",
    "app/build.rs",
    "app/src/main.rs",
    "app/tests/it.rs",
    "Cargo.lock",
];

/// Fixes by both, each in a workspace of its own, and compares what is there then, and which files are
/// said to be fixed. Returns the workspace of atlas and what it says.
#[track_caller]
fn check(line: &str, prepare: impl Fn(&Fixture)) -> (Fixture, Build) {
    let [theirs, ours] = [cargo, atlas].map(|run| {
        let fixture = Fixture::new(WORKSPACE);
        cargo(&fixture, "generate-lockfile -q --offline");
        prepare(&fixture);
        let build = run(&fixture, line);
        (fixture, build)
    });
    let said = &ours.1.outcome.stderr;
    for source in SOURCES {
        assert_eq!(ours.0.read(source), theirs.0.read(source), "{source} after `{line}`\n{said}");
    }
    assert_eq!(fixed(&ours.1), fixed(&theirs.1), "{said}");
    assert_eq!(ours.1.outcome.code, theirs.1.outcome.code, "{said}");
    ours
}

/// Returns how much was fixed in which file, and what else is told of it. Cargo tells for each target.
fn fixed(build: &Build) -> BTreeMap<String, u32> {
    let mut told = BTreeMap::new();
    for line in build.outcome.stderr.lines().map(str::trim) {
        let fixes = line.strip_prefix("Fixed ").and_then(|rest| rest.split_once(" ("));
        if let Some((file, rest)) = fixes {
            let number = rest.split(' ').next().and_then(|number| number.parse::<u32>().ok());
            *told.entry(file.to_owned()).or_default() += number.expect("a number of fixes");
        } else if line.starts_with("error") || line.starts_with("  * ") {
            told.insert(line.to_owned(), 0);
        }
    }
    told
}

#[rstest]
#[case::usual("fix --allow-no-vcs")]
#[case::all_targets("fix --allow-no-vcs --all-targets")]
#[case::one_package("fix --allow-no-vcs -p app")]
#[case::one_target("fix --allow-no-vcs -p leaf --lib --tests")]
#[case::clippy("clippy --fix --allow-no-vcs")]
#[case::lints("clippy --fix --allow-no-vcs --all-targets -- -W clippy::pedantic")]
#[case::one_lint("clippy --fix --allow-no-vcs -p leaf -- -A clippy::all")]
fn files_are_fixed_as_by_cargo(#[case] line: &str) {
    let (fixture, ours) = check(line, |_| ());
    assert!(!fixed(&ours).is_empty());
    // There is nothing left to do.
    let again = atlas(&fixture, line);
    assert_eq!(again.outcome.code, Some(0), "{}", again.outcome.stderr);
    assert!(!again.outcome.stderr.contains("Fixed "), "{}", again.outcome.stderr);
}

#[test]
fn code_that_is_broken_is_left_alone() {
    check("fix --allow-no-vcs -p leaf", |fixture| {
        fixture.replace("leaf/src/inner.rs", "return unchanged", "return no");
    });
}

#[test]
fn code_that_is_broken_is_fixed_if_asked_for() {
    let line = "fix --allow-no-vcs -p leaf --broken-code";
    let [theirs, ours] = [cargo, atlas].map(|run| {
        let fixture = Fixture::new(WORKSPACE);
        fixture.replace("leaf/src/inner.rs", "return unchanged", "return no");
        let code = run(&fixture, line).outcome.code;
        (code, SOURCES.map(|source| fixture.read(source)))
    });
    assert_eq!(ours, theirs);
}

fn git(fixture: &Fixture, line: &str) -> bool {
    let args: Vec<&str> = line.split(' ').collect();
    let git = Command::new(Utf8Path::new("git")).cwd(fixture.root());
    git.env("GIT_CONFIG_GLOBAL", "/dev/null").args(&args).run().success()
}

fn commit(fixture: &Fixture) {
    for line in [
        "init -q",
        "config user.name a",
        "config user.email a@example.org",
        "config commit.gpgsign false",
        "add .",
        "commit -q -m a",
    ] {
        assert!(git(fixture, line), "git {line}");
    }
}

#[rstest]
#[case::clean("fix -p leaf", &[])]
#[case::dirty("fix -p leaf", &["dirty"])]
#[case::untracked("fix -p leaf", &["new"])]
#[case::staged("fix -p leaf", &["staged"])]
#[case::everything("fix -p leaf", &["dirty", "new", "staged"])]
#[case::staged_is_allowed("fix -p leaf --allow-staged", &["staged"])]
#[case::only_staged_is_allowed("fix -p leaf --allow-staged", &["staged", "dirty"])]
#[case::dirty_is_allowed("fix -p leaf --allow-dirty", &["dirty", "new", "staged"])]
#[case::clippy("clippy --fix -p leaf", &["dirty"])]
#[case::from_a_directory("in:leaf fix", &["dirty"])]
fn what_is_not_committed_is_not_changed(#[case] line: &str, #[case] state: &[&str]) {
    check(line, |fixture| {
        commit(fixture);
        for what in state {
            match *what {
                "dirty" => fixture.write("app/build.rs", "fn main() { }\n"),
                "new" => fixture.write("new/a.rs", ""),
                _ => {
                    fixture.write("staged.rs", "");
                    assert!(git(fixture, "add staged.rs"));
                }
            }
        }
    });
}

#[test]
fn without_version_control_nothing_is_changed() {
    let fixture = Fixture::new(WORKSPACE);
    let [theirs, ours] = [cargo, atlas].map(|run| run(&fixture, "fix").outcome);
    assert_eq!((ours.code, ours.stderr), (theirs.code, theirs.stderr));
}

#[test]
fn other_editions_are_for_cargo() {
    let (_, ours) = check("fix --edition --allow-no-vcs -p app", |_| ());
    let note = "note: handing over to cargo: code is prepared for another edition by cargo\n";
    assert!(ours.outcome.stderr.starts_with(note), "{}", ours.outcome.stderr);
}
