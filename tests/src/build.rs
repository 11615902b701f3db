//! Builds a selection with cargo or with the program under test, in a target directory of its own.

use camino::{Utf8Path, Utf8PathBuf};

use crate::fixture::Fixture;
use crate::process::{Command, Outcome};
use crate::selection::Selection;

/// A finished build.
#[derive(Debug)]
pub struct Build {
    /// How it ended.
    pub outcome: Outcome,
    /// Its target directory.
    pub target: Utf8PathBuf,
}

/// Builds a selection; the target directory lies beside the workspace under the given name.
pub fn build(program: &Utf8Path, fixture: &Fixture, selection: &Selection, name: &str) -> Build {
    let target = fixture.beside(name);
    Build { outcome: command(program, fixture, selection, &target).run(), target }
}

/// Returns the command of a build, for adding variables to it.
pub fn command(
    program: &Utf8Path,
    fixture: &Fixture,
    selection: &Selection,
    target: &Utf8Path,
) -> Command {
    let mut command = Command::new(program)
        .cwd(&fixture.root().join(&selection.dir))
        .env("CARGO_NET_OFFLINE", "true")
        .env("CARGO_TERM_COLOR", "never")
        .env("CARGO_BUILD_JOBS", "2")
        .env("CARGO_TARGET_DIR", target.as_str())
        .arg(selection.subcommand);
    for (name, value) in &selection.env {
        command = command.env(name, value);
    }
    command.args(&selection.args)
}
