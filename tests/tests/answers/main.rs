//! Commands that build nothing and answer on standard output: what atlas is configured to do, and
//! what the last build did.

mod cache;
mod config;
mod graph;
mod modules;
mod why;

use atlas_tests::environment;
use atlas_tests::fixture::Fixture;
use atlas_tests::process::{Command, Outcome};
use atlas_tests::selection::Selection;

/// A workspace with a member.
const WORKSPACE: &str = "//- /Cargo.toml\n[workspace]\nmembers = [\"app\"]\nresolver = \"2\"\n\
     //- /app/Cargo.toml\n[package]\nname = \"app\"\nedition = \"2021\"\n//- /app/src/lib.rs\n";

/// Runs a command as `VARIABLE=value in:directory command --flag`, with a home for cargo beside the
/// workspace, so that the user's own files do not count.
fn run(fixture: &Fixture, line: &str) -> Outcome {
    command(fixture, line).run()
}

/// The command that [`run`] runs.
fn command(fixture: &Fixture, line: &str) -> Command {
    let selection = Selection::new(line);
    let mut command = Command::new(&environment::atlas_binary())
        .cwd(&fixture.root().join(&selection.dir))
        .env("CARGO_NET_OFFLINE", "true")
        .env("CARGO_TERM_COLOR", "never")
        .env("CARGO_TARGET_DIR", fixture.beside("atlas").as_str())
        .env("CARGO_HOME", fixture.beside("home").as_str());
    for (name, value) in &selection.env {
        command = command.env(name, value);
    }
    command.args(&selection.args)
}

/// Runs a command that answers and says nothing else; returns the answer, in which the directory
/// above the workspace is left out.
#[track_caller]
fn answer(fixture: &Fixture, line: &str) -> String {
    let outcome = run(fixture, line);
    assert_eq!((outcome.code, outcome.stderr.as_str()), (Some(0), ""), "{line}");
    local(fixture, &outcome.stdout)
}

/// Runs a command that cannot answer; returns what it says instead.
#[track_caller]
fn refusal(fixture: &Fixture, line: &str) -> String {
    let outcome = run(fixture, line);
    assert_eq!((outcome.code, outcome.stdout.as_str()), (Some(101), ""), "{}", outcome.stderr);
    local(fixture, &outcome.stderr)
}

fn local(fixture: &Fixture, text: &str) -> String {
    let above = fixture.root().parent().expect("the workspace is in a directory");
    text.replace(&format!("{above}/"), "/")
}
