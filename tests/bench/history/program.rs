//! The parts of a program that are the same in two builds of the same sources: code and data. Other
//! parts, such as debugging information, tell where and when it was built.

use std::collections::BTreeMap;

use atlas_fingerprint::{Digest, Hasher};
use camino::Utf8Path;
use object::{Object as _, ObjectSection as _, SectionKind};

/// Sections of a program that are loaded when it runs, by name: sizes and digests of contents.
pub(crate) type Sections = BTreeMap<String, (u64, Digest)>;

/// Reads a program.
pub(crate) fn sections(path: &Utf8Path) -> Sections {
    let bytes = fs_err::read(path).unwrap_or_else(|error| panic!("{error}"));
    let file = object::File::parse(&*bytes).unwrap_or_else(|error| panic!("{path}: {error}"));
    let mut sections: BTreeMap<String, (u64, Hasher)> = BTreeMap::new();
    for section in file.sections().filter(|section| is_loaded(section.kind())) {
        let name = section.name().unwrap_or("?").to_owned();
        let empty = || (0, Hasher::new("section"));
        let (size, hasher) = sections.entry(name).or_insert_with(empty);
        *size += section.size();
        hasher.bytes(section.data().unwrap_or_default());
    }
    let finish = |(name, (size, hasher)): (String, (u64, Hasher))| (name, (size, hasher.finish()));
    sections.into_iter().map(finish).collect()
}

fn is_loaded(kind: SectionKind) -> bool {
    use SectionKind::{
        Data, ReadOnlyData, ReadOnlyDataWithRel, ReadOnlyString, Text, Tls, UninitializedData,
        UninitializedTls,
    };
    matches!(
        kind,
        Data | ReadOnlyData
            | ReadOnlyDataWithRel
            | ReadOnlyString
            | Text
            | Tls
            | UninitializedData
            | UninitializedTls
    )
}

/// Returns which sections differ, with their sizes.
pub(crate) fn difference(left: &Sections, right: &Sections) -> Vec<String> {
    let names = left.keys().chain(right.keys().filter(|name| !left.contains_key(*name)));
    let differs = names.filter(|name| left.get(*name) != right.get(*name));
    let size = |of: &Sections, name: &str| {
        of.get(name).map_or_else(|| "none".to_owned(), |(size, _)| format!("{size} bytes"))
    };
    differs.map(|name| format!("{name}: {}, {}", size(left, name), size(right, name))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sections_that_differ_are_named() {
        let section = |name: &str, text: &str| {
            (name.to_owned(), (text.len() as u64, Digest::of_bytes(text.as_bytes())))
        };
        let left = Sections::from([section(".text", "a"), section(".data", "b")]);
        let right = Sections::from([section(".text", "c"), section(".tls", "dd")]);
        assert!(difference(&left, &left).is_empty());
        let expected = [".data: 1 bytes, none", ".text: 1 bytes, 1 bytes", ".tls: none, 2 bytes"];
        assert_eq!(difference(&left, &right), expected);
    }

    #[test]
    fn this_program_has_code_and_data() {
        let own = atlas_tests::environment::sibling("atlas-under-test");
        let sections = sections(&own);
        assert!(sections.values().any(|(size, _)| *size > 100_000), "{sections:?}");
    }
}
