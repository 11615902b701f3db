//! Locks that a file carries. The system takes one away when the process ends, however it ends. A file
//! may be removed by whoever has its lock, so that nothing is left of it.

use std::fmt::Debug;
use std::fs::{File, TryLockError};
use std::io;

use camino::Utf8Path;

use crate::files::FileError;

/// How often a directory is created that somebody else removes.
const ATTEMPTS: usize = 100;

/// A lock, until it is dropped.
#[derive(Debug)]
pub struct FileLock {
    /// The file that carries it; `None` if it is not on the disk.
    file: Option<File>,
    /// What else is given back.
    _other: Option<Box<dyn Debug + Send + Sync>>,
}

impl FileLock {
    /// Creates a lock that is given back when `other` is dropped.
    #[cfg(any(test, feature = "testing"))]
    pub(crate) fn new(other: impl Debug + Send + Sync + 'static) -> Self {
        FileLock { file: None, _other: Some(Box::new(other)) }
    }

    /// Returns the file, for a process that is started: if this one is killed, that one has the lock
    /// until it ends. `None` where locks cannot be handed on.
    pub fn share(&self) -> Option<File> {
        self.file.as_ref().filter(|_| cfg!(unix))?.try_clone().ok()
    }
}

impl Drop for FileLock {
    fn drop(&mut self) {
        if let Some(file) = &self.file {
            // It is given back whoever else has the file open.
            drop(file.unlock());
        }
    }
}

/// As [`Files::try_lock`](crate::Files::try_lock) on the disk.
pub(crate) fn try_lock(path: &Utf8Path) -> Result<Option<FileLock>, FileError> {
    let failed = FileError::wrap("lock", path);
    let mut attempts = 0..ATTEMPTS;
    loop {
        let file = match open(path) {
            // Somebody found the directory empty and removed it just now.
            Err(error) if error.kind() == io::ErrorKind::NotFound && attempts.next().is_some() => {
                continue;
            }
            opened => opened.map_err(&failed)?,
        };
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Unsupported => {}
            Err(TryLockError::Error(error)) => return Err(failed(error)),
            Err(TryLockError::WouldBlock) => return Ok(None),
        }
        // Whoever had it before may have removed it since it was opened: then the name leads to
        // another file by now, or to none, and the lock keeps nobody off.
        if is_at(&file, path) {
            return Ok(Some(FileLock { file: Some(file), _other: None }));
        }
    }
}

/// Opens a file, or creates it with its directory.
fn open(path: &Utf8Path) -> io::Result<File> {
    if let Some(directory) = path.parent() {
        fs_err::create_dir_all(directory)?;
    }
    File::options().create(true).truncate(false).read(true).write(true).open(path)
}

/// Returns whether a name leads to a file.
#[cfg(unix)]
fn is_at(file: &File, path: &Utf8Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    match (file.metadata(), path.metadata()) {
        (Ok(one), Ok(other)) => one.dev() == other.dev() && one.ino() == other.ino(),
        _ => false,
    }
}

/// Returns whether a name leads to a file. Here nobody removes a file that carries a lock.
#[cfg(not(unix))]
fn is_at(_file: &File, _path: &Utf8Path) -> bool {
    true
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use camino::Utf8Path;

    use super::try_lock;

    fn with_path(test: impl FnOnce(&Utf8Path)) {
        let directory = tempfile::tempdir().expect("a directory");
        test(&Utf8Path::from_path(directory.path()).expect("UTF-8").join("new/lock"));
    }

    #[test]
    fn second_does_not_get_it_before_the_first_gives_it_back() {
        with_path(|path| {
            let first = try_lock(path).expect("it can be locked").expect("nobody has it");
            assert!(try_lock(path).expect("it can be locked").is_none());
            drop(first);
            assert!(try_lock(path).expect("it can be locked").is_some());
        });
    }

    #[cfg(unix)]
    #[test]
    fn lock_is_given_back_although_somebody_shares_it() {
        with_path(|path| {
            let first = try_lock(path).expect("it can be locked").expect("nobody has it");
            let shared = first.share().expect("it can be shared");
            drop(first);
            assert!(try_lock(path).expect("it can be locked").is_some());
            drop(shared);
        });
    }

    #[cfg(unix)]
    #[test]
    fn removed_file_carries_no_lock() {
        with_path(|path| {
            let first = try_lock(path).expect("it can be locked").expect("nobody has it");
            fs_err::remove_file(path).expect("it is there");
            let second = try_lock(path).expect("it can be locked").expect("it is another file");
            drop(first);
            assert!(try_lock(path).expect("it can be locked").is_none());
            drop(second);
        });
    }

    #[cfg(unix)]
    #[test]
    fn threads_never_have_it_at_once_although_each_removes_the_file() {
        with_path(|path| {
            let inside = AtomicUsize::new(0);
            let n_held = AtomicUsize::new(0);
            let work = || {
                for _ in 0..500 {
                    if let Some(lock) = try_lock(path).expect("it can be locked") {
                        assert_eq!(inside.fetch_add(1, Ordering::SeqCst), 0);
                        n_held.fetch_add(1, Ordering::SeqCst);
                        inside.fetch_sub(1, Ordering::SeqCst);
                        fs_err::remove_file(path).expect("nobody else removes it");
                        drop(lock);
                    }
                }
            };
            std::thread::scope(|scope| {
                (0..4).for_each(|_| drop(scope.spawn(work)));
            });
            assert!(n_held.into_inner() >= 500);
        });
    }
}
