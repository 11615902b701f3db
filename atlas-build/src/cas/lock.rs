//! Locks between processes: many add to the store at once, or one collects. Knows nothing of what is
//! added or collected.

use std::fs::{File, TryLockError};
use std::io;
use std::sync::mpsc;
use std::time::{Duration, Instant};

use camino::Utf8Path;

use super::error::CasError;
use super::results::is_absence;
use super::store::Cas;

/// How often a lock that somebody else holds is tried again.
const INTERVAL: Duration = Duration::from_millis(5);

/// A lock, until it is dropped. The system takes it away when the process ends.
#[derive(Debug)]
pub(super) struct StoreLock {
    _file: Option<File>,
}

impl StoreLock {
    /// No lock, for who changes nothing.
    pub(super) fn none() -> Self {
        StoreLock { _file: None }
    }

    /// Waits for a lock that others may hold at the same time.
    fn shared(path: &Utf8Path) -> io::Result<Self> {
        let file = open(path)?;
        supported(file.lock_shared())?;
        Ok(StoreLock { _file: Some(file) })
    }

    /// Waits for a lock that nobody else holds.
    fn alone(path: &Utf8Path) -> io::Result<Self> {
        let file = open(path)?;
        supported(file.lock())?;
        Ok(StoreLock { _file: Some(file) })
    }

    /// As [`StoreLock::alone`], but gives up at a moment.
    pub(super) fn alone_until(path: &Utf8Path, deadline: Instant) -> io::Result<Option<Self>> {
        let file = open(path)?;
        let (_never, nothing) = mpsc::channel::<()>();
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(Some(StoreLock { _file: Some(file) })),
                Err(TryLockError::Error(error)) => {
                    supported(Err(error))?;
                    return Ok(Some(StoreLock { _file: Some(file) }));
                }
                Err(TryLockError::WouldBlock) if Instant::now() >= deadline => return Ok(None),
                Err(TryLockError::WouldBlock) => drop(nothing.recv_timeout(INTERVAL)),
            }
        }
    }
}

impl Cas {
    /// Keeps collectors from removing what is found to be there.
    pub(super) fn shared_lock(&self) -> Result<StoreLock, CasError> {
        self.lock(&self.layout.lock(), StoreLock::shared)
    }

    /// Keeps others from changing small files that are read and written again.
    pub(super) fn notes_lock(&self) -> Result<StoreLock, CasError> {
        self.lock(&self.layout.notes_lock(), StoreLock::alone)
    }

    fn lock(
        &self,
        path: &Utf8Path,
        lock: fn(&Utf8Path) -> io::Result<StoreLock>,
    ) -> Result<StoreLock, CasError> {
        let locked = match lock(path) {
            // Somebody has deleted the store.
            Err(error) if is_absence(&error) => {
                self.prepare()?;
                lock(path)
            }
            locked => locked,
        };
        locked.map_err(CasError::wrap("lock", path))
    }
}

fn open(path: &Utf8Path) -> io::Result<File> {
    let mut options = fs_err::OpenOptions::new();
    let file = options.create(true).truncate(false).read(true).write(true).open(path)?;
    Ok(file.into_parts().0)
}

/// On a file system without locks there is none.
fn supported(result: io::Result<()>) -> io::Result<()> {
    match result {
        Err(error) if error.kind() == io::ErrorKind::Unsupported => Ok(()),
        result => result,
    }
}
