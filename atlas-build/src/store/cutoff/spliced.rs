//! Which published libraries hold new objects under old metadata, and which symbols those objects
//! lack that the old ones had. Whoever links such a library later may need one of them.
//!
//! It is written beside the library in the unit's own directory, so that it goes where that goes when
//! results are put aside and taken back.

use atlas_fingerprint::{Digest, FileError, open_sealed, seal};
use camino::Utf8PathBuf;
use serde::{Deserialize, Serialize};

use super::super::freshness::Freshness;
use super::carried::metadata_path;
use crate::plan::{CompileStep, OutputFlavor};
use crate::splice::{Symbols, needed};

const KIND: &str = "cargo-atlas-spliced";
const VERSION: u32 = 1;

/// What is known of a library with new objects under old metadata.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub(super) struct Spliced {
    /// The metadata.
    pub(super) metadata: Digest,
    /// Symbols that were in the objects when the metadata was made, and are not now.
    pub(super) gone: Vec<u64>,
}

impl Freshness<'_> {
    /// Writes it down; before the library is published.
    pub(super) fn note_spliced(
        &self,
        step: &CompileStep,
        spliced: &Spliced,
    ) -> Result<(), FileError> {
        let payload = postcard::to_stdvec(spliced).expect("memory holds what is written");
        self.files.write(&path(step), &seal(KIND, VERSION, &payload))
    }

    /// Notes that objects and metadata are of one compile again.
    pub(in super::super) fn forget_spliced(&self, step: &CompileStep) {
        // One that stays names other metadata, and counts for nothing.
        drop(self.files.remove(&path(step)));
    }

    /// Returns what is known of the library that is published, if it is such a one.
    pub(super) fn spliced(&self, step: &CompileStep) -> Option<Spliced> {
        let bytes = self.files.map(&path(step)).ok().flatten()?;
        let spliced: Spliced =
            postcard::from_bytes(open_sealed(KIND, VERSION, &bytes).ok()?).ok()?;
        let metadata = self.table.observe(metadata_path(step)?).ok().flatten()?.content.bytes;
        (spliced.metadata == metadata).then_some(spliced)
    }

    /// Returns whether a library's objects are of another compile than its metadata.
    pub(in super::super) fn is_spliced(&self, step: &CompileStep) -> bool {
        self.spliced(step).is_some()
    }

    /// Returns whether a library for others that was just made needs a symbol that a library below
    /// it lacks: nobody minds when a shared object or an archive is made, and it fails when it is
    /// loaded or linked.
    pub(in super::super) fn lacks_symbols(&self, made: &CompileStep, below: &CompileStep) -> bool {
        let Some(spliced) = self.spliced(below).filter(|spliced| !spliced.gone.is_empty()) else {
            return false;
        };
        made.outputs.iter().any(|output| {
            let read = match output.path.extension() {
                _ if output.flavor == OutputFlavor::Metadata => return false,
                // Tells what is in the shared object beside it.
                _ if output.path.as_str().ends_with(".dll.lib") => return false,
                Some("so" | "dylib" | "dll") => Symbols::of_shared_object,
                Some("a" | "lib") => Symbols::of_static_library,
                _ => return false,
            };
            let bytes = self.files.map(&output.path).ok().flatten();
            let symbols = bytes.and_then(|bytes| read(&bytes).ok());
            // What cannot be read may need anything.
            symbols.is_none_or(|symbols| needed(&spliced.gone, &symbols.undefined).is_some())
        })
    }
}

fn path(step: &CompileStep) -> Utf8PathBuf {
    step.out_dir.join("spliced")
}
