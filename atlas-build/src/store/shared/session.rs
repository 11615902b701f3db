//! The store, for a build that uses it: what is asked before units are built, and told after.

use std::collections::{BTreeMap, BTreeSet};

use atlas_fingerprint::{Digest, FileError, Moment};
use camino::Utf8PathBuf;

use super::super::claims::Claims;
use super::super::expected::Before;
use super::super::freshness::{Finished, Outcome};
use super::super::session::{Fate, Given, Session};
use super::find::Found;
use super::restore::{Restoration, Restored};
use super::state::{Settings, Shared};
use crate::cas::BuildCounts;
use crate::ids::UnitId;
use crate::process::CommandLine;
use crate::script::BuildScriptOutput;

/// What is known of units in the store, during one build.
#[derive(Debug, Default)]
pub(in super::super) struct Sharing {
    /// First halves of the keys of units that were looked for.
    bases: BTreeMap<UnitId, Digest>,
    /// What results were made from that are brought.
    brought: BTreeMap<UnitId, Before>,
    /// The keys of those results.
    keys: BTreeMap<UnitId, Digest>,
    /// Units whose results could not be brought.
    unrestored: BTreeSet<UnitId>,
    /// What this build makes for all checkouts, until it is filed.
    pub(in super::super) making: BTreeMap<UnitId, Claims>,
}

impl Session<'_> {
    /// Has results looked for and filed in a store.
    pub fn use_store(&mut self, settings: &Settings) {
        self.freshness.use_store(settings, self.steps);
    }

    /// Waits until everything is filed. Returns what was done in the store, and the keys of results by
    /// unit.
    pub fn close_store(&self) -> Option<(BuildCounts, BTreeMap<String, Digest>)> {
        self.freshness.shared.as_ref().map(Shared::close)
    }

    /// Looks in the store for a result of a unit that has to be built.
    pub fn find(&mut self, unit: UnitId, command: &CommandLine) -> Option<Restoration> {
        let shared = self.freshness.shared.as_ref()?;
        if self.undone.contains(&unit) || self.sharing.unrestored.contains(&unit) {
            return None;
        }
        shared.forget(unit);
        let base = self.base(unit, command, None)?;
        let found = self.with(unit, command, |freshness, job| freshness.find(shared, job, &base));
        if self.sharing.bases.insert(unit, base).is_none() && found.is_none() {
            shared.missed();
        }
        let Found { restoration, before } = found?;
        self.sharing.brought.insert(unit, before);
        self.sharing.keys.insert(unit, *restoration.key());
        Some(restoration)
    }

    /// Returns whether a result of a unit that has to be built is in the store, and what its build
    /// script would tell; others are taken to see that result from now on. Nothing is brought.
    pub fn foretell(
        &mut self,
        unit: UnitId,
        command: &CommandLine,
    ) -> Option<Option<BuildScriptOutput>> {
        let shared = self.freshness.shared.as_ref()?;
        let base = self.base(unit, command, None)?;
        let foretold = self.with(unit, command, |freshness, job| {
            let found = freshness.find(shared, job, &base)?;
            freshness.foretell(shared, job, &found)
        })?;
        self.given[unit] = Given { fate: Fate::Built, ..foretold.published.into() };
        Some(foretold.build_script)
    }

    /// Notes that a result is about to be brought from the store.
    ///
    /// # Errors
    ///
    /// As [`Session::started`].
    pub fn restoring(&mut self, unit: UnitId, command: &CommandLine) -> Result<(), FileError> {
        self.settled[unit] = None;
        let before = self.sharing.brought.remove(&unit).unwrap_or_default();
        self.with(unit, command, |freshness, job| freshness.started_with(job, before))
    }

    /// Notes that the result of a unit could not be brought: it is not looked for again. One that is
    /// gone in part is removed.
    pub fn not_restored(&mut self, unit: UnitId, is_gone: bool) {
        self.sharing.unrestored.insert(unit);
        if let (true, Some(shared), Some(key)) =
            (is_gone, &self.freshness.shared, self.sharing.keys.get(&unit))
        {
            shared.remove(key);
        }
    }

    /// Notes that a result was brought from the store, and published and uplifted.
    pub fn restored(&mut self, unit: UnitId, command: &CommandLine, restored: &Restored) {
        // It is as it was filed: there is nothing to file.
        self.sharing.bases.remove(&unit);
        self.freshness.adopt(&self.steps[unit], restored);
        self.finished(unit, command, &restored.outcome);
    }

    /// Returns the file whose lock is the right to be the one who makes a unit's result for all
    /// checkouts, if it was looked for in the store.
    pub(in super::super) fn shared_claim_file(&self, unit: UnitId) -> Option<Utf8PathBuf> {
        self.freshness.shared.as_ref()?.claim_file(self.sharing.bases.get(&unit)?)
    }

    /// Returns the first half of a unit's key, if it has one.
    fn base(&self, unit: UnitId, command: &CommandLine, until: Option<Moment>) -> Option<Digest> {
        let shared = self.freshness.shared.as_ref()?;
        if self.freshness.units().units[unit].mode.is_doc() {
            // Pages are made together with those of other crates.
            return None;
        }
        let mut seen = Vec::new();
        for &(below, sight) in self.sees.of(unit) {
            let digest = match self.freshness.units().units[below].is_run_custom_build() {
                true => self.freshness.shared_run(shared, below, sight)?,
                false => self.known(below, sight)?,
            };
            seen.push((below, digest));
        }
        self.with(unit, command, |freshness, job| freshness.base(shared, job, &seen, until))
    }

    /// Has the result of a unit filed that was just built.
    pub(in super::super) fn file(
        &mut self,
        unit: UnitId,
        command: &CommandLine,
        outcome: &Outcome,
        finished: &Finished,
    ) {
        let claim = self.sharing.making.remove(&unit);
        let Some(shared) = &self.freshness.shared else { return };
        let Some(base) = self.sharing.bases.get(&unit) else { return };
        if self.base(unit, command, finished.moment).as_ref() != Some(base) {
            return;
        }
        self.with(unit, command, |freshness, job| {
            freshness.file(shared, job, *base, outcome, finished, claim);
        });
    }
}
