//! The program that builds the history of a repository, with a history of six commits: what it
//! counts, and that it notices a result that is not right.
//!
//! Needs git.

use atlas_tests::environment;
use atlas_tests::fixture::Fixture;
use atlas_tests::process::{Command, Outcome};
use camino::Utf8Path;

const START: &str = r#"
//- /Cargo.toml
[workspace]
members = ["low", "mid", "app"]
resolver = "2"
//- /low/Cargo.toml
[package]
name = "low"
edition = "2021"
//- /low/src/lib.rs
pub fn low() -> u64 {
    1
}
//- /mid/Cargo.toml
[package]
name = "mid"
edition = "2021"
[dependencies]
low = { path = "../low" }
//- /mid/src/lib.rs
pub fn mid() -> u64 {
    low::low() + 1
}
//- /app/Cargo.toml
[package]
name = "app"
edition = "2021"
[dependencies]
mid = { path = "../mid" }
//- /app/src/main.rs
fn main() {
    println!("{}", mid::mid());
}
"#;

fn git(fixture: &Fixture, args: &[&str]) {
    let git = Command::new(Utf8Path::new("git")).cwd(fixture.root()).args(args);
    let who = ["AUTHOR", "COMMITTER"].into_iter().fold(git, |git, role| {
        let git = git.env(&format!("GIT_{role}_NAME"), "somebody");
        git.env(&format!("GIT_{role}_EMAIL"), "somebody@example.org")
    });
    let _said = who.run().expect_success(&format!("git {}", args.join(" ")));
}

fn commit(fixture: &Fixture) {
    git(fixture, &["add", "--all"]);
    git(fixture, &["commit", "--quiet", "--message", "change"]);
}

/// A body, a comment, a signature, a mistake, and the way back with a warning.
fn repository() -> Fixture {
    let fixture = Fixture::new(START);
    git(&fixture, &["init", "--quiet"]);
    commit(&fixture);
    let edits = [
        ("low/src/lib.rs", "    1\n", "    2\n"),
        ("mid/src/lib.rs", "pub fn mid", "// About mid.\npub fn mid"),
        ("low/src/lib.rs", "-> u64 {", "-> u64 {\n    const LARGE: u64 = 3;"),
        ("mid/src/lib.rs", "+ 1", "+ \"1\""),
        ("mid/src/lib.rs", "+ \"1\"", "+ 1 }\nfn unused() {"),
    ];
    for (path, old, new) in edits {
        fixture.replace(path, old, new);
        commit(&fixture);
    }
    fixture
}

fn history(fixture: &Fixture, atlas: &Utf8Path, args: &[&str]) -> Outcome {
    let own = ["--atlas", atlas.as_str(), "--dir", "../work", "--commits", "6"];
    let history = Command::new(&environment::sibling("history")).cwd(fixture.root());
    history.arg(".").args(&own).args(args).run()
}

/// Returns the number in a line of the sums of a subcommand.
fn number<'t>(outcome: &'t Outcome, subcommand: &str, what: &str) -> &'t str {
    let (_, sums) = outcome.stdout.split_once(&format!("\n{subcommand}:\n")).unwrap_or_default();
    let found = sums.lines().find_map(|line| line.strip_prefix(what));
    found.unwrap_or_else(|| panic!("no `{what}`:\n{}{}", outcome.stdout, outcome.stderr)).trim()
}

#[test]
fn each_commit_comes_to_what_a_clean_build_does() {
    let fixture = repository();
    let outcome = history(&fixture, &environment::atlas_binary(), &["--run", "app"]);
    assert!(outcome.success(), "{}{}", outcome.stdout, outcome.stderr);
    for subcommand in ["check", "build"] {
        let number = |what| number(&outcome, subcommand, what);
        assert_eq!(number("results compared with clean builds"), "6");
        assert_eq!(number("results that differ"), "0");
        assert_eq!(number("commits that do not build, by cargo neither"), "1");
        assert_eq!(number("libraries changed"), "4", "{}", outcome.stdout);
        assert_eq!(number("of these: cut off"), "2 (50 %)", "{}", outcome.stdout);
    }
    assert_eq!(number(&outcome, "build", "programs whose code and data were compared"), "5");
    let status = Command::new(Utf8Path::new("git")).cwd(fixture.root());
    let status = status.args(&["status", "--porcelain"]).run();
    assert_eq!(status.stdout, "", "the repository is left alone");
}

#[cfg(unix)]
#[test]
fn a_result_that_is_not_right_is_shown() {
    let fixture = repository();
    let always = format!("'{}' \"$@\"\nexit 0", environment::atlas_binary());
    let always = fixture.script("always-succeeds", &always);
    let outcome = history(&fixture, &always, &["--mode", "check", "--clean-every", "9"]);
    assert_eq!(outcome.code, Some(1), "{}{}", outcome.stdout, outcome.stderr);
    assert!(outcome.stdout.contains("from cargo: exit codes: Some(0), Some(101)"));
    assert_eq!(number(&outcome, "check", "results that differ"), "1");
}
