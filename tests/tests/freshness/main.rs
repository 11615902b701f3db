//! What runs after an edit, unit by unit, and that it is right.

mod checks;
mod declared;
mod dependencies;
mod edits;
mod environment;
mod faults;
mod history;
mod kinds;
mod macros;
mod outputs;
mod scripts;
mod sources;
mod tokens;

use std::collections::BTreeSet;

use atlas_tests::repeated::{self, Repeated};

/// Builds, and compares the units that ran.
#[track_caller]
fn expect(workspace: &Repeated, selection: &str, expected: &[&str]) {
    let expected: BTreeSet<String> = expected.iter().map(|&unit| unit.to_owned()).collect();
    assert_eq!(workspace.ran(selection), expected, "units that ran for `{selection}`");
}

/// Builds a workspace, does something to it, and compares the units that run then. After that,
/// nothing is left to do.
#[track_caller]
fn after(workspace: &str, edit: impl Fn(&Repeated), expected: &[&str]) -> Repeated {
    let workspace = Repeated::new(workspace);
    assert!(!workspace.ran("").is_empty(), "the first build runs something");
    edit(&workspace);
    expect(&workspace, "", expected);
    expect(&workspace, "", &[]);
    workspace
}

/// What a build did, and what it says that it did.
#[derive(Clone, Copy, Debug, Default)]
struct Did<'a> {
    /// The units that ran.
    ran: &'a [&'a str],
    /// What the closing line says of all units.
    counts: &'a str,
    /// What was built for its own sake, and why.
    causes: &'a [&'a str],
    /// What was spared, and by which rule.
    spared: &'a [&'a str],
    /// Whether something else was spared as well.
    is_spared: bool,
}

/// Builds, and compares what ran and what is said of it.
#[track_caller]
fn expect_all(workspace: &Repeated, selection: &str, did: Did<'_>) {
    let outcome = workspace.build(selection).expect_success(selection);
    let ran: BTreeSet<String> = did.ran.iter().map(|&unit| unit.to_owned()).collect();
    assert_eq!(repeated::ran(&outcome), ran, "units that ran for `{selection}`");
    assert_eq!(repeated::counts(&outcome), did.counts, "the closing line for `{selection}`");
    if did.ran.is_empty() && did.spared.is_empty() {
        // Of a build that did nothing there is no account.
        return;
    }
    let why = workspace.why();
    assert_eq!(why.units("built"), ran, "units that `why` tells of");
    assert_eq!(why.root_causes(), did.causes, "root causes");
    if !did.is_spared {
        assert_eq!(why.spared(), did.spared, "what was spared");
    }
}
