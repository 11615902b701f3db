//! What a build comes to: exit code, diagnostics, programs, and what these print. Knows not who
//! built.

use std::collections::{BTreeMap, BTreeSet};

use atlas_tests::diagnostics::{diagnostics, messages};
use atlas_tests::process::{self, Command};
use camino::{Utf8Path, Utf8PathBuf};
use serde_json::Value;

use crate::program::{self, Sections};

/// What a build comes to.
#[derive(Clone, Debug, Default)]
pub(crate) struct Outcome {
    pub(crate) code: Option<i32>,
    pub(crate) diagnostics: BTreeSet<String>,
    /// Code and data of each program.
    pub(crate) programs: BTreeMap<String, Sections>,
    /// What each command prints that was to be run, and its exit code.
    pub(crate) printed: BTreeMap<String, String>,
    /// What is said where there are no diagnostics.
    pub(crate) rest: String,
}

/// What of two outcomes is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Extent {
    /// What any two builds of the same sources have in common.
    Behaviour,
    /// Code and data of programs, too: those of two builders differ, as symbols have other names.
    Programs,
}

impl Outcome {
    /// Reads what a build in a target directory said and made, and runs commands.
    pub(crate) fn of(
        built: &process::Outcome,
        workspace: &Utf8Path,
        target: &Utf8Path,
        runs: &[String],
    ) -> Self {
        let messages = messages(&built.stdout);
        let diagnostics = diagnostics(&messages, target);
        let mut outcome = Outcome { code: built.code, diagnostics, ..Outcome::default() };
        outcome.rest.clone_from(&built.stderr);
        if outcome.code == Some(0) {
            let paths: BTreeMap<String, Utf8PathBuf> =
                messages.iter().filter_map(executable).collect();
            outcome.programs =
                paths.iter().map(|(name, path)| (name.clone(), program::sections(path))).collect();
            outcome.printed =
                runs.iter().filter_map(|command| run(command, &paths, workspace)).collect();
        }
        outcome
    }

    /// Returns in which ways another one differs.
    pub(crate) fn differences(&self, other: &Outcome, extent: Extent) -> Vec<String> {
        let mut found = Vec::new();
        if self.code != other.code {
            found.push(format!("exit codes: {:?}, {:?}", self.code, other.code));
            found.extend([self.rest.clone(), other.rest.clone()]);
        }
        let only = |title: &str, left: &BTreeSet<String>, right: &BTreeSet<String>| {
            left.difference(right).map(|it| format!("{title}: {it}")).collect::<Vec<_>>()
        };
        found.extend(only("only the first", &self.diagnostics, &other.diagnostics));
        found.extend(only("only the second", &other.diagnostics, &self.diagnostics));
        for (command, printed) in &self.printed {
            let (left, right) = (Some(printed), other.printed.get(command));
            if left != right {
                found.push(format!("`{command}` prints {left:?}, {right:?}"));
            }
        }
        let (names, others) = (self.programs.keys(), other.programs.keys());
        if !names.clone().eq(others.clone()) {
            found.push(format!(
                "programs: {:?}, {:?}",
                Vec::from_iter(names),
                Vec::from_iter(others)
            ));
        } else if extent == Extent::Programs {
            for (name, sections) in &self.programs {
                let sections = program::difference(sections, &other.programs[name]);
                found.extend(sections.iter().map(|section| format!("{name}: {section}")));
            }
        }
        found
    }
}

/// Returns the name of a program that was built, and where it is.
fn executable(message: &Value) -> Option<(String, Utf8PathBuf)> {
    let path = message.get("executable")?.as_str()?;
    let test = if message["profile"]["test"] == true { " (test)" } else { "" };
    let name = message["target"]["name"].as_str().unwrap_or_default();
    Some((format!("{name}{test}"), path.into()))
}

/// Runs a command whose first word is the name of a program; `None` if there is no such program.
fn run(
    command: &str,
    paths: &BTreeMap<String, Utf8PathBuf>,
    workspace: &Utf8Path,
) -> Option<(String, String)> {
    let words: Vec<&str> = command.split_whitespace().collect();
    let (name, args) = words.split_first()?;
    let outcome = Command::new(paths.get(*name)?).cwd(workspace).args(args).run();
    let said = format!("{:?}\n{}{}", outcome.code, outcome.stdout, outcome.stderr);
    Some((command.to_owned(), said))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(code: i32, diagnostics: &[&str]) -> Outcome {
        let diagnostics = diagnostics.iter().map(|text| (*text).to_owned()).collect();
        Outcome { code: Some(code), diagnostics, ..Outcome::default() }
    }

    #[test]
    fn exit_codes_and_diagnostics_are_compared() {
        let (one, other) = (outcome(0, &["a", "b"]), outcome(0, &["b", "c"]));
        assert!(one.differences(&one, Extent::Programs).is_empty());
        let expected = ["only the first: a", "only the second: c"];
        assert_eq!(one.differences(&other, Extent::Behaviour), expected);
        let failed = outcome(101, &["a", "b"]);
        assert_eq!(
            one.differences(&failed, Extent::Behaviour)[0],
            "exit codes: Some(0), Some(101)"
        );
    }

    #[test]
    fn code_counts_only_for_the_same_builder() {
        let with = |text: &str| {
            let digest = atlas_fingerprint::Digest::of_bytes(text.as_bytes());
            let sections = Sections::from([(".text".to_owned(), (1, digest))]);
            let programs = BTreeMap::from([("app".to_owned(), sections)]);
            Outcome { programs, ..outcome(0, &[]) }
        };
        let (one, other) = (with("a"), with("b"));
        assert!(one.differences(&other, Extent::Behaviour).is_empty());
        let expected = ["app: .text: 1 bytes, 1 bytes"];
        assert_eq!(one.differences(&other, Extent::Programs), expected);
        let none = outcome(0, &[]);
        assert_eq!(one.differences(&none, Extent::Behaviour), [r#"programs: ["app"], []"#]);
    }
}
