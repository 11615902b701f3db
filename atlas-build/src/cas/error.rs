//! What can be wrong with the store. Knows no words of advice.

use std::io;

use camino::{Utf8Path, Utf8PathBuf};

/// The store cannot do what it was asked to do. A build goes on without it.
#[derive(Debug, thiserror::Error)]
pub enum CasError {
    /// The system refused something.
    #[error("could not {action} `{path}`")]
    File {
        /// What was tried, such as `write`.
        action: &'static str,
        /// The file.
        path: Utf8PathBuf,
        /// The system's reason.
        source: io::Error,
    },
    /// A file to be stored is not what it was said to be.
    #[error("`{path}` has changed while it was stored")]
    Changed {
        /// The file.
        path: Utf8PathBuf,
    },
    /// The store may be read, but not written, or could not be written before.
    #[error("the store at `{root}` cannot be written")]
    ReadOnly {
        /// Directory of the store.
        root: Utf8PathBuf,
    },
}

impl CasError {
    /// Returns a function that wraps an error of the system.
    pub(crate) fn wrap(
        action: &'static str,
        path: &Utf8Path,
    ) -> impl Fn(io::Error) -> CasError + use<> {
        let path = path.to_owned();
        move |source| CasError::File { action, path: path.clone(), source }
    }
}

/// A blob cannot be restored.
#[derive(Debug, thiserror::Error)]
pub enum RestoreError {
    /// It is not in the store.
    #[error("`{path}` is missing in the store")]
    Missing {
        /// Where it would be.
        path: Utf8PathBuf,
    },
    /// Its bytes are not those that it was stored with. It is gone now.
    #[error("`{path}` was damaged")]
    Damaged {
        /// Where it was.
        path: Utf8PathBuf,
    },
    /// The system refused something.
    #[error("could not {action} `{path}`")]
    File {
        /// What was tried, such as `write`.
        action: &'static str,
        /// The file.
        path: Utf8PathBuf,
        /// The system's reason.
        source: io::Error,
    },
}

impl RestoreError {
    /// Returns a function that wraps an error of the system.
    pub(crate) fn wrap(
        action: &'static str,
        path: &Utf8Path,
    ) -> impl Fn(io::Error) -> RestoreError + use<> {
        let path = path.to_owned();
        move |source| RestoreError::File { action, path: path.clone(), source }
    }
}

/// What the user should know of the store, although the build is right without it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Trouble {
    /// The bytes of a blob were not those that it was stored with. It was removed.
    DamagedBlob {
        /// Where it was.
        path: Utf8PathBuf,
    },
    /// A result could not be read. It was removed.
    DamagedResult {
        /// Where it was.
        path: Utf8PathBuf,
    },
    /// The bytes of a hint were not those that it was stored with. It was removed.
    DamagedHint {
        /// Where it was.
        path: Utf8PathBuf,
    },
    /// Something could not be written. Nothing is written any longer.
    Unwritable {
        /// What was to be written.
        path: Utf8PathBuf,
        /// The system's reason.
        reason: String,
    },
}
