//! `cargo atlas build`: flags to request to engine to exit code.

use std::cell::RefCell;
use std::time::Instant;

use atlas_build::Surroundings;
use atlas_build::event::Event;
use atlas_build::execute::Jobserver;
use atlas_build::request::{BuildRequest, DiagnosticColor, Environment};
use atlas_build::units::UnitsError;
use camino::Utf8Path;

use crate::args::{BuildArgs, GlobalArgs, Words};
use crate::engine::{self, EngineError};
use crate::error::ErrorChain;
use crate::report::Reporter;
use crate::terminal::Shell;
use crate::{exit, fallback, hint, interrupt, manifest_path, request};

/// What was typed, and where.
#[derive(Clone, Copy, Debug)]
pub(crate) struct BuildCommand<'a> {
    /// Flags of every command.
    pub(crate) globals: &'a GlobalArgs,
    /// Flags of this one.
    pub(crate) args: &'a BuildArgs,
    /// All of it, for plain cargo.
    pub(crate) words: &'a Words,
    /// The environment.
    pub(crate) environment: &'a Environment,
    /// The current directory.
    pub(crate) cwd: &'a Utf8Path,
    /// The job server that the process was started under, if it was.
    pub(crate) jobserver: Option<&'a Jobserver>,
    /// When the process started.
    pub(crate) started: Instant,
}

/// Builds, or has plain cargo build, and returns the exit code.
pub(crate) fn build(command: BuildCommand<'_>, mut shell: Shell) -> i32 {
    if let Some(reason) = request::needs_cargo(command.globals, command.args) {
        return hand_over(command, &reason, &mut shell);
    }
    let request = match request(command, &shell) {
        Ok(request) => request,
        Err(error) => {
            shell.error_chain(&error);
            return exit::FAILURE;
        }
    };
    let (result, mut shell) = if command.args.compilation.unit_graph {
        (print_unit_graph(&request, &mut shell), shell)
    } else {
        run(command, &request, shell)
    };
    match result {
        Ok(code) => written(code, &mut shell),
        Err(EngineError::Unsupported(reason)) => {
            hand_over(command, &reason.to_string(), &mut shell)
        }
        Err(EngineError::Interrupted) => exit::INTERRUPTED,
        Err(EngineError::Failed(error)) => {
            tell(&error, &mut shell);
            exit::FAILURE
        }
    }
}

/// Has plain cargo do it. Stable cargo tells no units, and must not build in place of telling them;
/// what it only lists, it lists all the same.
fn hand_over(command: BuildCommand<'_>, reason: &str, shell: &mut Shell) -> i32 {
    let BuildCommand { globals, args, words, environment, .. } = command;
    if !args.compilation.unit_graph || !globals.unstable.is_empty() {
        return fallback::hand_over(reason, words, environment, shell);
    }
    if args.listing().is_some() {
        let rest = words.rest.iter().filter(|word| *word != "--unit-graph").cloned().collect();
        let words = Words { toolchain: words.toolchain.clone(), rest };
        return fallback::hand_over(reason, &words, environment, shell);
    }
    let error = ErrorChain::new("the units of this build cannot be told")
        .caused_by(reason)
        .hint("a nightly cargo can: `cargo build --unit-graph -Z unstable-options`");
    shell.error_chain(&error);
    exit::FAILURE
}

/// Says why the engine could not go on, unless `cargo metadata` has said it already.
fn tell(error: &atlas_build::Error, shell: &mut Shell) {
    match error {
        atlas_build::Error::Workspace(error) if error.is_told() => return,
        atlas_build::Error::Units(error) => {
            if let UnitsError::MissingSources(sources) = &**error {
                for source in sources {
                    shell.error_chain(&ErrorChain::new(source.clone()));
                }
            }
        }
        _ => {}
    }
    let mut chain = ErrorChain::of(error);
    chain.hints = hint::of(error).into_iter().collect();
    shell.error_chain(&chain);
}

fn request(command: BuildCommand<'_>, shell: &Shell) -> Result<BuildRequest, ErrorChain> {
    let BuildCommand { globals, args, cwd, environment, .. } = command;
    if let Some(given) = args.manifest_path.as_deref().map(Utf8Path::new) {
        let absolute = manifest_path::absolute(cwd, given);
        manifest_path::check(given, &absolute).map_err(|error| ErrorChain::of(&error))?;
    }
    let color = DiagnosticColor { ansi: shell.shows_colors(), width: shell.width() };
    request::resolve(globals, args, cwd, environment, color).map_err(|error| ErrorChain::of(&error))
}

fn run(
    command: BuildCommand<'_>,
    request: &BuildRequest,
    mut shell: Shell,
) -> (Result<i32, EngineError>, Shell) {
    let interrupt = match interrupt::listen() {
        Ok(interrupt) => interrupt,
        Err(error) => {
            shell.error_chain(&ErrorChain::of(&error));
            return (Ok(exit::FAILURE), shell);
        }
    };
    let reporter = RefCell::new(Reporter::new(shell, command.globals.display(), request));
    if command.jobserver.is_some() && request.jobs.is_some() {
        let warning = "a `-j` argument was passed to Cargo but Cargo is also configured with an \
                       external jobserver in its environment, ignoring the `-j` parameter";
        reporter.borrow_mut().on_event(Event::Warning(warning.to_owned()));
    }
    let surroundings = Surroundings { jobserver: command.jobserver, interrupt: &interrupt };
    let sink = |event| reporter.borrow_mut().on_event(event);
    let result = engine::build(request, &surroundings, &sink);
    let mut reporter = reporter.into_inner();
    let result = result.map(|summary| {
        reporter.finish(&summary, command.started.elapsed());
        exit::of_summary(&summary)
    });
    (result, reporter.into_shell())
}

fn print_unit_graph(request: &BuildRequest, shell: &mut Shell) -> Result<i32, EngineError> {
    let (graph, warnings) = engine::unit_graph(request)?;
    for warning in warnings {
        shell.warn(warning);
    }
    shell.write_stdout(&graph);
    Ok(exit::SUCCESS)
}

/// A program that reads messages must not take half of them for all.
fn written(code: i32, shell: &mut Shell) -> i32 {
    let Some(error) = shell.stdout_error() else { return code };
    let chain = ErrorChain::new("failed to write to standard output").caused_by(error.to_string());
    shell.error_chain(&chain);
    exit::FAILURE
}
