//! Files that can be looked at and not be changed: what a prediction works with. Whatever would be
//! kept for later is not kept.

use std::io::{Error, ErrorKind};

use atlas_fingerprint::{Digest, DirEntry, Disk, FileError, FileLock, Files, Mapped, Moment, Stat};
use camino::{Utf8Path, Utf8PathBuf};

/// The disk, but nothing is written to it.
#[derive(Clone, Copy, Debug)]
pub(super) struct ReadOnly;

impl Files for ReadOnly {
    fn stat(&self, path: &Utf8Path) -> Result<Stat, FileError> {
        Disk.stat(path)
    }

    fn read(&self, path: &Utf8Path) -> Result<Vec<u8>, FileError> {
        Disk.read(path)
    }

    fn tail(&self, path: &Utf8Path, start: u64) -> Result<Vec<u8>, FileError> {
        Disk.tail(path, start)
    }

    fn digest(&self, path: &Utf8Path) -> Result<Digest, FileError> {
        Disk.digest(path)
    }

    fn list(&self, path: &Utf8Path) -> Result<Vec<DirEntry>, FileError> {
        Disk.list(path)
    }

    fn resolve(&self, path: &Utf8Path) -> Result<Utf8PathBuf, FileError> {
        Disk.resolve(path)
    }

    fn write(&self, path: &Utf8Path, _: &[u8]) -> Result<(), FileError> {
        refused("write", path)
    }

    fn append(&self, path: &Utf8Path, _: &[u8]) -> Result<(), FileError> {
        refused("write", path)
    }

    fn map(&self, path: &Utf8Path) -> Result<Option<Mapped>, FileError> {
        Disk.map(path)
    }

    fn remove(&self, path: &Utf8Path) -> Result<(), FileError> {
        refused("remove", path)
    }

    fn remove_empty(&self, path: &Utf8Path) -> Result<(), FileError> {
        refused("remove", path)
    }

    fn try_lock(&self, path: &Utf8Path) -> Result<Option<FileLock>, FileError> {
        refused("lock", path)
    }

    fn moment(&self, probe: &Utf8Path) -> Result<Moment, FileError> {
        refused("write", probe)
    }
}

fn refused<T>(action: &'static str, path: &Utf8Path) -> Result<T, FileError> {
    let source = Error::from(ErrorKind::ReadOnlyFilesystem);
    Err(FileError { action, path: path.to_owned(), source })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_changed() {
        let directory = tempfile::tempdir().unwrap();
        let path = Utf8Path::from_path(directory.path()).unwrap().join("a");
        Disk.write(&path, b"one").unwrap();
        let tried = [
            ReadOnly.write(&path, b"two").is_err(),
            ReadOnly.append(&path, b"two").is_err(),
            ReadOnly.remove(&path).is_err(),
            ReadOnly.try_lock(&path).is_err(),
            ReadOnly.moment(&path).is_err(),
        ];
        assert_eq!(tried, [true; 5]);
        assert_eq!(ReadOnly.read(&path).unwrap(), b"one");
        assert_eq!(ReadOnly.list(path.parent().unwrap()).unwrap().len(), 1);
    }
}
