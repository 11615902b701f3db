//! What runs after an edit, unit by unit, and that it is right.

mod edits;
mod environment;
mod faults;
mod kinds;
mod outputs;
mod scripts;
mod sources;

use std::collections::BTreeSet;

use atlas_tests::repeated::Repeated;

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
