//! A copy of a workspace with target directories for both programs, all kept from run to run, and
//! what is measured there.

use std::time::Duration;

use atlas_tests::account::Account;
use atlas_tests::environment;
use atlas_tests::process::{Command, Outcome};
use atlas_tests::timing::{self, Compilation, time};
use camino::Utf8PathBuf;

use crate::edit::Edits;

/// What is built.
#[derive(Debug)]
pub(crate) struct Subject {
    pub(crate) atlas: Utf8PathBuf,
    pub(crate) workspace: Utf8PathBuf,
    /// Where the target directories are.
    pub(crate) directory: Utf8PathBuf,
    pub(crate) selection: Vec<String>,
}

/// Who builds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Who {
    Cargo,
    Atlas,
}

/// One edit, built by both.
#[derive(Clone, Debug)]
pub(crate) struct Pair {
    pub(crate) cargo: Duration,
    pub(crate) atlas: Duration,
    /// Crates that each compiled.
    pub(crate) n_compiled: [usize; 2],
    /// The compilers and linkers that atlas started, in the order of their ends.
    compilations: Vec<Compilation>,
    /// When atlas had put away what the last of them made, since 1970.
    finished: Duration,
    /// When atlas ended, since 1970.
    ended: Duration,
}

impl Subject {
    /// Builds after an edit until there is nothing left to do. The first edits after a build from
    /// nothing are slower: there is no incremental state of some crates yet.
    pub(crate) fn settle(&self, subcommand: &str, edits: &mut Edits) {
        for _ in 0..2 {
            edits.make();
            for who in [Who::Cargo, Who::Atlas] {
                let _said = self.succeed(who, subcommand);
                let _said = self.succeed(who, subcommand);
            }
        }
    }

    /// Measures one edit; both take turns in going first.
    pub(crate) fn pair(&self, subcommand: &str, n: u32, edits: &mut Edits) -> Pair {
        edits.make();
        let (cargo, (atlas, ended)) = if n.is_multiple_of(2) {
            let cargo = self.succeed(Who::Cargo, subcommand);
            (cargo, (self.succeed(Who::Atlas, subcommand), timing::now()))
        } else {
            let atlas = (self.succeed(Who::Atlas, subcommand), timing::now());
            (self.succeed(Who::Cargo, subcommand), atlas)
        };
        let account = Account::of_last(&self.atlas, &self.workspace, &self.target(Who::Atlas));
        let account = account.expect("there was a build");
        let finished = account.last_finished().expect("something was compiled");
        Pair {
            cargo: cargo.0,
            atlas: atlas.0,
            n_compiled: [&cargo.1, &atlas.1].map(compiled),
            compilations: timing::compilations(&self.log(Who::Atlas)),
            finished: Duration::from_millis(account.started) + Duration::from_secs_f64(finished),
            ended,
        }
    }

    fn log(&self, who: Who) -> Utf8PathBuf {
        self.target(who).with_extension("times")
    }

    fn target(&self, who: Who) -> Utf8PathBuf {
        self.directory.join(if who == Who::Cargo { "cargo" } else { "atlas" })
    }

    fn succeed(&self, who: Who, subcommand: &str) -> (Duration, Outcome) {
        let program = if who == Who::Cargo { environment::cargo() } else { self.atlas.clone() };
        let build = Command::new(&program)
            .cwd(&self.workspace)
            .env("CARGO_TARGET_DIR", self.target(who).as_str())
            .args(&[subcommand, "--offline"])
            .args(&self.selection);
        let log = self.log(who);
        fs_err::write(&log, "").expect("the directory is writable");
        let (duration, outcome) = time(timing::timed_compilers(build, &log));
        (duration, outcome.expect_success(program.as_str()))
    }
}

impl Pair {
    /// Returns how often atlas's time fits into cargo's.
    pub(crate) fn ratio(&self) -> f64 {
        self.cargo.as_secs_f64() / self.atlas.as_secs_f64()
    }

    /// Returns the milliseconds from the end of the last compiler or linker to that of atlas.
    pub(crate) fn closing(&self) -> f64 {
        milliseconds(self.last_end(), self.ended)
    }

    /// Returns how many of them were for what was made last: to look at it, and to publish it. To a
    /// millisecond only.
    pub(crate) fn settling(&self) -> f64 {
        milliseconds(self.last_end(), self.finished)
    }

    /// Returns the milliseconds from the end of the first compiler to the start of the next
    /// process, which is a linker if nobody sees the edit.
    pub(crate) fn before_next(&self) -> Option<f64> {
        let first = self.compilations.first()?.ended();
        let next = self.compilations.iter().skip(1).map(|next| next.started).min()?;
        Some(milliseconds(first, next))
    }

    fn last_end(&self) -> Duration {
        self.compilations.last().expect("something was compiled").ended()
    }
}

/// Returns the milliseconds between two moments.
fn milliseconds(start: Duration, end: Duration) -> f64 {
    (end.as_secs_f64() - start.as_secs_f64()) * 1000.0
}

fn compiled(outcome: &Outcome) -> usize {
    let is_compiled = |line: &&str| {
        let line = line.trim_start();
        line.starts_with("Compiling ") || line.starts_with("Checking ")
    };
    outcome.stderr.lines().filter(is_compiled).count()
}
