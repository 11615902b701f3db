//! The program `cargo atlas`: words, flags, terminal, environment and exit codes around the engine
//! in `atlas-build`. The only crate that talks to the user.
//!
//! A run is: [`Invocation`] (what the process was started with), then `args` (what was typed), then
//! `request` (what it means), then `engine`, whose events `report` shows. What the engine does not
//! do, `fallback` hands to plain cargo.

mod args;
mod commands;
mod config;
mod engine;
mod environment;
mod error;
mod exit;
mod fallback;
mod hint;
mod interrupt;
mod manifest_path;
mod message_format;
mod planner;
mod reason;
mod report;
mod request;
mod terminal;
mod why;

pub use environment::{Invocation, UnusableDirectory};

use atlas_build::request::Environment;

use args::{Cli, Command, Words};
use commands::{BuildCommand, Place};
use error::ErrorChain;
use terminal::{Settings, Shell, TermConfig};

/// Runs the program and returns its exit code.
pub fn main_impl(invocation: &Invocation) -> i32 {
    let words = Words::split(&invocation.args);
    let environment = with_toolchain(&invocation.environment, &words);
    let term = TermConfig::from_environment(&environment);
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

fn dispatch(
    cli: &Cli,
    words: &Words,
    environment: &Environment,
    invocation: &Invocation,
    mut shell: Shell,
) -> i32 {
    let is_for_atlas = match &cli.command {
        Some(Command::Build(args)) => args.atlas.dry_run,
        Some(Command::Config(_) | Command::Why(_)) => true,
        Some(Command::Unknown(_)) | None => false,
    };
    if cli.directory.is_some() && !is_for_atlas {
        let words = words.for_cargo();
        return fallback::hand_over("`-C` is unstable", &words, environment, &mut shell);
    }
    if cli.directory.is_some() {
        shell.error("`-C` is unstable");
        return exit::FAILURE;
    }
    let command = match &cli.command {
        Some(Command::Unknown(words)) => {
            return commands::unknown(words.first().map_or("".as_ref(), |word| word), &mut shell);
        }
        None => {
            shell.write_stdout(args::command().render_help().ansi().to_string().trim_end());
            return exit::SUCCESS;
        }
        Some(command) => command,
    };
    let cwd = match &invocation.cwd {
        Ok(cwd) => cwd,
        Err(error) if is_for_atlas => {
            shell.error_chain(&ErrorChain::of(error));
            return exit::FAILURE;
        }
        Err(error) => {
            let (reason, words) = (error.to_string(), words.for_cargo());
            return fallback::hand_over(&reason, &words, environment, &mut shell);
        }
    };
    let place = Place { globals: &cli.globals, environment, cwd, invocation };
    match command {
        Command::Build(args) => commands::build(BuildCommand { place, args, words }, shell),
        Command::Config(args) => commands::config(place, args, &mut shell),
        Command::Why(args) => commands::why(place, args, &mut shell),
        Command::Unknown(_) => exit::USAGE,
    }
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
