//! Copies of a workspace, the store and the target directories beside them, and builds from scratch.
//! Knows nothing of peers.

use std::io;

use atlas_tests::environment;
use atlas_tests::measure::{Measured, measure};
use atlas_tests::process::{Command, Outcome};
use atlas_tests::release;
use camino::{Utf8Path, Utf8PathBuf};

/// Where everything is, and what is built.
#[derive(Debug)]
pub(crate) struct Site {
    pub(crate) atlas: Utf8PathBuf,
    pub(crate) directory: Utf8PathBuf,
    pub(crate) original: Utf8PathBuf,
    pub(crate) args: Vec<String>,
}

/// What a build may take from elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Who {
    /// Cargo, by itself.
    Cargo,
    /// Atlas without a store.
    Alone,
    /// Atlas with its store.
    Stored,
}

impl Site {
    /// Returns a copy of the workspace; makes it unless it is there.
    pub(crate) fn copy(&self, n: usize) -> Utf8PathBuf {
        let copy = self.directory.join(format!("ws-{n}"));
        if !copy.exists() {
            release::copy_workspace(&self.original, &copy);
        }
        copy
    }

    /// Returns the target directory of a copy. It is the same for all programs.
    pub(crate) fn target(&self, n: usize) -> Utf8PathBuf {
        self.directory.join(format!("target-{n}"))
    }

    /// Returns the store.
    pub(crate) fn store(&self) -> Utf8PathBuf {
        self.directory.join("store")
    }

    /// Empties the store.
    pub(crate) fn forget(&self) {
        remove(&self.store());
    }

    /// Returns the command that builds a copy.
    pub(crate) fn command(&self, who: Who, n: usize) -> Command {
        let cargo = environment::cargo();
        let program = if who == Who::Cargo { &cargo } else { &self.atlas };
        let store = if who == Who::Stored { self.store() } else { "off".into() };
        Command::new(program)
            .cwd(&self.copy(n))
            .env("CARGO_TARGET_DIR", self.target(n).as_str())
            .env("ATLAS_STORE", store.as_str())
            .args(&["build", "--offline"])
            .args(&self.args)
    }

    /// Builds from scratch and measures that; removing the target directory does not count.
    pub(crate) fn build(&self, who: Who) -> Measured {
        self.measure(self.command(who, 0), &format!("{who:?}"))
    }

    /// Measures a command that builds the first copy from scratch.
    pub(crate) fn measure(&self, command: Command, what: &str) -> Measured {
        remove(&self.target(0));
        let measured = measure(command);
        println!(
            "{what}: {:.2} s, {} crates compiled",
            seconds(&measured),
            compiled(&measured.outcome)
        );
        let outcome = measured.outcome.clone().expect_success(what);
        Measured { outcome, ..measured }
    }
}

/// Returns the seconds that it took.
pub(crate) fn seconds(measured: &Measured) -> f64 {
    measured.wall.as_secs_f64()
}

/// Returns how many crates a build says that it compiled.
pub(crate) fn compiled(outcome: &Outcome) -> usize {
    let is_compiled = |line: &&str| line.trim_start().starts_with("Compiling ");
    outcome.stderr.lines().filter(is_compiled).count()
}

/// Removes a directory, which need not be there.
pub(crate) fn remove(directory: &Utf8Path) {
    match fs_err::remove_dir_all(directory) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => panic!("{error}"),
        _ => {}
    }
}
