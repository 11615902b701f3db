//! Which crates a metadata file lists. Does not parse it: its format changes with every compiler,
//! but the names of files of other crates are in it as they are.

use std::collections::{BTreeSet, HashSet};

use memchr::memchr_iter;

/// Tells which of these crates the metadata says to have loaded, by their `-C extra-filename`: part
/// of it is a hash that occurs nowhere else. An empty one tells nothing and is never found.
///
/// The metadata may be an `.rmeta` file or the `lib.rmeta` of an rlib.
pub fn loaded_crates<'a>(
    metadata: &[u8],
    extra_filenames: impl Iterator<Item = &'a str>,
) -> Vec<bool> {
    let names: Vec<&[u8]> = extra_filenames.map(str::as_bytes).collect();
    let known: HashSet<&[u8]> = names.iter().copied().collect();
    // One pass for all names: they start alike and are equally long.
    let forms: BTreeSet<(u8, usize)> =
        names.iter().filter_map(|name| Some((*name.first()?, name.len()))).collect();
    let mut found: HashSet<&[u8]> = HashSet::new();
    for (first, length) in forms {
        let texts = memchr_iter(first, metadata).filter_map(|at| metadata.get(at..at + length));
        found.extend(texts.filter_map(|text| known.get(text).copied()));
    }
    names.iter().map(|name| found.contains(name)).collect()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::loaded_crates;

    #[rstest]
    #[case(b"..-0123..-4567", [true, true, false])]
    #[case(b"-4567", [false, true, false])]
    #[case(b"--0123", [true, false, false])]
    #[case(b"-012", [false, false, false])]
    #[case(b"x-longer-012", [false, false, true])]
    #[case(b"", [false, false, false])]
    fn names_are_found_anywhere(#[case] metadata: &[u8], #[case] expected: [bool; 3]) {
        let names = ["-0123", "-4567", "x-longer"];
        assert_eq!(loaded_crates(metadata, names.into_iter()), expected);
    }

    #[test]
    fn crates_without_a_hash_are_not_found() {
        assert_eq!(
            loaded_crates(b"-0123", ["", "-0123", "-0123"].into_iter()),
            [false, true, true]
        );
    }
}
