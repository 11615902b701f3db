//! Why the tool could not go on.

use atlas_fingerprint::FileError;

use crate::execute::ExecuteError;
use crate::layout::LayoutError;
use crate::packages::SelectError;
use crate::plan::PageCollision;
use crate::rustc::{JoinPathsError, UnsupportedCrateTypes};
use crate::store::LockError;
use crate::units::UnitsError;
use crate::workspace::{self, Unsupported};

/// The tool could not go on. A failed compile is no error: see [`Summary`](crate::event::Summary).
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Plain cargo has to take the request; nothing was built.
    #[error(transparent)]
    Unsupported(Unsupported),
    /// The workspace cannot be read.
    #[error(transparent)]
    Workspace(Box<workspace::Error>),
    /// What is asked for does not exist.
    #[error(transparent)]
    Units(Box<UnitsError>),
    /// A target cannot be built for its platform.
    #[error(transparent)]
    CrateTypes(#[from] UnsupportedCrateTypes),
    /// Pages of what was asked for would be in one place.
    #[error(transparent)]
    PageCollision(#[from] PageCollision),
    /// Directories cannot be joined to a search path.
    #[error(transparent)]
    Paths(#[from] JoinPathsError),
    /// A directory for outputs cannot be made.
    #[error(transparent)]
    Layout(#[from] LayoutError),
    /// The directory for outputs cannot be locked.
    #[error(transparent)]
    Lock(#[from] LockError),
    /// What is kept from build to build cannot be looked at.
    #[error(transparent)]
    File(#[from] FileError),
    /// There is no job server, and none can be made.
    #[error("failed to create jobserver")]
    Jobserver(#[source] std::io::Error),
    /// Execution could not go on.
    #[error(transparent)]
    Execute(#[from] ExecuteError),
    /// A `.d` file cannot be written.
    #[error("failed to write dep-info")]
    DepInfo(#[source] std::io::Error),
}

impl From<workspace::Error> for Error {
    fn from(error: workspace::Error) -> Self {
        match error {
            workspace::Error::Unsupported(unsupported) => Error::Unsupported(unsupported),
            error => Error::Workspace(Box::new(error)),
        }
    }
}

impl From<UnitsError> for Error {
    fn from(error: UnitsError) -> Self {
        match error {
            UnitsError::Unsupported(unsupported) => Error::Unsupported(unsupported),
            error => Error::Units(Box::new(error)),
        }
    }
}

impl From<SelectError> for Error {
    fn from(error: SelectError) -> Self {
        Error::Units(Box::new(error.into()))
    }
}
