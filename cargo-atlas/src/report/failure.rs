//! What is said about a unit that failed. The order and indentation of the blocks is cargo's, so
//! that tools which read cargo's errors can read these.

use atlas_build::event::{Failure, UnitDescription};
use atlas_build::process::CommandLine;
use atlas_build::units::CompileMode;

use super::counts::Counts;
use super::plain::{self, CommandDetail};
use super::{naming, wording};
use crate::error::ErrorChain;
use crate::hint;

/// What else decides on the words for a failure.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Circumstances<'a> {
    /// `-v`: the command is shown though diagnostics tell enough.
    pub(crate) verbose: bool,
    /// How commands are shown.
    pub(crate) detail: CommandDetail,
    /// Diagnostics of the unit.
    pub(crate) counts: Counts,
    /// Name of the profile, if backtraces are wanted and the build script has no debug info.
    pub(crate) poor_backtrace: Option<&'a str>,
}

/// Returns the error of a failed unit; `None` if the user interrupted it and knows.
pub(crate) fn chain(
    unit: &UnitDescription,
    failure: &Failure,
    circumstances: &Circumstances<'_>,
) -> Option<ErrorChain> {
    let chain = ErrorChain::new(headline(unit, failure, circumstances));
    Some(match failure {
        Failure::Exit { command, code, status, stdout, stderr } => {
            if is_told_by_diagnostics(unit, *code, circumstances) {
                return Some(chain);
            }
            let cause = unsuccessful(command, circumstances.detail, status);
            chain.caused_by(cause + &blocks(stdout, stderr))
        }
        Failure::Spawn { command, error } => {
            let command = plain::command(command, circumstances.detail);
            chain
                .caused_by(format!("could not execute process {command} (never executed)"))
                .caused_by(error)
        }
        Failure::Invalid(message) => ErrorChain::new(message),
        Failure::Io { path, error } => {
            ErrorChain::new(format!("failed to handle `{}`", path.display()))
                .caused_by(error)
                .hint(hint::OUTPUTS)
        }
        Failure::Interrupted => return None,
    })
}

fn headline(
    unit: &UnitDescription,
    failure: &Failure,
    circumstances: &Circumstances<'_>,
) -> String {
    if unit.mode.is_doc() {
        return format!("could not document `{}`", unit.package);
    }
    if unit.mode != CompileMode::RunCustomBuild {
        let counts = circumstances.counts.failure();
        return format!("could not compile {}{counts}", naming::unit(unit));
    }
    let package = naming::package(unit);
    let note = match (failure, circumstances.poor_backtrace) {
        (Failure::Exit { .. }, Some(profile)) => format!(
            "\nnote: To improve backtraces for build dependencies, set the \
             CARGO_PROFILE_{}_BUILD_OVERRIDE_DEBUG=true environment variable to enable debug \
             information generation.",
            profile.to_uppercase()
        ),
        _ => String::new(),
    };
    format!("failed to run custom build command for `{package}`{note}")
}

/// A compiler that reported errors and ended as it should has said all there is to say.
fn is_told_by_diagnostics(
    unit: &UnitDescription,
    code: Option<i32>,
    circumstances: &Circumstances<'_>,
) -> bool {
    unit.mode != CompileMode::RunCustomBuild
        && circumstances.counts.has_errors()
        && code.is_some_and(|code| (0..=127).contains(&code))
        && !circumstances.verbose
}

fn unsuccessful(command: &CommandLine, detail: CommandDetail, status: &str) -> String {
    let command = plain::command(command, detail);
    format!("process didn't exit successfully: {command} ({})", wording::exit_status(status))
}

fn blocks(stdout: &str, stderr: &str) -> String {
    let streams = [("stdout", stdout), ("stderr", stderr)];
    let written = streams.iter().filter(|(_, text)| !text.trim().is_empty());
    written.map(|(name, text)| format!("\n--- {name}\n{text}")).collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use atlas_build::event::DiagnosticLevel;
    use rstest::rstest;

    use super::super::fixture;
    use super::*;

    fn circumstances(n_errors: usize) -> Circumstances<'static> {
        let mut counts = Counts::default();
        for _ in 0..n_errors {
            counts.add(&fixture::diagnostic(DiagnosticLevel::Error, "e"), true);
        }
        let detail = CommandDetail::Words;
        Circumstances { verbose: false, detail, counts, poor_backtrace: None }
    }

    fn exit(code: Option<i32>, status: &str) -> Failure {
        Failure::Exit {
            command: Arc::new(CommandLine::new("/bin/x", "/ws")),
            code,
            status: status.to_owned(),
            stdout: "out\n".to_owned(),
            stderr: " \n".to_owned(),
        }
    }

    const CAUSE: &str = "\nCaused by:\n  process didn't exit successfully: `/bin/x` ";

    #[rstest]
    #[case::told_by_diagnostics(1, Some(1), "exit status: 1", false, "")]
    #[case::verbose(1, Some(1), "exit status: 1", true, "(exit status: 1)")]
    #[case::nothing_told(0, Some(1), "exit status: 1", false, "(exit status: 1)")]
    #[case::crash(
        1,
        None,
        "signal: 11 (SIGSEGV)",
        false,
        "(signal: 11, SIGSEGV: invalid memory reference)"
    )]
    fn process_is_named_where_diagnostics_are_not_enough(
        #[case] n_errors: usize,
        #[case] code: Option<i32>,
        #[case] status: &str,
        #[case] verbose: bool,
        #[case] expected: &str,
    ) {
        let circumstances = Circumstances { verbose, ..circumstances(n_errors) };
        let chain = chain(&fixture::lib("foo"), &exit(code, status), &circumstances).unwrap();
        let causes = chain.causes_text();
        if expected.is_empty() {
            assert_eq!(causes, "");
        } else {
            assert_eq!(causes, format!("{CAUSE}{expected}\n  --- stdout\n  out\n"));
        }
    }

    #[test]
    fn build_script_shows_what_it_wrote() {
        let chain =
            chain(&fixture::script_run("foo"), &exit(Some(3), "exit status: 3"), &circumstances(0))
                .unwrap();
        let headline = "failed to run custom build command for `foo v0.1.0 (/ws/foo)`";
        assert_eq!(chain.message, headline);
        assert_eq!(chain.causes_text(), format!("{CAUSE}(exit status: 3)\n  --- stdout\n  out\n"));
    }

    #[test]
    fn poor_backtraces_are_explained() {
        let circumstances = Circumstances { poor_backtrace: Some("dev"), ..circumstances(0) };
        let chain =
            chain(&fixture::script_run("foo"), &exit(Some(1), "exit status: 1"), &circumstances);
        let message = chain.unwrap().message;
        assert!(
            message.contains("set the CARGO_PROFILE_DEV_BUILD_OVERRIDE_DEBUG=true"),
            "{message}"
        );
    }

    #[test]
    fn missing_program_is_named() {
        let command = Arc::new(CommandLine::new("/bin/x", "/ws"));
        let failure = Failure::Spawn { command, error: "No such file".to_owned() };
        let chain = chain(&fixture::lib("foo"), &failure, &circumstances(0)).unwrap();
        assert_eq!(chain.message, "could not compile `foo` (lib)");
        let causes = ["could not execute process `/bin/x` (never executed)", "No such file"];
        assert_eq!(chain.causes, causes);
    }

    #[test]
    fn interruption_is_no_news() {
        let chain = chain(&fixture::lib("foo"), &Failure::Interrupted, &circumstances(0));
        assert_eq!(chain, None);
    }
}
