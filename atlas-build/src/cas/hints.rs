//! Hints: small byte strings filed under a digest, from which a caller finds the keys of results.
//! Knows nothing of what is in them.

use std::time::SystemTime;

use atlas_fingerprint::Digest;
use camino::{Utf8Path, Utf8PathBuf};

use super::error::{CasError, Trouble};
use super::store::Cas;

/// How many hints are kept under a digest.
pub const MAX_HINTS: usize = 8;

impl Cas {
    /// Returns the hints filed under a digest, the newest first. Damaged ones are removed.
    pub fn hints(&self, base: &Digest) -> Vec<Vec<u8>> {
        let directory = self.layout.hints_of(base);
        let files = by_age(&directory);
        if !files.is_empty() {
            self.note_use(&directory);
        }
        let hints = files.iter().filter_map(|file| {
            let bytes = fs_err::read(file).ok()?;
            if file.file_name() != Some(Digest::of_bytes(&bytes).to_string().as_str()) {
                self.forget(file);
                self.tell(Trouble::DamagedHint { path: file.clone() });
                return None;
            }
            Some(bytes)
        });
        hints.take(MAX_HINTS).collect()
    }

    /// Files a hint under a digest, as the newest. If there are too many, the oldest goes.
    ///
    /// # Errors
    ///
    /// [`CasError`] if it cannot be written.
    pub fn add_hint(&self, base: &Digest, hint: &[u8]) -> Result<(), CasError> {
        self.writing(|| {
            // Collectors remove directories of hints.
            let _lock = self.shared_lock()?;
            let directory = self.layout.hints_of(base);
            let path = directory.join(Digest::of_bytes(hint).to_string());
            let mut bytes = hint;
            let temporary = self.write_temporary(&mut bytes)?;
            // The clock of the file system may be too coarse to tell which is newer.
            let _ = self.medium.set_modified(&temporary, SystemTime::now());
            self.publish(&temporary, &path)?;
            by_age(&directory).iter().skip(MAX_HINTS).for_each(|file| self.forget(file));
            Ok(())
        })
    }
}

/// Returns the files of a directory, the newest first.
fn by_age(directory: &Utf8Path) -> Vec<Utf8PathBuf> {
    let Ok(entries) = directory.read_dir_utf8() else { return Vec::new() };
    let mut files: Vec<(SystemTime, Utf8PathBuf)> = entries
        .flatten()
        .filter_map(|entry| Some((entry.metadata().ok()?.modified().ok()?, entry.into_path())))
        .collect();
    files.sort_by(|one, other| other.cmp(one));
    files.into_iter().map(|(_, path)| path).collect()
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Place, key, tree};
    use super::*;

    #[test]
    fn newest_hint_comes_first_and_none_twice() {
        let (place, base) = (Place::new(), key("base"));
        let cas = place.open();
        assert_eq!(cas.hints(&base), <Vec<Vec<u8>>>::new());
        for hint in ["a", "b", "c", "a"] {
            cas.add_hint(&base, hint.as_bytes()).unwrap();
        }
        assert_eq!(place.open().hints(&base), [b"a", b"c", b"b"]);
        assert_eq!(cas.hints(&key("other")).len(), 0);
    }

    #[test]
    fn oldest_hint_goes_if_there_are_too_many() {
        let (place, base) = (Place::new(), key("base"));
        let cas = place.open();
        for n in 0..MAX_HINTS + 3 {
            cas.add_hint(&base, n.to_string().as_bytes()).unwrap();
        }
        let hints = cas.hints(&base);
        assert_eq!((hints.len(), hints[0].as_slice()), (MAX_HINTS, &b"10"[..]));
        assert_eq!(hints[MAX_HINTS - 1], b"3");
        assert_eq!(tree(&cas.layout.hints()).len(), MAX_HINTS);
    }

    #[test]
    fn damaged_hint_is_removed() {
        let (place, base) = (Place::new(), key("base"));
        let cas = place.open();
        cas.add_hint(&base, b"good").unwrap();
        cas.add_hint(&base, b"bad").unwrap();
        let path = cas.layout.hints_of(&base).join(Digest::of_bytes(b"bad").to_string());
        fs_err::write(&path, "bae").unwrap();
        assert_eq!(cas.hints(&base), [b"good"]);
        assert!(!path.exists());
    }
}
