//! The file in a unit's directory that says how the unit was built. It is removed before the unit
//! is built again and written after that, so that what it says holds whenever it is there. One that
//! cannot be read counts as none.

use std::time::Duration;

use atlas_fingerprint::{
    Digest, DirtyReason, FileError, FileRecord, Files, Fingerprint, Moment, RecordFault, Stat,
    open_sealed, seal,
};
use camino::{Utf8Path, Utf8PathBuf};
use serde::{Deserialize, Serialize};

use super::message::Stored;
use super::published::Published;
use crate::script::BuildScriptOutput;

/// Name of the file.
const FILE: &str = "record";
/// Name of the file that is written when a build of the unit starts.
const PROBE: &str = "started";
/// First word in the file.
const KIND: &str = "cargo-atlas-unit";
/// Version of the form; one more whenever it, or the meaning of something in it, changes.
const VERSION: u32 = 2;

/// How a unit was built.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Record {
    /// A moment before all stamps in the record were taken.
    pub(super) taken: Moment,
    /// What it was made from.
    pub(super) fingerprint: Fingerprint,
    /// Files and directories of which it is not known how they went in: the unit is to be built
    /// again.
    pub(super) unsettled: Vec<Utf8PathBuf>,
    /// Files that it read, or that a build script says to depend on.
    pub(super) inputs: Vec<FileRecord>,
    /// Directories of which a build script depends on what is in them.
    pub(super) directories: Vec<Directory>,
    /// A path that a build script says to depend on, where there is nothing.
    pub(super) absent: Option<Utf8PathBuf>,
    /// Variables that it read, or that a build script says to depend on.
    pub(super) variables: Vec<Variable>,
    /// What it gave, where other units find it.
    pub(super) outputs: Vec<FileRecord>,
    /// What it gave, where the user finds it.
    pub(super) uplifted: Vec<FileRecord>,
    /// What it said.
    pub(super) messages: Vec<Stored>,
    /// What the build script told.
    pub(super) build_script: Option<BuildScriptOutput>,
    /// What dependents see.
    pub(super) published: Published,
    /// How long it took.
    pub(super) duration: Duration,
}

/// A directory as it was.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(super) struct Directory {
    /// The directory.
    pub(super) path: Utf8PathBuf,
    /// Digest of the names in it.
    pub(super) digest: Digest,
}

/// An environment variable as it was.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(super) struct Variable {
    /// Its name.
    pub(super) name: String,
    /// Digest of its value or of its absence.
    pub(super) digest: Digest,
}

impl Record {
    /// Reads the record of a unit.
    ///
    /// # Errors
    ///
    /// Why it has to be built, if there is none that can be used.
    pub(super) fn read(files: &dyn Files, unit_dir: &Utf8Path) -> Result<Record, DirtyReason> {
        let path = unit_dir.join(FILE);
        let io = |error: FileError| {
            let error = error.source.to_string();
            DirtyReason::RecordUnreadable(RecordFault::Io { error })
        };
        if files.stat(&path).map_err(io)? == Stat::Absent {
            return Err(match files.stat(&probe(unit_dir)) {
                Ok(Stat::Absent) => DirtyReason::NeverBuilt,
                _ => DirtyReason::Unfinished,
            });
        }
        let bytes = files.read(&path).map_err(io)?;
        Record::parse(&bytes).map_err(DirtyReason::RecordUnreadable)
    }

    /// Writes the record of a unit; it survives a loss of power from then on.
    ///
    /// # Errors
    ///
    /// [`FileError`] if it cannot be written.
    pub(super) fn write(&self, files: &dyn Files, unit_dir: &Utf8Path) -> Result<(), FileError> {
        let payload = serde_json::to_vec(self).expect("all keys of maps in a record are text");
        files.write(&unit_dir.join(FILE), &seal(KIND, VERSION, &payload))
    }

    /// Removes the record of a unit, if there is one.
    ///
    /// # Errors
    ///
    /// [`FileError`] if it is still there.
    pub(super) fn remove(files: &dyn Files, unit_dir: &Utf8Path) -> Result<(), FileError> {
        files.remove(&unit_dir.join(FILE))
    }

    /// Parses a record.
    fn parse(bytes: &[u8]) -> Result<Record, RecordFault> {
        let payload = open_sealed(KIND, VERSION, bytes)?;
        serde_json::from_slice(payload).map_err(|_| RecordFault::Malformed)
    }
}

/// Returns the file whose time is the moment at which a build of the unit started.
pub(super) fn probe(unit_dir: &Utf8Path) -> Utf8PathBuf {
    unit_dir.join(PROBE)
}
