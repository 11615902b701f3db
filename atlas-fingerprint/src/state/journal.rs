//! What one process has done to units since the state file was written: one entry after another, each
//! framed by its length and digest. What a killed process has not finished to write is no entry.
//! Knows nothing of files.

use camino::Utf8PathBuf;
use serde::{Deserialize, Serialize};

use super::file::VERSION;
use crate::content::Content;
use crate::digest::{Digest, Hasher};
use crate::record::Record;
use crate::stamp::Stamp;

/// What is known of a unit from now on.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Entry {
    /// The unit.
    pub key: String,
    /// Whether a build of it has started and not yet ended well.
    pub unfinished: bool,
    /// The result that is in place.
    pub current: Option<Record>,
    /// Ids of the results that were put aside, the last one first.
    pub kept: Vec<u64>,
    /// Files of the result as they were last seen.
    pub files: Vec<SeenFile>,
}

/// An entry with its place among all that were written about its unit, by whichever process.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub(super) struct Numbered {
    /// One more than that of the entry before it.
    pub(super) order: u64,
    /// The entry.
    pub(super) entry: Entry,
}

/// A file as it was seen during a build.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct SeenFile {
    /// The file; absolute.
    pub path: Utf8PathBuf,
    /// What `stat` said.
    pub stamp: Stamp,
    /// Whether the stamp vouches for the content.
    pub trusted: bool,
    /// What was in it.
    pub content: Content,
}

/// Returns the bytes of an entry.
pub(super) fn encode(entry: &Numbered) -> Vec<u8> {
    let payload = postcard::to_stdvec(entry).expect("memory holds the entry");
    let mut bytes = (payload.len() as u64).to_le_bytes().to_vec();
    bytes.extend_from_slice(checksum(&payload).as_bytes());
    bytes.extend_from_slice(&payload);
    bytes
}

/// Returns the entries up to the first one that is not whole, and how many bytes they take.
pub(super) fn decode(bytes: &[u8]) -> (Vec<Numbered>, usize) {
    let mut entries = Vec::new();
    let mut left = bytes;
    while let Some((entry, rest)) = split_first(left) {
        entries.push(entry);
        left = rest;
    }
    (entries, bytes.len() - left.len())
}

fn split_first(bytes: &[u8]) -> Option<(Numbered, &[u8])> {
    let (length, rest) = bytes.split_first_chunk()?;
    let (digest, rest) = rest.split_first_chunk::<32>()?;
    let (payload, rest) =
        rest.split_at_checked(usize::try_from(u64::from_le_bytes(*length)).ok()?)?;
    if checksum(payload).as_bytes() != digest {
        return None;
    }
    Some((postcard::from_bytes(payload).ok()?, rest))
}

fn checksum(payload: &[u8]) -> Digest {
    Hasher::new("journal").number(u64::from(VERSION)).bytes(payload).finish()
}

#[cfg(test)]
mod tests {
    use super::{Entry, Numbered, decode, encode};

    fn entry(key: &str) -> Numbered {
        let (current, kept, files) = (None, vec![7], Vec::new());
        let entry = Entry { key: key.to_owned(), unfinished: true, current, kept, files };
        Numbered { order: 3, entry }
    }

    #[test]
    fn entries_are_read_up_to_the_one_that_is_cut_off() {
        let entries = [entry("a"), entry("b")];
        let first = encode(&entries[0]);
        let mut bytes = first.clone();
        bytes.extend(encode(&entries[1]));
        assert_eq!(decode(&bytes), (entries.to_vec(), bytes.len()));
        for length in 0..bytes.len() {
            let n_whole = usize::from(length >= first.len());
            let expected = (entries[..n_whole].to_vec(), n_whole * first.len());
            assert_eq!(decode(&bytes[..length]), expected, "{length} bytes");
        }
    }

    #[test]
    fn damaged_entry_ends_the_journal() {
        let bytes = encode(&entry("a"));
        for index in 0..bytes.len() * 8 {
            let mut flipped = bytes.clone();
            flipped[index / 8] ^= 1 << (index % 8);
            assert!(decode(&flipped).0.is_empty(), "bit {index}");
        }
    }
}
