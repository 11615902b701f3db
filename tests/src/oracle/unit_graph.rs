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

/// What comparing two answers showed.
#[derive(Clone, Debug, PartialEq)]
pub enum Verdict {
    /// Both print the same graph.
    Equal,
    /// Both refuse, with this line.
    BothRefuse(String),
    /// How they differ.
    Differ(String),
}

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

    /// Compares the answers to one selection.
    pub fn compare(&self, selection: &Selection) -> Verdict {
        let cargo = self.run(&environment::cargo(), &self.cargo_target, selection);
        let atlas = self.run(&environment::atlas_binary(), &self.atlas_target, selection);
        if !cargo.success() {
            return refusal(&cargo, &atlas);
        }
        if !atlas.success() {
            return Verdict::Differ(format!(
                "cargo succeeds, atlas exits with {:?}:\n{}",
                atlas.code, atlas.stderr
            ));
        }
        let expected = Graph::parse(&cargo.stdout);
        let expected = expected.unwrap_or_else(|error| panic!("cargo's unit graph: {error}"));
        let report = match Graph::parse(&atlas.stdout) {
            Err(error) => Some(format!("atlas's unit graph: {error}")),
            Ok(actual) => difference(&expected, &actual),
        };
        report.map_or(Verdict::Equal, Verdict::Differ)
    }

    /// Compares the answers to each selection. Panics with every difference, and if cargo refuses
    /// more than half of the selections: such a workspace would test little.
    #[track_caller]
    pub fn check<S: AsRef<str>>(&self, selections: &[S]) {
        let refused = self.differences(selections);
        let n = selections.len();
        assert!(refused.len() * 2 <= n, "cargo refuses {} of {n}: {refused:#?}", refused.len());
    }

    /// Compares the answers to each selection. Panics with every difference, and if cargo refuses
    /// none of them.
    #[track_caller]
    pub fn check_refused<S: AsRef<str>>(&self, selections: &[S]) {
        assert!(!self.differences(selections).is_empty(), "cargo accepts all of these selections");
    }

    /// Panics with every difference; returns what cargo refused, and with which words.
    #[track_caller]
    pub fn differences<S: AsRef<str>>(&self, selections: &[S]) -> Vec<String> {
        let mut report = String::new();
        let mut refused = Vec::new();
        for text in selections {
            let selection = Selection::new(text.as_ref());
            match self.compare(&selection) {
                Verdict::Equal => {}
                Verdict::BothRefuse(error) => refused.push(format!("{selection}: {error}")),
                Verdict::Differ(difference) => {
                    let _infallible = writeln!(report, "selection: {selection}\n{difference}");
                }
            }
        }
        assert!(report.is_empty(), "unit graphs differ from cargo's\n{report}");
        refused
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
            .args(&[selection.subcommand, "--unit-graph"]);
        if program.file_stem() == Some("cargo") {
            command = command.arg("-Zunstable-options");
        }
        for (name, value) in &selection.env {
            command = command.env(name, value);
        }
        command.args(&selection.args).run()
    }
}

/// Returns a message of cargo 1.95 without its spelling mistake.
fn corrected(error: &str) -> String {
    error.replace("specificationm ", "specification ")
}

/// Compares two refusals: same exit code, same first line.
fn refusal(cargo: &Outcome, atlas: &Outcome) -> Verdict {
    let accepted = ACCEPTED_REFUSALS.iter().any(|(text, _)| cargo.stderr.contains(text));
    if accepted
        || (atlas.code == cargo.code && atlas.first_error() == corrected(cargo.first_error()))
    {
        return Verdict::BothRefuse(cargo.first_error().to_owned());
    }
    Verdict::Differ(format!(
        "cargo refuses with {:?}: {}\natlas ends with {:?}: {}\n",
        cargo.code,
        cargo.first_error(),
        atlas.code,
        atlas.first_error(),
    ))
}
