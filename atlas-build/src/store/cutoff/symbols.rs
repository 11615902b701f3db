//! Symbols that a library takes from others: kept beside the unit, so that no file is parsed twice.

use atlas_fingerprint::{Digest, open_sealed, seal};
use serde::{Deserialize, Serialize};

use super::super::freshness::Freshness;
use super::carried::linkable_path;
use crate::plan::CompileStep;
use crate::splice::Symbols;

const KIND: &str = "cargo-atlas-symbols";
const VERSION: u32 = 1;

#[derive(Serialize, Deserialize)]
struct Known {
    /// The library.
    library: Digest,
    symbols: Symbols,
}

impl Freshness<'_> {
    /// Returns the symbols of a unit's published library; `None` if there is none, or it cannot be
    /// read.
    pub(super) fn symbols(&self, step: &CompileStep) -> Option<Symbols> {
        let library = linkable_path(step)?;
        let digest = self.table.observe(library).ok().flatten()?.content.bytes;
        let path = step.unit_dir.join("symbols");
        let known = self.files.map(&path).ok().flatten();
        let known = known.and_then(|bytes| {
            postcard::from_bytes::<Known>(open_sealed(KIND, VERSION, &bytes).ok()?).ok()
        });
        if let Some(known) = known
            && known.library == digest
        {
            return Some(known.symbols);
        }
        let bytes = self.files.map(library).ok().flatten()?;
        let known = Known { library: digest, symbols: Symbols::of_archive(&bytes).ok()? };
        if let Ok(payload) = postcard::to_stdvec(&known) {
            // What cannot be kept is read again.
            drop(self.files.write(&path, &seal(KIND, VERSION, &payload)));
        }
        Some(known.symbols)
    }
}
