//! What is kept with the files of a result. Paths have marks.

use serde::{Deserialize, Serialize};

use super::super::record::Said;
use super::places::Places;

/// What is kept with the files of a result.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Payload {
    /// Names of the files, below the directory that the unit writes into, in the order of the blobs.
    pub(super) files: Vec<String>,
    /// Directories below it that may be empty.
    pub(super) directories: Vec<String>,
    /// The dep-info of a compile.
    pub(super) dep_info: Vec<u8>,
    /// What its process said.
    said: Vec<u8>,
    /// What a build script printed, for the user to read.
    pub(super) printed: [Vec<u8>; 2],
}

impl Payload {
    /// Creates it with what a process said; `None` if that cannot be told from marks.
    pub(super) fn new(said: &Said, places: &Places) -> Option<Self> {
        let said = said.map_texts(&mut |text| places.marked_text(text))?.encode();
        Some(Payload { said, ..Payload::default() })
    }

    /// Returns what the process said, as it would have said it here.
    pub(super) fn said(&self, places: &Places) -> Option<Said> {
        Said::decode(&self.said)?.map_texts(&mut |text| Some(places.located_text(text)))
    }

    /// Returns the form in the store.
    pub(super) fn encode(&self) -> Vec<u8> {
        postcard::to_stdvec(self).expect("memory holds what was said")
    }

    /// Reads the form in the store.
    pub(super) fn decode(bytes: &[u8]) -> Option<Self> {
        postcard::from_bytes(bytes).ok()
    }
}
