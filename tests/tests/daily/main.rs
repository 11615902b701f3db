//! `run`, `test`, `bench` and `rustc`: both programs do the same, print the same and end the same.

mod bench;
mod changed;
mod environment_of_programs;
mod run;
mod rustc;
mod signals;
mod test;

use atlas_tests::build::{Build, build, command};
use atlas_tests::environment;
use atlas_tests::fixture::Fixture;
use atlas_tests::selection::Selection;
use atlas_tests::spoken;

/// Does the same by both and compares exit codes and streams; what cargo does comes first. Returns
/// what cargo prints to standard error.
#[track_caller]
fn check(fixture: &Fixture, line: &str) -> String {
    // Tests at once end in any order.
    let [cargo, atlas] = both(fixture, &format!("RUST_TEST_THREADS=1 {line}"));
    let codes = [&cargo, &atlas].map(|build| build.outcome.code);
    assert_eq!(codes[1], codes[0], "exit code of `{line}`\n{}", atlas.outcome.stderr);
    for (what, read) in
        [("stderr", spoken::stderr as fn(&Build) -> String), ("stdout", spoken::stdout)]
    {
        let texts = [&cargo, &atlas].map(|build| comparable(&read(build)));
        let difference = spoken::difference(&texts[0], &texts[1]);
        assert_eq!(
            difference,
            None,
            "{what} of `{line}`\n{}",
            difference.clone().unwrap_or_default()
        );
    }
    cargo.outcome.stderr
}

/// Does the same by both, in a target directory for each.
fn both(fixture: &Fixture, line: &str) -> [Build; 2] {
    let selection = Selection::new(line);
    [(environment::cargo(), "cargo"), (environment::atlas_binary(), "atlas")]
        .map(|(program, name)| build(&program, fixture, &selection, name))
}

/// Does it by atlas alone, saying which units are compiled and why.
fn atlas(fixture: &Fixture, line: &str) -> Build {
    let target = fixture.beside("atlas");
    let outcome = command(&environment::atlas_binary(), fixture, &Selection::new(line), &target);
    Build { outcome: outcome.run(), target }
}

/// Returns the crates that a build with `-v` compiles, in the order of starting.
fn compiled(build: &Build) -> Vec<&str> {
    let lines = build.outcome.stderr.lines();
    let starts = lines.filter(|line| line.trim_start().starts_with("Running `"));
    let names = starts.filter_map(|line| line.split_once("--crate-name "));
    let name = |(rustc, rest): (&str, &'_ str)| !rustc.contains("rustdoc") && !rest.is_empty();
    names.filter(|it| name(*it)).filter_map(|(_, rest)| rest.split(' ').next()).collect()
}

/// Leaves out how long tests took, and in which order units that do not depend on each other were
/// compiled.
fn comparable(text: &str) -> String {
    let line = |line: &str| match line.split_once("; finished in ") {
        Some((start, _)) => start.to_owned(),
        None => match line.split_once("doctests ran in ") {
            Some((start, _)) => start.to_owned(),
            None => line.to_owned(),
        },
    };
    let lines = text.lines().map(|text| line(text) + "\n");
    let (mut first, rest): (Vec<String>, Vec<String>) =
        lines.partition(|line| line.trim_start().starts_with("Compiling "));
    first.sort();
    first.concat() + &rest.concat()
}
