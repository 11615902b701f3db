//! A copy of a workspace with target directories for both programs, all kept from run to run, and
//! what is measured there.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use atlas_tests::account::Account;
use atlas_tests::environment;
use atlas_tests::process::{Command, Outcome};
use atlas_tests::timing::time;
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
    pub(crate) account: Account,
    /// When atlas ended, in seconds after it says that it started.
    pub(crate) end: f64,
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
        let (cargo, atlas, end) = if n.is_multiple_of(2) {
            let cargo = self.succeed(Who::Cargo, subcommand);
            let atlas = self.succeed(Who::Atlas, subcommand);
            (cargo, atlas, SystemTime::now())
        } else {
            let atlas = self.succeed(Who::Atlas, subcommand);
            let end = SystemTime::now();
            (self.succeed(Who::Cargo, subcommand), atlas, end)
        };
        let account = Account::of_last(&self.atlas, &self.workspace, &self.target(Who::Atlas));
        let account = account.expect("there was a build");
        let end = end.duration_since(UNIX_EPOCH).expect("it is later than 1970");
        let end = end.saturating_sub(Duration::from_millis(account.started)).as_secs_f64();
        let n_compiled = [&cargo.1, &atlas.1].map(compiled);
        Pair { cargo: cargo.0, atlas: atlas.0, n_compiled, account, end }
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
        let (duration, outcome) = time(build);
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
        (self.end - self.last_end()) * 1000.0
    }

    /// Returns how many of them were for what was made last: to look at it, and to publish it.
    pub(crate) fn settling(&self) -> f64 {
        let finished = self.account.units.iter().filter_map(|unit| Some(unit.timing?.finished));
        let finished = finished.max_by(f64::total_cmp).expect("something was compiled");
        (finished - self.last_end()) * 1000.0
    }

    /// Returns the milliseconds from the end of the compiler of a library to the start of the first
    /// linker, if anything was linked.
    pub(crate) fn before_links(&self) -> Option<f64> {
        let ran = || self.account.units.iter().filter(|unit| unit.timing.is_some());
        let links = ran().filter(|unit| !unit.is_library());
        let starts = links.filter_map(|unit| Some(unit.timing?.started));
        let start = starts.min_by(f64::total_cmp)?;
        let ends = ran().filter(|unit| unit.is_library()).filter_map(|unit| unit.end());
        Some((start - ends.max_by(f64::total_cmp)?) * 1000.0)
    }

    fn last_end(&self) -> f64 {
        self.account.last_end().expect("something was compiled")
    }
}

fn compiled(outcome: &Outcome) -> usize {
    let is_compiled = |line: &&str| {
        let line = line.trim_start();
        line.starts_with("Compiling ") || line.starts_with("Checking ")
    };
    outcome.stderr.lines().filter(is_compiled).count()
}
