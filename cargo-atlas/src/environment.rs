//! Arguments, environment variables and the current directory, each read once. Knows no flag and no
//! meaning of a variable.
#![expect(clippy::disallowed_methods, reason = "this is the one reader of the environment")]

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::{Instant, SystemTime};

use atlas_build::execute::Jobserver;
use atlas_build::request::Environment;
use camino::Utf8PathBuf;

/// Everything that a process is started with.
#[derive(Debug)]
pub struct Invocation {
    /// Arguments, the program's own name first.
    pub args: Vec<OsString>,
    /// Environment variables.
    pub environment: Environment,
    /// The current directory.
    pub cwd: Result<Utf8PathBuf, UnusableDirectory>,
    /// The job server that the process was started under, if it was.
    pub jobserver: Option<Jobserver>,
    /// When the process started, for the closing line.
    pub started: Instant,
    /// The same by the calendar, for how long ago something was.
    pub today: SystemTime,
    /// The program itself, if the system tells.
    pub executable: Option<PathBuf>,
}

/// Why the current directory cannot be worked with.
#[derive(Debug, thiserror::Error)]
pub enum UnusableDirectory {
    /// It is gone, or may not be looked at.
    #[error("the current directory cannot be read")]
    Unreadable(#[source] std::io::Error),
    /// Paths are UTF-8 in everything that the engine writes and compares.
    #[error("the path of the current directory is not UTF-8")]
    NotUtf8,
}

impl Invocation {
    /// Reads what this process was started with.
    pub fn of_process() -> Self {
        Invocation {
            started: Instant::now(),
            today: SystemTime::now(),
            // Before anything else: nothing may be opened yet.
            jobserver: Jobserver::inherit(),
            args: std::env::args_os().collect(),
            environment: Environment { vars: std::env::vars_os().collect() },
            cwd: current_directory(),
            executable: std::env::current_exe().ok(),
        }
    }
}

fn current_directory() -> Result<Utf8PathBuf, UnusableDirectory> {
    let path = std::env::current_dir().map_err(UnusableDirectory::Unreadable)?;
    Utf8PathBuf::from_path_buf(path).map_err(|_| UnusableDirectory::NotUtf8)
}
