//! Numbers of the last builds. Knows nothing of what was built.

use std::time::Duration;

use atlas_fingerprint::{open_sealed, seal};
use serde::{Deserialize, Serialize};

use super::error::CasError;
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
            let _lock = self.notes_lock()?;
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

#[cfg(test)]
mod tests {
    use super::super::testing::Place;
    use super::*;

    #[test]
    fn last_builds_are_kept_though_several_count_at_once() {
        let place = Place::new();
        let count = |hits| BuildCounts { hits, ..BuildCounts::default() };
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| (0..7).for_each(|_| place.open().count(&count(1)).unwrap()));
            }
        });
        let cas = place.open();
        assert_eq!(cas.builds().len(), 28);
        (0..5).for_each(|_| cas.count(&count(2)).unwrap());
        let builds = cas.builds();
        assert_eq!((builds.len(), builds[31].hits), (MAX_BUILDS, 2));
    }

    #[test]
    fn damaged_counts_are_forgotten() {
        let place = Place::new();
        let cas = place.open();
        cas.count(&BuildCounts::default()).unwrap();
        fs_err::write(cas.layout.counts(), "damaged").unwrap();
        assert_eq!(cas.builds(), []);
        cas.count(&BuildCounts::default()).unwrap();
        assert_eq!(cas.builds().len(), 1);
    }
}
