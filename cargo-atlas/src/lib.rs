//! The program `cargo atlas`: words, flags, terminal, environment and exit codes around the engine
//! in `atlas-build`. The only crate that talks to the user.
//!
//! A run is: [`Invocation`] (what the process was started with), then `args` (what was typed), then
//! `request` (what it means), then `engine`, whose events `report` shows. What the engine does not
//! do, `fallback` hands to plain cargo.

mod alias;
mod args;
mod bench;
mod cache;
mod clean;
mod clippy;
mod commands;
mod config;
mod doc;
mod engine;
mod environment;
mod error;
mod exit;
mod fallback;
mod fix;
mod graph;
mod hint;
mod install;
mod interrupt;
mod launch;
mod manifest_path;
mod message_format;
mod nextest;
mod planner;
mod reason;
mod report;
mod request;
mod run;
mod rustc;
mod terminal;
mod test;
mod why;

use std::ffi::OsString;

pub use environment::{Invocation, UnusableDirectory};

use atlas_build::request::Environment;

use alias::{AliasError, Expanded};
use args::{Cli, Command, Words};
use commands::{BuildCommand, OnlyBuild, Place};
use error::ErrorChain;
use request::Verb;
use terminal::{Settings, Shell, TermConfig};

/// Runs the program and returns its exit code.
pub fn main_impl(invocation: &Invocation) -> i32 {
    let words = Words::split(&invocation.args);
    let environment = with_toolchain(&invocation.environment, &words);
    let term = TermConfig::from_environment(&environment);
    let words = match without_aliases(words, &environment, invocation) {
        Ok(Aliased::Words(words)) => words,
        Ok(Aliased::ForCargo(words)) => {
            let mut shell = Shell::of_process(Settings::lenient(&term), &environment);
            return fallback::become_cargo(&words, &environment, &mut shell);
        }
        Err(error) => {
            let mut shell = Shell::of_process(Settings::lenient(&term), &environment);
            shell.error_chain(&ErrorChain::of(&error));
            return exit::FAILURE;
        }
    };
    let cli = match Cli::from_words(&words.rest) {
        Ok(cli) => cli,
        Err(error) => return usage(&error, &term, &environment),
    };
    match Settings::resolve(&cli.globals.display(), &term) {
        Ok(settings) => dispatch(
            &cli,
            &words,
            &environment,
            invocation,
            Shell::of_process(settings, &environment),
        ),
        Err(error) => {
            let mut shell = Shell::of_process(Settings::lenient(&term), &environment);
            shell.error_chain(&ErrorChain::of(&error));
            exit::FAILURE
        }
    }
}

/// What was typed, without aliases.
enum Aliased {
    Words(Words),
    /// The command is one that only cargo has.
    ForCargo(Words),
}

fn without_aliases(
    words: Words,
    environment: &Environment,
    invocation: &Invocation,
) -> Result<Aliased, AliasError> {
    let Ok(cwd) = &invocation.cwd else { return Ok(Aliased::Words(words)) };
    let Expanded { words: rest, is_for_cargo } = alias::expand(&words.rest, environment, cwd)?;
    let words = Words { rest, ..words };
    Ok(if is_for_cargo { Aliased::ForCargo(words) } else { Aliased::Words(words) })
}

fn dispatch(
    cli: &Cli,
    words: &Words,
    environment: &Environment,
    invocation: &Invocation,
    mut shell: Shell,
) -> i32 {
    if cli.directory.is_some() {
        let reason = "`-C` is unstable";
        return without_engine(cli, words, environment, reason, &mut shell);
    }
    let place = invocation.cwd.as_ref().map(|cwd| Place {
        globals: &cli.globals,
        environment,
        cwd,
        invocation,
    });
    match (&cli.command, place) {
        (None, _) => {
            shell.write_stdout(args::command().render_help().ansi().to_string().trim_end());
            exit::SUCCESS
        }
        (Some(Command::Unknown(typed)), _) => {
            let word = typed.first().map(OsString::as_os_str).unwrap_or_default();
            commands::unknown(word, words, environment, &mut shell)
        }
        (Some(_), Err(error)) => {
            without_engine(cli, words, environment, &error.to_string(), &mut shell)
        }
        (Some(Command::Build(build)), Ok(place)) => {
            let needs_cargo = build.artifact_dir.as_ref().map(|_| "`--artifact-dir` is unstable");
            let args = &build.args;
            let verb = Verb::Build;
            let command = BuildCommand { place, verb, args, needs_cargo, words, n_last: 0 };
            commands::build(command, &OnlyBuild, shell)
        }
        (Some(Command::Check(args)), Ok(place)) => {
            let (verb, needs_cargo) = (Verb::Check, None);
            let command = BuildCommand { place, verb, args, needs_cargo, words, n_last: 0 };
            commands::build(command, &OnlyBuild, shell)
        }
        (Some(Command::Clippy(args)), Ok(place)) => commands::clippy(place, args, words, shell),
        (Some(Command::Fix(args)), Ok(place)) => commands::fix(place, args, words, shell),
        (Some(Command::Install(args)), Ok(place)) => commands::install(place, args, words, shell),
        (Some(Command::Nextest(args)), Ok(place)) => commands::nextest(place, args, words, shell),
        (Some(Command::Run(args)), Ok(place)) => commands::run(place, args, words, shell),
        (Some(Command::Test(args)), Ok(place)) => commands::test(place, args, words, shell),
        (Some(Command::Bench(args)), Ok(place)) => commands::bench(place, args, words, shell),
        (Some(Command::Rustc(args)), Ok(place)) => commands::rustc(place, args, words, shell),
        (Some(Command::Doc(args)), Ok(place)) => commands::doc(place, args, words, shell),
        (Some(Command::Rustdoc(args)), Ok(place)) => commands::rustdoc(place, args, words, shell),
        (Some(Command::Clean(args)), Ok(place)) => commands::clean(place, args, words, &mut shell),
        (Some(Command::Why(args)), Ok(place)) => commands::why(place, args, &mut shell),
        (Some(Command::Graph(args)), Ok(place)) => commands::graph(place, args, &mut shell),
        (Some(Command::Cache(args)), Ok(place)) => commands::cache(place, args, &mut shell),
        (Some(Command::Config(args)), Ok(place)) => commands::config(place, args, &mut shell),
    }
}

/// Has plain cargo do what was typed, unless it is something that only atlas can do.
fn without_engine(
    cli: &Cli,
    words: &Words,
    environment: &Environment,
    reason: &str,
    shell: &mut Shell,
) -> i32 {
    let is_for_cargo = match &cli.command {
        Some(Command::Build(build)) => !build.args.atlas.dry_run,
        Some(Command::Check(args)) => !args.atlas.dry_run,
        Some(Command::Clippy(args)) => !args.args.atlas.dry_run,
        Some(Command::Fix(args)) => !args.args.atlas.dry_run,
        Some(Command::Run(args)) => !args.command.atlas.dry_run,
        Some(Command::Test(args)) => !args.atlas.dry_run,
        Some(Command::Bench(args)) => !args.atlas.dry_run,
        Some(Command::Rustc(args)) => !args.command.atlas.dry_run,
        Some(Command::Doc(args)) => !args.command.atlas.dry_run,
        Some(Command::Rustdoc(args)) => !args.command.atlas.dry_run,
        Some(Command::Clean(args)) => !args.is_collection(),
        Some(Command::Cache(_) | Command::Config(_) | Command::Graph(_) | Command::Why(_)) => false,
        Some(Command::Install(_) | Command::Nextest(_) | Command::Unknown(_)) | None => true,
    };
    if is_for_cargo {
        let words = words.for_cargo(cli.command.as_ref().map_or(0, Command::n_last));
        return fallback::hand_over(reason, &words, environment, shell);
    }
    shell.error(reason);
    exit::FAILURE
}

/// Prints what is wrong with the command line, or the text that it asked for.
fn usage(error: &clap::Error, term: &TermConfig, environment: &Environment) -> i32 {
    let mut shell = Shell::of_process(Settings::lenient(term), environment);
    let text = error.render().ansi().to_string();
    let text = text.strip_suffix('\n').unwrap_or(&text);
    if error.use_stderr() {
        shell.write_stderr(text);
        exit::USAGE
    } else {
        shell.write_stdout(text);
        exit::SUCCESS
    }
}

/// Makes everything that is started use the toolchain that was typed, as rustup does; the cargo
/// that may have started this process belongs to another one.
fn with_toolchain(environment: &Environment, words: &Words) -> Environment {
    let mut environment = environment.clone();
    if let Some(toolchain) = &words.toolchain {
        environment.vars.insert("RUSTUP_TOOLCHAIN".into(), toolchain.clone());
        environment.vars.remove("CARGO".as_ref() as &std::ffi::OsStr);
    }
    environment
}
