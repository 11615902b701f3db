//! The state while a build runs: the file, and what has changed since. Every change is in the
//! journal before anything relies on it, so that a killed process leaves a state that is right.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use camino::{Utf8Path, Utf8PathBuf};

use super::file::State;
use super::journal::{self, Entry, SeenFile};
use super::read::{KnownResult, KnownUnit};
use super::write;
use crate::digest::Digest;
use crate::files::{FileError, Files};
use crate::record::Record;

/// What is known of units, and what has changed.
#[derive(Debug)]
pub struct Ledger<'m> {
    files: &'m dyn Files,
    base: State<'m>,
    journal: Utf8PathBuf,
    inner: Mutex<Inner>,
}

/// What the lock guards.
#[derive(Debug, Default)]
struct Inner {
    units: HashMap<String, UnitNow>,
    /// Files that a process before this one saw and did not save.
    files: Vec<SeenFile>,
}

/// A unit that has changed.
#[derive(Clone, Debug)]
pub(super) struct UnitNow {
    pub(super) unfinished: bool,
    pub(super) current: Option<Held>,
    pub(super) kept: Vec<Held>,
}

/// A result.
#[derive(Clone, Debug)]
pub(super) struct Held {
    pub(super) id: u64,
    /// The record, unless it is in the state file.
    pub(super) record: Option<Arc<Record>>,
}

/// What becomes of the plan that a build had.
#[derive(Clone, Debug)]
pub struct PlanChange {
    /// What it is a plan for.
    pub key: Digest,
    /// What it was derived from.
    pub derivation: Vec<u8>,
    /// The plan itself.
    pub plan: KeptPlan,
    /// For each unit the id of the result that is known to be right; zero for none.
    pub settled: Vec<u64>,
}

/// A plan to be kept.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum KeptPlan {
    /// A new one.
    New(Vec<u8>),
    /// The one in the file that has this digest. If another process has replaced that meanwhile,
    /// nothing is known of the other one.
    Same(Digest),
}

impl<'m> Ledger<'m> {
    /// Opens the state with what a process that was killed has left in `journal`.
    ///
    /// # Errors
    ///
    /// [`FileError`] if there is a journal that cannot be read.
    pub fn open(
        files: &'m dyn Files,
        base: State<'m>,
        journal: &Utf8Path,
    ) -> Result<Self, FileError> {
        let journal = journal.to_owned();
        let ledger = Ledger { files, base, journal, inner: Mutex::default() };
        if let crate::Stat::File(_) = files.stat(&ledger.journal)? {
            let bytes = files.read(&ledger.journal)?;
            journal::decode(&bytes).into_iter().for_each(|entry| ledger.apply(entry));
        }
        Ok(ledger)
    }

    /// Returns the state file that it is about.
    pub fn base(&self) -> State<'m> {
        self.base
    }

    /// Returns whether anything has changed since the file was written.
    pub fn is_changed(&self) -> bool {
        !self.inner().units.is_empty()
    }

    /// Returns whether a build of a unit was started that did not end well.
    pub fn is_unfinished(&self, key: &str) -> bool {
        match self.inner().units.get(key) {
            Some(unit) => unit.unfinished,
            None => self.base.unit(key).is_some_and(|unit| unit.is_unfinished()),
        }
    }

    /// Returns the result in place as it is in the file, if it has not changed since.
    pub fn unchanged(&self, key: &str) -> Option<KnownResult<'m>> {
        match self.inner().units.contains_key(key) {
            true => None,
            false => self.base.unit(key)?.current(),
        }
    }

    /// Returns the id of the result in place, and its record unless that is damaged.
    pub fn current(&self, key: &str) -> Option<(u64, Option<Arc<Record>>)> {
        let changed = self.inner().units.get(key).cloned();
        match changed {
            Some(unit) => unit.current.map(|held| self.resolve(key, &held)),
            None => {
                let result = self.base.unit(key)?.current()?;
                Some((result.id(), result.record().map(Arc::new)))
            }
        }
    }

    /// Returns the ids of the results that were put aside, the last one first.
    pub fn kept(&self, key: &str) -> Vec<u64> {
        match self.inner().units.get(key) {
            Some(unit) => unit.kept.iter().map(|held| held.id).collect(),
            None => {
                let kept = self.base.unit(key).into_iter().flat_map(|unit| unit.kept());
                kept.map(|result| result.id()).collect()
            }
        }
    }

    /// Returns the record of a result that was put aside.
    pub fn kept_record(&self, key: &str, id: u64) -> Option<Arc<Record>> {
        let held = self.held(key, id);
        self.resolve(key, &held).1
    }

    /// Writes down what is known of a unit from now on. All of `kept` must be among its results.
    ///
    /// # Errors
    ///
    /// [`FileError`] if it cannot be written; nothing has changed then.
    pub fn note(&self, entry: Entry) -> Result<(), FileError> {
        self.files.append(&self.journal, &journal::encode(&entry))?;
        self.apply(entry);
        Ok(())
    }

    /// Writes the state file anew, on top of `newest`, which is what is in the file now. The
    /// journal is removed after that.
    ///
    /// # Errors
    ///
    /// [`FileError`] if it cannot be written; the journal is still there then.
    pub fn save(
        &self,
        path: &Utf8Path,
        newest: &State<'_>,
        seen: Vec<SeenFile>,
        plan: Option<&PlanChange>,
    ) -> Result<(), FileError> {
        let inner = self.inner();
        let files = inner.files.iter().cloned().chain(seen);
        let bytes = write::assemble(newest, &inner.units, files, plan);
        self.files.write(path, &bytes)?;
        self.files.remove(&self.journal)
    }

    fn apply(&self, entry: Entry) {
        let kept = entry.kept.iter().map(|id| self.held(&entry.key, *id)).collect();
        let current = entry.current.map(|record| {
            let (id, record) = (record.id(), Some(Arc::new(record)));
            Held { id, record }
        });
        let mut inner = self.inner();
        inner.files.extend(entry.files);
        inner.units.insert(entry.key, UnitNow { unfinished: entry.unfinished, current, kept });
    }

    /// Returns a result of a unit by its id.
    fn held(&self, key: &str, id: u64) -> Held {
        let inner = self.inner();
        let held = inner.units.get(key).and_then(|unit| {
            unit.current.iter().chain(&unit.kept).find(|held| held.id == id).cloned()
        });
        held.unwrap_or(Held { id, record: None })
    }

    fn resolve(&self, key: &str, held: &Held) -> (u64, Option<Arc<Record>>) {
        let in_file = || find(self.base.unit(key)?, held.id)?.record().map(Arc::new);
        (held.id, held.record.clone().or_else(in_file))
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Returns a result of a unit in the file.
pub(super) fn find<'m>(unit: KnownUnit<'m>, id: u64) -> Option<KnownResult<'m>> {
    unit.current().into_iter().chain(unit.kept()).find(|result| result.id() == id)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::{KeptPlan, Ledger, PlanChange};
    use crate::digest::Digest;
    use crate::files::{Files, Mapped};
    use crate::memory::MemoryFiles;
    use crate::record::Record;
    use crate::state::testing::record;
    use crate::state::{Entry, State};

    const JOURNAL: &str = "/journal";

    fn entry(key: &str, current: Option<Record>, kept: &[u64]) -> Entry {
        let (unfinished, kept) = (current.is_none(), kept.to_vec());
        Entry { key: key.to_owned(), unfinished, current, kept, files: Vec::new() }
    }

    fn numbered(n: u8) -> Record {
        Record { payload: vec![n], ..record(&[]) }
    }

    fn open<'m>(files: &'m MemoryFiles, base: State<'m>) -> Ledger<'m> {
        Ledger::open(files, base, JOURNAL.into()).expect("memory can be read")
    }

    fn saved(files: &MemoryFiles, ledger: &Ledger<'_>, base: &State<'_>) -> Mapped {
        ledger.save("/state".into(), base, Vec::new(), None).expect("memory can be written");
        files.map("/state".into()).expect("readable").expect("written")
    }

    fn payload(current: Option<(u64, Option<Arc<Record>>)>) -> Option<u8> {
        current?.1.map(|record| record.payload[0])
    }

    #[test]
    fn what_happened_is_known_before_and_after_it_is_saved() {
        let files = MemoryFiles::new();
        let ledger = open(&files, State::empty());
        ledger.note(entry("a", Some(numbered(1)), &[])).expect("written");
        ledger.note(entry("b", None, &[])).expect("written");
        let check = |ledger: &Ledger<'_>| {
            assert_eq!(payload(ledger.current("a")), Some(1));
            assert_eq!(payload(ledger.current("b")), None);
            assert_eq!(["a", "b", "c"].map(|key| ledger.is_unfinished(key)), [false, true, false]);
        };
        check(&ledger);
        // A process that was killed leaves the journal.
        check(&open(&files, State::empty()));
        let bytes = saved(&files, &ledger, &State::empty());
        check(&open(&files, State::parse(&bytes).expect("just written")));
        assert!(files.read(JOURNAL.into()).is_err());
    }

    #[test]
    fn results_are_put_aside_and_found_again() {
        let files = MemoryFiles::new();
        let ledger = open(&files, State::empty());
        let (first, second) = (numbered(1), numbered(2));
        ledger.note(entry("a", Some(first.clone()), &[])).expect("written");
        let bytes = saved(&files, &ledger, &State::empty());
        let base = State::parse(&bytes).expect("just written");
        let ledger = open(&files, base);
        ledger.note(entry("a", None, &[first.id()])).expect("written");
        ledger.note(entry("a", Some(second.clone()), &[first.id()])).expect("written");
        let check = |ledger: &Ledger<'_>| {
            assert_eq!(payload(ledger.current("a")), Some(2));
            assert_eq!(ledger.kept("a"), [first.id()]);
            let kept = ledger.kept_record("a", first.id()).expect("it was put aside");
            assert_eq!(*kept, first);
        };
        check(&ledger);
        check(&open(&files, base));
        let bytes = saved(&files, &ledger, &base);
        check(&open(&files, State::parse(&bytes).expect("just written")));
    }

    #[test]
    fn what_another_process_saved_meanwhile_is_kept() {
        let files = MemoryFiles::new();
        let ours = open(&files, State::empty());
        ours.note(entry("ours", Some(numbered(1)), &[])).expect("written");
        let theirs = Ledger::open(&files, State::empty(), "/other".into()).expect("readable");
        theirs.note(entry("theirs", Some(numbered(2)), &[])).expect("written");
        let bytes = saved(&files, &theirs, &State::empty());
        let bytes = saved(&files, &ours, &State::parse(&bytes).expect("just written"));
        let both = open(&files, State::parse(&bytes).expect("just written"));
        assert_eq!(payload(both.current("ours")), Some(1));
        assert_eq!(payload(both.current("theirs")), Some(2));
    }

    #[test]
    fn the_last_used_plans_are_kept() {
        let files = MemoryFiles::new();
        let mut bytes = saved(&files, &open(&files, State::empty()), &State::empty());
        for n in [0, 1, 2, 3, 4, 5, 6, 7, 8, 1, 9] {
            let base = State::parse(&bytes).expect("just written");
            let key = Digest::of_bytes(&[n]);
            let plan = match base.plans().find(|plan| plan.key() == key) {
                Some(known) => KeptPlan::Same(known.digest()),
                None => KeptPlan::New(vec![n]),
            };
            let change = PlanChange { key, derivation: vec![n, n], plan, settled: vec![7] };
            let ledger = open(&files, base);
            ledger.save("/state".into(), &base, Vec::new(), Some(&change)).expect("written");
            bytes = files.map("/state".into()).expect("readable").expect("written");
        }
        let state = State::parse(&bytes).expect("just written");
        let plans: Vec<u8> =
            state.plans().map(|plan| plan.plan().expect("it is whole")[0]).collect();
        assert_eq!(plans, [9, 1, 8, 7, 6, 5, 4, 3]);
        let last = state.plans().next().expect("there is one");
        assert_eq!(last.derivation(), Some(vec![9, 9]));
        assert_eq!(last.settled().collect::<Vec<_>>(), [7]);
    }

    #[test]
    fn what_is_known_of_a_plan_goes_with_that_plan() {
        let files = MemoryFiles::new();
        let key = Digest::of_bytes(b"key");
        let change =
            |plan, n| PlanChange { key, derivation: vec![n], plan, settled: vec![n.into()] };
        let save = |base: &State<'_>, change: PlanChange| {
            let ledger = open(&files, *base);
            ledger.save("/state".into(), base, Vec::new(), Some(&change)).expect("written");
            files.map("/state".into()).expect("readable").expect("written")
        };
        let first = save(&State::empty(), change(KeptPlan::New(vec![1]), 1));
        let first = State::parse(&first).expect("just written");
        let digest = first.plans().next().expect("there is one").digest();
        // Another process made another plan meanwhile.
        let second = save(&first, change(KeptPlan::New(vec![2]), 2));
        let second = State::parse(&second).expect("just written");
        let third = save(&second, change(KeptPlan::Same(digest), 3));
        let third = State::parse(&third).expect("just written");
        let plan = third.plans().next().expect("there is one");
        assert_eq!((plan.plan(), plan.derivation()), (Some(vec![2]), Some(vec![2])));
        assert_eq!((plan.settled().collect::<Vec<_>>(), third.plans().count()), (vec![2], 1));
    }

    #[test]
    fn damaged_blob_costs_one_result() {
        let files = MemoryFiles::new();
        let ledger = open(&files, State::empty());
        ledger.note(entry("a", Some(numbered(1)), &[])).expect("written");
        ledger.note(entry("b", Some(numbered(2)), &[])).expect("written");
        let mut bytes = saved(&files, &ledger, &State::empty()).to_vec();
        *bytes.last_mut().expect("it is not empty") ^= 1;
        files.put("/state", bytes);
        let bytes = files.map("/state".into()).expect("readable").expect("written");
        let ledger = open(&files, State::parse(&bytes).expect("its rows are whole"));
        let known = ["a", "b"].map(|key| payload(ledger.current(key)).is_some());
        assert_eq!(known.iter().filter(|known| **known).count(), 1);
    }
}
