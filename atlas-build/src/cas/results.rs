//! Results by their keys. Knows when one was used last.

use std::io;
use std::time::{Duration, SystemTime};

use atlas_fingerprint::Digest;
use camino::Utf8Path;

use super::error::Trouble;
use super::result::StoredResult;
use super::store::{Access, Cas};

/// A use is noted if the one that is noted is older than this.
pub(super) const USE_GRAIN: Duration = Duration::from_secs(60 * 60);

impl Cas {
    /// Returns the result of a key and takes note of its use. One that is damaged is removed.
    pub fn result(&self, key: &Digest) -> Option<StoredResult> {
        let path = self.layout.result(key);
        let bytes = match fs_err::read(&path) {
            Ok(bytes) => bytes,
            // Nothing is wrong with a result that cannot be read just now.
            Err(_) => return None,
        };
        let Ok(result) = StoredResult::decode(key, &bytes) else {
            return self.damaged_result(&path);
        };
        self.note_use(&path);
        Some(result)
    }

    /// Removes the result of a key.
    pub fn remove(&self, key: &Digest) {
        self.forget(&self.layout.result(key));
    }

    fn damaged_result(&self, path: &Utf8Path) -> Option<StoredResult> {
        self.forget(path);
        self.tell(Trouble::DamagedResult { path: path.to_owned() });
        None
    }

    /// Takes note that a file or a directory was used.
    pub(super) fn note_use(&self, path: &Utf8Path) {
        if self.access() == Access::ReadOnly {
            return;
        }
        let now = SystemTime::now();
        let noted = fs_err::metadata(path).and_then(|metadata| metadata.modified());
        let is_recent =
            |noted: SystemTime| now.duration_since(noted).map_or(true, |age| age < USE_GRAIN);
        if !noted.is_ok_and(is_recent) {
            // Without the note it is collected earlier.
            let _ = self.medium.set_modified(path, now);
        }
    }
}

/// Returns whether an error means that there is nothing at the path.
pub(super) fn is_absence(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}
