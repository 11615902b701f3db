//! Workspaces that share a store: what a build compiled, what it restored, and what it left in its
//! target directory. Knows no test.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Deref;

use camino::{Utf8Path, Utf8PathBuf};

use crate::environment;
use crate::fixture::{self, Fixture};
use crate::process::{Command, Outcome};
use crate::repeated;
use crate::selection::Selection;
use crate::story::Story;

/// A store, and directories beside it whose builds use it: `ws`, and those that a test makes.
#[derive(Debug)]
pub struct Stored {
    fixture: Fixture,
}

/// A workspace and a target directory, by their names beside the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place<'a> {
    /// The directory of the workspace.
    pub workspace: &'a str,
    /// The target directory.
    pub target: &'a str,
}

/// Where builds take place unless a test says otherwise.
pub const HERE: Place<'static> = Place { workspace: "ws", target: "target" };

/// What a build did.
#[derive(Clone, Debug)]
pub struct Did {
    /// How it ended.
    pub outcome: Outcome,
    /// Units of which a process ran, as [`repeated::ran`] names them.
    pub compiled: BTreeSet<String>,
    /// Units whose results came from the store.
    pub restored: BTreeSet<String>,
}

impl Stored {
    /// Writes a workspace beside an empty store.
    pub fn new(text: &str) -> Self {
        Stored { fixture: Fixture::new(text) }
    }

    /// Returns the store.
    pub fn store(&self) -> Utf8PathBuf {
        self.fixture.beside("store")
    }

    /// Returns the command of a build by the program under test.
    pub fn command(&self, place: Place<'_>, selection: &str) -> Command {
        let selection = Selection::new(selection);
        let mut command = self
            .program(place)
            .cwd(&self.beside(place.workspace).join(&selection.dir))
            .env("CARGO_NET_OFFLINE", "true")
            .env("CARGO_TERM_COLOR", "never")
            .env("CARGO_BUILD_JOBS", "2")
            .arg(selection.subcommand);
        for (name, value) in &selection.env {
            command = command.env(name, value);
        }
        command.args(&selection.args)
    }

    /// Builds, which has to succeed.
    #[track_caller]
    pub fn build(&self, place: Place<'_>, selection: &str) -> Did {
        let outcome = self.command(place, selection).arg("-vv").run();
        let outcome = outcome.expect_success(selection);
        self.did(place, outcome)
    }

    /// Removes the target directory, and builds, which has to succeed.
    #[track_caller]
    pub fn build_anew(&self, selection: &str) -> Did {
        self.remove_directory(HERE.target);
        self.build(HERE, selection)
    }

    /// Returns what a build with `-vv` did that has just ended.
    #[track_caller]
    pub fn did(&self, place: Place<'_>, outcome: Outcome) -> Did {
        let compiled = repeated::ran(&outcome);
        let counts = repeated::counts(&outcome);
        let is_idle =
            outcome.success() && !["compiled", "restored"].iter().any(|word| counts.contains(word));
        // Of a build that did nothing there is no account.
        let restored = if is_idle { BTreeSet::new() } else { self.why(place).restored() };
        let number = |word: &str| -> usize {
            let count = counts.split(", ").find_map(|count| count.strip_suffix(word));
            count.map_or(0, |count| count.trim().parse().expect("a number"))
        };
        if outcome.success() {
            assert_eq!(number("compiled"), compiled.len(), "{counts}: {compiled:?}");
            assert_eq!(number("restored"), restored.len(), "{counts}: {restored:?}");
        }
        Did { outcome, compiled, restored }
    }

    /// Returns what the last build that did something did.
    #[track_caller]
    fn why(&self, place: Place<'_>) -> Story {
        let root = self.beside(place.workspace);
        let why = self.program(place).cwd(&root).args(&["why", "--json"]);
        Story::parse(&why.run().expect_success("`why`").stdout, &root)
    }

    fn program(&self, place: Place<'_>) -> Command {
        Command::new(&environment::atlas_binary())
            .env("ATLAS_STORE", self.store().as_str())
            .env("CARGO_TARGET_DIR", self.beside(place.target).as_str())
    }

    /// Runs a program that was built and returns what it prints.
    #[track_caller]
    pub fn prints(&self, place: Place<'_>, program: &str) -> String {
        let path = self.beside(place.target).join(program);
        Command::new(&path).cwd(&self.beside(place.workspace)).run().expect_success(program).stdout
    }

    /// Has a workspace take packages of the registry from the directory `vendor`.
    pub fn vendor(&self, workspace: &str) {
        // A relative path would make another package of each in every workspace.
        let config = format!(
            "[source.crates-io]\nreplace-with = \"vendored\"\n[source.vendored]\ndirectory = \"{}\"\n",
            self.beside("vendor")
        );
        self.write(&format!("../{workspace}/.cargo/config.toml"), &config);
    }

    /// Removes a directory beside the store, such as a target directory.
    pub fn remove_directory(&self, name: &str) {
        fs_err::remove_dir_all(self.beside(name)).unwrap_or_else(|error| panic!("{error}"));
    }

    /// Gives a directory beside the store another name.
    pub fn move_directory(&self, from: &str, to: &str) {
        let moved = fs_err::rename(self.beside(from), self.beside(to));
        moved.unwrap_or_else(|error| panic!("{error}"));
    }

    /// Copies a directory beside the store.
    pub fn copy_directory(&self, from: &str, to: &str) {
        fixture::copy_tree(&self.beside(from), &self.beside(to), |_| true);
    }

    /// Returns what units made, by path below the target directory: everything but what atlas knows,
    /// and the results and incremental states that are kept for later builds. Directories end with a
    /// slash.
    pub fn made(&self, target: &str) -> BTreeMap<String, Vec<u8>> {
        const KEPT: &[&str] =
            &["incremental", "interfaces", "results", "state.bin", "last-build", "modules"];
        const KNOWN: &[&str] =
            &["collected", "journal", "journals", "lock", "moment", "stored", "used"];
        let top = self.beside(target);
        let (mut made, mut waiting) = (BTreeMap::new(), vec![top.clone()]);
        while let Some(directory) = waiting.pop() {
            for entry in directory.read_dir_utf8().unwrap_or_else(|e| panic!("{directory}: {e}")) {
                let entry = entry.expect("the directory can be read");
                let name = entry.file_name();
                if KEPT.contains(&name) || KNOWN.contains(&name) || name.starts_with('.') {
                    continue;
                }
                let below = entry.path().strip_prefix(&top).expect("it is below").to_string();
                if entry.file_type().expect("the entry is there").is_dir() {
                    made.insert(below + "/", Vec::new());
                    waiting.push(entry.into_path());
                } else {
                    let bytes = fs_err::read(entry.path()).expect("the file can be read");
                    made.insert(below, bytes);
                }
            }
        }
        made
    }
}

impl Deref for Stored {
    type Target = Fixture;

    fn deref(&self) -> &Fixture {
        &self.fixture
    }
}

/// Returns the names of files that only one of two has or that differ.
pub fn difference(
    one: &BTreeMap<String, Vec<u8>>,
    other: &BTreeMap<String, Vec<u8>>,
) -> Vec<String> {
    let names: BTreeSet<&String> = one.keys().chain(other.keys()).collect();
    let is_other = |name: &&String| one.get(*name) != other.get(*name);
    names.into_iter().filter(is_other).cloned().collect()
}

/// Returns the digest-named files of the store's blobs.
pub fn blobs(store: &Utf8Path) -> Vec<Utf8PathBuf> {
    let mut blobs = Vec::new();
    for directory in store.join("v1/blobs").read_dir_utf8().into_iter().flatten().flatten() {
        let files = directory.path().read_dir_utf8().into_iter().flatten().flatten();
        blobs.extend(files.map(camino::Utf8DirEntry::into_path));
    }
    blobs.sort();
    blobs
}
