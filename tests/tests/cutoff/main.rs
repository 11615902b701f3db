//! What others see of an edited crate, and what becomes of those who do not: which units run, that
//! the program is right, and that nothing is left to do.

mod binary;
mod damage;
mod edits;
mod killed;
mod kinds;
mod links;
mod numbers;
mod real;
mod sequences;
mod settings;
mod sixty;

use std::collections::BTreeSet;

use atlas_tests::repeated::Repeated;

fn set<S: AsRef<str>>(units: &[S]) -> BTreeSet<String> {
    units.iter().map(|unit| unit.as_ref().to_owned()).collect()
}

/// Builds, and compares the units that ran.
#[track_caller]
fn expect<S: AsRef<str>>(workspace: &Repeated, selection: &str, expected: &[S]) {
    assert_eq!(workspace.ran(selection), set(expected), "units that ran for `{selection}`");
}

/// Returns how units are called when they are only checked.
fn checked<S: AsRef<str>>(units: &[S]) -> Vec<String> {
    units.iter().map(|unit| format!("check {}", unit.as_ref())).collect()
}
