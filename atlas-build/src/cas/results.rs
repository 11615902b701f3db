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

#[cfg(test)]
mod tests {
    use super::super::testing::{Place, age, key};
    use super::*;

    #[test]
    fn use_is_noted_once_an_hour_and_blobs_keep_their_times() {
        let place = Place::new();
        let cas = place.open();
        place.add(&cas, "a", &["text"]).unwrap();
        let (path, blob) = (cas.layout.result(&key("a")), cas.layout.blob(&key("text")));
        let ago = |path: &Utf8Path| {
            let modified = fs_err::metadata(path).unwrap().modified().unwrap();
            modified.elapsed().unwrap_or_default().as_secs() / 60
        };
        age(&blob, USE_GRAIN * 9);
        age(&path, USE_GRAIN / 2);
        cas.result(&key("a")).unwrap();
        assert_eq!(ago(&path), 30);
        age(&path, USE_GRAIN * 2);
        cas.result(&key("a")).unwrap();
        assert_eq!((ago(&path), ago(&blob)), (0, 9 * 60));
    }

    #[test]
    fn removed_result_is_gone() {
        let place = Place::new();
        let cas = place.open();
        place.add(&cas, "a", &["text"]).unwrap();
        cas.remove(&key("a"));
        cas.remove(&key("b"));
        assert_eq!(cas.result(&key("a")), None);
    }
}
