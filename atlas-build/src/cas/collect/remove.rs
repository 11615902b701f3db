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

/// How long others may have to wait before they can add something.
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
            let since = Instant::now();
            let needed = self.needed(plan);
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
