//! Why nothing, or not everything, was removed.

use std::io;
use std::path::PathBuf;

use atlas_fingerprint::FileError;
use camino::Utf8PathBuf;

use crate::process::SpawnError;
use crate::store::LockError;

/// Why nothing, or not everything, was removed.
#[derive(Debug, thiserror::Error)]
pub enum CleanError {
    /// A directory cannot be listed, or something in it cannot be looked at.
    #[error("failed to read `{}`", path.display())]
    Read {
        /// The path.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
    /// A file or directory cannot be removed.
    #[error("failed to remove `{}`", path.display())]
    Remove {
        /// The path.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
    /// What is known of units cannot be read or written.
    #[error(transparent)]
    File(#[from] FileError),
    /// Another build is at work, and the user stopped waiting; or locks do not work.
    #[error(transparent)]
    Lock(#[from] LockError),
    /// A tool cannot be started.
    #[error(transparent)]
    Spawn(#[from] SpawnError),
    /// cargo cannot tell where the target directory is; it has said why.
    #[error("`cargo metadata` failed")]
    NoWorkspace,
    /// cargo's answer is not understood.
    #[error("failed to parse the output of `cargo metadata`")]
    Answer(#[source] serde_json::Error),
    /// The files of plain cargo are not laid out in a way that is known.
    #[error("`{path}` is not laid out as cargo up to 1.95 does it: {reason}")]
    UnknownLayout {
        /// The file or directory that is not understood.
        path: Utf8PathBuf,
        /// What is wrong with it.
        reason: String,
    },
}

impl CleanError {
    /// Wraps the system's reason for not reading a path.
    pub(super) fn read(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        |source| CleanError::Read { path, source }
    }

    /// Wraps the system's reason for not removing a path.
    pub(super) fn remove(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        |source| CleanError::Remove { path, source }
    }
}
