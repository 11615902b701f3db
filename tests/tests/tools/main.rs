//! Commands that run other tools on what is built, each compared with that of cargo.

mod aliases;
mod clippy;
mod fix;
mod install;
mod nextest;

use atlas_tests::build::Build;
use atlas_tests::environment;
use atlas_tests::fixture::Fixture;
use atlas_tests::process::Command;
use atlas_tests::selection::Selection;
use atlas_tests::spoken;
use camino::Utf8Path;

/// Runs a command such as `VARIABLE=value in:directory clippy -p x`.
fn run(program: &Utf8Path, fixture: &Fixture, line: &str, target: &str) -> Build {
    let target = fixture.beside(target);
    Build { outcome: command(program, fixture, line, &target).run(), target }
}

/// The command that [`run`] runs, with a home for cargo beside the workspace.
fn command(program: &Utf8Path, fixture: &Fixture, line: &str, target: &Utf8Path) -> Command {
    let selection = Selection::new(line);
    let mut command = Command::new(program)
        .cwd(&fixture.root().join(&selection.dir))
        .env("CARGO_NET_OFFLINE", "true")
        .env("CARGO_TERM_COLOR", "never")
        .env("CARGO_BUILD_JOBS", "2")
        .env("ATLAS_STORE", "off")
        .env("CARGO_TARGET_DIR", target.as_str());
    for (name, value) in &selection.env {
        command = command.env(name, value);
    }
    // Some words have a meaning of their own in a selection; the others are the first of its arguments.
    let subcommand = Some(selection.subcommand).filter(|name| *name != "build");
    command.args(subcommand.as_slice()).args(&selection.args)
}

/// Runs a command by cargo.
fn cargo(fixture: &Fixture, line: &str) -> Build {
    run(&environment::cargo(), fixture, line, "cargo")
}

/// Runs a command by atlas.
fn atlas(fixture: &Fixture, line: &str) -> Build {
    run(&environment::atlas_binary(), fixture, line, "atlas")
}

/// Runs a command by both and compares exit codes and the lines that they print, whatever their order.
/// Returns what cargo says.
#[track_caller]
fn check(fixture: &Fixture, line: &str) -> String {
    let builds = [cargo(fixture, line), atlas(fixture, line)];
    let [theirs, ours] = builds.each_ref().map(spoken::stderr);
    assert_same_lines(line, &theirs, &ours);
    let [out, our_out] = builds.each_ref().map(spoken::stdout);
    assert_same_lines(line, &out, &our_out);
    let [code, our_code] = builds.map(|build| build.outcome.code);
    assert_eq!(code, our_code, "exit code of `{line}`");
    theirs
}

#[track_caller]
fn assert_same_lines(what: &str, theirs: &str, ours: &str) {
    let sorted = |text: &str| {
        let mut lines: Vec<&str> = text.lines().collect();
        lines.sort_unstable();
        lines.join("\n")
    };
    if let Some(difference) = spoken::difference(&sorted(theirs), &sorted(ours)) {
        panic!("what is said to `{what}`: {difference}");
    }
}
