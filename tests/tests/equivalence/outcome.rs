//! What a build comes to: exit code, diagnostics, what programs and tests print.

use std::collections::{BTreeMap, BTreeSet};

use atlas_tests::build;
use atlas_tests::diagnostics;
use atlas_tests::environment;
use atlas_tests::fixture::Fixture;
use atlas_tests::process::Command;
use atlas_tests::repeated;
use atlas_tests::selection::Selection;
use camino::Utf8PathBuf;
use serde_json::Value;

use crate::tree::Manner;

/// What a build comes to.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Outcome {
    /// Its exit code.
    pub(crate) code: Option<i32>,
    /// Each diagnostic and the target that it is about.
    pub(crate) diagnostics: BTreeSet<String>,
    /// What each program prints, and its exit code.
    pub(crate) printed: BTreeMap<String, String>,
    /// What is said where there are no diagnostics.
    pub(crate) rest: String,
}

impl Outcome {
    /// Returns in which way another one differs.
    pub(crate) fn difference(&self, other: &Outcome) -> Option<String> {
        if (self.code, &self.diagnostics, &self.printed)
            == (other.code, &other.diagnostics, &other.printed)
        {
            return None;
        }
        let mut lines = vec![format!("exit codes: {:?}, {:?}", self.code, other.code)];
        if self.code != other.code {
            lines.extend([self.rest.clone(), other.rest.clone()]);
        }
        let only = |title: &str, left: &BTreeSet<String>, right: &BTreeSet<String>| {
            left.difference(right).map(|it| format!("{title}: {it}")).collect::<Vec<_>>()
        };
        lines.extend(only("only the first", &self.diagnostics, &other.diagnostics));
        lines.extend(only("only the second", &other.diagnostics, &self.diagnostics));
        let names: BTreeSet<&String> = self.printed.keys().chain(other.printed.keys()).collect();
        for name in names {
            let (left, right) = (self.printed.get(name), other.printed.get(name));
            if left != right {
                lines.push(format!("{name}: {left:#?}, {right:#?}"));
            }
        }
        Some(lines.join("\n"))
    }
}

/// Which build it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Builder {
    /// The program under test, always in the same target directory.
    Atlas,
    /// Cargo, in an empty one.
    Cargo,
}

/// Returns the command of a build.
pub(crate) fn command(fixture: &Fixture, builder: Builder, manner: &Manner) -> Command {
    let (program, target) = match builder {
        Builder::Atlas => (environment::atlas_binary(), fixture.beside("target")),
        Builder::Cargo => (environment::cargo(), fixture.beside("clean")),
    };
    let is_atlas = builder == Builder::Atlas && program.file_stem() != Some("cargo");
    let mut command =
        build::command(&program, fixture, &Selection::new(&manner.selection), &target);
    command = command.args(&["--keep-going", "-vv"]);
    for (name, value) in &manner.variables {
        command = command.env(name, value);
    }
    for (name, value) in &manner.settings {
        command = command.args(&[*name, value]);
    }
    match builder {
        Builder::Atlas if is_atlas => {
            manner.own.iter().fold(command, |command, (name, value)| command.args(&[*name, value]))
        }
        Builder::Atlas => command,
        Builder::Cargo => command.env("CARGO_INCREMENTAL", "0"),
    }
}

/// Makes ready for a clean build. Packages of registries stay in a workspace that is not ours: to
/// build them again and again takes too long.
pub(crate) fn clean(fixture: &Fixture, keeps_packages: bool) {
    let target = fixture.beside("clean");
    if keeps_packages {
        let clean = Command::new(&environment::cargo()).cwd(fixture.root());
        let clean = clean.args(&["clean", "--workspace", "--offline"]);
        let clean = clean.env("CARGO_TARGET_DIR", target.as_str()).run();
        let _outcome = clean.expect_success("cargo clean");
    } else if target.exists() {
        fs_err::remove_dir_all(&target).expect("it is ours");
    }
}

/// Builds.
pub(crate) fn build(fixture: &Fixture, builder: Builder, manner: &Manner) -> Outcome {
    let target = match builder {
        Builder::Atlas => fixture.beside("target"),
        Builder::Cargo => fixture.beside("clean"),
    };
    let built = command(fixture, builder, manner).arg("--message-format=json").run();
    let messages = diagnostics::messages(&built.stdout);
    let mut outcome = Outcome { code: built.code, rest: built.stderr, ..Outcome::default() };
    outcome.diagnostics = diagnostics::diagnostics(&messages, &target);
    outcome.diagnostics.extend(script_warnings(&outcome.rest));
    if outcome.code == Some(0) {
        outcome.printed = messages.iter().filter_map(|it| run(fixture, it)).collect();
    }
    outcome
}

/// Builds again, and returns which units ran.
pub(crate) fn ran_again(fixture: &Fixture, manner: &Manner) -> BTreeSet<String> {
    repeated::ran(&command(fixture, Builder::Atlas, manner).run())
}

fn script_warnings(stderr: &str) -> Vec<String> {
    let warnings =
        stderr.lines().filter(|line| line.starts_with("warning: ") && line.contains('@'));
    warnings.map(str::to_owned).collect()
}

/// Runs what was built.
fn run(fixture: &Fixture, message: &Value) -> Option<(String, String)> {
    let program = Utf8PathBuf::from(message.get("executable")?.as_str()?);
    let is_test = message["profile"]["test"] == true;
    let name = format!("{} {}", message["target"]["kind"], message["target"]["name"]);
    let command = Command::new(&program).cwd(fixture.root());
    let command = command.arg(if is_test { "--test-threads=1" } else { "--help" });
    let outcome = command.run();
    let counts = |line: &&str| !line.starts_with("thread '");
    let cut = |line: &str| line.split("; finished in").next().unwrap_or_default().to_owned();
    let lines: Vec<String> = outcome.stdout.lines().filter(counts).map(cut).collect();
    let name = if is_test { format!("test of {name}") } else { name };
    Some((name, format!("{:?} {}", outcome.code, lines.join("\n"))))
}
