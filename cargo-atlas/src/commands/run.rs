//! `cargo atlas run`: builds a program and becomes it.

use std::ffi::OsString;

use atlas_build::Built;
use camino::{Utf8Path, Utf8PathBuf};

use super::build::{Aftermath, BuildCommand, Purpose, build};
use super::place::Place;
use crate::args::Words;
use crate::error::ErrorChain;
use crate::exit;
use crate::report::{CommandDetail, command_text, exit_status};
use crate::request::Verb;
use crate::run::RunArgs;
use crate::terminal::Shell;

/// Runs a program and returns the exit code, unless this process has become the program.
pub(crate) fn run(place: Place<'_>, args: &RunArgs, words: &Words, shell: Shell) -> i32 {
    let command = BuildCommand {
        place,
        verb: Verb::Run,
        args: &args.build_args(),
        needs_cargo: None,
        words,
        n_last: args.args.len(),
    };
    build(command, &Running { args: &args.args }, shell)
}

/// What was built is to be run.
struct Running<'a> {
    args: &'a [OsString],
}

impl Purpose for Running<'_> {
    fn on_built(&self, aftermath: Aftermath<'_>, built: Built, shell: &mut Shell) -> i32 {
        let request = aftermath.request;
        let Some(executable) = built.products.executables.first() else {
            shell.error("nothing that can be run was built");
            return exit::FAILURE;
        };
        let mut command = executable.command_naming(&named(&executable.path, &request.cwd));
        command.args(self.args.iter().cloned());
        command.cwd.clone_from(&request.cwd);
        let detail = CommandDetail::of(request);
        let text = command_text(&command, detail);
        shell.status("Running", &text);
        aftermath.signals.end_at_once();
        match aftermath.launcher.become_program(&command) {
            Ok(status) if status.success() => exit::SUCCESS,
            Ok(status) => {
                if !shell.is_quiet() {
                    let status = exit_status(&status.to_string());
                    let message = format!("process didn't exit successfully: {text} ({status})");
                    shell.error_chain(&ErrorChain::new(message));
                }
                status.code().unwrap_or(exit::FAILURE)
            }
            Err(error) => {
                let message = format!("could not execute process {text} (never executed)");
                shell.error_chain(&ErrorChain::new(message).caused_by(error.to_string()));
                exit::FAILURE
            }
        }
    }
}

/// Returns the path of a program as it would be typed.
fn named(path: &Utf8Path, cwd: &Utf8Path) -> Utf8PathBuf {
    match path.strip_prefix(cwd) {
        Ok(relative) if relative.parent().is_some_and(|it| it.as_str().is_empty()) => {
            Utf8Path::new(".").join(relative)
        }
        Ok(relative) => relative.to_owned(),
        Err(_) => path.to_owned(),
    }
}
