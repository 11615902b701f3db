//! A workspace with target directories that are kept from run to run, and commands to build it.

use std::time::Duration;

use atlas_tests::process::{Command, Outcome};
use atlas_tests::timing::time;
use camino::{Utf8Path, Utf8PathBuf};

/// What is built.
#[derive(Debug)]
pub(crate) struct Subject {
    pub(crate) workspace: Utf8PathBuf,
    pub(crate) args: Vec<String>,
}

/// A program that builds it, and where.
#[derive(Debug)]
pub(crate) struct Builder {
    pub(crate) program: Utf8PathBuf,
    pub(crate) target: Utf8PathBuf,
}

impl Subject {
    /// Returns the command of a build.
    pub(crate) fn build(&self, builder: &Builder) -> Command {
        Command::new(&builder.program)
            .cwd(&self.workspace)
            .env("CARGO_TARGET_DIR", builder.target.as_str())
            .env("CARGO_PROFILE_DEV_DEBUG", "0")
            .args(&["build", "--offline"])
            .args(&self.args)
    }

    /// Builds until there is nothing left to do or to write down.
    pub(crate) fn settle(&self, builder: &Builder) {
        for _ in 0..3 {
            succeed(self.build(builder));
        }
    }

    /// Returns how long a build with nothing to do takes.
    pub(crate) fn no_op(&self, builder: &Builder) -> Duration {
        let (time, outcome) = succeed(self.build(builder));
        let ran = outcome.stderr.lines().any(|line| line.trim_start().starts_with("Compiling"));
        assert!(!ran, "{} has something to do:\n{}", builder.program, outcome.stderr);
        time
    }
}

/// Runs a build, which has to succeed.
pub(crate) fn succeed(build: Command) -> (Duration, Outcome) {
    let (duration, outcome) = time(build);
    (duration, outcome.expect_success("a build"))
}

/// Returns a time in milliseconds.
pub(crate) fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}

/// Returns the peak memory of a program itself in kilobytes, if the system tells.
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
pub(crate) fn peak_kb(command: Command) -> Option<u64> {
    let trace = atlas_tests::trace::trace(command);
    assert!(trace.outcome.success(), "a traced build fails:\n{}", trace.outcome.stderr);
    trace.peak_kb
}

/// Returns the peak memory of a program itself in kilobytes, if the system tells.
#[cfg(not(all(target_os = "linux", target_arch = "x86_64")))]
pub(crate) fn peak_kb(_command: Command) -> Option<u64> {
    None
}

/// Returns the state file of a target directory.
pub(crate) fn state_file(target: &Utf8Path) -> Utf8PathBuf {
    target.join("atlas/state.bin")
}
