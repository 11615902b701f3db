//! Where metadata may differ: in the checksums of files, and in the hash of the crate. Knows where
//! these are from compiles after edits that nobody can see.

use std::collections::BTreeSet;

use crate::subject::{Emit, Subject};

/// Bytes of a checksum, and of the hash.
const SIZE: usize = 16;

/// The metadata of a crate as it is at first.
#[derive(Debug)]
pub(crate) struct Metadata {
    bytes: Vec<u8>,
    /// Offsets of what an edit of any kind changes.
    hashes: BTreeSet<usize>,
}

impl Metadata {
    /// Compiles the crate a few times.
    pub(crate) fn new(subject: &Subject, emit: Emit) -> Self {
        let compile = |number| {
            let metadata = subject.compile(&subject.numbered(number), emit);
            metadata.unwrap_or_else(|error| panic!("{}: {error}", subject.name()))
        };
        let bytes = compile("1");
        let mut hashes = BTreeSet::new();
        for number in ["2", "3"] {
            let other = compile(number);
            assert_eq!(bytes.len(), other.len(), "{} is not the same twice", subject.name());
            hashes.extend(differences(&bytes, &other));
        }
        let mut filled = BTreeSet::new();
        let mut start = None;
        for at in hashes {
            if start.is_none_or(|start| at >= start + SIZE) {
                start = Some(at);
            }
            filled.extend(start.into_iter().flat_map(|start| start..start + SIZE));
        }
        Metadata { bytes, hashes: filled }
    }

    /// Whether other metadata differs in hashes only.
    pub(crate) fn is_same(&self, other: &[u8]) -> bool {
        self.bytes.len() == other.len()
            && differences(&self.bytes, other).all(|at| self.hashes.contains(&at))
    }
}

fn differences(one: &[u8], other: &[u8]) -> impl Iterator<Item = usize> {
    let pairs = one.iter().zip(other).enumerate();
    pairs.filter(|(_, (one, other))| one != other).map(|(at, _)| at)
}
