//! A workspace that is built again and again, and which units ran each time: read from the
//! `Running` lines of `-vv`, which cargo and the program under test print alike.

use std::collections::{BTreeMap, BTreeSet};

use camino::{Utf8Path, Utf8PathBuf};

use crate::build;
use crate::environment;
use crate::fixture::Fixture;
use crate::process::{Command, Outcome};
use crate::selection::Selection;
use crate::story::Story;

/// A workspace, and the target directory in which all its builds take place.
#[derive(Debug)]
pub struct Repeated {
    /// The workspace.
    pub fixture: Fixture,
    /// The target directory.
    pub target: Utf8PathBuf,
}

impl Repeated {
    /// Writes a workspace.
    pub fn new(text: &str) -> Self {
        let fixture = Fixture::new(text);
        let target = fixture.beside("target");
        Repeated { fixture, target }
    }

    /// Returns the command of a build by a program, such as [`environment::cargo`].
    pub fn command(&self, program: &Utf8Path, selection: &str) -> Command {
        let selection = Selection::new(selection);
        build::command(program, &self.fixture, &selection, &self.target).arg("-vv")
    }

    /// Builds.
    pub fn build(&self, selection: &str) -> Outcome {
        self.command(&environment::atlas_binary(), selection).run()
    }

    /// Builds, which has to succeed; returns the units that ran.
    #[track_caller]
    pub fn ran(&self, selection: &str) -> BTreeSet<String> {
        let outcome = self.build(selection);
        assert!(outcome.success(), "atlas fails on `{selection}`:\n{}", outcome.stderr);
        ran(&outcome)
    }

    /// Returns what the last build that did something did.
    #[track_caller]
    pub fn why(&self) -> Story {
        let why = Command::new(&environment::atlas_binary()).cwd(self.fixture.root());
        let why = why.env("CARGO_TARGET_DIR", self.target.as_str()).args(&["why", "--json"]);
        let outcome = why.run().expect_success("`why`");
        Story::parse(&outcome.stdout, self.fixture.root())
    }

    /// Returns what a build would do.
    #[track_caller]
    pub fn would(&self, selection: &str) -> Story {
        let command = self.command(&environment::atlas_binary(), selection);
        let command = command.args(&["--dry-run", "--message-format", "json"]);
        let outcome = command.run().expect_success("`--dry-run`");
        Story::parse(&outcome.stdout, self.fixture.root())
    }

    /// Runs a program that was built and returns what it prints.
    #[track_caller]
    pub fn prints(&self, program: &str) -> String {
        let outcome = Command::new(&self.target.join(program)).cwd(self.fixture.root()).run();
        outcome.expect_success(program).stdout
    }

    /// Returns the files below the target directory whose path satisfies a condition, sorted.
    pub fn files(&self, wanted: impl Fn(&Utf8Path) -> bool) -> Vec<Utf8PathBuf> {
        let mut found = Vec::new();
        let mut waiting = vec![self.target.clone()];
        while let Some(directory) = waiting.pop() {
            for entry in directory.read_dir_utf8().expect("the directory is there") {
                let entry = entry.expect("the directory can be read");
                match entry.file_type().expect("the entry is there").is_dir() {
                    true => waiting.push(entry.into_path()),
                    false => found.push(entry.into_path()),
                }
            }
        }
        found.retain(|path| wanted(path));
        found.sort();
        found
    }
}

/// Returns the units that ran in a build with `-vv`, such as `app/lib`, `app/bin`, `app/bin:other`,
/// `app/test:it`, `app/lib-test`, `app/build-script`, `app/run-build-script`; `check app/lib` if it
/// was only checked, `doc app/lib` if it was documented.
pub fn ran(outcome: &Outcome) -> BTreeSet<String> {
    let commands = outcome.stderr.lines().filter_map(|line| {
        line.trim_start().strip_prefix("Running `")?.strip_suffix('`').map(unit)
    });
    commands.collect()
}

/// Returns what the closing line says of all units, such as `3 compiled, 180 fresh, 2 spared`.
pub fn counts(outcome: &Outcome) -> &str {
    let closing = outcome.stderr.lines().rfind(|line| line.contains(" target(s) in "));
    closing.and_then(|line| line.rsplit_once(": ")).map_or("", |(_, counts)| counts)
}

/// Returns the warnings that are not about a unit's code.
pub fn warnings(outcome: &Outcome) -> Vec<&str> {
    outcome.stderr.lines().filter_map(|line| line.strip_prefix("warning: ")).collect()
}

/// Returns what is called by a command line.
fn unit(command: &str) -> String {
    let words = words(command);
    let vars: BTreeMap<&str, &str> = words.iter().map_while(|word| word.split_once('=')).collect();
    let args: Vec<&str> = words.iter().skip(vars.len()).map(String::as_str).collect();
    let package = vars.get("CARGO_PKG_NAME").copied().unwrap_or("?");
    let Some(place) = args.iter().position(|arg| *arg == "--crate-name") else {
        return format!("{package}/run-build-script");
    };
    let source = args.iter().skip(place).find(|arg| arg.ends_with(".rs")).copied().unwrap_or("");
    let crate_types: Vec<&str> =
        args.windows(2).filter(|pair| pair[0] == "--crate-type").map(|pair| pair[1]).collect();
    let name = vars.get("CARGO_BIN_NAME").or(vars.get("CARGO_CRATE_NAME")).copied().unwrap_or("?");
    let is_test = args.contains(&"--test");
    let kind = match name {
        "build_script_build" => "build-script",
        _ if source.contains("tests/") => "test",
        _ if source.contains("benches/") => "bench",
        _ if source.contains("examples/") => "example",
        _ if vars.contains_key("CARGO_BIN_NAME") && is_test => "bin-test",
        _ if vars.contains_key("CARGO_BIN_NAME") => "bin",
        _ if is_test => "lib-test",
        _ if !crate_types.contains(&"bin") => "lib",
        _ => "?",
    };
    let is_documented = args.first().is_some_and(|program| program.ends_with("rustdoc"));
    let check = match args.contains(&"--emit=dep-info,metadata") {
        _ if is_documented => "doc ",
        true => "check ",
        false => "",
    };
    match kind {
        "lib" | "lib-test" | "build-script" => format!("{check}{package}/{kind}"),
        _ if name == package => format!("{check}{package}/{kind}"),
        _ => format!("{check}{package}/{kind}:{name}"),
    }
}

/// Splits a command line as a shell does that knows single quotes only.
fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = None;
    let mut chars = text.chars();
    let mut quoted = false;
    while let Some(c) = chars.next() {
        match c {
            '\'' => {
                quoted = !quoted;
                word.get_or_insert_default();
            }
            '\\' if !quoted => word.get_or_insert_with(String::new).extend(chars.next()),
            c if c.is_whitespace() && !quoted => words.extend(word.take()),
            c => word.get_or_insert_with(String::new).push(c),
        }
    }
    words.extend(word);
    words
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::unit;

    #[rstest]
    #[case("CARGO_PKG_NAME=a A='x y' rustc --crate-name a src/lib.rs --crate-type lib", "a/lib")]
    #[case("CARGO_PKG_NAME=a CARGO_BIN_NAME=a rustc --crate-name a src/main.rs", "a/bin")]
    #[case("CARGO_PKG_NAME=a CARGO_BIN_NAME=b rustc --crate-name b src/b.rs", "a/bin:b")]
    #[case(
        "CARGO_PKG_NAME=a CARGO_CRATE_NAME=t rustc --crate-name t tests/t.rs --test",
        "a/test:t"
    )]
    #[case(
        "CARGO_PKG_NAME=a CARGO_CRATE_NAME=a rustc --crate-name a src/lib.rs --test",
        "a/lib-test"
    )]
    #[case(
        "CARGO_PKG_NAME=a rustc --crate-name a src/lib.rs --emit=dep-info,metadata",
        "check a/lib"
    )]
    #[case("CARGO_PKG_NAME=a /bin/rustdoc --crate-type lib --crate-name a src/lib.rs", "doc a/lib")]
    #[case("CARGO_PKG_NAME=a D='it'\\''s' /t/build-script-build", "a/run-build-script")]
    #[case(
        "CARGO_PKG_NAME=a CARGO_CRATE_NAME=build_script_build rustc --crate-name build_script_build \
         build.rs --crate-type bin",
        "a/build-script"
    )]
    fn commands_name_their_units(#[case] command: &str, #[case] expected: &str) {
        assert_eq!(unit(command), expected);
    }
}
