//! Results that are restored from the store: which units are compiled, restored and fresh, and that
//! what is restored is what a clean build would have made.
#![cfg(unix)]

mod checkouts;
mod collection;
mod damage;
mod hits;
mod killed;
mod kinds;
mod macros;
mod many;
mod misses;
mod outputs;
mod places;
mod races;
mod scripts;
mod sequences;
mod small;

use std::collections::BTreeSet;

use atlas_tests::stored::{HERE, Place, Stored};

fn set<S: AsRef<str>>(units: &[S]) -> BTreeSet<String> {
    units.iter().map(|unit| unit.as_ref().to_owned()).collect()
}

/// Returns the units of `all` that are not among `some`.
fn rest<'a>(all: &[&'a str], some: &[&str]) -> Vec<&'a str> {
    all.iter().copied().filter(|unit| !some.contains(unit)).collect()
}

/// Builds, and compares the units that were compiled and restored.
#[track_caller]
fn expect<S: AsRef<str>, T: AsRef<str>>(
    stored: &Stored,
    (place, selection): (Place<'_>, &str),
    compiled: &[S],
    restored: &[T],
) {
    let did = stored.build(place, selection);
    let both = (did.compiled, did.restored);
    assert_eq!(both, (set(compiled), set(restored)), "compiled and restored by `{selection}`");
}

/// Like [`expect`], in a target directory that was removed.
#[track_caller]
fn expect_anew<S: AsRef<str>, T: AsRef<str>>(
    stored: &Stored,
    selection: &str,
    compiled: &[S],
    restored: &[T],
) {
    stored.remove_directory(HERE.target);
    expect(stored, (HERE, selection), compiled, restored);
}

/// What nothing is among.
const NONE: &[&str] = &[];
