//! Starting programs that were built. They have the streams of this process; Ctrl-C is theirs.

use std::io;
use std::process::{Command, ExitStatus, Output};

use atlas_build::execute::Jobserver;
use atlas_build::process::CommandLine;
use atlas_build::request::Environment;

/// What programs get from this process.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Launcher<'a> {
    /// The environment, below what the command itself sets.
    pub(crate) environment: &'a Environment,
    /// The job server that this process was started under, if it was.
    pub(crate) jobserver: Option<&'a Jobserver>,
}

impl Launcher<'_> {
    /// Runs a program to its end.
    ///
    /// # Errors
    ///
    /// If it cannot be started.
    pub(crate) fn run(self, command: &CommandLine) -> io::Result<ExitStatus> {
        self.prepare(command).status()
    }

    /// Runs a program to its end and captures what it prints.
    ///
    /// # Errors
    ///
    /// If it cannot be started.
    pub(crate) fn output(self, command: &CommandLine) -> io::Result<Output> {
        self.prepare(command).output()
    }

    /// Becomes a program; returns how it ended where a process cannot become another one.
    ///
    /// # Errors
    ///
    /// If it cannot be started.
    #[cfg(unix)]
    pub(crate) fn become_program(self, command: &CommandLine) -> io::Result<ExitStatus> {
        use std::os::unix::process::CommandExt;
        Err(self.prepare(command).exec())
    }

    /// Becomes a program; returns how it ended where a process cannot become another one.
    ///
    /// # Errors
    ///
    /// If it cannot be started.
    #[cfg(not(unix))]
    pub(crate) fn become_program(self, command: &CommandLine) -> io::Result<ExitStatus> {
        self.run(command)
    }

    fn prepare(self, command: &CommandLine) -> Command {
        let mut prepared = command.command_within(self.environment);
        if let Some(jobserver) = self.jobserver {
            jobserver.configure(&mut prepared);
        }
        prepared
    }
}
