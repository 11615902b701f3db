//! The seam to whoever knows whether a unit has to be built. Execution asks and reports; it never
//! looks at a fingerprint.

use std::time::Duration;

use atlas_fingerprint::{DirtyReason, FileError};

use crate::event::Failure;
use crate::ids::UnitId;
use crate::process::CommandLine;
use crate::script::BuildScriptOutput;
use crate::store::Message;

/// Says whether units have to be built and remembers what was built. All methods are called on the
/// thread that called [`execute`](crate::execute::execute).
///
/// For a unit that is built the order of the calls is `check`, `started`, `metadata_published` (if
/// dependents may start on it), `finished` (if all went well). Between `check` and `started` of one
/// unit there may be calls for others.
pub trait Freshness {
    /// Says whether a unit has to be built. All that it waits for is there: of libraries, when the
    /// unit is one itself, maybe only the metadata. The command is complete.
    fn check(&mut self, unit: UnitId, command: &CommandLine) -> Verdict;

    /// Notes that the unit is about to be built: what was recorded of it holds no longer, and the
    /// stamps of what goes into it are taken now.
    ///
    /// # Errors
    ///
    /// [`FileError`] if what was recorded cannot be forgotten: the unit must not be built then.
    fn started(&mut self, unit: UnitId, command: &CommandLine) -> Result<(), FileError>;

    /// Notes that the unit's metadata is in its place while its objects are still being made.
    fn metadata_published(&mut self, unit: UnitId) {
        let _ = unit;
    }

    /// Notes that the unit was built and all its files are in their places. Dependents are checked
    /// after that.
    fn finished(&mut self, unit: UnitId, outcome: &Outcome<'_>);
}

impl From<FileError> for Failure {
    fn from(error: FileError) -> Self {
        Failure::Io { path: error.path.into(), error: error.source.to_string() }
    }
}

/// Whether a unit has to be built.
#[derive(Clone, Debug)]
pub enum Verdict {
    /// It need not be.
    Fresh(Box<Recorded>),
    /// It has to be.
    Dirty(DirtyReason),
}

/// What is known of a unit from when it was built.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Recorded {
    /// What the compiler said.
    pub messages: Vec<Message>,
    /// What the build script said; `None` reads it from the files in the unit's directory.
    pub build_script: Option<BuildScriptOutput>,
}

/// What came of building a unit.
#[derive(Clone, Debug)]
pub struct Outcome<'a> {
    /// What was run.
    pub command: &'a CommandLine,
    /// What the compiler said.
    pub messages: &'a [Message],
    /// What the build script said, if the unit ran one.
    pub build_script: Option<&'a BuildScriptOutput>,
    /// How long it took.
    pub duration: Duration,
}

/// Finds nothing fresh and remembers nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct NothingFresh;

impl Freshness for NothingFresh {
    fn check(&mut self, _unit: UnitId, _command: &CommandLine) -> Verdict {
        Verdict::Dirty(DirtyReason::NeverBuilt)
    }

    fn started(&mut self, _unit: UnitId, _command: &CommandLine) -> Result<(), FileError> {
        Ok(())
    }

    fn finished(&mut self, _unit: UnitId, _outcome: &Outcome<'_>) {}
}
