//! Starts the program that cargo's tests were compiled to, and reads what libtest says. Knows no
//! meaning of a failure.
#![expect(clippy::disallowed_methods, reason = "the tests of cargo are a program of its own")]

use std::collections::BTreeMap;
use std::process::{Command, Stdio};

use camino::{Utf8Path, Utf8PathBuf};
use fs_err::{File, OpenOptions};

/// What libtest says of each test.
pub(crate) type Results = BTreeMap<String, Outcome>;

/// What libtest says of a test.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Outcome {
    Passed,
    Failed,
    Ignored,
}

/// The program and where its output goes.
#[derive(Debug)]
pub(crate) struct Testsuite {
    program: Utf8PathBuf,
    out: Utf8PathBuf,
    threads: usize,
}

impl Testsuite {
    pub(crate) fn new(program: &Utf8Path, out: &Utf8Path, threads: usize) -> Self {
        Testsuite { program: program.to_owned(), out: out.to_owned(), threads }
    }

    /// Returns the names of all tests.
    pub(crate) fn names(&self) -> Vec<String> {
        let listed = Command::new(&self.program).args(["--list", "--format=terse"]).output();
        let listed = listed.unwrap_or_else(|error| panic!("{}: {error}", self.program));
        let names = String::from_utf8_lossy(&listed.stdout).into_owned();
        names.lines().filter_map(|line| line.strip_suffix(": test")).map(str::to_owned).collect()
    }

    /// Runs tests with some commands given to cargo atlas.
    pub(crate) fn run(&self, suite: &str, names: &[&str], commands: &str) {
        for path in [self.notes(suite), self.output(suite)] {
            File::create(&path).expect("the directory for results is writable");
        }
        self.run_again(suite, names, commands);
    }

    /// As [`Testsuite::run`], and leaves what other runs of the suite have left: of several results
    /// of a test the last one counts.
    pub(crate) fn run_again(&self, suite: &str, names: &[&str], commands: &str) {
        if names.is_empty() {
            return;
        }
        let output = OpenOptions::new().create(true).append(true).open(self.output(suite));
        let status = Command::new(&self.program)
            .args(["--exact", "--test-threads", &self.threads.to_string()])
            .args(names)
            .env("SUITE_COMMANDS", commands)
            .env("SUITE_NOTES", self.notes(suite))
            .stdin(Stdio::null())
            .stdout(output.expect("the directory for results is writable").into_file())
            .stderr(Stdio::null())
            .status();
        status.unwrap_or_else(|error| panic!("{}: {error}", self.program));
    }

    /// Reads what a run has left.
    pub(crate) fn results(&self, suite: &str) -> Results {
        let text = fs_err::read(self.output(suite)).unwrap_or_default();
        // What a test prints may be what libtest says inside of it.
        let is_in = |(name, _): &(String, Outcome)| name.contains("::");
        String::from_utf8_lossy(&text).lines().filter_map(result).filter(is_in).collect()
    }

    /// Returns where the shim notes what it did.
    pub(crate) fn notes(&self, suite: &str) -> Utf8PathBuf {
        self.out.join(format!("{suite}.notes"))
    }

    fn output(&self, suite: &str) -> Utf8PathBuf {
        self.out.join(format!("{suite}.txt"))
    }
}

fn result(line: &str) -> Option<(String, Outcome)> {
    let (name, outcome) = line.strip_prefix("test ")?.rsplit_once(" ... ")?;
    let name = name.split(' ').next().unwrap_or(name);
    let outcome = match outcome.split([' ', ',']).next()? {
        "ok" => Outcome::Passed,
        "FAILED" => Outcome::Failed,
        "ignored" => Outcome::Ignored,
        _ => return None,
    };
    Some((name.to_owned(), outcome))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("test build::one ... ok", "build::one", Outcome::Passed)]
    #[case("test build::one - should panic ... ok", "build::one", Outcome::Passed)]
    #[case("test a::b::case ... FAILED", "a::b::case", Outcome::Failed)]
    #[case("test a::b ... ignored, needs nightly", "a::b", Outcome::Ignored)]
    fn libtest_says_what_became_of_a_test(
        #[case] line: &str,
        #[case] name: &str,
        #[case] outcome: Outcome,
    ) {
        assert_eq!(result(line), Some((name.to_owned(), outcome)));
    }
}
