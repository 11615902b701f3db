//! Why something has to be built, as data. The wording belongs to whoever shows it.

use camino::Utf8PathBuf;
use serde::{Deserialize, Serialize};

/// Why a unit has to be built, with its evidence.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum DirtyReason {
    /// It was never built here, or its record is gone.
    NeverBuilt,
    /// The last attempt to build it failed or was interrupted.
    Unfinished,
    /// The user asked for it.
    Forced,
    /// Its record cannot be used.
    RecordUnreadable(RecordFault),
    /// The compiler says something else about itself.
    CompilerChanged {
        /// What it said then, line by line.
        old: Vec<String>,
        /// What it says now.
        new: Vec<String>,
    },
    /// What is built is another target: its crate root, crate types or edition.
    TargetChanged {
        /// Facts of the target then.
        old: Vec<String>,
        /// Facts of the target now.
        new: Vec<String>,
    },
    /// Other features are on.
    FeaturesChanged {
        /// The features then.
        old: Vec<String>,
        /// The features now.
        new: Vec<String>,
    },
    /// The profile has other settings.
    ProfileChanged {
        /// `key=value` then.
        old: Vec<String>,
        /// `key=value` now.
        new: Vec<String>,
    },
    /// The program, the directory or the arguments of the command are others.
    ArgumentsChanged {
        /// The command then.
        old: Vec<String>,
        /// The command now.
        new: Vec<String>,
    },
    /// An environment variable that counts has another value, or is set or unset now.
    EnvironmentChanged {
        /// Its name.
        name: String,
    },
    /// A file that was read has other bytes, or a directory has other files in it.
    FileChanged {
        /// The file or directory.
        path: Utf8PathBuf,
    },
    /// A file that was read is not there any more, or cannot be read.
    FileMissing {
        /// The file.
        path: Utf8PathBuf,
    },
    /// A file was modified while the last build of the unit ran, so that it is not known which
    /// bytes went in.
    FileChangedWhileCompiling {
        /// The file.
        path: Utf8PathBuf,
    },
    /// Its objects were replaced and its metadata was not, since nothing that others see had changed;
    /// but others could not do with that.
    CutoffUndone,
    /// Something that it depends on is not what it was.
    DependencyChanged {
        /// Name of the dependency.
        name: String,
    },
    /// It depends on something now that it did not depend on.
    DependencyAdded {
        /// Name of the dependency.
        name: String,
    },
    /// It does not depend any more on something.
    DependencyRemoved {
        /// Name of the dependency.
        name: String,
    },
    /// A build script that it depends on gave something else.
    BuildScriptOutputChanged {
        /// Name of the package that the script belongs to.
        name: String,
    },
    /// A file that it should have given is not there.
    OutputMissing {
        /// The file.
        path: Utf8PathBuf,
    },
    /// A file that it gave was modified since.
    OutputChanged {
        /// The file.
        path: Utf8PathBuf,
    },
    /// A file or directory that a build script named in `rerun-if-changed`, or one in it, changed.
    RerunIfChanged {
        /// The file or directory.
        path: Utf8PathBuf,
    },
    /// A variable that a build script named in `rerun-if-env-changed` changed.
    RerunIfEnvChanged {
        /// The variable.
        name: String,
    },
    /// A build script asks to be run each time: it named a path that does not exist in
    /// `rerun-if-changed`.
    RerunRequested {
        /// The path.
        path: Utf8PathBuf,
    },
}

/// What is wrong with a record.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum RecordFault {
    /// The system does not let it be read.
    Io {
        /// The system's reason.
        error: String,
    },
    /// It ends too early.
    Truncated,
    /// Its bytes are not those that were written.
    BadChecksum,
    /// It was written by a version that writes another form.
    OtherVersion {
        /// The version of the form.
        found: String,
    },
    /// It is something else, or holds something that makes no sense.
    Malformed,
}
