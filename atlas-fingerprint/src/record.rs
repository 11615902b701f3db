//! How a result was made: everything that has to be the same for it to be used again. Knows no
//! package and no compiler; what belongs to them goes in a payload that is kept as it is.

use std::time::Duration;

use camino::Utf8PathBuf;
use serde::{Deserialize, Serialize};

use crate::content::{Content, View};
use crate::digest::{Digest, Hasher};
use crate::fingerprint::Fingerprint;
use crate::stamp::Stamp;

/// How a result was made.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Record {
    /// What it was made from, the files excepted.
    pub fingerprint: Fingerprint,
    /// Files and directories of which it is not known how they went in: it has to be made again.
    pub unsettled: Vec<Utf8PathBuf>,
    /// Files that were read.
    pub inputs: Vec<Input>,
    /// Directories of which the names in them count.
    pub directories: Vec<Directory>,
    /// A path that counts where there is nothing: it has to be made again each time.
    pub absent: Option<Utf8PathBuf>,
    /// Variables that were read.
    pub variables: Vec<Variable>,
    /// Files that were made.
    pub outputs: Vec<Output>,
    /// Second names of such files, which somebody else may replace.
    pub uplifted: Vec<Output>,
    /// What others see of it: one digest for each degree of nearness.
    pub published: [Digest; 3],
    /// How long it took.
    pub duration: Duration,
    /// What the user of this crate keeps with it.
    pub payload: Vec<u8>,
}

/// A file that was read.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Input {
    /// The file; absolute.
    pub path: Utf8PathBuf,
    /// What was in it.
    pub content: Content,
    /// How much of that counts.
    pub view: View,
}

/// A file that was made.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Output {
    /// The file; absolute.
    pub path: Utf8PathBuf,
    /// Digest of its bytes.
    pub bytes: Digest,
}

/// A directory as it was.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Directory {
    /// The directory; absolute.
    pub path: Utf8PathBuf,
    /// Digest of the names in it that count.
    pub digest: Digest,
    /// A stamp that vouches for the names, if one does.
    pub stamp: Option<Stamp>,
}

/// An environment variable as it was.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Variable {
    /// Its name.
    pub name: String,
    /// Digest of its value or of its absence.
    pub digest: Digest,
    /// Whether the process had it from the environment and not from its command.
    pub inherited: bool,
}

impl Record {
    /// Returns a number that tells this result from others: equal records have equal ones.
    pub fn id(&self) -> u64 {
        let bytes = postcard::to_stdvec(self).unwrap_or_default();
        let digest = Hasher::new("record").bytes(&bytes).finish();
        let (start, _) = digest.as_bytes().split_first_chunk().expect("a digest is long enough");
        u64::from_le_bytes(*start)
    }
}
