//! The rules, one case for each clause, both ways: which digests does an edit change?

mod bodies;
mod changes;
mod files;
mod macros;
mod places;
mod private;

use super::{HarmlessMacros, ItemChange, compare_interfaces};

/// Which digests differ.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Differ {
    /// None.
    Neither,
    /// What is seen of code.
    Codegen,
    /// That and the signature.
    Both,
}

/// Splits a crate at lines `//- path`; without any, it is one `lib.rs`.
pub(super) fn files(text: &str) -> Vec<(&str, &str)> {
    if !text.contains("//- ") {
        return vec![("lib.rs", text)];
    }
    let parts = text.split("//- ").skip(1);
    parts.map(|part| part.split_once('\n').unwrap()).collect()
}

pub(super) fn differ_with(before: &str, after: &str, macros: &[&str]) -> Differ {
    assert_ne!(before, after);
    let names = macros.iter().map(|name| (*name).to_owned()).collect();
    let comparison = compare_interfaces(&files(before), &files(after), &HarmlessMacros { names });
    let is_code_same = comparison.before.codegen == comparison.after.codegen;
    let is_signature_same = comparison.before.signature == comparison.after.signature;
    let reported = |is: fn(&ItemChange) -> bool| comparison.changes.iter().any(is);
    assert_eq!(reported(|change| change.codegen), !is_code_same, "{:#?}", comparison.changes);
    assert_eq!(
        reported(|change| change.signature),
        !is_signature_same,
        "{:#?}",
        comparison.changes
    );
    match (is_code_same, is_signature_same) {
        (true, true) => Differ::Neither,
        (false, true) => Differ::Codegen,
        (false, false) => Differ::Both,
        (true, false) => panic!("the signature is part of what is seen of code"),
    }
}

/// What `§` stands for is edited.
pub(super) fn differ(marked: &str, before: &str, after: &str) -> Differ {
    differ_with(&marked.replace('§', before), &marked.replace('§', after), &[])
}
