//! Asks cargo and the program under test for the unit graph of the same selection.
//!
//! Cargo prints it only with `RUSTC_BOOTSTRAP=1`. That changes the cfgs rustc reports and cargo
//! keeps those in its target directory, so both sides run with the variable and with target
//! directories that no build uses.

use std::fmt::Write as _;

use camino::{Utf8Path, Utf8PathBuf};

use super::difference::difference;
use super::graph::Graph;
use crate::environment;
use crate::fixture::Fixture;
use crate::process::{Command, Outcome};
use crate::selection::Selection;

/// Errors of cargo that the program under test may answer otherwise, and why. A selection that
/// cargo refuses with such a line is compared no further.
const ACCEPTED_REFUSALS: &[(&str, &str)] = &[
    // `-p` with a package that is not a member and features elsewhere: cargo 1.95 itself panics.
    ("panicked at", "a crash of cargo is not a behaviour to copy"),
];

/// Compares unit graphs in one workspace.
#[derive(Debug)]
pub struct UnitGraphOracle {
    root: Utf8PathBuf,
    cargo_target: Utf8PathBuf,
    atlas_target: Utf8PathBuf,
}

impl UnitGraphOracle {
    /// An oracle for the workspace of a fixture; target directories lie beside it.
    pub fn new(fixture: &Fixture) -> Self {
        UnitGraphOracle {
            root: fixture.root().to_owned(),
            cargo_target: fixture.beside("oracle-target"),
            atlas_target: fixture.beside("atlas-target"),
        }
    }

    /// Returns how the answers differ, or `None` if they agree.
    pub fn compare(&self, selection: &Selection) -> Option<String> {
        let cargo = self.run(&environment::cargo(), &self.cargo_target, selection);
        let atlas = self.run(&environment::atlas_binary(), &self.atlas_target, selection);
        if !cargo.success() {
            return refusal(&cargo, &atlas);
        }
        if !atlas.success() {
            return Some(format!(
                "cargo succeeds, atlas exits with {:?}:\n{}",
                atlas.code, atlas.stderr
            ));
        }
        let expected = Graph::parse(&cargo.stdout);
        let expected = expected.unwrap_or_else(|error| panic!("cargo's unit graph: {error}"));
        match Graph::parse(&atlas.stdout) {
            Err(error) => Some(format!("atlas's unit graph: {error}")),
            Ok(actual) => difference(&expected, &actual),
        }
    }

    /// Panics with every difference over the selections.
    #[track_caller]
    pub fn check<S: AsRef<str>>(&self, selections: &[S]) {
        let mut report = String::new();
        for text in selections {
            let selection = Selection::new(text.as_ref());
            if let Some(difference) = self.compare(&selection) {
                let _infallible = writeln!(report, "cargo build {selection}\n{difference}");
            }
        }
        assert!(report.is_empty(), "unit graphs differ from cargo's\n{report}");
    }

    /// Returns cargo's own graph.
    pub fn cargo_graph(&self, selection: &Selection) -> Graph {
        let outcome = self.run(&environment::cargo(), &self.cargo_target, selection);
        let outcome = outcome.expect_success("cargo build --unit-graph");
        Graph::parse(&outcome.stdout).unwrap_or_else(|error| panic!("cargo's unit graph: {error}"))
    }

    fn run(&self, program: &Utf8Path, target: &Utf8Path, selection: &Selection) -> Outcome {
        let mut command = Command::new(program)
            .cwd(&self.root.join(&selection.dir))
            .env("RUSTC_BOOTSTRAP", "1")
            .env("CARGO_NET_OFFLINE", "true")
            .env("CARGO_TERM_COLOR", "never")
            .env("CARGO_TARGET_DIR", target.as_str())
            .args(&["build", "--unit-graph"]);
        if program.file_stem() == Some("cargo") {
            command = command.arg("-Zunstable-options");
        }
        for (name, value) in &selection.env {
            command = command.env(name, value);
        }
        command.args(&selection.args).run()
    }
}

/// Compares two refusals: same exit code, same first line.
fn refusal(cargo: &Outcome, atlas: &Outcome) -> Option<String> {
    if ACCEPTED_REFUSALS.iter().any(|(text, _)| cargo.stderr.contains(text)) {
        return None;
    }
    if atlas.code == cargo.code && atlas.first_error() == cargo.first_error() {
        return None;
    }
    Some(format!(
        "cargo refuses with {:?}: {}\natlas ends with {:?}: {}",
        cargo.code,
        cargo.first_error(),
        atlas.code,
        atlas.first_error(),
    ))
}

/// Writes a workspace and panics unless both agree on every selection.
#[track_caller]
pub fn check_unit_graph<S: AsRef<str>>(workspace: &str, selections: &[S]) {
    UnitGraphOracle::new(&Fixture::new(workspace)).check(selections);
}
