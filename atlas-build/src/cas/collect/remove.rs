//! Letting go what may go, while other processes use the store. Knows no rule of what that is.
//!
//! Results go first: then nobody starts to use their files. A file goes only while nobody adds
//! anything, since whoever adds a result relies on the files that are there already; and only if no
//! result has it that was added after the store was looked at.

use std::collections::{HashMap, HashSet};
use std::time::{Duration, Instant, SystemTime};

use atlas_fingerprint::Digest;
use camino::Utf8Path;

use super::limits::Limits;
use super::plan::{Plan, plan};
use super::report::{Collected, Phase, Progress, Reason};
use crate::cas::lock::StoreLock;
use crate::cas::survey::{Found, Survey, read_result};
use crate::cas::{Access, Amount, Cas, CasError};

/// How long files are removed before others get a chance to add something.
const HOLD: Duration = Duration::from_millis(50);
/// How long others may keep a collection without a deadline from going on.
const PATIENCE: Duration = Duration::from_secs(60);
/// When a file without a name is taken to be left by a process that was killed.
const LEFTOVER: Duration = Duration::from_secs(24 * 60 * 60);

/// Removes from a store what may go, and says what it was.
///
/// # Errors
///
/// [`CasError`] if the store may not be written or locked.
pub fn collect(
    cas: &Cas,
    limits: &Limits,
    progress: &mut dyn FnMut(Progress),
) -> Result<Collected, CasError> {
    if !limits.dry_run && cas.access() == Access::ReadOnly {
        return Err(CasError::ReadOnly { root: cas.root().to_owned() });
    }
    progress(Progress { phase: Phase::Survey, done: 0, total: 1 });
    let mut collected = Collected { dry_run: limits.dry_run, ..Collected::default() };
    let Ok(survey) = cas.survey(limits.deadline) else {
        collected.cut_off = true;
        return Ok(collected);
    };
    let plan = plan(&survey, limits, &|path: &Utf8Path| path.exists());
    collected.bound = plan.bound;
    collected.over = plan.over;
    let n_files = plan.results.len() + plan.blobs.len();
    let mut removal = Removal {
        cas,
        limits,
        survey: &survey,
        collected,
        progress,
        n_gone: 0,
        n_done: 0,
        n_files,
    };
    removal.results(&plan);
    removal.leftovers(&plan);
    removal.blobs(&plan)?;
    let n_gone = removal.n_gone;
    let mut collected = removal.collected;
    let removed = collected.total();
    collected.remaining.count = survey.results.len() as u64 - n_gone;
    collected.remaining.bytes = survey.total().bytes.saturating_sub(removed.bytes);
    Ok(collected)
}

/// A removal that is under way.
struct Removal<'a> {
    cas: &'a Cas,
    limits: &'a Limits,
    survey: &'a Survey,
    collected: Collected,
    progress: &'a mut dyn FnMut(Progress),
    /// Results that went.
    n_gone: u64,
    n_done: usize,
    n_files: usize,
}

impl Removal<'_> {
    fn results(&mut self, plan: &Plan) {
        for (index, reason) in &plan.results {
            if self.is_late() {
                return;
            }
            let found = &self.survey.results[*index];
            // It may have been used meanwhile.
            if modified(&found.file.path) == Some(found.file.modified) {
                self.n_gone += self.remove(&found.file, *reason).count;
            }
            self.advance();
        }
    }

    /// Removes what no lock is needed for.
    fn leftovers(&mut self, plan: &Plan) {
        let survey = self.survey;
        survey.damaged.iter().chain(&survey.strangers).for_each(|file| {
            let _ = self.remove(file, Reason::Damaged);
        });
        for file in &survey.temporary {
            if self.limits.now.duration_since(file.modified).is_ok_and(|age| age > LEFTOVER) {
                let _ = self.remove(file, Reason::Leftover);
            }
        }
        for index in &plan.bindings {
            let _ = self.remove(&survey.bindings[*index].0, Reason::Checkout);
        }
    }

    /// Removes hints and blobs, a few at a time, so that whoever adds something waits for a moment
    /// only.
    fn blobs(&mut self, plan: &Plan) -> Result<(), CasError> {
        let mut doomed: Vec<(Digest, Reason)> = plan.blobs.iter().map(|(d, r)| (*d, *r)).collect();
        doomed.sort_unstable_by_key(|(digest, _)| *digest);
        let mut doomed = doomed.into_iter().peekable();
        let mut hints = plan.hints.iter().peekable();
        while doomed.peek().is_some() || hints.peek().is_some() {
            let Some(_lock) = self.lock()? else {
                self.collected.cut_off = true;
                return Ok(());
            };
            let needed = self.needed(plan);
            let since = Instant::now();
            loop {
                if self.is_late() {
                    return Ok(());
                }
                if let Some(index) = hints.next() {
                    self.hints(*index);
                } else if let Some((digest, reason)) = doomed.next() {
                    self.blob(&digest, reason, &needed);
                } else {
                    return Ok(());
                }
                if since.elapsed() > HOLD {
                    break;
                }
            }
        }
        Ok(())
    }

    fn blob(&mut self, digest: &Digest, reason: Reason, needed: &HashSet<Digest>) {
        if let Some(file) = self.survey.blobs.get(digest)
            && !needed.contains(digest)
        {
            let freed = self.remove(file, reason);
            if reason != Reason::Unreferenced
                && let Some(amount) = self.collected.removed.get_mut(&reason)
            {
                // The file is a part of a result that was counted.
                amount.count -= freed.count;
            }
        }
        self.advance();
    }

    fn hints(&mut self, index: usize) {
        let hints = &self.survey.hints[index];
        if modified(&hints.directory.path) != Some(hints.directory.modified) {
            return;
        }
        for file in &hints.files {
            let _ = self.remove(file, Reason::Hint);
        }
        if !self.limits.dry_run {
            // Stays if somebody has filed another hint.
            let _ = fs_err::remove_dir(&hints.directory.path);
        }
    }

    /// Returns the blobs of results that the plan does not know, or that it could not remove.
    fn needed(&self, plan: &Plan) -> HashSet<Digest> {
        if self.limits.dry_run {
            return HashSet::new();
        }
        let kept = plan.kept.iter().map(|index| &self.survey.results[*index].file);
        let known: HashMap<&Utf8Path, SystemTime> =
            kept.map(|file| (file.path.as_path(), file.modified)).collect();
        let is_known = |file: &Found| known.get(file.path.as_path()) == Some(&file.modified);
        let files = self.cas.result_files().into_iter().filter(|file| !is_known(file));
        let results = files.filter_map(|file| read_result(file).ok());
        results.flat_map(|found| found.result.blobs).map(|blob| blob.digest).collect()
    }

    fn lock(&self) -> Result<Option<StoreLock>, CasError> {
        if self.limits.dry_run {
            return Ok(Some(StoreLock::none()));
        }
        let path = self.cas.layout.lock();
        let deadline = self.limits.deadline.unwrap_or_else(|| Instant::now() + PATIENCE);
        StoreLock::alone_until(&path, deadline).map_err(CasError::wrap("lock", &path))
    }

    /// Removes a file for a reason; returns what that frees.
    fn remove(&mut self, file: &Found, reason: Reason) -> Amount {
        if !self.limits.dry_run && self.cas.medium.remove(&file.path).is_err() {
            return Amount::default();
        }
        let freed = Amount::one(file.size);
        *self.collected.removed.entry(reason).or_default() += freed;
        freed
    }

    fn is_late(&mut self) -> bool {
        let is_late = self.limits.deadline.is_some_and(|deadline| Instant::now() > deadline);
        self.collected.cut_off |= is_late;
        is_late
    }

    fn advance(&mut self) {
        self.n_done += 1;
        let (done, total) = (self.n_done as u64, self.n_files as u64);
        (self.progress)(Progress { phase: Phase::Remove, done, total });
    }
}

fn modified(path: &Utf8Path) -> Option<SystemTime> {
    fs_err::metadata(path).and_then(|metadata| metadata.modified()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cas::testing::{Place, age, key, result, tree};
    use crate::cas::{Blob, Checkout, StoredResult};

    const DAY: Duration = Duration::from_secs(24 * 60 * 60);

    /// A store with four results, used one to four days ago: `a` and `b` have a blob in common.
    fn filled() -> (Place, Cas) {
        let place = Place::new();
        let cas = place.open();
        for (days, name) in ["d", "c", "b", "a"].into_iter().enumerate() {
            let texts = if days > 1 { vec![name, "common"] } else { vec![name] };
            place.add(&cas, name, &texts).unwrap();
            age(&cas.layout.result(&key(name)), DAY * (days as u32 + 1));
        }
        (place, cas)
    }

    fn names(cas: &Cas) -> String {
        ["a", "b", "c", "d"]
            .into_iter()
            .filter(|name| cas.layout.result(&key(name)).exists())
            .collect()
    }

    fn by_age(days: f32) -> Limits {
        Limits { max_age: Some(DAY.mul_f32(days)), ..Limits::none(SystemTime::now()) }
    }

    fn collected(cas: &Cas, limits: &Limits) -> Collected {
        collect(cas, limits, &mut |_| ()).unwrap()
    }

    #[test]
    fn what_is_old_goes_with_its_files() {
        let (_place, cas) = filled();
        let sizes = |cas: &Cas| tree(&cas.layout.blobs()).len();
        assert_eq!((names(&cas).as_str(), sizes(&cas)), ("abcd", 5));
        let done = collected(&cas, &by_age(3.5));
        assert_eq!((names(&cas).as_str(), sizes(&cas)), ("bcd", 4));
        assert_eq!(done.removed.keys().collect::<Vec<_>>(), [&Reason::Age]);
        assert_eq!((done.total().count, done.remaining.count), (1, 3));
        let done = collected(&cas, &by_age(1.5));
        assert_eq!((names(&cas).as_str(), sizes(&cas)), ("d", 1));
        assert_eq!((done.total().count, done.remaining.count, done.cut_off), (2, 1, false));
    }

    #[test]
    fn dry_run_says_the_same_and_removes_nothing() {
        let (place, cas) = filled();
        let before = tree(&place.root());
        let dry = collected(&cas, &Limits { dry_run: true, ..by_age(2.5) });
        assert_eq!(tree(&place.root()), before);
        let done = collected(&cas, &by_age(2.5));
        assert_eq!(Collected { dry_run: false, ..dry }, done);
        assert_eq!(done.total().count, 2);
    }

    #[test]
    fn what_remains_is_what_is_there() {
        let (place, cas) = filled();
        let limits = Limits { max_size: Some(0), ..Limits::none(SystemTime::now()) };
        cas.add_hint(&key("base"), b"hint").unwrap();
        let checkout =
            Checkout { target_directory: "/t".into(), workspace_root: place.path.clone() };
        fs_err::write(place.path.join("Cargo.toml"), "").unwrap();
        cas.bind(&checkout, &[key("b")]).unwrap();
        let done = collected(&cas, &limits);
        assert_eq!(names(&cas), "b");
        assert_eq!((done.remaining.count, done.bound.count), (1, 1));
        assert_eq!(done.over, done.bound.bytes);
        let directories = ["results", "blobs", "hints", "checkouts"];
        let files = directories.iter().flat_map(|name| tree(&cas.layout.version().join(name)));
        let size = files.map(|path| fs_err::metadata(path).unwrap().len()).sum::<u64>();
        assert_eq!(done.remaining.bytes, size);
        fs_err::remove_file(place.path.join("Cargo.toml")).unwrap();
        let done = collected(&cas, &limits);
        assert_eq!((names(&cas).as_str(), done.over), ("", 0));
        assert_eq!(tree(&cas.layout.checkouts()).len(), 0);
    }

    #[test]
    fn leftovers_of_killed_processes_go() {
        let (_place, cas) = filled();
        let write = |path: &Utf8Path, days: u32| {
            fs_err::write(path, "half").unwrap();
            age(path, DAY * days);
        };
        write(&cas.layout.tmp().join("old"), 2);
        write(&cas.layout.tmp().join("new"), 0);
        let results = cas.layout.result(&key("a"));
        write(&results.with_file_name("stranger"), 0);
        let orphan = cas.layout.blob(&Digest::of_bytes(b"orphan"));
        fs_err::create_dir_all(orphan.parent().unwrap()).unwrap();
        write(&orphan, 0);
        let done = collected(&cas, &Limits::none(SystemTime::now()));
        assert_eq!(tree(&cas.layout.tmp()), [cas.layout.tmp().join("new")]);
        assert!(!orphan.exists());
        let reasons: Vec<_> = done.removed.keys().copied().collect();
        assert_eq!(reasons, [Reason::Damaged, Reason::Unreferenced, Reason::Leftover]);
        assert_eq!(names(&cas), "abcd");
    }

    #[test]
    fn unused_hints_go_with_their_directory() {
        let place = Place::new();
        let cas = place.open();
        cas.add_hint(&key("base"), b"hint").unwrap();
        age(&cas.layout.hints_of(&key("base")), DAY);
        cas.add_hint(&key("other"), b"hint").unwrap();
        let done = collected(&cas, &Limits::none(SystemTime::now()));
        assert_eq!(done.removed[&Reason::Hint], Amount { count: 1, bytes: 4 });
        assert!(!cas.layout.hints_of(&key("base")).exists());
        assert_eq!(cas.hints(&key("other")).len(), 1);
    }

    #[test]
    fn passed_deadline_cuts_off() {
        let (_place, cas) = filled();
        let deadline = Instant::now().checked_sub(Duration::from_secs(1));
        let done = collected(&cas, &Limits { deadline, ..by_age(0.5) });
        assert!(done.cut_off);
        assert_eq!(names(&cas), "abcd");
    }

    #[test]
    fn collection_gives_up_while_somebody_adds() {
        let (_place, cas) = filled();
        let adding = cas.shared_lock().unwrap();
        let deadline = Some(Instant::now() + Duration::from_millis(300));
        let done = collected(&cas, &Limits { deadline, ..by_age(0.5) });
        assert!(done.cut_off);
        assert_eq!(tree(&cas.layout.blobs()).len(), 5);
        drop(adding);
        let done = collected(&cas, &by_age(0.5));
        assert_eq!(tree(&cas.layout.blobs()).len(), 0);
        assert_eq!(done.removed[&Reason::Unreferenced].count, 5);
    }

    #[test]
    fn blob_of_a_result_that_came_meanwhile_stays() {
        let (place, cas) = filled();
        let survey = cas.survey(None).unwrap();
        let limits = by_age(0.5);
        let plan = plan(&survey, &limits, &|_| true);
        // Between the look and the removal.
        place.add(&cas, "new", &["a", "fresh"]).unwrap();
        cas.result(&key("b")).unwrap();
        let mut removal = Removal {
            cas: &cas,
            limits: &limits,
            survey: &survey,
            collected: Collected::default(),
            progress: &mut |_| (),
            n_gone: 0,
            n_done: 0,
            n_files: 1,
        };
        removal.results(&plan);
        removal.blobs(&plan).unwrap();
        assert_eq!(names(&cas), "b");
        let blobs = |result: &StoredResult| -> Vec<bool> {
            let exists = |blob: &Blob| cas.layout.blob(&blob.digest).exists();
            result.blobs.iter().map(exists).collect()
        };
        assert_eq!(blobs(&result("new", &["a", "fresh"])), [true, true]);
        assert_eq!(blobs(&result("b", &["b", "common"])), [true, true]);
        assert_eq!(tree(&cas.layout.blobs()).len(), 4);
    }
}
