//! A run of a build script: where it may write, what it prints, what is kept of it. Starts nothing.
//!
//! `OUT_DIR` is created but never emptied, as cargo has it: scripts keep things there from one run
//! to the next. What the script prints is stored beside it, for the user to read.

use std::sync::Arc;

use camino::Utf8Path;

use crate::event::{BuildScriptExecuted, Failure, OutputStream};
use crate::execute::publish::PublishError;
use crate::execute::runner::Exit;
use crate::packages::Package;
use crate::plan::BuildScriptStep;
use crate::process::CommandLine;
use crate::rustc::{Bootstrap, InvalidDirective, Script, log_message, parse_directives};
use crate::script::{BuildScriptOutput, Severity};

/// What has to be known of a build script's package in order to judge what the script prints.
#[derive(Clone, Copy, Debug)]
pub struct ScriptPackage<'a> {
    /// How cargo calls it: `foo v1.0.0 (source)`.
    pub description: &'a str,
    /// The package.
    pub package: &'a Package,
    /// What becomes of `rustc-env=RUSTC_BOOTSTRAP`.
    pub bootstrap: Bootstrap<'a>,
}

impl ScriptPackage<'_> {
    fn parse(
        &self,
        stdout: &[u8],
        out_dir: &Utf8Path,
    ) -> Result<BuildScriptOutput, InvalidDirective> {
        let ScriptPackage { description, package, bootstrap } = *self;
        let script = Script { description, package, out_dir, bootstrap };
        parse_directives(stdout, &script)
    }
}

/// Everything that a running build script has printed so far.
#[derive(Clone, Default, Debug)]
pub(crate) struct Transcript {
    stdout: Vec<u8>,
    stderr: Vec<u8>,
    /// Warnings and errors as they came, for a script that does not live to be parsed.
    messages: Vec<(Severity, String)>,
}

impl Transcript {
    /// Adds a line.
    pub(crate) fn hear(&mut self, stream: OutputStream, line: &[u8], text: &str) {
        match stream {
            OutputStream::Stdout => {
                self.stdout.extend_from_slice(line);
                self.messages.extend(log_message(text));
            }
            OutputStream::Stderr => self.stderr.extend_from_slice(line),
        }
    }

    fn has_errors(&self) -> bool {
        self.messages.iter().any(|(severity, _)| *severity == Severity::Error)
    }
}

/// A build script failed.
pub(crate) struct ScriptFailure {
    /// Why.
    pub(crate) failure: Failure,
    /// What it said about it.
    pub(crate) messages: Vec<(Severity, String)>,
}

/// Makes the directories of a run.
pub(crate) fn prepare(step: &BuildScriptStep) -> Result<(), PublishError> {
    for directory in [&step.unit_dir, &step.out_dir] {
        fs_err::create_dir_all(directory)
            .map_err(|error| PublishError { path: directory.clone().into(), error })?;
    }
    Ok(())
}

/// Makes the directories of a run whose result is brought from elsewhere: what earlier runs have made
/// is no part of it.
pub(crate) fn prepare_anew(step: &BuildScriptStep) -> Result<(), PublishError> {
    let path = &step.out_dir;
    if path.is_dir() {
        fs_err::remove_dir_all(path)
            .map_err(|error| PublishError { path: path.clone().into(), error })?;
    }
    prepare(step)
}

/// Judges a run that has ended, and stores what a good one printed.
pub(crate) fn finish(
    step: &BuildScriptStep,
    package: ScriptPackage<'_>,
    command: &Arc<CommandLine>,
    transcript: Transcript,
    exit: &Exit,
) -> Result<BuildScriptOutput, ScriptFailure> {
    let failure = if !exit.success {
        // Cargo shows what was printed only if it can be shown.
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap_or_default();
        Failure::Exit {
            command: Arc::clone(command),
            code: exit.code,
            status: exit.description.clone(),
            stdout: text(&transcript.stdout),
            stderr: text(&transcript.stderr),
        }
    } else if transcript.has_errors() {
        Failure::Invalid("build script logged errors".to_owned())
    } else {
        match store(step, &transcript) {
            Ok(()) => match package.parse(&transcript.stdout, &step.out_dir) {
                Ok(output) => return Ok(output),
                Err(invalid) => Failure::Invalid(invalid.0),
            },
            Err(error) => error.into(),
        }
    };
    // After an instruction that cannot be used, cargo says nothing but that.
    let is_unusable = exit.success && !transcript.has_errors();
    let messages = if is_unusable { Vec::new() } else { transcript.messages };
    Err(ScriptFailure { failure, messages })
}

/// Stores what a script printed, for the user.
fn store(step: &BuildScriptStep, transcript: &Transcript) -> Result<(), PublishError> {
    let files: [(&str, &[u8]); 2] =
        [("output", &transcript.stdout), ("stderr", &transcript.stderr)];
    for (name, content) in files {
        let path = step.unit_dir.join(name);
        fs_err::write(&path, content).map_err(|error| PublishError { path: path.into(), error })?;
    }
    Ok(())
}

/// Returns what a run said in the form in which it is told.
pub(crate) fn executed(step: &BuildScriptStep, output: &BuildScriptOutput) -> BuildScriptExecuted {
    BuildScriptExecuted {
        linked_libs: output.library_links.clone(),
        linked_paths: output.library_paths.iter().map(|path| path.value.clone()).collect(),
        cfgs: output.cfgs.clone(),
        env: output.env.clone(),
        out_dir: step.out_dir.clone(),
    }
}
