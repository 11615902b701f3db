//! Stands where cargo's test-suite expects `cargo`: gives some commands to cargo atlas, all others to
//! cargo, and notes for each which of the two it was. Knows no test, and not what a test expects.
//!
//! | variable | meaning |
//! | --- | --- |
//! | `SUITE_CARGO` | the real cargo |
//! | `SUITE_ATLAS` | the program `cargo-atlas` |
//! | `SUITE_COMMANDS` | commands that cargo atlas gets, separated by blanks |
//! | `SUITE_NOTES` | a file to which one line is added for each start |
//! | `SUITE_SECONDS` | how long a command may take |
//!
//! What is undone in the output is in `output.rs`, all in one place.
#![expect(clippy::disallowed_methods, reason = "the shim is a process around a process")]

mod note;
mod output;
mod program;
mod words;

use std::env;
use std::process::ExitCode;

use note::Notes;
use program::Program;
use words::Words;

fn main() -> ExitCode {
    let args: Vec<_> = env::args_os().skip(1).collect();
    let notes = Notes::of_process();
    if let [filter, process] = args.as_slice()
        && filter == program::FILTER
    {
        program::watch(process.clone());
        return program::pass(&notes);
    }
    let words = Words::new(&args);
    let channel = env::var("__CARGO_TEST_CHANNEL_OVERRIDE_DO_NOT_USE_THIS");
    let is_nightly = channel.is_ok_and(|channel| channel == "nightly");
    let commands = env::var("SUITE_COMMANDS").unwrap_or_default();
    let is_for_atlas = words.command().is_some_and(|command| {
        let command = words::full_name(command);
        commands.split_whitespace().any(|it| it == command)
    });
    if !is_for_atlas {
        notes.add("cargo", &args);
        return Program::cargo(&args).replace();
    }
    if is_nightly || words.is_unstable() {
        notes.add("unstable", &args);
        return Program::cargo(&args).replace();
    }
    notes.add("atlas", &args);
    Program::atlas(&args).filtered().replace()
}
