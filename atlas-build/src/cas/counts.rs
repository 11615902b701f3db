//! Numbers of the last builds. Knows nothing of what was built.

use std::time::Duration;

use atlas_fingerprint::{open_sealed, seal};
use serde::{Deserialize, Serialize};

use super::error::CasError;
use super::lock::StoreLock;
use super::store::Cas;

/// What a sealed file says it is.
const KIND: &str = "atlas-counts";
/// Version of its form.
const VERSION: u32 = 1;
/// How many builds are kept.
pub const MAX_BUILDS: usize = 32;

/// What the store did for a build.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BuildCounts {
    /// Units whose results were restored.
    pub hits: u64,
    /// Units that were looked for in vain.
    pub misses: u64,
    /// Bytes restored.
    pub restored: u64,
    /// Bytes stored.
    pub stored: u64,
    /// How long it once took to make what was restored.
    pub saved: Duration,
}

impl Cas {
    /// Notes the numbers of a build.
    ///
    /// # Errors
    ///
    /// [`CasError`] if they cannot be written.
    pub fn count(&self, build: &BuildCounts) -> Result<(), CasError> {
        self.writing(|| {
            let path = self.layout.notes_lock();
            let _lock = StoreLock::alone(&path).map_err(CasError::wrap("lock", &path))?;
            let mut builds = self.builds();
            builds.push(*build);
            let last = &builds[builds.len().saturating_sub(MAX_BUILDS)..];
            let bytes =
                postcard::to_stdvec(last).expect("postcard writes every value of this type");
            self.write_file(&self.layout.counts(), &seal(KIND, VERSION, &bytes))
        })
    }

    /// Returns the numbers of the last builds, the newest last. Damaged ones are forgotten.
    pub fn builds(&self) -> Vec<BuildCounts> {
        let bytes = fs_err::read(self.layout.counts()).unwrap_or_default();
        let payload = open_sealed(KIND, VERSION, &bytes).unwrap_or_default();
        postcard::from_bytes(payload).unwrap_or_default()
    }
}
