//! Locks on directories, each carried by a file in it. The system takes a lock away when the process
//! ends, however it ends.
//!
//! There are two: one process at a time, for a moment, and the lock of a profile. That one all builds
//! have at once as long as they change something; who removes things has it alone.

use std::fs::TryLockError;
use std::io;
use std::sync::mpsc;
use std::time::Duration;

use camino::{Utf8Path, Utf8PathBuf};
use fs_err::File;

use crate::interrupt::Interrupt;

/// The file that carries a lock.
const NAME: &str = ".atlas-lock";
/// How often a lock that another process holds is tried again.
const INTERVAL: Duration = Duration::from_millis(50);

/// A lock on a directory, until it is dropped.
#[derive(Debug)]
pub(super) struct DirectoryLock {
    _file: File,
}

impl DirectoryLock {
    /// Waits for the lock on a directory. On a file system without locks there is none.
    pub(super) fn acquire(directory: &Utf8Path) -> io::Result<Self> {
        let file = open(directory)?;
        loop {
            match file.file().lock() {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if error.kind() != io::ErrorKind::Unsupported => return Err(error),
                _ => return Ok(DirectoryLock { _file: file }),
            }
        }
    }
}

/// The lock of a profile, until it is dropped.
#[derive(Debug)]
pub struct ProfileLock {
    _file: File,
}

/// Who else may have the lock of a profile.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Company {
    /// Others that build.
    Builds,
    /// Nobody.
    Nobody,
}

/// A profile could not be locked.
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
    #[error("interrupted while waiting for another process")]
    Interrupted,
}

impl ProfileLock {
    /// Waits for the lock of a profile, whose directory is there, until it is interrupted. `on_wait` is
    /// called, once, if another process has it. On a file system without locks there is none.
    ///
    /// # Errors
    ///
    /// [`LockError`] if the file that carries the lock cannot be written, or if the user stops
    /// waiting.
    pub fn acquire(
        directory: &Utf8Path,
        company: Company,
        interrupt: &Interrupt,
        on_wait: impl FnOnce(),
    ) -> Result<Self, LockError> {
        let failed = |source| LockError::File { path: directory.join(NAME), source };
        let mut file = open(directory).map_err(failed)?;
        let (waker, raised) = mpsc::channel();
        let _listening = interrupt.listen(Box::new(move || {
            let _ = waker.send(());
        }));
        let mut on_wait = Some(on_wait);
        loop {
            let mut is_busy = false;
            let tried = match company {
                Company::Builds => file.file().try_lock_shared(),
                Company::Nobody => file.file().try_lock(),
            };
            match tried {
                Ok(()) if is_there(&file, directory) => return Ok(ProfileLock { _file: file }),
                // It was removed with all else, and somebody may have made another one.
                Ok(()) => file = open(directory).map_err(failed)?,
                Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Unsupported => {
                    return Ok(ProfileLock { _file: file });
                }
                Err(TryLockError::Error(error)) => return Err(failed(error)),
                Err(TryLockError::WouldBlock) => is_busy = true,
            }
            if !is_busy {
                continue;
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

/// Returns whether an open file still is the one that carries the lock of a directory.
#[cfg(unix)]
fn is_there(file: &File, directory: &Utf8Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    match (file.metadata(), fs_err::metadata(directory.join(NAME))) {
        (Ok(one), Ok(other)) => (one.dev(), one.ino()) == (other.dev(), other.ino()),
        _ => false,
    }
}

/// Returns whether an open file still is the one that carries the lock of a directory: files that are
/// open cannot be removed there.
#[cfg(not(unix))]
fn is_there(_: &File, _: &Utf8Path) -> bool {
    true
}

fn open(directory: &Utf8Path) -> io::Result<File> {
    fs_err::create_dir_all(directory)?;
    let mut options = File::options();
    options.create(true).truncate(false).read(true).write(true);
    options.open(directory.join(NAME))
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::thread;

    use super::*;

    #[test]
    fn one_at_a_time_has_it() {
        let directory = tempfile::tempdir().unwrap();
        let path = Utf8Path::from_path(directory.path()).unwrap();
        let inside = AtomicUsize::new(0);
        let work = || {
            for _ in 0..100 {
                let lock = DirectoryLock::acquire(path).unwrap();
                assert_eq!(inside.fetch_add(1, Ordering::SeqCst), 0);
                inside.fetch_sub(1, Ordering::SeqCst);
                drop(lock);
            }
        };
        thread::scope(|scope| (0..3).for_each(|_| drop(scope.spawn(work))));
    }

    #[test]
    fn builds_share_a_profile_and_who_removes_has_it_alone() {
        let directory = tempfile::tempdir().unwrap();
        let path = Utf8Path::from_path(directory.path()).unwrap();
        let impatient = Interrupt::new();
        impatient.raise();
        let acquire = |company| ProfileLock::acquire(path, company, &impatient, || ());
        let builds = [acquire(Company::Builds).unwrap(), acquire(Company::Builds).unwrap()];
        assert!(matches!(acquire(Company::Nobody), Err(LockError::Interrupted)));
        drop(builds);
        let alone = acquire(Company::Nobody).unwrap();
        assert!(matches!(acquire(Company::Builds), Err(LockError::Interrupted)));
        drop(alone);
        assert!(acquire(Company::Builds).is_ok());
    }

    #[test]
    fn build_waits_until_nothing_is_removed_any_longer() {
        let directory = tempfile::tempdir().unwrap();
        let path = Utf8Path::from_path(directory.path()).unwrap();
        let acquire = |company, on_wait: Box<dyn FnOnce() + Send>| {
            ProfileLock::acquire(path, company, &Interrupt::new(), on_wait)
        };
        let alone = acquire(Company::Nobody, Box::new(|| panic!("nobody has it"))).unwrap();
        let (waiting, told) = mpsc::channel();
        thread::scope(|scope| {
            let on_wait = Box::new(move || waiting.send(()).unwrap());
            let build = scope.spawn(move || acquire(Company::Builds, on_wait).map(drop));
            told.recv().expect("the build is told that it has to wait");
            drop(alone);
            build.join().unwrap().unwrap();
        });
    }
}
