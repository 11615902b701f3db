//! Edits of a published program and its library crates.

use std::collections::BTreeSet;

use atlas_tests::process::Command;
use atlas_tests::published::SEARCH_TOOL;
use atlas_tests::repeated::Repeated;

use super::set;

const MATCHER: &str = "grep-matcher-0.1.9/src";
const PROGRAM: &str = "-p ripgrep";
/// What depends on the library at the bottom.
const ABOVE: &[&str] =
    &["grep-printer/lib", "grep-regex/lib", "grep-searcher/lib", "grep/lib", "ripgrep/bin:rg"];
const BOTTOM: &str = "grep-matcher/lib";

fn workspace() -> Repeated {
    let fixture = SEARCH_TOOL.assemble();
    let target = fixture.beside("target");
    Repeated { fixture, target }
}

/// Builds, and compares the units that were built. Descriptions of these packages have line breaks, so
/// that `Running` lines do not tell.
#[track_caller]
fn expect(workspace: &Repeated, selection: &str, expected: &[&str]) {
    workspace.ran(selection);
    let built = workspace.why().units("built").into_iter();
    let built: BTreeSet<String> =
        built.map(|unit| unit.trim_start_matches("check ").to_owned()).collect();
    assert_eq!(built, set(expected), "units that were built for `{selection}`");
}

fn edit(workspace: &Repeated, file: &str, old: &str, new: &str) {
    let path = format!("{MATCHER}/{file}");
    assert!(workspace.fixture.read(&path).contains(old), "`{old}` is in {path}");
    workspace.fixture.replace(&path, old, new);
}

fn edit_body(workspace: &Repeated) {
    edit(workspace, "lib.rs", "BUG for NoError: an", "BUG in NoError: an");
}

fn edit_generic_body(workspace: &Repeated) {
    edit(
        workspace,
        "interpolate.rs",
        "while !replacement.is_empty()",
        "while 0 < replacement.len()",
    );
}

fn edit_comment(workspace: &Repeated) {
    edit(workspace, "interpolate.rs", "// We just verified", "// We have just verified");
}

fn edit_signature(workspace: &Repeated) {
    edit(workspace, "lib.rs", "pub fn zero(offset: usize)", "pub fn zero(at_offset: usize)");
    edit(workspace, "lib.rs", "start: offset, end: offset }", "start: at_offset, end: at_offset }");
}

fn edit_other_library(workspace: &Repeated) {
    let path = "grep-cli-0.1.12/src/human.rs";
    let (old, new) = ("if digits.is_empty()", "if digits.len() == 0");
    assert!(workspace.fixture.read(path).contains(old), "`{old}` is in {path}");
    workspace.fixture.replace(path, old, new);
}

#[test]
fn edits_of_a_search_tool_are_checked_by_those_who_see_them() {
    let workspace = workspace();
    let selection = format!("check {PROGRAM}");
    let all: Vec<&str> = [BOTTOM].into_iter().chain(ABOVE.iter().copied()).collect();
    workspace.ran(&selection);
    edit_comment(&workspace);
    expect(&workspace, &selection, &[]);
    edit_body(&workspace);
    expect(&workspace, &selection, &[BOTTOM]);
    edit_generic_body(&workspace);
    expect(&workspace, &selection, &[BOTTOM]);
    edit_other_library(&workspace);
    expect(&workspace, &selection, &["grep-cli/lib"]);
    edit_signature(&workspace);
    expect(&workspace, &selection, &all);
}

#[test]
fn edits_of_a_search_tool_are_built_by_those_who_see_them() {
    let workspace = workspace();
    let all: Vec<&str> = [BOTTOM].into_iter().chain(ABOVE.iter().copied()).collect();
    workspace.ran(PROGRAM);
    edit_comment(&workspace);
    expect(&workspace, PROGRAM, &[]);
    edit_body(&workspace);
    expect(&workspace, PROGRAM, &[BOTTOM, "ripgrep/bin:rg"]);
    edit_other_library(&workspace);
    expect(&workspace, PROGRAM, &["grep-cli/lib", "ripgrep/bin:rg"]);
    edit_generic_body(&workspace);
    expect(&workspace, PROGRAM, &all);
    let program = Command::new(&workspace.target.join("debug/rg")).args(&["--version"]);
    let shown = program.run().expect_success("rg").stdout;
    assert!(shown.starts_with("ripgrep 15.2.0"), "{shown}");
}
