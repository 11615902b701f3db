//! Running a tool for its answer, in exactly the environment of the request. Knows no tool.

use std::process::{Output, Stdio};

use crate::process::{CommandLine, SpawnError};
use crate::request::Environment;

/// Runs a command line to its end, in `env` with the changes that the command line makes to it,
/// and captures what it prints. `stderr` says where standard error goes.
///
/// # Errors
///
/// The process could not be started; a failing exit status is not an error.
pub(crate) fn answer(
    line: &CommandLine,
    env: &Environment,
    stderr: Stdio,
) -> Result<Output, SpawnError> {
    let mut command = line.command_within(env);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(stderr);
    command
        .spawn()
        .and_then(std::process::Child::wait_with_output)
        .map_err(|source| line.spawn_error(source))
}

/// Renders a command line for a message, as a shell would read it.
pub(crate) fn describe(line: &CommandLine) -> String {
    let mut words = vec![shell_escape::escape(line.program.to_string_lossy())];
    words.extend(line.args.iter().map(|arg| shell_escape::escape(arg.to_string_lossy())));
    words.join(" ")
}
