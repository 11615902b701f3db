//! What has happened to units since the state file was written: one entry after another, each
//! framed by its length and digest. What a killed process has not finished to write is no entry.

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
pub(super) fn encode(entry: &Entry) -> Vec<u8> {
    let payload = postcard::to_stdvec(entry).expect("memory holds the entry");
    let mut bytes = (payload.len() as u64).to_le_bytes().to_vec();
    bytes.extend_from_slice(checksum(&payload).as_bytes());
    bytes.extend_from_slice(&payload);
    bytes
}

/// Returns the entries up to the first one that is not whole.
pub(super) fn decode(mut bytes: &[u8]) -> Vec<Entry> {
    let mut entries = Vec::new();
    while let Some((entry, rest)) = split_first(bytes) {
        entries.push(entry);
        bytes = rest;
    }
    entries
}

fn split_first(bytes: &[u8]) -> Option<(Entry, &[u8])> {
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
    use super::{Entry, decode, encode};

    fn entry(key: &str) -> Entry {
        let (current, kept, files) = (None, vec![7], Vec::new());
        Entry { key: key.to_owned(), unfinished: true, current, kept, files }
    }

    #[test]
    fn entries_are_read_up_to_the_one_that_is_cut_off() {
        let entries = [entry("a"), entry("b")];
        let first = encode(&entries[0]);
        let mut bytes = first.clone();
        bytes.extend(encode(&entries[1]));
        assert_eq!(decode(&bytes), entries);
        for length in 0..bytes.len() {
            let n_whole = usize::from(length >= first.len());
            assert_eq!(decode(&bytes[..length]), entries[..n_whole], "{length} bytes");
        }
    }

    #[test]
    fn damaged_entry_ends_the_journal() {
        let bytes = encode(&entry("a"));
        for index in 0..bytes.len() * 8 {
            let mut flipped = bytes.clone();
            flipped[index / 8] ^= 1 << (index % 8);
            assert!(decode(&flipped).is_empty(), "bit {index}");
        }
    }
}
