//! What may go: a pure decision on what was found. Knows no file.
//!
//! What the last build of a living workspace needs stays, whatever else holds of it. Of the others go
//! those that nobody can use, then those not used for too long, then, until the rest fits, those used
//! least recently.

use std::collections::{HashMap, HashSet};
use std::time::SystemTime;

use atlas_fingerprint::Digest;
use camino::{Utf8Path, Utf8PathBuf};

use super::limits::Limits;
use super::report::Reason;
use crate::cas::results::USE_GRAIN;
use crate::cas::survey::{FoundResult, Survey};
use crate::cas::{Amount, Blob};

/// What may go of a [`Survey`], by indices into it.
#[derive(Debug, Default)]
pub(super) struct Plan {
    /// Results, and why.
    pub(super) results: Vec<(usize, Reason)>,
    /// Blobs, and why: that of the last result that had them.
    pub(super) blobs: HashMap<Digest, Reason>,
    /// Directories of hints.
    pub(super) hints: Vec<usize>,
    /// What dead checkouts need.
    pub(super) bindings: Vec<usize>,
    /// Results that stay.
    pub(super) kept: HashSet<usize>,
    /// What of them is needed.
    pub(super) bound: Amount,
    /// Bytes over the limit that are needed.
    pub(super) over: u64,
}

/// Tells whether paths exist, asking for each once.
struct Ground<'a> {
    exists: &'a dyn Fn(&Utf8Path) -> bool,
    known: HashMap<Utf8PathBuf, bool>,
}

impl Ground<'_> {
    fn exists(&mut self, path: &Utf8Path) -> bool {
        if let Some(known) = self.known.get(path) {
            return *known;
        }
        let exists = (self.exists)(path);
        self.known.insert(path.to_owned(), exists);
        exists
    }
}

/// Who has which blob, while results go one by one.
struct Ledger<'a> {
    survey: &'a Survey,
    n_owners: HashMap<Digest, u32>,
    bytes: u64,
    plan: Plan,
}

/// Decides what may go. `exists` tells whether there is something at a path.
pub(super) fn plan(survey: &Survey, limits: &Limits, exists: &dyn Fn(&Utf8Path) -> bool) -> Plan {
    let mut ground = Ground { exists, known: HashMap::new() };
    let mut ledger = Ledger::new(survey);
    let bound = ledger.bind(&mut ground);
    let is_bound = |found: &FoundResult| bound.contains(&found.key);
    for (index, found) in survey.results.iter().enumerate() {
        if !is_bound(found)
            && let Some(reason) = unusable(survey, found, limits, &mut ground)
        {
            ledger.remove(index, reason);
        }
    }
    let max_size = limits.max_size.unwrap_or(u64::MAX);
    for (index, found) in survey.results.iter().enumerate() {
        if ledger.bytes <= max_size {
            break;
        }
        if !is_bound(found) && ledger.plan.kept.contains(&index) {
            ledger.remove(index, Reason::Size);
        }
    }
    ledger.finish(max_size, limits.now, &bound)
}

/// Returns why a result goes even if there is room for it.
fn unusable(
    survey: &Survey,
    found: &FoundResult,
    limits: &Limits,
    ground: &mut Ground<'_>,
) -> Option<Reason> {
    let result = &found.result;
    if result.blobs.iter().any(|blob| !survey.blobs.contains_key(&blob.digest)) {
        return Some(Reason::Damaged);
    }
    let sysroot_exists = ground.exists(&result.toolchain.sysroot);
    if !limits.toolchains.keeps(&result.toolchain, || sysroot_exists) {
        return Some(Reason::Toolchain);
    }
    if result.checkout.as_ref().is_some_and(|checkout| !ground.exists(checkout)) {
        return Some(Reason::Checkout);
    }
    let age = limits.now.duration_since(found.file.modified).unwrap_or_default();
    limits.max_age.is_some_and(|max_age| age > max_age).then_some(Reason::Age)
}

impl<'a> Ledger<'a> {
    fn new(survey: &'a Survey) -> Self {
        let mut n_owners = HashMap::new();
        let mut plan = Plan::default();
        let mut bytes = 0;
        for (index, found) in survey.results.iter().enumerate() {
            plan.kept.insert(index);
            bytes += found.file.size;
            for digest in digests(&found.result.blobs) {
                *n_owners.entry(digest).or_insert(0) += 1;
            }
        }
        for (digest, file) in &survey.blobs {
            if n_owners.contains_key(digest) {
                bytes += file.size;
            } else {
                plan.blobs.insert(*digest, Reason::Unreferenced);
            }
        }
        Ledger { survey, n_owners, bytes, plan }
    }

    /// Returns the keys that the last builds of living workspaces need.
    fn bind(&mut self, ground: &mut Ground<'_>) -> HashSet<Digest> {
        let mut keys = HashSet::new();
        for (index, (_, binding)) in self.survey.bindings.iter().enumerate() {
            let root = binding.as_ref().map(|binding| &binding.checkout.workspace_root);
            match binding {
                Some(binding) if root.is_some_and(|it| ground.exists(&it.join("Cargo.toml"))) => {
                    keys.extend(&binding.keys);
                }
                _ => self.plan.bindings.push(index),
            }
        }
        keys
    }

    fn remove(&mut self, index: usize, reason: Reason) {
        let found = &self.survey.results[index];
        self.plan.kept.remove(&index);
        self.plan.results.push((index, reason));
        self.bytes -= found.file.size;
        for digest in digests(&found.result.blobs) {
            let Some(n_owners) = self.n_owners.get_mut(&digest) else { continue };
            *n_owners -= 1;
            if *n_owners == 0
                && let Some(file) = self.survey.blobs.get(&digest)
            {
                self.bytes -= file.size;
                self.plan.blobs.insert(digest, reason);
            }
        }
    }

    fn finish(mut self, max_size: u64, now: SystemTime, bound: &HashSet<Digest>) -> Plan {
        let results = &self.survey.results;
        let kept = || self.plan.kept.iter().map(|index| &results[*index]);
        // Whoever uses a result has looked at its hints just before; both are noted with a grain.
        let oldest = kept().map(|found| found.file.modified).min().unwrap_or(now).min(now);
        let hints = self.survey.hints.iter().enumerate();
        let hints = hints.filter(|(_, hints)| hints.directory.modified + USE_GRAIN * 2 < oldest);
        self.plan.hints = hints.map(|(index, _)| index).collect();
        let needed = || kept().filter(|found| bound.contains(&found.key));
        let blobs: HashSet<Digest> =
            needed().flat_map(|found| digests(&found.result.blobs)).collect();
        let blob_bytes = blobs.iter().filter_map(|digest| self.survey.blobs.get(digest));
        self.plan.bound = needed().map(|found| Amount::one(found.file.size)).sum();
        self.plan.bound.bytes += blob_bytes.map(|file| file.size).sum::<u64>();
        self.plan.over = self.bytes.saturating_sub(max_size);
        self.plan
    }
}

/// Returns the digests of blobs, each once.
fn digests(blobs: &[Blob]) -> HashSet<Digest> {
    blobs.iter().map(|blob| blob.digest).collect()
}
