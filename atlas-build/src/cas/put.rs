//! Adding a result: its files first, the result last, so that a result never names a file that was
//! not there. Knows nothing of how files are read back.

use std::sync::atomic::Ordering;

use atlas_fingerprint::Digest;
use camino::{Utf8Path, Utf8PathBuf};

use super::error::{CasError, Trouble};
use super::hashing::{HashingReader, digest_of};
use super::medium::Mode;
use super::result::{Blob, StoredResult};
use super::store::Cas;

impl Cas {
    /// Adds a result and the files it consists of; returns how many bytes were written. What is
    /// there already is not written again.
    ///
    /// # Errors
    ///
    /// [`CasError`] if something cannot be read or written, or if a file is not what its digest says.
    /// The result is not stored then.
    pub fn add(
        &self,
        key: &Digest,
        result: &StoredResult,
        files: &[(Blob, Utf8PathBuf)],
    ) -> Result<u64, CasError> {
        self.writing(|| {
            let _lock = self.shared_lock()?;
            let mut n_bytes = 0;
            for (blob, source) in files {
                n_bytes += self.add_blob(blob, source)?;
            }
            let bytes = result.encode(key);
            self.write_file(&self.layout.result(key), &bytes)?;
            n_bytes += bytes.len() as u64;
            self.added.fetch_add(n_bytes, Ordering::Relaxed);
            Ok(n_bytes)
        })
    }

    fn add_blob(&self, blob: &Blob, source: &Utf8Path) -> Result<u64, CasError> {
        let path = self.layout.blob(&blob.digest);
        // To read what is there takes less time than to write it again. Nobody would notice damage before
        // the result is wanted.
        match digest_of(&path) {
            Ok(found) if found == (blob.digest, blob.size) => return Ok(0),
            Ok(_) => self.tell(Trouble::DamagedBlob { path: path.clone() }),
            Err(_) => {}
        }
        let temporary = self.copy_in(blob, source)?;
        self.publish(&temporary, &path)?;
        Ok(blob.size)
    }

    /// Copies a file to one that has no name yet, whose bytes are those of the digest.
    fn copy_in(&self, blob: &Blob, source: &Utf8Path) -> Result<Utf8PathBuf, CasError> {
        let changed = || CasError::Changed { path: source.to_owned() };
        let temporary = self.temporary();
        let (temporary, digest) = if self.try_reflink(source, &temporary) {
            let made = self.medium.set_mode(&temporary, Mode::ReadOnly);
            let digest = made.and_then(|()| digest_of(&temporary));
            let digest = digest.map_err(|error| {
                self.forget(&temporary);
                CasError::wrap("write", &temporary)(error)
            })?;
            (temporary, digest)
        } else {
            // What cannot be read is no trouble of the store.
            let file = fs_err::File::open(source).map_err(|_| changed())?;
            let mut reader = HashingReader::new(file);
            let written = self.write_temporary_as(Mode::ReadOnly, &mut reader);
            let written = written.map_err(|error| if reader.failed() { changed() } else { error });
            (written?, reader.finish())
        };
        if digest != (blob.digest, blob.size) {
            self.forget(&temporary);
            return Err(changed());
        }
        Ok(temporary)
    }

    /// Makes a file that shares the bytes of another, if the file systems can.
    pub(super) fn try_reflink(&self, from: &Utf8Path, to: &Utf8Path) -> bool {
        if !self.reflinks.load(Ordering::Relaxed) {
            return false;
        }
        let linked = self.medium.reflink(from, to).is_ok();
        // Both ends stay where they are during a build: what failed once fails again.
        if !linked && from.is_file() {
            self.reflinks.store(false, Ordering::Relaxed);
        }
        linked
    }
}
