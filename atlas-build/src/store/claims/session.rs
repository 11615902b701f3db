//! Builds at the same time, for one that takes part in them. Two rules make it right:
//!
//! - Whoever changes files of a unit has its claim, and has written to a journal that it is about to.
//! - Whoever only reads them asks nobody, and looks afterwards whether somebody has changed them.

use std::collections::BTreeSet;
use std::fs::File;

use atlas_fingerprint::FileError;
use camino::Utf8PathBuf;

use super::super::published::Published;
use super::super::session::Session;
use super::claim::Claims;
use super::company::{Claimed, IsFree};
use crate::ids::UnitId;
use crate::plan::Step;

impl Session<'_> {
    /// Takes the right to change a unit's files; the unit was judged before. Whoever gets it gives
    /// it back with [`Session::release`].
    pub fn claim(&mut self, unit: UnitId) -> Claimed {
        if self.company.held.contains_key(&unit) {
            return Claimed::Held;
        }
        let paths = self.claim_files(unit);
        let claims = match Claims::try_acquire(&paths) {
            Ok(Some(claims)) => claims,
            Ok(None) => return Claimed::Busy(IsFree::new(move || Claims::are_free(&paths))),
            Err(error) => return Claimed::Failed(error),
        };
        if let Err(error) = self.refresh() {
            return Claimed::Failed(error);
        }
        if self.is_changed(unit) {
            return Claimed::Changed;
        }
        if let Some(path) = self.shared_claim_file(unit) {
            match Claims::try_acquire(std::slice::from_ref(&path)) {
                Ok(Some(making)) => drop(self.sharing.making.insert(unit, making)),
                Ok(None) => {
                    let is_free = move || Claims::are_free(std::slice::from_ref(&path));
                    return Claimed::Busy(IsFree::new(is_free));
                }
                // A store that cannot be written is done without.
                Err(_) => {}
            }
        }
        self.company.held.insert(unit, claims);
        // In most builds nobody else has changed anything.
        let is_alone = self.freshness.ledger.mark() == self.company.begin;
        if !is_alone && self.below(unit).into_iter().any(|below| self.is_changed(below)) {
            self.company.started.insert(unit, self.company.begin);
            return Claimed::Outdated;
        }
        self.company.started.insert(unit, self.freshness.ledger.mark());
        Claimed::Held
    }

    /// Returns what the process of a claimed unit has to have open as long as it runs: a compiler whose
    /// parent was killed goes on writing.
    pub fn held(&self, unit: UnitId) -> Option<File> {
        self.company.held.get(&unit)?.share()
    }

    /// Lets others change a unit's files.
    pub fn release(&mut self, unit: UnitId) {
        self.sharing.making.remove(&unit);
        self.company.held.remove(&unit);
        self.company.started.remove(&unit);
    }

    /// Takes note of what other processes have done.
    ///
    /// # Errors
    ///
    /// [`FileError`] if that cannot be read.
    pub fn refresh(&self) -> Result<(), FileError> {
        self.freshness.ledger.refresh(&self.company.state)
    }

    /// Returns whether another process is building and has changed something.
    pub fn has_company(&self) -> bool {
        self.freshness.ledger.has_company().unwrap_or(true)
    }

    /// Returns whether another process has changed something that a unit sees since the unit's
    /// process was started: what that has read is not known.
    pub fn is_disturbed(&mut self, unit: UnitId) -> bool {
        let Some(&started) = self.company.started.get(&unit) else { return false };
        if self.refresh().is_err() {
            return true;
        }
        let ledger = self.freshness.ledger;
        if ledger.mark() == started {
            return false;
        }
        let is_changed = |below: &UnitId| {
            self.key(*below).is_some_and(|key| ledger.is_changed_since(key, started))
        };
        self.below(unit).iter().any(is_changed)
    }

    /// Returns whether a unit that is another process's work by now gives to others what was
    /// foreseen of it.
    pub fn is_as_foreseen(&mut self, unit: UnitId) -> bool {
        self.foreseen.remove(&unit);
        let current = self.key(unit).and_then(|key| self.freshness.ledger.current(key));
        let Some((_, Some(record))) = current else { return false };
        let (given, now) = (&self.given[unit], Published::from(record.published));
        given.interface == Some(now.interface)
            && given.content.is_none_or(|content| content == now.content)
    }

    /// Returns the files whose locks are the right to change a unit's files.
    fn claim_files(&self, unit: UnitId) -> Vec<Utf8PathBuf> {
        let directory = match &self.steps[unit] {
            Step::Compile(step) => &step.unit_dir,
            Step::RunBuildScript(step) => &step.unit_dir,
            Step::Doctest(_) | Step::OverriddenBuildScript(_) => return Vec::new(),
        };
        vec![directory.join(".claim")]
    }

    /// Returns whether another process has changed a unit since it was judged.
    fn is_changed(&self, unit: UnitId) -> bool {
        let judged = self.company.judged.get(&unit).copied().unwrap_or(self.company.begin);
        self.key(unit).is_some_and(|key| self.freshness.ledger.is_changed_since(key, judged))
    }

    /// Returns all units below a unit.
    fn below(&self, unit: UnitId) -> BTreeSet<UnitId> {
        let mut found = BTreeSet::new();
        let mut waiting = vec![unit];
        while let Some(unit) = waiting.pop() {
            for (seen, _) in self.sees.of(unit) {
                if found.insert(*seen) {
                    waiting.push(*seen);
                }
            }
        }
        found
    }

    fn key(&self, unit: UnitId) -> Option<&str> {
        self.freshness.key(&self.steps[unit])
    }
}
