//! What is said of a test program that failed, in cargo's words. Source: `ops/cargo_test.rs`.

use std::io;
use std::process::ExitStatus;

use atlas_build::packages::{Target, TargetKind};
use atlas_build::process::CommandLine;

use crate::error::ErrorChain;
use crate::exit;
use crate::report::{CommandDetail, command_text, exit_status};
use crate::terminal::Shell;

/// What was run.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Kind {
    /// A test.
    Test,
    /// A benchmark.
    Bench,
    /// Examples in documentation.
    Doctest,
}

impl Kind {
    fn failed(self) -> &'static str {
        match self {
            Kind::Test => "test failed",
            Kind::Bench => "bench failed",
            Kind::Doctest => "doctest failed",
        }
    }
}

/// A program that is run as a test.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Run<'a> {
    /// What it is.
    pub(crate) kind: Kind,
    /// What is run.
    pub(crate) command: &'a CommandLine,
    /// Its target.
    pub(crate) target: &'a Target,
    /// Its package, if a command line has to name it.
    pub(crate) package: Option<&'a str>,
}

/// A run that failed.
#[derive(Debug)]
pub(crate) struct Failure<'a> {
    /// What was run.
    pub(crate) run: Run<'a>,
    /// How it ended, unless it could not even be started.
    pub(crate) ended: Result<ExitStatus, io::Error>,
}

impl Failure<'_> {
    /// Returns the flags that select it alone.
    pub(crate) fn flags(&self) -> String {
        let package = self.run.package.map(|name| format!("-p {name} ")).unwrap_or_default();
        let name = &self.run.target.name;
        let target = match (self.run.kind, &self.run.target.kind) {
            (Kind::Doctest, _) => "--doc".to_owned(),
            (_, TargetKind::Lib(_)) => "--lib".to_owned(),
            (_, TargetKind::Bin) => format!("--bin {name}"),
            (_, TargetKind::Test) => format!("--test {name}"),
            (_, TargetKind::Bench) => format!("--bench {name}"),
            (_, TargetKind::ExampleBin | TargetKind::ExampleLib(_) | TargetKind::CustomBuild) => {
                format!("--example {name}")
            }
        };
        package + &target
    }

    /// Returns the exit code if nothing is run after it: that of the program.
    pub(crate) fn exit_code(&self) -> i32 {
        self.ended.as_ref().ok().and_then(ExitStatus::code).unwrap_or(exit::FAILURE)
    }

    /// Says that it failed, and why unless the program has said so itself.
    pub(crate) fn tell(&self, args: &[String], detail: CommandDetail, shell: &mut Shell) {
        let code = self.ended.as_ref().ok().and_then(ExitStatus::code);
        let message = format!("{}, to rerun pass `{}`", self.run.kind.failed(), self.flags());
        let chain = ErrorChain::new(message);
        let command = command_text(self.run.command, detail);
        shell.error_chain(&match &self.ended {
            // What tests exit with if one of them fails.
            Ok(_) if code == Some(exit::FAILURE) => chain,
            Ok(status) => {
                let status = exit_status(&status.to_string());
                chain.caused_by(format!("process didn't exit successfully: {command} ({status})"))
            }
            Err(error) => chain
                .caused_by(format!("could not execute process {command} (never executed)"))
                .caused_by(error.to_string()),
        });
        let shows_output = args.iter().any(|it| it == "--nocapture" || it == "--no-capture");
        let is_abnormal = code.is_some_and(|code| code != exit::FAILURE);
        if is_abnormal && self.run.target.harness && !shows_output {
            shell.note(
                "test exited abnormally; to see the full output pass --no-capture to the harness.",
            );
        }
    }
}
