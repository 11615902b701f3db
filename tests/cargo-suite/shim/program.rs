//! Becomes one of the two programs. What cargo atlas prints goes through this program once more, as
//! a filter: whoever kills or waits for what was started has to do with cargo atlas itself.

use std::env;
use std::ffi::OsString;
use std::io::{self, BufRead as _, BufReader, Write as _};
use std::process::{Command, ExitCode, ExitStatus, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use crate::note::Notes;
use crate::output::{self, Line};

/// The argument of a filter; the process that writes to it follows.
pub(crate) const FILTER: &str = "--filter-of-the-suite";

/// How long a command may take, in seconds, if nothing else is said.
const SECONDS: u64 = 120;

/// A program to start.
#[derive(Debug)]
pub(crate) struct Program {
    command: Command,
}

impl Program {
    pub(crate) fn cargo(args: &[OsString]) -> Self {
        let mut command = Command::new(variable("SUITE_CARGO"));
        command.args(args);
        Program { command }
    }

    /// Cargo atlas, as near to cargo as its settings make it: what is the same by content is built
    /// all the same, nothing is kept for later, nothing comes from elsewhere.
    pub(crate) fn atlas(args: &[OsString]) -> Self {
        let mut command = Command::new(variable("SUITE_ATLAS"));
        command.arg("atlas").args(args).env("CARGO", variable("SUITE_CARGO"));
        for (name, value) in [
            ("ATLAS_CUTOFF", "off"),
            ("ATLAS_FRESHNESS", "bytes"),
            ("ATLAS_KEEP_RESULTS", "0"),
            ("ATLAS_STORE", "off"),
        ] {
            if env::var_os(name).is_none() {
                command.env(name, value);
            }
        }
        Program { command }
    }

    /// Has what the program prints filtered.
    pub(crate) fn filtered(mut self) -> Self {
        self.command.stdout(filter(Stdio::inherit()));
        self.command.stderr(filter(Stdio::from(io::stderr())));
        self
    }

    /// Becomes the program.
    pub(crate) fn replace(mut self) -> ExitCode {
        let status = replaced(&mut self.command);
        end(status.unwrap_or_else(|error| panic!("{:?}: {error}", self.command.get_program())))
    }
}

/// Starts a filter, and returns what is to be written to.
fn filter(to: Stdio) -> Stdio {
    let this = env::current_exe().expect("the system tells");
    let mut command = Command::new(this);
    command.arg(FILTER).arg(std::process::id().to_string()).stdin(Stdio::piped()).stdout(to);
    let filter = command.spawn();
    let stdin = filter.expect("this program can be started").stdin;
    Stdio::from(stdin.expect("it is piped"))
}

/// Ends a process that takes too long, unless this one ends before.
pub(crate) fn watch(process: OsString) {
    let seconds = env::var("SUITE_SECONDS").ok().and_then(|seconds| seconds.parse().ok());
    let limit = Duration::from_secs(seconds.unwrap_or(SECONDS));
    thread::spawn(move || {
        let (_end, never) = mpsc::channel::<()>();
        if never.recv_timeout(limit).is_err() {
            let _ = Command::new("kill").arg("-KILL").arg(process).status();
        }
    });
}

/// Passes on what comes in, line by line. Stops reading where nobody reads what is passed on, so
/// that the program sees it, too.
pub(crate) fn pass(notes: &Notes) -> ExitCode {
    let mut from = BufReader::new(io::stdin());
    let mut to = io::stdout();
    let mut line = Vec::new();
    loop {
        line.clear();
        match from.read_until(b'\n', &mut line) {
            Ok(0) | Err(_) => return ExitCode::SUCCESS,
            Ok(_) => {}
        }
        let written = match output::line(&line) {
            Line::Same => to.write_all(&line),
            Line::Other(text) => to.write_all(text.as_bytes()),
            Line::HandedOver(reason) => {
                notes.line("handed over", &reason);
                Ok(())
            }
            Line::Dropped => Ok(()),
        };
        if written.and_then(|()| to.flush()).is_err() {
            return ExitCode::FAILURE;
        }
    }
}

#[cfg(unix)]
fn replaced(command: &mut Command) -> io::Result<ExitStatus> {
    use std::os::unix::process::CommandExt as _;
    Err(command.exec())
}

#[cfg(not(unix))]
fn replaced(command: &mut Command) -> io::Result<ExitStatus> {
    command.status()
}

/// Ends as the program did; no exit code fits one that a signal has ended.
fn end(status: ExitStatus) -> ExitCode {
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    ExitCode::from(code.unwrap_or(u8::MAX))
}

fn variable(name: &str) -> OsString {
    env::var_os(name).unwrap_or_else(|| panic!("`{name}` is set by tests/cargo-suite/run"))
}
