//! One build at a time in one directory: a lock on a file in it. The system takes the lock away when
//! the process ends, however it ends.

use std::fs::TryLockError;
use std::io;
use std::sync::mpsc;
use std::time::Duration;

use camino::{Utf8Path, Utf8PathBuf};
use fs_err::File;

use crate::interrupt::Interrupt;

/// How often a lock that another process holds is tried again.
const INTERVAL: Duration = Duration::from_millis(50);

/// A lock on a directory, until it is dropped.
#[derive(Debug)]
pub struct DirectoryLock {
    _file: File,
}

/// A directory could not be locked.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// The file that carries the lock cannot be written or locked.
    #[error("failed to lock `{path}`")]
    File {
        /// The file.
        path: Utf8PathBuf,
        /// The system's reason.
        source: io::Error,
    },
    /// The user stopped waiting.
    #[error("interrupted while waiting for another build")]
    Interrupted,
}

impl DirectoryLock {
    /// Waits for the lock on a directory, until it is interrupted. `on_wait` is called, once, if
    /// another process holds it. On a file system without locks there is none.
    ///
    /// # Errors
    ///
    /// [`LockError`] if the file that carries the lock cannot be written, or if the user stops
    /// waiting.
    pub fn acquire(
        directory: &Utf8Path,
        interrupt: &Interrupt,
        on_wait: impl FnOnce(),
    ) -> Result<Self, LockError> {
        let path = directory.join(".atlas-lock");
        let failed = |source| LockError::File { path: path.clone(), source };
        let mut options = File::options();
        options.create(true).truncate(false).read(true).write(true);
        let file = options.open(&path).map_err(failed)?;
        let (waker, raised) = mpsc::channel();
        let _listening = interrupt.listen(Box::new(move || {
            let _ = waker.send(());
        }));
        let mut on_wait = Some(on_wait);
        loop {
            match file.file().try_lock() {
                Ok(()) => return Ok(DirectoryLock { _file: file }),
                Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Unsupported => {
                    return Ok(DirectoryLock { _file: file });
                }
                Err(TryLockError::Error(error)) => return Err(failed(error)),
                Err(TryLockError::WouldBlock) => {}
            }
            if let Some(on_wait) = on_wait.take() {
                on_wait();
            }
            if interrupt.is_raised() {
                return Err(LockError::Interrupted);
            }
            // Either the time is up or the interrupt was raised: both are looked at again.
            let _ = raised.recv_timeout(INTERVAL);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;

    #[test]
    fn second_waits_for_the_first() {
        let directory = tempfile::tempdir().unwrap();
        let path = Utf8Path::from_path(directory.path()).unwrap();
        let interrupt = Interrupt::new();
        let first = DirectoryLock::acquire(path, &interrupt, || panic!("nobody holds it")).unwrap();
        let (waiting, told) = mpsc::channel();
        thread::scope(|scope| {
            let second = scope.spawn(move || {
                let on_wait = || waiting.send(()).unwrap();
                DirectoryLock::acquire(path, &Interrupt::new(), on_wait).map(drop)
            });
            told.recv().expect("the second is told that it has to wait");
            drop(first);
            second.join().unwrap().unwrap();
        });
    }

    #[test]
    fn waiting_ends_with_an_interrupt() {
        let directory = tempfile::tempdir().unwrap();
        let path = Utf8Path::from_path(directory.path()).unwrap();
        let interrupt = Interrupt::new();
        let _first = DirectoryLock::acquire(path, &interrupt, || ()).unwrap();
        let second = DirectoryLock::acquire(path, &interrupt, || interrupt.raise());
        assert!(matches!(second, Err(LockError::Interrupted)));
    }
}
