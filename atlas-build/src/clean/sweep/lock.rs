//! cargo's own lock on a directory: whoever has it builds there alone.

use std::fs::TryLockError;
use std::io;

use camino::Utf8Path;
use fs_err::File;

use super::super::error::CleanError;

/// cargo's lock on a directory, until it is dropped.
#[derive(Debug)]
pub(super) struct CargoLock(#[expect(dead_code, reason = "it is held, and nothing else")] File);

impl CargoLock {
    /// Takes the lock; `None` if somebody builds there. On a file system without locks, cargo has
    /// none either.
    pub(super) fn now_or_never(directory: &Utf8Path) -> Result<Option<Self>, CleanError> {
        let path = directory.join(".cargo-lock");
        let file = File::options().read(true).write(true).open(&path);
        let file = file.map_err(CleanError::read(&path))?;
        match file.file().try_lock() {
            Ok(()) => Ok(Some(CargoLock(file))),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Unsupported => {
                Ok(Some(CargoLock(file)))
            }
            Err(TryLockError::Error(error)) => Err(CleanError::read(&path)(error)),
        }
    }
}
