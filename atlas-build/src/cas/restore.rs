//! Restoring a blob: verified each time before it gets its name. Knows nothing of who needs it.

use std::io;

use camino::{Utf8Path, Utf8PathBuf};

use super::error::{RestoreError, Trouble};
use super::hashing::{HashingReader, digest_of};
use super::medium::Mode;
use super::result::Blob;
use super::results::is_absence;
use super::store::Cas;

/// Who else may have the file that a blob is restored to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sharing {
    /// It may be the stored file itself under another name: for what is only read, and replaced by a
    /// rename.
    ReadOnly,
    /// It is a file of its own: for what users may write to.
    Own,
}

impl Cas {
    /// Makes the file `to` with the bytes of a blob. Nothing may be at `to`, and its directory must
    /// be there. A damaged blob is removed.
    ///
    /// # Errors
    ///
    /// [`RestoreError`] if there is no such blob, if it is damaged, or if `to` cannot be written.
    pub fn restore(
        &self,
        blob: &Blob,
        to: &Utf8Path,
        sharing: Sharing,
    ) -> Result<(), RestoreError> {
        let from = self.layout.blob(&blob.digest);
        match sharing {
            Sharing::ReadOnly => self.restore_shared(blob, &from, to),
            Sharing::Own => self.restore_own(blob, &from, to),
        }
    }

    fn restore_shared(
        &self,
        blob: &Blob,
        from: &Utf8Path,
        to: &Utf8Path,
    ) -> Result<(), RestoreError> {
        let found = digest_of(from).map_err(unreadable(from))?;
        self.verify(blob, found, from)?;
        if self.try_reflink(from, to) {
            let made = self.medium.set_mode(to, Mode::Writable);
            return made.map_err(RestoreError::wrap("write", to));
        }
        match self.medium.link(from, to) {
            Ok(()) => Ok(()),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                Err(RestoreError::wrap("write", to)(error))
            }
            Err(_) => self.restore_own(blob, from, to),
        }
    }

    fn restore_own(&self, blob: &Blob, from: &Utf8Path, to: &Utf8Path) -> Result<(), RestoreError> {
        if to.as_std_path().symlink_metadata().is_ok() {
            return Err(RestoreError::wrap("write", to)(io::ErrorKind::AlreadyExists.into()));
        }
        let temporary = beside(to);
        // A process that was killed may have left one.
        self.forget(&temporary);
        let result = self.copy_out(blob, from, &temporary).and_then(|()| {
            self.medium.rename(&temporary, to).map_err(RestoreError::wrap("write", to))
        });
        if result.is_err() {
            self.forget(&temporary);
        }
        result
    }

    fn copy_out(
        &self,
        blob: &Blob,
        from: &Utf8Path,
        temporary: &Utf8Path,
    ) -> Result<(), RestoreError> {
        let mode = if blob.executable { Mode::Executable } else { Mode::Writable };
        let found = if self.try_reflink(from, temporary) {
            let made = self.medium.set_mode(temporary, mode);
            made.map_err(RestoreError::wrap("write", temporary))?;
            digest_of(temporary).map_err(RestoreError::wrap("read", temporary))?
        } else {
            let file = fs_err::File::open(from).map_err(unreadable(from))?;
            let mut reader = HashingReader::new(file);
            let written = self.medium.write(temporary, &mut reader, mode);
            written.map_err(|error| match reader.failed() {
                true => RestoreError::wrap("read", from)(error),
                false => RestoreError::wrap("write", temporary)(error),
            })?;
            reader.finish()
        };
        self.verify(blob, found, from)
    }

    fn verify(
        &self,
        blob: &Blob,
        found: (atlas_fingerprint::Digest, u64),
        from: &Utf8Path,
    ) -> Result<(), RestoreError> {
        if found.0 == blob.digest {
            return Ok(());
        }
        self.forget(from);
        self.tell(Trouble::DamagedBlob { path: from.to_owned() });
        Err(RestoreError::Damaged { path: from.to_owned() })
    }
}

/// Returns the name that a file has until it is whole.
fn beside(to: &Utf8Path) -> Utf8PathBuf {
    let name = to.file_name().unwrap_or_default();
    to.with_file_name(format!(".restoring-{name}"))
}

fn unreadable(path: &Utf8Path) -> impl Fn(io::Error) -> RestoreError {
    let path = path.to_owned();
    move |error| match is_absence(&error) {
        true => RestoreError::Missing { path: path.clone() },
        false => RestoreError::wrap("read", &path)(error),
    }
}
