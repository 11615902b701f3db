//! Results of a unit that were put aside when it was built anew, and are taken back when its inputs
//! are again what they were: after a switch of branches, say.
//!
//! A result is the directory that rustc wrote into. It is renamed when it is put aside and when it
//! is taken back, so that neither costs more than a moment. What is published and uplifted are other
//! names of the same files.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread::{Builder, JoinHandle};

use atlas_fingerprint::{DirtyReason, Entry, FileError, Record};
use camino::{Utf8Path, Utf8PathBuf};

use super::before::{FileChange, recorded};
use super::freshness::{Aside, Freshness, FreshnessError, Job, Recorded};
use crate::account::SpareRule;
use crate::plan::{CompileStep, Step};

impl Freshness<'_> {
    /// Returns a result that was put aside and was made from what is there now.
    pub(super) fn check_aside(&self, job: &Job<'_>, reason: &DirtyReason) -> Option<Recorded> {
        let Step::Compile(step) = job.step else { return None };
        let key = self.key(job.step)?;
        let fits = |record: &Record| {
            let environment = |name| DirtyReason::EnvironmentChanged { name };
            self.check_known(job, record, environment).is_ok()
                && self.check_inputs(record).map_err(drop::<FileChange>).is_ok()
                && self.check_declared(job.unit, &record.directories).is_ok()
                && self.check_shown(job.unit, step, record).is_ok()
                && self.check_configuration(job.unit, job.step, record).is_ok()
        };
        for id in self.ledger.kept(key) {
            let Some(record) = self.ledger.kept_record(key, id).filter(|record| fits(record))
            else {
                continue;
            };
            if !directory(step, id).is_dir() {
                continue;
            }
            let mut recorded = recorded(&record, Vec::new());
            recorded.spared = Some(SpareRule::EarlierResult { reason: reason.clone() });
            recorded.aside = Some(Aside { id, reason: reason.clone() });
            return Some(recorded);
        }
        None
    }

    /// Puts the result in place aside, if it is worth it, and writes down that the unit is about to
    /// be built. Returns what is kept, `wanted` in any case.
    pub(super) fn put_aside(
        &self,
        job: &Job<'_>,
        key: &str,
        wanted: Option<u64>,
    ) -> Result<Vec<u64>, FileError> {
        let all = self.ledger.kept(key);
        let current = self.ledger.current(key).and_then(|(id, record)| Some((id, record?)));
        let worth = |record: &Record| {
            self.package(job.unit).is_local()
                && self.rules.keep_results > 0
                && record.unsettled.is_empty()
                && self.check_outputs(&record.outputs).is_ok()
        };
        let mut kept = all.clone();
        let mut moved = None;
        if let (Step::Compile(step), Some((id, record))) = (job.step, current)
            && worth(&record)
            && step.pages.is_none()
            && !kept.contains(&id)
            && step.out_dir.is_dir()
        {
            kept.insert(0, id);
            moved = Some((step, id));
        }
        let (last, mut kept): (Vec<u64>, Vec<u64>) =
            kept.into_iter().partition(|id| Some(*id) == wanted);
        kept.truncate(self.rules.keep_results);
        kept.extend(last);
        self.begin(key, &kept)?;
        if let Some((step, id)) = moved
            && rename(&step.out_dir, &directory(step, id)).is_err()
        {
            kept.retain(|other| *other != id);
        }
        if let Step::Compile(step) = job.step {
            for id in all.iter().filter(|id| !kept.contains(id)) {
                self.trash.remove(directory(step, *id));
            }
        }
        Ok(kept)
    }

    /// Takes back a result that a check has found among those put aside, and puts the one in place aside.
    /// Its files are to be published and uplifted after that. Returns what is kept.
    ///
    /// # Errors
    ///
    /// [`FreshnessError`] if that is not possible: the unit has to be built then.
    pub fn take_back(&self, job: &Job<'_>, id: u64) -> Result<Vec<u64>, FreshnessError> {
        let (Step::Compile(step), Some(key)) = (job.step, self.key(job.step)) else {
            return Err(FreshnessError::AsideUnusable);
        };
        let mut kept = self.put_aside(job, key, Some(id))?;
        if !kept.contains(&id) {
            return Err(FreshnessError::AsideUnusable);
        }
        let from = directory(step, id);
        let failed = |source| FileError { action: "take back", path: from.clone(), source };
        if step.out_dir.is_dir() {
            fs_err::remove_dir_all(&step.out_dir).map_err(failed)?;
        }
        fs_err::rename(&from, &step.out_dir).map_err(failed)?;
        kept.retain(|other| *other != id);
        Ok(kept)
    }

    /// Writes down that a result that was taken back is in place.
    ///
    /// # Errors
    ///
    /// [`FreshnessError`] if its files are not what they were, or that cannot be written.
    pub fn taken_back(
        &self,
        job: &Job<'_>,
        record: &Record,
        kept: Vec<u64>,
    ) -> Result<(), FreshnessError> {
        self.check_outputs(&record.outputs).map_err(|_| FreshnessError::AsideUnusable)?;
        self.note(job.step, record.clone(), kept)
    }

    /// Returns the record of a result that was put aside.
    pub(super) fn aside_record(&self, step: &Step, id: u64) -> Option<std::sync::Arc<Record>> {
        self.ledger.kept_record(self.key(step)?, id)
    }

    fn begin(&self, key: &str, kept: &[u64]) -> Result<(), FileError> {
        let (key, kept) = (key.to_owned(), kept.to_vec());
        let files = Vec::new();
        self.ledger.note(Entry { key, unfinished: true, current: None, kept, files })
    }
}

/// Removes rustc's incremental state; what cannot be removed is rustc's to judge.
pub(super) fn forget_incremental(unit_dir: &Utf8Path) {
    drop(fs_err::remove_dir_all(unit_dir.join("incremental")));
}

/// Returns where a result is that was put aside.
fn directory(step: &CompileStep, id: u64) -> Utf8PathBuf {
    step.unit_dir.join("results").join(format!("{id:016x}"))
}

/// Renames a directory; what is at the other name is removed.
fn rename(from: &Utf8Path, to: &Utf8Path) -> std::io::Result<()> {
    if to.is_dir() {
        fs_err::remove_dir_all(to)?;
    }
    if let Some(directory) = to.parent() {
        fs_err::create_dir_all(directory)?;
    }
    fs_err::rename(from, to)
}

/// Removes directories while other things go on: to remove a big program takes as long as to start a
/// compiler. Waits for the last one when it goes out of use.
#[derive(Debug, Default)]
pub(super) struct Trash(Mutex<Vec<JoinHandle<()>>>);

impl Trash {
    /// Removes a directory. One that cannot be removed costs room and nothing else.
    fn remove(&self, directory: Utf8PathBuf) {
        let remove = move || drop(fs_err::remove_dir_all(directory));
        if let Ok(thread) = Builder::new().spawn(remove) {
            self.threads().push(thread);
        }
    }

    fn threads(&self) -> MutexGuard<'_, Vec<JoinHandle<()>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Trash {
    fn drop(&mut self) {
        for thread in std::mem::take(&mut *self.threads()) {
            // One that panicked has told so.
            drop(thread.join());
        }
    }
}
