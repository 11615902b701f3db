//! What units see of each other.
//!
//! | of | [`Sight::Interface`] | [`Sight::Content`] | [`Sight::Run`] |
//! | --- | --- | --- | --- |
//! | a compile | metadata | all outputs | all outputs |
//! | a run of a build script | what it told and wrote | and what it watches | and, if it is to run each time, the run itself |
//!
//! Whether a crate reads a file is not always known: procedural macros, assemblers and linkers do
//! so without a word. Crates that need it have a build script that watches such files, often one
//! that does nothing else. So units see what the script of their own package watches, and not only
//! what it said, which may be the same as ever.

use atlas_fingerprint::Digest;
use serde::{Deserialize, Serialize};

/// How much a unit sees of another.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub enum Sight {
    /// Its metadata; of a build script, what it told and wrote.
    Interface,
    /// All of it; of a build script, also what it watches.
    Content,
    /// All of it; of a build script that is to run each time, also that it did.
    Run,
}

/// What dependents see of a unit.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Published {
    /// Digest for [`Sight::Interface`].
    pub interface: Digest,
    /// Digest for [`Sight::Content`].
    pub content: Digest,
    /// Digest for [`Sight::Run`].
    pub run: Digest,
}

impl Published {
    /// Creates it for what looks the same to all.
    pub fn uniform(digest: Digest) -> Self {
        Published { interface: digest, content: digest, run: digest }
    }

    /// Returns the form in a record.
    pub(super) fn to_record(self) -> [Digest; 3] {
        [self.interface, self.content, self.run]
    }
}

impl From<[Digest; 3]> for Published {
    fn from([interface, content, run]: [Digest; 3]) -> Self {
        Published { interface, content, run }
    }
}
