//! One process at a time in one directory, for a moment: a lock on a file in it. The system takes the
//! lock away when the process ends, however it ends.

use std::io;

use camino::Utf8Path;
use fs_err::File;

/// A lock on a directory, until it is dropped.
#[derive(Debug)]
pub(super) struct DirectoryLock {
    _file: File,
}

impl DirectoryLock {
    /// Waits for the lock on a directory. On a file system without locks there is none.
    pub(super) fn acquire(directory: &Utf8Path) -> io::Result<Self> {
        let mut options = File::options();
        options.create(true).truncate(false).read(true).write(true);
        let file = options.open(directory.join(".atlas-lock"))?;
        loop {
            match file.file().lock() {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if error.kind() != io::ErrorKind::Unsupported => return Err(error),
                _ => return Ok(DirectoryLock { _file: file }),
            }
        }
    }
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
}
