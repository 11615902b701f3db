//! Sets of symbols as sorted digests, small enough to be kept for every unit. Knows nothing of
//! which unit depends on which.

use std::cmp::Ordering;

use atlas_fingerprint::in_parallel;
use serde::{Deserialize, Serialize};

use super::SpliceError;
use super::archive::{Archive, Member};
use super::object_file::{Symbol, each_dynamic_symbol, each_symbol};

/// Symbols of a library: digests of their names, sorted, each once.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Symbols {
    /// Global and weak symbols that one of its objects defines, hidden ones included: generic
    /// instances that dependents share may be hidden.
    pub defined: Vec<u64>,
    /// Symbols that one of its objects needs and none defines.
    pub undefined: Vec<u64>,
}

impl Symbols {
    /// Reads the symbol tables of the objects in an rlib.
    ///
    /// # Errors
    ///
    /// If it is no rlib, or one of its objects cannot be read.
    pub fn of_archive(bytes: &[u8]) -> Result<Self, SpliceError> {
        let archive = Archive::parse(bytes)?;
        archive.metadata()?;
        Self::of_objects(&archive)
    }

    /// Reads the symbol tables of the objects in a staticlib, which has those of all libraries below.
    ///
    /// # Errors
    ///
    /// If it is no archive, or one of its objects cannot be read.
    pub fn of_static_library(bytes: &[u8]) -> Result<Self, SpliceError> {
        Self::of_objects(&Archive::parse(bytes)?)
    }

    fn of_objects(archive: &Archive<'_>) -> Result<Self, SpliceError> {
        let objects: Vec<&Member<'_>> = objects(archive).collect();
        let parts = in_parallel(&objects, |member| {
            let mut part = Symbols::default();
            each_symbol(member.name, member.content, &mut |symbol| part.add(symbol))?;
            Ok(part)
        });
        let mut symbols = Symbols::default();
        for part in parts {
            let part: Symbols = part?;
            symbols.defined.extend(part.defined);
            symbols.undefined.extend(part.undefined);
        }
        Ok(symbols.sorted())
    }

    /// Reads the dynamic symbols of a cdylib, a dylib or a procedural macro.
    ///
    /// # Errors
    ///
    /// If it is no shared object of a known format.
    pub fn of_shared_object(bytes: &[u8]) -> Result<Self, SpliceError> {
        let mut symbols = Symbols::default();
        each_dynamic_symbol(bytes, &mut |symbol| symbols.add(symbol))
            .map_err(|source| SpliceError::Object { member: "shared object".to_owned(), source })?;
        Ok(symbols.sorted())
    }

    fn add(&mut self, symbol: Symbol<'_>) {
        match symbol {
            Symbol::Defined(name) => self.defined.push(digest(name)),
            Symbol::Undefined(name) => self.undefined.push(digest(name)),
        }
    }

    fn sorted(mut self) -> Self {
        for set in [&mut self.defined, &mut self.undefined] {
            set.sort_unstable();
            set.dedup();
        }
        self.undefined = vanished(&self.undefined, &self.defined);
        self
    }
}

/// Returns the members that are not the metadata.
fn objects<'a, 'b>(archive: &'b Archive<'a>) -> impl Iterator<Item = &'b Member<'a>> {
    archive.members.iter().filter(|member| !member.is_metadata())
}

/// Returns the digest of a name: 64 bits, so that sets are small. Two names of one program share
/// one by accident less often than once in a million programs of a million symbols each.
pub(super) fn digest(name: &[u8]) -> u64 {
    let hash = blake3::hash(name);
    hash.as_bytes().iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte))
}

/// Returns those of `before` that are not in `after`. Both are sorted.
///
/// `before` is what the compile defined that wrote the metadata, not the one before this: whoever
/// reads the metadata, however late, relies on what it promises.
pub fn vanished(before: &[u64], after: &[u64]) -> Vec<u64> {
    let mut after = after.iter().peekable();
    let is_gone = |symbol: &&u64| {
        while after.next_if(|other| other < symbol).is_some() {}
        after.peek() != Some(symbol)
    };
    before.iter().filter(is_gone).copied().collect()
}

/// Returns the first symbol that is in both sets. Both are sorted.
pub fn needed(vanished: &[u64], undefined: &[u64]) -> Option<u64> {
    let (mut left, mut right) = (vanished, undefined);
    while let ([first, rest @ ..], [second, others @ ..]) = (left, right) {
        match first.cmp(second) {
            Ordering::Less => left = rest,
            Ordering::Greater => right = others,
            Ordering::Equal => return Some(*first),
        }
    }
    None
}

/// Finds the symbol with this digest in an rlib, and returns its name in readable form.
pub fn symbol_name(archive: &[u8], symbol: u64) -> Option<String> {
    let archive = Archive::parse(archive).ok()?;
    let mut found = None;
    for member in objects(&archive) {
        let see = &mut |(Symbol::Defined(name) | Symbol::Undefined(name)): Symbol<'_>| {
            if found.is_none() && digest(name) == symbol {
                found = Some(readable(name));
            }
        };
        // One object that cannot be read says nothing of the others.
        let _unreadable = each_symbol(member.name, member.content, see);
        if found.is_some() {
            break;
        }
    }
    found
}

fn readable(name: &[u8]) -> String {
    let name = String::from_utf8_lossy(name);
    // Without the hash that ends names of the older form.
    format!("{:#}", rustc_demangle::demangle(&name))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::{Symbols, needed, readable, vanished};

    #[rstest]
    #[case(&[], &[], &[])]
    #[case(&[1, 2, 3], &[], &[1, 2, 3])]
    #[case(&[], &[1, 2], &[])]
    #[case(&[1, 2, 3], &[2], &[1, 3])]
    #[case(&[2, 9], &[1, 2, 3, 8, 9, 10], &[])]
    #[case(&[2, 9], &[1, 3, 8, 10], &[2, 9])]
    fn what_is_not_defined_any_more_has_vanished(
        #[case] before: &[u64],
        #[case] after: &[u64],
        #[case] expected: &[u64],
    ) {
        assert_eq!(vanished(before, after), expected);
    }

    #[rstest]
    #[case(&[], &[1], None)]
    #[case(&[1, 4], &[2, 3, 5], None)]
    #[case(&[1, 4, 6], &[2, 4, 6], Some(4))]
    #[case(&[7], &[1, 7], Some(7))]
    fn first_symbol_of_both_is_needed(
        #[case] vanished: &[u64],
        #[case] undefined: &[u64],
        #[case] expected: Option<u64>,
    ) {
        assert_eq!(needed(vanished, undefined), expected);
    }

    #[rstest]
    #[case("_ZN1a4push17h0123456789abcdefE", "a::push")]
    #[case("__ZN1a4push17h0123456789abcdefE", "a::push")]
    #[case("_RNvC1a4push", "a::push")]
    #[case("memcpy", "memcpy")]
    fn names_are_readable(#[case] name: &str, #[case] expected: &str) {
        assert_eq!(readable(name.as_bytes()), expected);
    }

    #[test]
    fn symbols_of_parts_are_put_together() {
        let symbols = Symbols { defined: vec![3, 1, 3], undefined: vec![4, 3, 2, 4] };
        assert_eq!(symbols.sorted(), Symbols { defined: vec![1, 3], undefined: vec![2, 4] });
    }

    #[rstest]
    #[case(b"")]
    #[case(b"!<arch>\n")]
    #[case(b"!<thin>\n")]
    #[case(b"\x7fELF")]
    #[case(b"no archive at all")]
    fn what_is_no_library_is_an_error(#[case] bytes: &[u8]) {
        assert!(Symbols::of_archive(bytes).is_err());
        assert!(Symbols::of_shared_object(bytes).is_err());
    }
}
