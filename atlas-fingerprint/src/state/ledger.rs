//! The state while a build runs: the file, and what this process and others have changed since. Every
//! change is in a journal before anything relies on it, so that a killed process leaves a state that
//! is right.
//!
//! Entries about a unit are numbered, whoever writes them: whoever does has read all others before,
//! since only one process at a time may change a unit. The last one counts, so that it does not
//! matter in which order journals are read, nor whether one is read twice.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use camino::Utf8Path;

use super::file::State;
use super::journal::{Entry, Numbered, SeenFile};
use super::journals::Journals;
use super::read::{KnownResult, KnownUnit};
use super::write;
use crate::digest::Digest;
use crate::files::{FileError, Files, Stat};
use crate::record::Record;
use crate::stamp::Stamp;

/// What is known of units, and what has changed.
#[derive(Debug)]
pub struct Ledger<'m> {
    files: &'m dyn Files,
    base: State<'m>,
    inner: Mutex<Inner>,
}

/// What the lock guards.
#[derive(Debug)]
struct Inner {
    journals: Journals,
    units: HashMap<String, UnitNow>,
    /// Files that other processes saw.
    files: Vec<SeenFile>,
    /// The state file as it was last looked at.
    seen: Option<Stamp>,
    /// Grows with each change by another process.
    mark: u64,
}

/// A unit that has changed.
#[derive(Clone, Debug)]
pub(super) struct UnitNow {
    /// Number of the last entry about it.
    pub(super) order: u64,
    /// The mark when a change of it by another process was last heard of; zero for never.
    changed: u64,
    pub(super) unfinished: bool,
    pub(super) current: Option<Held>,
    pub(super) kept: Vec<Held>,
}

/// Whose an entry is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Origin {
    /// That of this process.
    Own,
    /// That of another one.
    Foreign,
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
    /// Opens the state with what other processes have left in the directory `journals`.
    ///
    /// # Errors
    ///
    /// [`FileError`] if there is a journal that cannot be read.
    pub fn open(
        files: &'m dyn Files,
        base: State<'m>,
        journals: &Utf8Path,
    ) -> Result<Self, FileError> {
        let inner = Inner {
            journals: Journals::new(journals),
            units: HashMap::new(),
            files: Vec::new(),
            seen: None,
            mark: 0,
        };
        let ledger = Ledger { files, base, inner: Mutex::new(inner) };
        ledger.read_journals()?;
        Ok(ledger)
    }

    /// Takes note of what other processes have written since it was last asked; `path` is the state
    /// file.
    ///
    /// # Errors
    ///
    /// [`FileError`] if there is a journal that cannot be read.
    pub fn refresh(&self, path: &Utf8Path) -> Result<(), FileError> {
        // In this order: what is not in a journal any longer is in the state by then.
        self.read_journals()?;
        // A state that cannot be looked at, or is damaged, tells nothing.
        let Ok(Stat::File(stamp)) = self.files.stat(path) else { return Ok(()) };
        if self.inner().seen.replace(stamp) == Some(stamp) {
            return Ok(());
        }
        let Ok(Some(bytes)) = self.files.map(path) else { return Ok(()) };
        if State::checksum_of(&bytes) == self.base.checksum() {
            return Ok(());
        }
        if let Ok(state) = State::parse(&bytes) {
            state.units().for_each(|(key, unit)| self.learn(key, unit));
        }
        Ok(())
    }

    /// Returns the state file that it is about.
    pub fn base(&self) -> State<'m> {
        self.base
    }

    /// Returns whether anything has changed since the file was written.
    pub fn is_changed(&self) -> bool {
        !self.inner().units.is_empty()
    }

    /// Returns whether there is anything that is not in the file, or may not be.
    pub fn has_news(&self) -> bool {
        let inner = self.inner();
        inner.journals.is_begun() || inner.journals.has_others()
    }

    /// Returns whether another process is building that has changed something.
    ///
    /// # Errors
    ///
    /// [`FileError`] if that cannot be found out.
    pub fn has_company(&self) -> Result<bool, FileError> {
        self.inner().journals.has_company(self.files)
    }

    /// Returns a number that grows with each change by another process that is heard of.
    pub fn mark(&self) -> u64 {
        self.inner().mark
    }

    /// Returns whether another process has changed a unit since a mark, or is about to.
    pub fn is_changed_since(&self, key: &str, mark: u64) -> bool {
        self.inner().units.get(key).is_some_and(|unit| unit.changed > mark)
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

    /// Writes down what is known of a unit from now on. All of `kept` must be among its results, and
    /// no other process may do the same meanwhile.
    ///
    /// # Errors
    ///
    /// [`FileError`] if it cannot be written; nothing has changed then.
    pub fn note(&self, entry: Entry) -> Result<(), FileError> {
        let entry = Numbered { order: self.order(&entry.key) + 1, entry };
        self.inner().journals.append(self.files, &entry)?;
        self.apply(entry, Origin::Own);
        Ok(())
    }

    /// Writes the state file anew, on top of `newest`, which is what is in the file now; nobody else
    /// may write it meanwhile. The journals of this process and of those that were killed are removed
    /// after that. Does nothing if there is nothing new.
    ///
    /// # Errors
    ///
    /// [`FileError`] if it cannot be written; the journals are still there then.
    pub fn save(
        &self,
        path: &Utf8Path,
        newest: &State<'_>,
        seen: Vec<SeenFile>,
        plan: Option<&PlanChange>,
    ) -> Result<(), FileError> {
        let dead = self.inner().journals.take_dead(self.files)?;
        self.read_journals()?;
        let mut inner = self.inner();
        let is_own = inner.journals.is_begun() || !seen.is_empty() || plan.is_some();
        if dead.is_empty() && !is_own {
            return Ok(());
        }
        let is_new = |(key, unit): &(&String, &UnitNow)| {
            newest.unit(key).is_none_or(|newest| newest.order() < unit.order)
        };
        let units = inner.units.iter().filter(is_new);
        let units = units.map(|(key, unit)| (key.as_str(), unit)).collect();
        let files = inner.files.iter().cloned().chain(seen);
        let bytes = write::assemble(newest, &units, files, plan);
        self.files.write(path, &bytes)?;
        inner.journals.remove(self.files, dead)
    }

    /// Takes note of what is new in the journals of others.
    fn read_journals(&self) -> Result<(), FileError> {
        let mut news = self.inner().journals.news(self.files)?;
        news.sort_by_key(|entry| entry.order);
        news.into_iter().for_each(|entry| self.apply(entry, Origin::Foreign));
        Ok(())
    }

    /// Returns the number of the last entry about a unit; zero for none.
    fn order(&self, key: &str) -> u64 {
        match self.inner().units.get(key) {
            Some(unit) => unit.order,
            None => self.base.unit(key).map_or(0, |unit| unit.order()),
        }
    }

    /// Takes note of an entry, unless something newer is known.
    fn apply(&self, Numbered { order, entry }: Numbered, origin: Origin) {
        if order <= self.order(&entry.key) {
            return;
        }
        let kept = entry.kept.iter().map(|id| self.held(&entry.key, *id)).collect();
        let current = entry.current.map(|record| {
            let (id, record) = (record.id(), Some(Arc::new(record)));
            Held { id, record }
        });
        let unfinished = entry.unfinished;
        let mut inner = self.inner();
        inner.mark += u64::from(origin == Origin::Foreign);
        let changed = match origin {
            Origin::Own => inner.units.get(&entry.key).map_or(0, |unit| unit.changed),
            Origin::Foreign => inner.mark,
        };
        inner.files.extend(entry.files);
        inner.units.insert(entry.key, UnitNow { order, changed, unfinished, current, kept });
    }

    /// Takes note of a unit as another process has saved it, unless something newer is known.
    fn learn(&self, key: &str, unit: KnownUnit<'_>) {
        let order = unit.order();
        if order <= self.order(key) {
            return;
        }
        let held = |result: KnownResult<'_>| Held {
            id: result.id(),
            record: result.record().map(Arc::new),
        };
        let (current, kept) = (unit.current().map(held), unit.kept().map(held).collect());
        let unfinished = unit.is_unfinished();
        let mut inner = self.inner();
        inner.mark += 1;
        let changed = inner.mark;
        inner.units.insert(key.to_owned(), UnitNow { order, changed, unfinished, current, kept });
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

    const JOURNALS: &str = "/journals";

    fn entry(key: &str, current: Option<Record>, kept: &[u64]) -> Entry {
        let (unfinished, kept) = (current.is_none(), kept.to_vec());
        Entry { key: key.to_owned(), unfinished, current, kept, files: Vec::new() }
    }

    fn numbered(n: u8) -> Record {
        Record { payload: vec![n], ..record(&[]) }
    }

    fn open<'m>(files: &'m MemoryFiles, base: State<'m>) -> Ledger<'m> {
        Ledger::open(files, base, JOURNALS.into()).expect("memory can be read")
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
        // Others know it, too.
        check(&open(&files, State::empty()));
        let bytes = saved(&files, &ledger, &State::empty());
        check(&open(&files, State::parse(&bytes).expect("just written")));
        assert!(files.list(JOURNALS.into()).is_err());
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
        let theirs = open(&files, State::empty());
        theirs.note(entry("theirs", Some(numbered(2)), &[])).expect("written");
        let bytes = saved(&files, &theirs, &State::empty());
        let bytes = saved(&files, &ours, &State::parse(&bytes).expect("just written"));
        let both = open(&files, State::parse(&bytes).expect("just written"));
        assert_eq!(payload(both.current("ours")), Some(1));
        assert_eq!(payload(both.current("theirs")), Some(2));
    }

    #[test]
    fn what_another_process_does_is_known_before_and_after_it_saves() {
        let files = MemoryFiles::new();
        let [ours, theirs] = [(); 2].map(|()| open(&files, State::empty()));
        let refresh = || ours.refresh("/state".into()).expect("readable");
        theirs.note(entry("a", None, &[])).expect("written");
        assert_eq!((ours.is_unfinished("a"), ours.mark()), (false, 0));
        refresh();
        assert_eq!((ours.is_unfinished("a"), ours.mark()), (true, 1));
        theirs.note(entry("a", Some(numbered(1)), &[])).expect("written");
        theirs.note(entry("b", Some(numbered(2)), &[])).expect("written");
        saved(&files, &theirs, &State::empty());
        refresh();
        assert_eq!(["a", "b"].map(|key| payload(ours.current(key))), [Some(1), Some(2)]);
        assert_eq!(ours.mark(), 3);
        assert_eq!(["a", "c"].map(|key| ours.is_changed_since(key, 1)), [true, false]);
        refresh();
        // What this process does itself is no news.
        ours.note(entry("a", None, &[])).expect("written");
        refresh();
        assert_eq!((ours.is_changed_since("a", 3), ours.mark()), (false, 3));
    }

    #[test]
    fn the_last_entry_counts_whoever_saves_last() {
        let files = MemoryFiles::new();
        let [first, second] = [(); 2].map(|()| open(&files, State::empty()));
        first.note(entry("a", Some(numbered(1)), &[])).expect("written");
        second.refresh("/state".into()).expect("readable");
        second.note(entry("a", Some(numbered(2)), &[])).expect("written");
        let bytes = saved(&files, &second, &State::empty());
        let bytes = saved(&files, &first, &State::parse(&bytes).expect("just written"));
        let after = open(&files, State::parse(&bytes).expect("just written"));
        assert_eq!(payload(after.current("a")), Some(2));
    }

    #[test]
    fn whoever_saves_takes_over_what_the_dead_have_left_and_leaves_the_living_alone() {
        let files = MemoryFiles::new();
        let [living, dead, ours] = [(); 3].map(|()| open(&files, State::empty()));
        living.note(entry("living", Some(numbered(1)), &[])).expect("written");
        dead.note(entry("dead", Some(numbered(2)), &[])).expect("written");
        assert!(ours.has_company().expect("readable"));
        drop(dead);
        saved(&files, &ours, &State::empty());
        drop(living);
        assert!(!ours.has_company().expect("readable"));
        let bytes = files.map("/state".into()).expect("readable").expect("written");
        let state = State::parse(&bytes).expect("just written");
        assert!(state.unit("dead").is_some());
        // A journal and its lock.
        assert_eq!(files.list(JOURNALS.into()).expect("one is left").len(), 2);
        let after = open(&files, state);
        assert_eq!(payload(after.current("living")), Some(1));
        saved(&files, &after, &state);
        assert!(files.list(JOURNALS.into()).is_err());
    }

    #[test]
    fn journal_that_was_saved_and_not_removed_does_no_harm() {
        let files = MemoryFiles::new();
        let stale = open(&files, State::empty());
        stale.note(entry("a", Some(numbered(1)), &[])).expect("written");
        let left = files.list(JOURNALS.into()).expect("there").remove(0).name;
        let left = format!("{JOURNALS}/{left}");
        let journal = files.read((&*left).into()).expect("there");
        let bytes = saved(&files, &stale, &State::empty());
        let base = State::parse(&bytes).expect("just written");
        let next = open(&files, base);
        next.note(entry("a", Some(numbered(2)), &[])).expect("written");
        let bytes = saved(&files, &next, &base);
        files.put(left, journal);
        let base = State::parse(&bytes).expect("just written");
        assert_eq!(payload(open(&files, base).current("a")), Some(2));
    }

    #[test]
    fn the_last_used_plans_are_kept() {
        let files = MemoryFiles::new();
        let ledger = open(&files, State::empty());
        ledger.note(entry("a", None, &[])).expect("written");
        let mut bytes = saved(&files, &ledger, &State::empty());
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
