//! Starts one of the two programs: cargo in place of this process, cargo atlas with what it prints
//! passed through `output`, and with an end to its time.

use std::env;
use std::ffi::OsString;
use std::io::{self, BufRead as _, BufReader, Read, Write};
use std::process::{Command, ExitCode, ExitStatus, Stdio};
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::Duration;

use shared_child::SharedChild;

use crate::note::Notes;
use crate::output::{self, Line};

/// How long a command may take, in seconds, if nothing else is said.
const SECONDS: u64 = 120;

/// Exit code of a command whose time was up.
const TIME_UP: u8 = 124;

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

    /// Becomes the program.
    pub(crate) fn replace(mut self) -> ExitCode {
        let status = replaced(&mut self.command);
        end(status.unwrap_or_else(|error| panic!("{:?}: {error}", self.command.get_program())))
    }

    /// Runs the program to its end, and ends as it did.
    pub(crate) fn run(mut self, notes: &Notes) -> ExitCode {
        self.command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let child = SharedChild::spawn(&mut self.command).expect("cargo-atlas can be started");
        let child = Arc::new(child);
        let (stdout, stderr) = (child.take_stdout(), child.take_stderr());
        let (ended, time) = mpsc::channel::<()>();
        let watched = Arc::clone(&child);
        let watchdog = thread::spawn(move || {
            let is_up = time.recv_timeout(limit()) == Err(mpsc::RecvTimeoutError::Timeout);
            if is_up {
                let _ = watched.kill();
            }
            is_up
        });
        let status = thread::scope(|scope| {
            let stdout = stdout.expect("it is piped");
            scope.spawn(|| pass(stdout, io::stdout(), notes));
            pass(stderr.expect("it is piped"), io::stderr(), notes);
            child.wait()
        });
        drop(ended);
        if watchdog.join().unwrap_or(true) {
            notes.line("time", "up");
            return ExitCode::from(TIME_UP);
        }
        end(status.expect("the process can be waited for"))
    }
}

/// Passes on what is printed, line by line. Stops reading where nobody reads what is passed on, so
/// that the program sees it, too.
fn pass(from: impl Read, mut to: impl Write, notes: &Notes) {
    let mut from = BufReader::new(from);
    let mut line = Vec::new();
    loop {
        line.clear();
        match from.read_until(b'\n', &mut line) {
            Ok(0) | Err(_) => return,
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
            return;
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

fn limit() -> Duration {
    let seconds = env::var("SUITE_SECONDS").ok().and_then(|seconds| seconds.parse().ok());
    Duration::from_secs(seconds.unwrap_or(SECONDS))
}

fn variable(name: &str) -> OsString {
    env::var_os(name).unwrap_or_else(|| panic!("`{name}` is set by tests/cargo-suite/run"))
}
