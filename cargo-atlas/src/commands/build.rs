//! Everything that builds: flags to request to engine to exit code, and what a command does with
//! what was built.

use std::cell::RefCell;

use atlas_build::account::Account;
use atlas_build::event::{Event, Planned};
use atlas_build::request::{BuildRequest, DiagnosticColor, MessageFormat};
use atlas_build::{Built, Surroundings};

use super::place::{self, Place};
use super::trouble;
use crate::args::{BuildArgs, Words};
use crate::engine::{self, EngineError};
use crate::error::ErrorChain;
use crate::interrupt::Signals;
use crate::launch::Launcher;
use crate::report::Reporter;
use crate::request::Verb;
use crate::terminal::{DisplayFlags, Shell};
use crate::why::{self, AnswerFormat, Question};
use crate::{exit, fallback, interrupt, planner, request};

/// What was typed, and where.
#[derive(Clone, Copy, Debug)]
pub(crate) struct BuildCommand<'a> {
    /// Where it runs, and with what.
    pub(crate) place: Place<'a>,
    /// What is to be done.
    pub(crate) verb: Verb,
    /// The flags.
    pub(crate) args: &'a BuildArgs,
    /// Why plain cargo has to do it, if a flag of the command says so.
    pub(crate) needs_cargo: Option<&'a str>,
    /// All that was typed, for plain cargo.
    pub(crate) words: &'a Words,
    /// How many of those come last and are for a program.
    pub(crate) n_last: usize,
}

/// What is left when a build is done.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Aftermath<'a> {
    /// What was asked for.
    pub(crate) request: &'a BuildRequest,
    /// Starts what was built.
    pub(crate) launcher: Launcher<'a>,
    /// What signals lead to.
    pub(crate) signals: &'a Signals,
}

/// What a command adds to a build.
pub(crate) trait Purpose {
    /// Completes the request with what only this command has.
    ///
    /// # Errors
    ///
    /// What is wrong with its flags.
    fn complete(&self, request: BuildRequest) -> Result<BuildRequest, ErrorChain> {
        Ok(request)
    }

    /// Works before the build that is shown, with the same means.
    fn prepare(
        &self,
        _request: &BuildRequest,
        _surroundings: &Surroundings<'_>,
        _flags: DisplayFlags,
        shell: Shell,
    ) -> (Result<(), Stop>, Shell) {
        (Ok(()), shell)
    }

    /// Returns a status line to be written before anything is built.
    fn heading(&self, _planned: &Planned) -> Option<(&'static str, String)> {
        None
    }

    /// Hears what the engine tells while it builds.
    fn on_event(&self, _event: &Event) {}

    /// Does what the command is for with what was built, once all of it could be; returns the exit
    /// code.
    fn on_built(&self, _aftermath: Aftermath<'_>, _built: Built, _shell: &mut Shell) -> i32 {
        exit::SUCCESS
    }
}

/// Why there is nothing to be built any longer.
#[derive(Debug)]
pub(crate) enum Stop {
    /// The engine could not go on.
    Engine(EngineError),
    /// It was said why; the exit code.
    Code(i32),
}

/// A build is all that is wanted.
pub(crate) struct OnlyBuild;

impl Purpose for OnlyBuild {}

/// Builds or checks, or has plain cargo do so, and returns the exit code.
pub(crate) fn build(command: BuildCommand<'_>, purpose: &dyn Purpose, mut shell: Shell) -> i32 {
    let of_all = request::needs_cargo(command.place.globals, command.args);
    if let Some(reason) = of_all.or_else(|| command.needs_cargo.map(str::to_owned)) {
        return hand_over(command, &reason, &mut shell);
    }
    let request = request(command, &mut shell).and_then(|request| purpose.complete(request));
    let request = match request {
        Ok(request) => request,
        Err(error) => {
            shell.error_chain(&error);
            return exit::FAILURE;
        }
    };
    let (result, mut shell) = if command.args.compilation.unit_graph {
        (print_unit_graph(&request, &mut shell), shell)
    } else {
        run(command, &request, purpose, shell)
    };
    match result {
        Ok(code) => place::written(code, &mut shell),
        Err(EngineError::Unsupported(reason)) => {
            hand_over(command, &reason.to_string(), &mut shell)
        }
        Err(EngineError::Interrupted) => exit::INTERRUPTED,
        Err(EngineError::Failed(error)) => {
            trouble::tell(&error, &mut shell);
            exit::FAILURE
        }
    }
}

/// Has plain cargo do it. It must not build in place of telling what would be built, which stable
/// cargo cannot; what it only lists, it lists all the same.
fn hand_over(command: BuildCommand<'_>, reason: &str, shell: &mut Shell) -> i32 {
    let BuildCommand { place: Place { globals, environment, .. }, args, words, n_last, .. } =
        command;
    let is_unit_graph = args.compilation.unit_graph && globals.unstable.is_empty();
    let mut words = words.for_cargo(n_last);
    if !is_unit_graph && !args.atlas.dry_run {
        return fallback::hand_over(reason, &words, environment, shell);
    }
    if args.listing().is_some() {
        words.rest.retain(|word| word != "--unit-graph");
        return fallback::hand_over(reason, &words, environment, shell);
    }
    let error = if is_unit_graph {
        ErrorChain::new("the units of this build cannot be told").caused_by(reason).hint(format!(
            "a nightly cargo can: `cargo {} --unit-graph -Z unstable-options`",
            command.verb.name()
        ))
    } else {
        ErrorChain::new("what this build would do cannot be told").caused_by(reason)
    };
    shell.error_chain(&error);
    exit::FAILURE
}

fn request(command: BuildCommand<'_>, shell: &mut Shell) -> Result<BuildRequest, ErrorChain> {
    let BuildCommand { place, verb, args, .. } = command;
    let directory = place.manifest_directory(args.manifest_path.as_deref())?;
    let color = DiagnosticColor { ansi: shell.shows_colors(), width: shell.width() };
    let request =
        request::resolve(place.globals, (verb, args), place.cwd, place.environment, color)
            .map_err(|error| ErrorChain::of(&error))?;
    let configuration = place.configuration(&directory, shell)?;
    let planner = planner::identity(place.invocation.executable.as_deref());
    let request = request::configure(request, &args.atlas, &configuration);
    Ok(BuildRequest { planner, ..request })
}

fn run(
    command: BuildCommand<'_>,
    request: &BuildRequest,
    purpose: &dyn Purpose,
    mut shell: Shell,
) -> (Result<i32, EngineError>, Shell) {
    let signals = match interrupt::listen() {
        Ok(signals) => signals,
        Err(error) => {
            shell.error_chain(&ErrorChain::of(&error));
            return (Ok(exit::FAILURE), shell);
        }
    };
    let place = command.place;
    let jobserver = place.invocation.jobserver.as_ref();
    let surroundings = Surroundings { jobserver, interrupt: &signals.interrupt };
    if !command.args.atlas.dry_run {
        let prepared;
        (prepared, shell) = purpose.prepare(request, &surroundings, place.globals.display(), shell);
        match prepared {
            Ok(()) => {}
            Err(Stop::Engine(error)) => return (Err(error), shell),
            Err(Stop::Code(code)) => return (Ok(code), shell),
        }
    }
    let reporter = RefCell::new(Reporter::new(shell, place.globals.display(), request));
    if jobserver.is_some() && request.jobs.is_some() {
        let warning = "a `-j` argument was passed to Cargo but Cargo is also configured with an \
                       external jobserver in its environment, ignoring the `-j` parameter";
        reporter.borrow_mut().on_event(Event::Warning(warning.to_owned()));
    }
    let sink = |event| {
        purpose.on_event(&event);
        if let Event::Planned(planned) = &event
            && let Some((word, text)) = purpose.heading(planned)
        {
            reporter.borrow_mut().status(word, text);
        }
        reporter.borrow_mut().on_event(event);
    };
    if command.args.atlas.dry_run {
        let account = engine::predict(request, &surroundings, &|event| {
            // The account says what would become of units.
            if matches!(event, Event::Configured(_) | Event::Warning(_)) {
                sink(event);
            }
        });
        let mut shell = reporter.into_inner().into_shell();
        let result = account.map(|account| predicted(place, request, &account, &mut shell));
        return (result, shell);
    }
    let result = engine::build(request, &surroundings, &sink);
    let mut reporter = reporter.into_inner();
    if let Ok(built) = &result {
        reporter.finish(&built.summary, place.invocation.started.elapsed());
    }
    let mut shell = reporter.into_shell();
    let launcher = Launcher { environment: &request.env, jobserver };
    let aftermath = Aftermath { request, launcher, signals: &signals };
    let result = result.map(|built| match exit::of_summary(&built.summary) {
        exit::SUCCESS => purpose.on_built(aftermath, built, &mut shell),
        failure => failure,
    });
    (result, shell)
}

/// Shows what a build would do; to a program that asked for JSON, as JSON.
fn predicted(
    place: Place<'_>,
    request: &BuildRequest,
    account: &Account,
    shell: &mut Shell,
) -> i32 {
    let question = Question { package: None, today: place.invocation.today };
    let format = match request.message_format {
        MessageFormat::Json { .. } => AnswerFormat::Json,
        MessageFormat::Human | MessageFormat::Short => AnswerFormat::Text,
    };
    match why::explain(account, question, format, shell) {
        Ok(()) => exit::SUCCESS,
        Err(error) => {
            shell.error_chain(&error);
            exit::FAILURE
        }
    }
}

fn print_unit_graph(request: &BuildRequest, shell: &mut Shell) -> Result<i32, EngineError> {
    let (graph, warnings) = engine::unit_graph(request)?;
    for warning in warnings {
        shell.warn(warning);
    }
    shell.write_stdout(&graph);
    Ok(exit::SUCCESS)
}
