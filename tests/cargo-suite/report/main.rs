//! Runs cargo's own tests, suite by suite, and says what each of them says of cargo atlas. Started by
//! `tests/cargo-suite/run`, which puts the shim in place; see `docs/cargo-tests.md`.

mod expected;
mod notes;
mod suite;
mod table;
mod verdict;

use std::process::ExitCode;

use camino::Utf8PathBuf;
use clap::Parser;

use expected::Expected;
use notes::Notes;
use suite::{Outcome, Testsuite};
use verdict::{Verdict, Verdicts};

/// Runs suites of cargo's tests and prints what came of them
#[derive(Parser, Debug)]
struct Options {
    /// The program `testsuite` that cargo's tests were compiled to
    #[arg(long)]
    testsuite: Utf8PathBuf,
    /// Directory for what the tests print
    #[arg(long)]
    out: Utf8PathBuf,
    /// Tests that come to something else on purpose, with reasons
    #[arg(long)]
    expected: Utf8PathBuf,
    /// Commands that cargo atlas gets
    #[arg(long)]
    commands: String,
    /// How many tests run at a time
    #[arg(long, default_value_t = 2)]
    threads: usize,
    /// Only tests whose name holds this
    #[arg(long)]
    filter: Option<String>,
    /// Prints the tables of `docs/cargo-tests.md`
    #[arg(long)]
    markdown: bool,
    /// Runs only what has failed in the last run, or was not run
    #[arg(long)]
    failed: bool,
    /// Runs nothing: takes what the last run has left
    #[arg(long)]
    again: bool,
    /// Modules of cargo's tests
    suites: Vec<String>,
}

fn main() -> ExitCode {
    let options = Options::parse();
    fs_err::create_dir_all(&options.out).expect("the directory for results is writable");
    let testsuite = Testsuite::new(&options.testsuite, &options.out, options.threads);
    let expected = Expected::read(&options.expected);
    let names = testsuite.names();
    let mut all = Vec::new();
    for suite in &options.suites {
        let of_suite = |name: &&String| name.split("::").next() == Some(suite);
        let filter = options.filter.as_deref().unwrap_or_default();
        let names = names.iter().filter(of_suite).filter(|name| name.contains(filter));
        let names: Vec<&str> = names.map(String::as_str).collect();
        if names.is_empty() {
            continue;
        }
        let verdicts = judged(&options, &testsuite, &expected, suite, &names);
        table::progress(suite, &verdicts);
        all.push((suite.clone(), verdicts));
    }
    if options.markdown {
        table::markdown(&all, &expected);
    } else {
        table::plain(&all, &expected);
    }
    let has_failed = all.iter().any(|(_, verdicts)| verdicts.count(Verdict::Failed) > 0);
    ExitCode::from(u8::from(has_failed))
}

/// Runs a suite; what fails for no known reason is run again by cargo alone.
fn judged(
    options: &Options,
    testsuite: &Testsuite,
    expected: &Expected,
    suite: &str,
    names: &[&str],
) -> Verdicts {
    let (endless, names): (Vec<&str>, Vec<&str>) =
        names.iter().partition(|name| expected.is_endless(name));
    if options.failed {
        let before = testsuite.results(suite);
        let is_open =
            |name: &&&str| !matches!(before.get(**name), Some(Outcome::Passed | Outcome::Ignored));
        let open: Vec<&str> = names.iter().filter(is_open).copied().collect();
        testsuite.run_again(suite, &open, &options.commands);
    } else if !options.again {
        testsuite.run(suite, &names, &options.commands);
    }
    let mut results = testsuite.results(suite);
    results.extend(endless.iter().map(|name| ((*name).to_owned(), Outcome::Failed)));
    let notes = Notes::read(&testsuite.notes(suite));
    let mut verdicts = Verdicts::new(&results, &notes, expected);
    let failed = verdicts.of(Verdict::Failed);
    if !failed.is_empty() {
        let alone = format!("{suite}-by-cargo");
        if !options.again {
            testsuite.run(&alone, &failed, "");
        }
        verdicts.excuse(&testsuite.results(&alone));
    }
    verdicts
}
