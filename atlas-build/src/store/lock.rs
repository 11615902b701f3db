//! One build at a time in one directory: a lock on a file in it. The system takes the lock away when
//! the process ends, however it ends.

use std::fs::TryLockError;
use std::io;

use camino::{Utf8Path, Utf8PathBuf};
use fs_err::File;

/// A lock on a directory, until it is dropped.
#[derive(Debug)]
pub struct DirectoryLock {
    _file: File,
}

/// A directory could not be locked.
#[derive(Debug, thiserror::Error)]
#[error("failed to lock `{path}`")]
pub struct LockError {
    /// The file that carries the lock.
    pub path: Utf8PathBuf,
    /// The system's reason.
    pub source: io::Error,
}

impl DirectoryLock {
    /// Waits for the lock on a directory. `on_wait` is called, once, if another process holds it.
    /// On a file system without locks there is none, as in cargo.
    ///
    /// # Errors
    ///
    /// [`LockError`] if the file that carries the lock cannot be written.
    pub fn acquire(directory: &Utf8Path, on_wait: impl FnOnce()) -> Result<Self, LockError> {
        let path = directory.join(".atlas-lock");
        let file = File::options()
            .create(true)
            .truncate(false)
            .read(true)
            .write(true)
            .open(&path)
            .map_err(|source| LockError { path: path.clone(), source })?;
        let outcome = match file.file().try_lock() {
            Err(TryLockError::WouldBlock) => {
                on_wait();
                file.file().lock()
            }
            Err(TryLockError::Error(error)) => Err(error),
            Ok(()) => Ok(()),
        };
        match outcome {
            Err(error) if error.kind() != io::ErrorKind::Unsupported => {
                Err(LockError { path, source: error })
            }
            _ => Ok(DirectoryLock { _file: file }),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;
    use std::thread;

    use super::*;

    #[test]
    fn second_waits_for_the_first() {
        let directory = tempfile::tempdir().unwrap();
        let path = Utf8Path::from_path(directory.path()).unwrap();
        let first = DirectoryLock::acquire(path, || panic!("nobody holds it")).unwrap();
        let (waiting, told) = mpsc::channel();
        thread::scope(|scope| {
            let second = scope.spawn(move || {
                DirectoryLock::acquire(path, || waiting.send(()).unwrap()).map(drop)
            });
            told.recv().expect("the second is told that it has to wait");
            drop(first);
            second.join().unwrap().unwrap();
        });
    }
}
