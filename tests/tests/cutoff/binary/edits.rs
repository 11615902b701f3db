//! Edits of a small workspace with a bit of everything, on top of each other. What is loaded of the
//! linked program then, byte by byte, and the line of every address, is that of a clean build of the
//! same sources in a new target directory of the same path; and so is what it prints and where it
//! panics. Only the digest of the whole file is left out.
//!
//! Edits that make other instances of generic code come last: up to opt-level 1, dependents in a clean
//! build take those from the edited crate, and those that were spared have their own. The program is then the same
//! but for copies, so that the lines that it has code of are compared instead.

use std::collections::BTreeSet;

use atlas_tests::SWEEP;
use atlas_tests::process::{Command, Outcome};
use atlas_tests::repeated::Repeated;
use camino::{Utf8Path, Utf8PathBuf};
use rstest::rstest;

use super::program::Program;

/// A replaced text of a source.
type Edit = (&'static str, &'static str, &'static str);

const TEXT: &str = "text/src/lib.rs";
const NUMBERS: &str = "text/src/numbers.rs";
const SHAPES: &str = "shapes/src/lib.rs";
const SQUARE: &str = "shapes/src/square.rs";
const JOBS: &str = "jobs/src/lib.rs";

/// Edits of which others see nothing.
const UNSEEN: &[Edit] = &[
    // A literal, a number, a message.
    (TEXT, "words.join(\", \")", "words.join(\" - \")"),
    (SHAPES, "3 * self.radius", "4 * self.radius"),
    (NUMBERS, "{text}: {error}", "cannot parse {text}: {error}"),
    // Closures.
    (NUMBERS, "|n| n * 2", "|n| n * 3 + 1"),
    (NUMBERS, "numbers.iter()", "numbers.iter().filter(|n| **n > 1)"),
    (JOBS, "|| sender.send(", "|| sender.send(1 + "),
    // Lines that move, below which nothing is seen.
    (NUMBERS, "    text.trim()", "\n    // Above.\n    text.trim()"),
    // Private functions, one of them generic.
    (NUMBERS, "fn double(n: u32)", "fn double(n: impl std::ops::Mul<u32, Output = u32>)"),
    (NUMBERS, "    double(n)", "    added(double(n))"),
    (NUMBERS, "pub fn twice", "fn added(n: u32) -> u32 { n + 1 }\npub fn twice"),
    // Other algorithms, objects behind traits, another panic.
    (JOBS, "totals.sort();", "totals.sort_by_key(|it| std::cmp::Reverse(*it));"),
    (SHAPES, "vec![Box::new(Circle", "vec![Box::new(Square::new(n)), Box::new(Circle"),
    (TEXT, "TABLE[at]", "TABLE[at % 64].checked_add(3).expect(GREETING)"),
    // Methods of traits, one of which is called when a value goes.
    (SQUARE, "\"{} {}\"", "\"{}/{}\""),
    (SQUARE, "self.names.clear()", "self.names.truncate(1)"),
    // The place of the caller.
    (TEXT, "\"a value\"", "\"some value\""),
    (SQUARE, "text::checked(self", "\n        text::checked(self"),
    // Panics that are caught, documentation.
    (JOBS, "unwrap_or(99)", "unwrap_or(98)"),
    (TEXT, "//! Words", "//! Many words"),
];

/// Edits of what is compiled in dependents, too, and of lines above it.
const SEEN: &[Edit] = &[
    (TEXT, "static GREETING", "\n\nstatic GREETING"),
    (SHAPES, "#[derive", "\n#[derive"),
    (SHAPES, "#[track_caller]", "\n#[track_caller]"),
    (TEXT, "items[0]", "items[items.len() - 1]"),
    (TEXT, "{}!", "{}?"),
];

/// Edits of which others see nothing, but which make what they have made for themselves; and one on
/// top of that.
const INSTANCES: &[Edit] = &[
    (TEXT, "[GREETING, name]", "vec![GREETING.to_owned(), name.to_uppercase()]"),
    (SQUARE, "vec![text::greeting(\"square\")]", "vec![text::shout!(\"square\", side)]"),
    (TEXT, "\" - \"", "\" + \""),
];

const RUNS: &[&str] = &["", "table", "parse", "checked", "area", "first", "caught"];

/// What a program says for each of several arguments, the place where it panics included.
fn outcomes(program: &Utf8Path) -> Vec<(Option<i32>, String, Vec<String>)> {
    let run = |arg: &&str| {
        let Outcome { code, stdout, stderr } = Command::new(program).arg(arg).run();
        // Threads have numbers.
        let line =
            |line: &str| line.split_once(" panicked at ").map_or(line, |(_, at)| at).to_owned();
        (code, stdout, stderr.lines().map(line).collect())
    };
    RUNS.iter().map(run).collect()
}

/// A workspace and how it is built.
struct Subject {
    workspace: Repeated,
    selection: &'static str,
    program: Utf8PathBuf,
}

impl Subject {
    fn new(selection: &'static str, program: &str) -> Self {
        let workspace = Repeated::new(include_str!("workspace.txt"));
        workspace.ran(selection);
        let program = workspace.target.join(program);
        Subject { workspace, selection, program }
    }

    /// Makes edits and builds. Returns the units that ran.
    #[track_caller]
    fn edit(&self, edits: &[Edit]) -> BTreeSet<String> {
        for (path, old, new) in edits {
            self.workspace.fixture.replace(path, old, new);
        }
        self.workspace.ran(self.selection)
    }

    /// Compares the program with that of a clean build of the same sources.
    #[track_caller]
    fn compare(&self, same: fn(&Program, &Program) -> Vec<String>, edits: &[Edit]) {
        let target = &self.workspace.target;
        let aside = self.workspace.fixture.beside("aside");
        let (now, said) = (Program::read(&self.program), outcomes(&self.program));
        fs_err::rename(target, &aside).expect("it is ours");
        self.workspace.ran(self.selection);
        let differences = same(&now, &Program::read(&self.program));
        assert!(differences.is_empty(), "{differences:?} after {edits:?}");
        assert_eq!(said, outcomes(&self.program), "after {edits:?}");
        fs_err::remove_dir_all(target).expect("it is ours");
        fs_err::rename(&aside, target).expect("it is ours");
    }
}

/// The units that run after edits of which others see nothing.
fn cut_off(edits: &[Edit]) -> BTreeSet<String> {
    let package = |edit: &Edit| edit.0.split('/').next().unwrap_or_default();
    let libraries = edits.iter().map(|edit| format!("{}/lib", package(edit)));
    libraries.chain(["app/bin".to_owned()]).collect()
}

/// Programs are compared after every few edits, and after each in a sweep.
#[rstest]
#[case::plain("", "debug/app", 5)]
#[case::opt_1("CARGO_PROFILE_DEV_OPT_LEVEL=1", "debug/app", 20)]
#[cfg_attr(not(sweep), ignore = "needs ATLAS_SWEEP=1")]
#[case::opt_2("CARGO_PROFILE_DEV_OPT_LEVEL=2", "debug/app", 10)]
#[case::release(
    "CARGO_PROFILE_RELEASE_INCREMENTAL=true CARGO_PROFILE_RELEASE_DEBUG=1 --release",
    "release/app",
    10
)]
#[case::without_incremental("CARGO_INCREMENTAL=0", "debug/app", 20)]
fn program_equals_that_of_a_clean_build(
    #[case] selection: &'static str,
    #[case] program: &str,
    #[case] every: usize,
) {
    let subject = Subject::new(selection, program);
    let every = if SWEEP { 1 } else { every };
    for edits in UNSEEN.chunks(every) {
        assert_eq!(subject.edit(edits), cut_off(edits), "after {edits:?}");
        subject.compare(Program::differences, edits);
    }
    for edits in SEEN.chunks(every) {
        assert!(subject.edit(edits).len() >= 3, "after {edits:?}");
        subject.compare(Program::differences, edits);
    }
    for edit in INSTANCES {
        assert_eq!(subject.edit(&[*edit]), cut_off(&[*edit]), "after {edit:?}");
    }
    subject.compare(Program::other_places, INSTANCES);
}
