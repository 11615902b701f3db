//! `cargo atlas bench`: builds benchmarks and runs them.

use super::build::{BuildCommand, build};
use super::place::Place;
use super::test::Testing;
use crate::args::Words;
use crate::bench::BenchArgs;
use crate::request::Verb;
use crate::terminal::Shell;
use crate::test::Kind;

/// Runs benchmarks and returns the exit code.
pub(crate) fn bench(place: Place<'_>, args: &BenchArgs, words: &Words, shell: Shell) -> i32 {
    let command = BuildCommand {
        place,
        verb: Verb::Bench,
        args: &args.build_args(),
        needs_cargo: None,
        words,
        n_last: args.args.len(),
    };
    let testing = Testing {
        kind: Kind::Bench,
        args: args.bench_args(),
        no_run: args.no_run,
        no_fail_fast: args.no_fail_fast,
        changed: false,
        selection: None,
    };
    build(command, &testing, shell)
}
