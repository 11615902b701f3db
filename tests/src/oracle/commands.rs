//! Compares how rustc and build scripts are started.

use std::fmt::Write as _;

use crate::environment;
use crate::fixture::Fixture;
use crate::normalize;
use crate::recording::{Record, Recording, record};
use crate::selection::Selection;

/// What cargo may do with a selection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expected {
    /// Build it; anything else is a fault of the test.
    Success,
    /// Build or refuse it.
    Either,
}

/// Builds each selection from scratch with cargo and with the program under test and panics with
/// every difference. Returns how many commands were compared.
#[track_caller]
pub fn check_commands(fixture: &Fixture, selections: &[&str], expected: Expected) -> usize {
    let mut report = String::new();
    let mut n_compared = 0;
    for (index, text) in selections.iter().enumerate() {
        let selection = Selection::new(text);
        let cargo = environment::cargo();
        let cargo = record(&cargo, fixture, &selection, &format!("cargo-{index}"));
        let success = expected == Expected::Either || cargo.outcome.success();
        assert!(success, "cargo fails on {selection}\n{}", cargo.outcome.stderr);
        let atlas = environment::atlas_binary();
        let atlas = record(&atlas, fixture, &selection, &format!("atlas-{index}"));
        n_compared += cargo.rustc.len() + cargo.scripts.len();
        if let Some(difference) = difference(&cargo, &atlas) {
            let _infallible = writeln!(report, "selection: {selection}\n{difference}");
        }
    }
    assert!(report.is_empty(), "commands differ from cargo's\n{report}");
    n_compared
}

/// Returns how two builds of the same selection differ. Where cargo fails, only the exit code is
/// compared: which of the other commands still ran is a matter of timing.
pub fn difference(cargo: &Recording, atlas: &Recording) -> Option<String> {
    if cargo.outcome.code != atlas.outcome.code {
        return Some(format!(
            "cargo ends with {:?}, atlas with {:?}\n{}{}",
            cargo.outcome.code, atlas.outcome.code, cargo.outcome.stderr, atlas.outcome.stderr
        ));
    }
    if !cargo.outcome.success() {
        return None;
    }
    let mut lines = compare(normalize::rustc(cargo), normalize::rustc(atlas));
    lines.extend(compare(normalize::scripts(cargo), normalize::scripts(atlas)));
    (!lines.is_empty()).then(|| lines.join("\n"))
}

/// Pairs what is left after equal records are taken away by what they compile, then by likeness.
fn compare(cargo: Vec<Record>, mut atlas: Vec<Record>) -> Vec<String> {
    let mut left = Vec::new();
    for record in cargo {
        match atlas.iter().position(|other| *other == record) {
            Some(place) => drop(atlas.remove(place)),
            None => left.push(record),
        }
    }
    let mut lines = Vec::new();
    for record in left {
        let twins = atlas.iter().enumerate().filter(|(_, other)| name(other) == name(&record));
        let nearest = twins.min_by_key(|(_, other)| changes(&record, other).len());
        match nearest.map(|(place, _)| place) {
            None => lines.push(format!("  only cargo: {}", name(&record))),
            Some(place) => {
                lines.push(format!("  {}", name(&record)));
                lines.extend(changes(&record, &atlas.remove(place)));
            }
        }
    }
    lines.extend(atlas.iter().map(|record| format!("  only atlas: {}", name(record))));
    lines
}

fn name(record: &Record) -> String {
    let package = format!("{} {}", record.var("CARGO_PKG_NAME"), record.var("CARGO_PKG_VERSION"));
    let Some(crate_name) = record.value("--crate-name") else {
        return format!("build script of {package}");
    };
    let kind = record.value("--crate-type").unwrap_or("test");
    let platform = record.value("--target").unwrap_or("host");
    format!("rustc for {crate_name} ({kind}, {platform}) of {package}")
}

fn changes(cargo: &Record, atlas: &Record) -> Vec<String> {
    let lines = |record: &Record| {
        let args = record.argv.iter().map(|arg| format!("arg {arg}"));
        let vars = record.env.iter().map(|(name, value)| format!("env {name}={value}"));
        args.chain(vars).chain([format!("cwd {}", record.cwd)]).collect::<Vec<_>>()
    };
    let (left, mut right) = (lines(cargo), lines(atlas));
    let mut changes = Vec::new();
    for line in left {
        match right.iter().position(|other| *other == line) {
            Some(place) => drop(right.remove(place)),
            None => changes.push(format!("    only cargo: {line}")),
        }
    }
    changes.extend(right.iter().map(|line| format!("    only atlas: {line}")));
    if changes.is_empty() && cargo.argv != atlas.argv {
        changes.push(format!("    order, cargo: {}", cargo.argv.join(" ")));
        changes.push(format!("    order, atlas: {}", atlas.argv.join(" ")));
    }
    changes
}
