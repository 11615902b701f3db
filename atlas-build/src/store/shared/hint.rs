//! What a unit read, by name: what has to be looked at in order to know whether a stored result was
//! made from what is there now. Knows no result.

use atlas_fingerprint::{Content, Digest, Hasher};
use serde::{Deserialize, Serialize};

use super::places::Places;

/// What a unit read. Paths have marks.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(super) enum Hint {
    /// A run of rustc.
    Compile {
        /// Files, with how much of each counts.
        files: Vec<(String, Extent)>,
        /// Variables.
        variables: Vec<String>,
    },
    /// A run of a build script.
    Run {
        /// `rerun-if-changed`.
        rerun_if_changed: Vec<String>,
        /// `rerun-if-env-changed`.
        rerun_if_env_changed: Vec<String>,
    },
}

/// How much of a file counts.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(super) enum Extent {
    /// Every byte.
    Bytes,
    /// Every token and its place.
    Tokens,
}

impl Extent {
    /// Returns the digest of what counts of a file.
    pub(super) fn digest(self, content: &Content) -> Digest {
        match (self, &content.tokens) {
            (Extent::Tokens, Some(tokens)) => tokens.all,
            _ => content.bytes,
        }
    }
}

impl Hint {
    /// Returns the form in the store.
    pub(super) fn encode(&self) -> Vec<u8> {
        postcard::to_stdvec(self).expect("memory holds a list of names")
    }

    /// Reads the form in the store.
    pub(super) fn decode(bytes: &[u8]) -> Option<Self> {
        postcard::from_bytes(bytes).ok()
    }
}

/// What a unit read, as it is now or was when it was built, in the order of the hint.
#[derive(Clone, Debug, Default)]
pub(super) struct Seen {
    /// Names, with marks, and digests of files and directories.
    pub(super) files: Vec<(String, Digest)>,
    /// Names of variables and digests of their values.
    pub(super) variables: Vec<(String, Digest)>,
}

impl Seen {
    /// Makes the order in which things were looked at count for nothing.
    pub(super) fn sort(&mut self) {
        for list in [&mut self.files, &mut self.variables] {
            list.sort();
            list.dedup();
        }
    }
}

/// Where a result can be used.
#[derive(Clone, Copy, Debug)]
pub(super) enum Reach<'a> {
    /// Wherever what it was made from is the same.
    Anywhere,
    /// Only with the same directories, since it names them.
    Here(&'a Places),
}

/// Returns the key of the result of a unit that was made from what `base` stands for and read what
/// was seen.
pub(super) fn key(base: &Digest, hint: &[u8], seen: &Seen, reach: Reach<'_>) -> Digest {
    let mut hasher = Hasher::new("key of a result");
    hasher.digest(base).bytes(hint);
    match reach {
        Reach::Anywhere => hasher.number(0),
        Reach::Here(places) => hasher.number(1).texts(&places.identity()),
    };
    for list in [&seen.files, &seen.variables] {
        hasher.number(list.len() as u64);
        for (name, digest) in list {
            hasher.text(name).digest(digest);
        }
    }
    hasher.finish()
}
