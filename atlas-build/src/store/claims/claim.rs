//! The right to change some files, of one process at a time. It is a lock on one file or on several,
//! which are there for as long as somebody has it; when a process ends, however it ends, the system
//! takes it away. Knows nothing of units.

use std::fs::File;

use atlas_fingerprint::{Disk, FileError, FileLock, Files, Stat};
use camino::Utf8PathBuf;

/// A right, until it is dropped.
#[derive(Debug)]
pub struct Claims {
    held: Vec<(Utf8PathBuf, FileLock)>,
}

impl Claims {
    /// Takes all of these locks or, if somebody has one, none. Creates the files that carry them,
    /// and their directories. On a file system without locks everybody gets them.
    ///
    /// # Errors
    ///
    /// [`FileError`] if a file cannot be written or locked.
    pub fn try_acquire(paths: &[Utf8PathBuf]) -> Result<Option<Self>, FileError> {
        let mut claims = Claims { held: Vec::new() };
        for path in paths {
            match Disk.try_lock(path)? {
                Some(lock) => claims.held.push((path.clone(), lock)),
                None => return Ok(None),
            }
        }
        Ok(Some(claims))
    }

    /// Returns a file for a process that works for whoever has these locks: if that one is killed, the
    /// process has one of them until it ends. `None` where that cannot be.
    pub fn share(&self) -> Option<File> {
        self.held.first()?.1.share()
    }

    /// Returns whether nobody has any of these locks. If that cannot be found out, whoever tries to
    /// take them will.
    pub fn are_free(paths: &[Utf8PathBuf]) -> bool {
        let is_absent = |path: &Utf8PathBuf| matches!(Disk.stat(path), Ok(Stat::Absent));
        paths.iter().all(is_absent) || !matches!(Claims::try_acquire(paths), Ok(None))
    }
}

impl Drop for Claims {
    fn drop(&mut self) {
        for (path, lock) in self.held.drain(..) {
            // Elsewhere it cannot be found out that a file was removed that is about to be locked.
            if cfg!(unix) {
                // One that stays is in nobody's way.
                drop(Disk.remove(&path));
            }
            drop(lock);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::slice;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use camino::{Utf8Path, Utf8PathBuf};

    use super::Claims;

    /// Calls `test` with the paths of two files that are not there.
    fn with_paths(test: impl FnOnce([Utf8PathBuf; 2])) {
        let directory = tempfile::tempdir().unwrap();
        let directory = Utf8Path::from_path(directory.path()).unwrap();
        test(["unit/one", "unit/two"].map(|name| directory.join(name)));
    }

    fn acquire(paths: &[Utf8PathBuf]) -> Option<Claims> {
        Claims::try_acquire(paths).unwrap()
    }

    #[test]
    fn second_gets_it_when_the_first_has_dropped_it() {
        with_paths(|paths| {
            assert!(Claims::are_free(&paths));
            let first = acquire(&paths).expect("nobody has it");
            assert!(acquire(&paths).is_none());
            assert!(!Claims::are_free(&paths));
            drop(first);
            assert!(Claims::are_free(&paths));
            assert!(acquire(&paths).is_some());
        });
    }

    #[test]
    fn all_are_taken_or_none() {
        with_paths(|[one, two]| {
            let second = acquire(slice::from_ref(&two)).expect("nobody has it");
            assert!(acquire(&[one.clone(), two.clone()]).is_none());
            assert!(acquire(slice::from_ref(&one)).is_some());
            assert!(!Claims::are_free(&[one, two]));
            drop(second);
        });
    }

    #[cfg(unix)]
    #[test]
    fn nothing_is_left_of_it() {
        with_paths(|paths| {
            drop(acquire(&paths));
            assert!(paths.iter().all(|path| !path.exists()));
        });
    }

    /// A process that was killed leaves the file, and nobody has its lock.
    #[test]
    fn file_that_was_left_is_free() {
        with_paths(|[one, _]| {
            fs_err::create_dir_all(one.parent().unwrap()).unwrap();
            fs_err::write(&one, "").unwrap();
            assert!(Claims::are_free(slice::from_ref(&one)));
            assert!(acquire(&[one]).is_some());
        });
    }

    #[test]
    fn threads_never_hold_it_at_once() {
        with_paths(|paths| {
            let inside = AtomicUsize::new(0);
            let work = || {
                for _ in 0..300 {
                    if let Some(claims) = acquire(&paths) {
                        assert_eq!(inside.fetch_add(1, Ordering::SeqCst), 0);
                        inside.fetch_sub(1, Ordering::SeqCst);
                        drop(claims);
                    }
                    Claims::are_free(&paths);
                }
            };
            std::thread::scope(|scope| {
                (0..4).for_each(|_| drop(scope.spawn(work)));
            });
        });
    }
}
