//! Handing over to plain cargo what atlas does not do, with the words that were typed.

use std::ffi::OsString;

use atlas_build::process::CommandLine;
use atlas_build::request::Environment;

use crate::args::Words;
use crate::error::ErrorChain;
use crate::terminal::Shell;
use crate::{exit, hint};

/// Says why and becomes cargo; returns an exit code where a process cannot become another one, or
/// where cargo cannot be started.
pub(crate) fn hand_over(
    reason: &str,
    words: &Words,
    environment: &Environment,
    shell: &mut Shell,
) -> i32 {
    shell.clear_progress();
    shell.note(format_args!("handing over to cargo: {reason}"));
    become_cargo(words, environment, shell)
}

/// Becomes cargo, without a word; returns an exit code where a process cannot become another one, or
/// where cargo cannot be started.
pub(crate) fn become_cargo(words: &Words, environment: &Environment, shell: &mut Shell) -> i32 {
    let command = command_line(words, environment);
    match replace_process(&command) {
        Ok(code) => code,
        Err(error) => {
            let chain = ErrorChain::of(&command.spawn_error(error)).hint(hint::install("cargo"));
            shell.error_chain(&chain);
            exit::FAILURE
        }
    }
}

/// Returns the command line of plain cargo. A toolchain that was typed has to be found by rustup's
/// proxy; otherwise the cargo that started this process is the right one.
pub(crate) fn command_line(words: &Words, environment: &Environment) -> CommandLine {
    let started_by = environment.get_os("CARGO").filter(|_| words.toolchain.is_none());
    let program = started_by.map_or_else(|| OsString::from("cargo"), ToOwned::to_owned);
    // Relative, because the directory may be one that cannot be named.
    let mut command = CommandLine::new(program, ".");
    if let Some(toolchain) = &words.toolchain {
        let mut plus = OsString::from("+");
        plus.push(toolchain);
        command.arg(plus);
    }
    command.args(words.rest.iter().cloned());
    command
}

#[cfg(unix)]
fn replace_process(command: &CommandLine) -> std::io::Result<i32> {
    use std::os::unix::process::CommandExt;
    Err(command.command().exec())
}

#[cfg(not(unix))]
fn replace_process(command: &CommandLine) -> std::io::Result<i32> {
    let status = command.command().status()?;
    Ok(status.code().unwrap_or(exit::FAILURE))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::from_path(&[], None, "cargo build -v")]
    #[case::started_by_cargo(&[("CARGO", "/x/cargo")], None, "/x/cargo build -v")]
    #[case::toolchain(&[("CARGO", "/x/cargo")], Some("nightly"), "cargo +nightly build -v")]
    fn same_words_go_to_cargo(
        #[case] variables: &[(&str, &str)],
        #[case] toolchain: Option<&str>,
        #[case] expected: &str,
    ) {
        let vars = variables.iter().map(|(name, value)| (name.into(), value.into())).collect();
        let rest = vec!["build".into(), "-v".into()];
        let words = Words { toolchain: toolchain.map(OsString::from), rest };
        let command = command_line(&words, &Environment { vars });
        let shown: Vec<_> = std::iter::once(&command.program)
            .chain(&command.args)
            .map(|word| word.to_string_lossy())
            .collect();
        assert_eq!(shown.join(" "), expected);
    }
}
