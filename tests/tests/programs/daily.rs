//! What is done with published programs beside building them: their tests, what clippy says of them,
//! and their pages. All five are there in a sweep.

use std::collections::BTreeMap;

use atlas_tests::build::{Build, build};
use atlas_tests::environment;
use atlas_tests::fixture::Fixture;
use atlas_tests::published::{Case, Extent, SEARCH_TOOL};
use atlas_tests::selection::Selection;
use atlas_tests::spoken;
use camino::Utf8Path;
use rstest::rstest;

use crate::QUICK;

/// What can be asked of a program.
#[derive(Clone, Copy)]
enum Question {
    Test,
    Clippy,
    Doc,
}

/// A published program.
const fn program(name: &'static str, packages: &'static [&'static str]) -> Case {
    Case { name, packages, extent: Extent::All }
}

const SEMVER: Case = program("semver", &["semver@1.0.27"]);
const TOKEI: Case = program("tokei", &["tokei@15.0.0"]);
const SD: Case = program("sd", &["sd@1.0.0"]);
const FD: Case = program("fd", &["fd-find@10.5.0"]);
const HYPERFINE: Case = program("hyperfine", &["hyperfine@1.20.0"]);

#[rstest]
#[case::comparing_versions(SEMVER, "")]
fn same_answers(
    #[case] case: Case,
    #[case] selection: &str,
    #[values(Question::Test, Question::Clippy, Question::Doc)] question: Question,
) {
    ask(&case, selection, question);
}

#[rstest]
#[case::replacing_text(SD, "")]
#[case::counting_lines_with_doctests(TOKEI, "")]
#[case::finding_files(FD, "")]
#[case::measuring(HYPERFINE, "")]
#[case::searching_as_a_workspace(SEARCH_TOOL, "--workspace --exclude grep-pcre2")]
#[cfg_attr(not(sweep), ignore = "needs ATLAS_SWEEP=1")]
fn same_answers_in_a_sweep(
    #[case] case: Case,
    #[case] selection: &str,
    #[values(Question::Test, Question::Clippy, Question::Doc)] question: Question,
) {
    ask(&case, selection, question);
}

#[track_caller]
fn ask(case: &Case, selection: &str, question: Question) {
    let fixture = case.assemble();
    match question {
        Question::Test => same_tests(&fixture, selection),
        Question::Clippy => same_lints(&fixture, selection),
        Question::Doc => same_pages(&fixture, selection),
    }
}

/// Does the same with both programs.
fn both(fixture: &Fixture, subcommand: &'static str, selection: &str) -> [Build; 2] {
    let line = format!("{QUICK} --ignore-rust-version {selection}");
    let selection = Selection { subcommand, ..Selection::new(&line) };
    let builds = [
        build(&environment::cargo(), fixture, &selection, "cargo"),
        build(&environment::atlas_binary(), fixture, &selection, "atlas"),
    ];
    let [cargo, atlas] = &builds;
    assert_eq!(atlas.outcome.code, cargo.outcome.code, "{}", atlas.outcome.stderr);
    builds
}

/// The same tests run, with the same results.
#[track_caller]
fn same_tests(fixture: &Fixture, selection: &str) {
    let [cargo, atlas] = both(fixture, "test", &format!("{selection} --no-fail-fast"));
    let (expected, actual) = (results(&cargo), results(&atlas));
    assert_eq!(actual, expected);
    assert!(!expected.0.is_empty());
}

/// Returns which tests ran and how they ended, sorted, and what was run in which order.
fn results(build: &Build) -> (Vec<String>, Vec<String>) {
    let said = spoken::stdout(build);
    let is_result = |line: &&str| line.starts_with("test ") && !line.starts_with("test result");
    let mut tests: Vec<String> = said.lines().filter(is_result).map(without_time).collect();
    tests.sort();
    let said = spoken::stderr(build);
    let is_header = |line: &&str| {
        let line = line.trim_start();
        line.starts_with("Running ") || line.starts_with("Doc-tests ")
    };
    (tests, said.lines().filter(is_header).map(str::to_owned).collect())
}

/// Doctests that are compiled on their own tell how long that took.
fn without_time(line: &str) -> String {
    line.split(" <").next().unwrap_or(line).to_owned()
}

/// Clippy says the same, as messages for programs.
#[track_caller]
fn same_lints(fixture: &Fixture, selection: &str) {
    let line = format!("{selection} --all-targets --message-format json");
    let builds = both(fixture, "clippy", &line);
    let [expected, actual] = builds.each_ref().map(|build| {
        let mut messages = spoken::messages(build);
        messages.retain(|message| message.contains("\"compiler-message\""));
        messages.join("\n")
    });
    assert_eq!(spoken::difference(&expected, &actual), None);
}

/// Pages are the same, byte by byte.
#[track_caller]
fn same_pages(fixture: &Fixture, selection: &str) {
    let [cargo, atlas] = both(fixture, "doc", selection);
    let (expected, actual) = (pages(&cargo.target), pages(&atlas.target));
    let names = |pages: &BTreeMap<String, Vec<u8>>| pages.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&actual), names(&expected));
    let differing = expected.iter().filter(|(name, bytes)| actual[*name] != **bytes);
    let differing: Vec<&String> = differing.map(|(name, _)| name).collect();
    assert!(differing.is_empty(), "{differing:?}");
    assert!(expected.keys().any(|name| name.ends_with("index.html")));
}

/// Returns all files below the directory of pages.
fn pages(target: &Utf8Path) -> BTreeMap<String, Vec<u8>> {
    let root = target.join("doc");
    let mut found = BTreeMap::new();
    let mut waiting = vec![root.clone()];
    while let Some(directory) = waiting.pop() {
        for entry in directory.read_dir_utf8().expect("there are pages") {
            let path = entry.expect("it can be listed").into_path();
            if path.is_dir() {
                waiting.push(path);
            } else {
                let name = path.strip_prefix(&root).expect("it is below").to_string();
                found.insert(name, fs_err::read(&path).expect("it is readable"));
            }
        }
    }
    found
}
