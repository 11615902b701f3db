//! What is done with one commit: incremental builds by both programs, a clean one, and comparing.

use std::collections::BTreeSet;
use std::time::Duration;

use atlas_tests::account::Account;
use atlas_tests::environment;
use atlas_tests::measure::{Measured, measure};
use atlas_tests::process::Command;
use camino::{Utf8Path, Utf8PathBuf};
use cargo_metadata::MetadataCommand;

use crate::outcome::{Extent, Outcome};
use crate::places::{Place, Places, remove_packages};
use crate::repository::Repository;
use crate::tally::Tally;

/// How commits are built.
#[derive(Debug)]
pub(crate) struct Visitor {
    pub(crate) repository: Repository,
    pub(crate) places: Places,
    pub(crate) atlas: Utf8PathBuf,
    pub(crate) subcommands: &'static [&'static str],
    pub(crate) selection: Vec<String>,
    pub(crate) runs: Vec<String>,
}

/// What one subcommand came to at one commit.
#[derive(Clone, Debug)]
pub(crate) struct Visit {
    pub(crate) commit: String,
    pub(crate) subcommand: &'static str,
    pub(crate) is_success: bool,
    pub(crate) atlas: Cost,
    pub(crate) cargo: Cost,
    pub(crate) tally: Tally,
    /// Units that cargo built.
    pub(crate) built_by_cargo: usize,
    /// Whether there was a clean build.
    pub(crate) is_clean_known: bool,
    pub(crate) n_programs: usize,
    pub(crate) differences: Vec<String>,
}

/// What a build cost.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Cost {
    pub(crate) wall: Duration,
    /// Processor time in clock ticks, where the system tells.
    pub(crate) cpu_ticks: u64,
}

/// A build, and what it came to.
#[derive(Debug)]
struct Built {
    cost: Cost,
    outcome: Outcome,
    /// Packages of the workspace that were compiled, with a target each.
    n_compiled: usize,
    account: Option<Account>,
}

impl Visitor {
    /// Builds a commit. Both programs take turns in going first; `n` decides.
    pub(crate) fn visit(&self, n: usize, commit: &str, with_clean: bool) -> Vec<Visit> {
        self.repository.check_out(commit);
        self.fetch();
        let visit = |subcommand| self.build_and_compare(n, commit, subcommand, with_clean);
        self.subcommands.iter().map(|subcommand| visit(subcommand)).collect()
    }

    fn build_and_compare(
        &self,
        n: usize,
        commit: &str,
        subcommand: &'static str,
        with_clean: bool,
    ) -> Visit {
        let (atlas, cargo) = if n.is_multiple_of(2) {
            let cargo = self.build(Place::Cargo, subcommand);
            (self.build(Place::Atlas, subcommand), cargo)
        } else {
            let atlas = self.build(Place::Atlas, subcommand);
            (atlas, self.build(Place::Cargo, subcommand))
        };
        let mut differences = Vec::new();
        let mut compare = |other: &Built, who: &str, extent: Extent| {
            let found = atlas.outcome.differences(&other.outcome, extent);
            differences.extend(found.iter().map(|found| format!("from {who}: {found}")));
        };
        compare(&cargo, "cargo", Extent::Behaviour);
        if with_clean {
            let clean = self.clean_build(subcommand);
            compare(&clean, "a clean build", Extent::Programs);
            differences.extend(not_clean(&clean));
        }
        if atlas.outcome.rest.contains("handing over to cargo") {
            differences.push("cargo was asked to do it all".to_owned());
        }
        Visit {
            commit: commit.to_owned(),
            subcommand,
            is_success: atlas.outcome.code == Some(0),
            atlas: atlas.cost,
            cargo: cargo.cost,
            tally: atlas.account.as_ref().map(Tally::of).unwrap_or_default(),
            built_by_cargo: cargo.n_compiled,
            is_clean_known: with_clean,
            n_programs: if with_clean { atlas.outcome.programs.len() } else { 0 },
            differences,
        }
    }

    /// Builds the packages of the workspace by the program under test, from nothing that it made
    /// of them before and without sparing dependents. Packages from elsewhere stay: to build them
    /// again and again takes too long.
    fn clean_build(&self, subcommand: &str) -> Built {
        let local = self.local_packages();
        self.places.within(Place::Clean, |target| remove_packages(target, &local));
        self.build(Place::Clean, subcommand)
    }

    fn build(&self, place: Place, subcommand: &str) -> Built {
        self.places.within(place, |target| {
            let before = self.account(place, target).map(|account| account.started);
            let measured = measure(self.command(place, subcommand, target));
            let Measured { outcome, wall, cpu_ticks, .. } = &measured;
            let root = self.repository.root();
            // A build with nothing to do leaves the account of an earlier one.
            let account = self.account(place, target);
            let account = account.filter(|account| Some(account.started) != before);
            Built {
                cost: Cost { wall: *wall, cpu_ticks: cpu_ticks.unwrap_or_default() },
                n_compiled: compiled(&outcome.stdout),
                outcome: Outcome::of(outcome, root, target, &self.runs),
                account,
            }
        })
    }

    fn command(&self, place: Place, subcommand: &str, target: &Utf8Path) -> Command {
        let program = match place {
            Place::Cargo => &environment::cargo(),
            Place::Atlas | Place::Clean => &self.atlas,
        };
        let command = Command::new(program)
            .cwd(self.repository.root())
            .env("CARGO_TARGET_DIR", target.as_str())
            // One failure hides others, depending on which comes first.
            .args(&[subcommand, "--offline", "--keep-going", "--message-format=json"])
            .args(&self.selection);
        if place == Place::Clean { command.arg("--no-cutoff") } else { command }
    }

    fn account(&self, place: Place, target: &Utf8Path) -> Option<Account> {
        let is_known = place != Place::Cargo && target.join("atlas/last-build").exists();
        is_known.then(|| Account::of_last(&self.atlas, self.repository.root(), target))?
    }

    /// Downloads what the commit depends on, unless it is there. If that fails, so do the builds.
    fn fetch(&self) {
        let fetch = || Command::new(&environment::cargo()).cwd(self.repository.root()).arg("fetch");
        if !fetch().arg("--offline").run().success() {
            let _outcome = fetch().envs(environment::network()).run();
        }
    }

    fn local_packages(&self) -> BTreeSet<String> {
        let metadata = Command::new(&environment::cargo()).cwd(self.repository.root());
        let arguments = ["metadata", "--offline", "--no-deps", "--format-version=1"];
        let metadata = metadata.args(&arguments).run();
        // No manifest can be read, so nothing is built either.
        let Ok(metadata) = MetadataCommand::parse(&metadata.stdout) else { return BTreeSet::new() };
        metadata.packages.iter().map(|package| package.name.to_string()).collect()
    }
}

/// Returns what a clean build did not build.
fn not_clean(clean: &Built) -> Vec<String> {
    let Some(account) = &clean.account else { return Vec::new() };
    let kept = account.units.iter().filter(|unit| unit.is_local && unit.mode != "run-custom-build");
    let kept = kept.filter(|unit| ["fresh", "spared"].contains(&&*unit.fate.kind));
    kept.map(|unit| format!("a clean build finds {} as it was before", unit.target)).collect()
}

/// Returns how many targets of local packages were compiled, as the messages of a build tell.
fn compiled(stdout: &str) -> usize {
    let messages = atlas_tests::diagnostics::messages(stdout);
    let is_compiled = |message: &&serde_json::Value| {
        let id = message["package_id"].as_str().unwrap_or_default();
        message["fresh"] == false && id.starts_with("path+")
    };
    messages.iter().filter(is_compiled).count()
}

#[cfg(test)]
mod tests {
    use super::compiled;

    #[test]
    fn fresh_targets_and_those_from_elsewhere_are_not_counted() {
        let stdout = r#"{"package_id":"path+file:///a#0.1.0","fresh":false}
{"package_id":"path+file:///b#0.1.0","fresh":true}
{"package_id":"registry+https://x#c@1.0.0","fresh":false}
{"reason":"build-finished","success":true}"#;
        assert_eq!(compiled(stdout), 1);
    }
}
