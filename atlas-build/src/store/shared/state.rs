//! What is known of the store during one build, and what the build did with it.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use atlas_fingerprint::{Digest, Files};
use camino::{Utf8Path, Utf8PathBuf};

use super::filing::Filing;
use super::mentions::Mentions;
use super::places::Places;
use super::restore::Restored;
use super::system::System;
use crate::cas::{Access, BuildCounts, Cas, Toolchain as Maker};
use crate::fingerprints::Sources;
use crate::ids::{DenseMap, UnitId};
use crate::packages::Package;
use crate::plan::Step;

/// Which store, and by which rules.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The store.
    pub cas: Arc<Cas>,
    /// The directory of the workspace's root manifest.
    pub workspace_root: Utf8PathBuf,
    /// Whether results name no directory of the workspace, so that other checkouts can use them.
    pub portable: bool,
}

/// The store, as the units of one build see it.
#[derive(Debug)]
pub(in super::super) struct Shared<'a> {
    pub(super) cas: Arc<Cas>,
    pub(super) places: Arc<Places>,
    pub(super) system: System<'a>,
    pub(super) mentions: Mentions,
    pub(super) workspace_root: Utf8PathBuf,
    pub(super) portable: bool,
    pub(super) maker: Maker,
    pub(super) filing: Filing,
    steps: &'a DenseMap<UnitId, Step>,
    runs: Mutex<BTreeMap<UnitId, Option<super::run::Seen>>>,
    restored: Mutex<BTreeMap<String, Digest>>,
    /// In a prediction: files that would be published.
    foretold: Mutex<BTreeMap<Utf8PathBuf, Digest>>,
    counts: Counts,
}

/// What was done so far.
#[derive(Debug, Default)]
struct Counts {
    misses: AtomicU64,
    hits: AtomicU64,
    bytes: AtomicU64,
    saved: AtomicU64,
}

impl<'a> Shared<'a> {
    /// Creates it for a build.
    pub(in super::super) fn new(
        settings: &Settings,
        sources: &Sources<'a>,
        files: &'a dyn Files,
        target_directory: &Utf8Path,
        steps: &'a DenseMap<UnitId, Step>,
    ) -> Self {
        let Settings { cas, workspace_root, portable } = settings;
        let workspace = portable.then_some(workspace_root.as_path());
        let is_elsewhere = |package: &&Package| {
            *portable && package.is_local() && !package.root().starts_with(workspace_root)
        };
        let elsewhere = sources.packages.packages.values().filter(is_elsewhere);
        let name = |it: &Package| format!("{}-{}", it.name, it.version);
        let packages: Vec<_> = elsewhere.map(|it| (it.root(), name(it))).collect();
        let places = Arc::new(Places::new(target_directory, workspace, &packages));
        let maker = Maker {
            sysroot: sources.toolchain.sysroot.clone(),
            version: sources.toolchain.version.to_string(),
        };
        Shared {
            cas: Arc::clone(cas),
            filing: Filing::new(Arc::clone(cas), Arc::clone(&places)),
            places,
            system: System::new(files, sources.toolchain, sources.environment),
            mentions: Mentions::new(sources.environment),
            workspace_root: workspace_root.clone(),
            portable: *portable,
            maker,
            steps,
            runs: Mutex::default(),
            restored: Mutex::default(),
            foretold: Mutex::default(),
            counts: Counts::default(),
        }
    }

    /// Returns the library that a unit publishes and others load.
    pub(super) fn library(&self, unit: UnitId) -> Option<&'a Utf8Path> {
        let Step::Compile(step) = &self.steps[unit] else { return None };
        let is_loaded = |path: &&Utf8Path| !matches!(path.extension(), Some("rmeta"));
        step.outputs.iter().map(|output| output.published.as_path()).find(is_loaded)
    }

    /// Returns what is known of a run of a build script, and finds it out if need be.
    pub(super) fn run(
        &self,
        unit: UnitId,
        find_out: impl FnOnce(&'a Step) -> Option<super::run::Seen>,
    ) -> Option<super::run::Seen> {
        if let Some(known) = self.runs().get(&unit) {
            return *known;
        }
        let seen = find_out(&self.steps[unit]);
        self.runs().insert(unit, seen);
        seen
    }

    /// Returns the file whose lock is the right to be the one who makes what `base` stands for, in all
    /// checkouts.
    pub(in super::super) fn claim_file(&self, base: &Digest) -> Option<Utf8PathBuf> {
        let is_written = self.cas.access() == Access::ReadWrite;
        is_written.then(|| self.cas.claim_file(base))
    }

    /// Removes a result.
    pub(in super::super) fn remove(&self, key: &Digest) {
        self.cas.remove(key);
    }

    /// Takes note of a file that would be published.
    pub(super) fn know_file(&self, path: Utf8PathBuf, digest: Digest) {
        self.foretold.lock().unwrap_or_else(PoisonError::into_inner).insert(path, digest);
    }

    /// Returns the digest of a file that would be published.
    pub(super) fn foretold(&self, path: &Utf8Path) -> Option<Digest> {
        self.foretold.lock().unwrap_or_else(PoisonError::into_inner).get(path).copied()
    }

    /// Takes note of what is seen of a run.
    pub(super) fn know_run(&self, unit: UnitId, seen: Option<super::run::Seen>) {
        self.runs().insert(unit, seen);
    }

    /// Forgets what was known of a unit: it is built anew.
    pub(in super::super) fn forget(&self, unit: UnitId) {
        self.runs().remove(&unit);
    }

    /// Takes note of a result that was looked for in vain.
    pub(in super::super) fn missed(&self) {
        self.counts.misses.fetch_add(1, Ordering::Relaxed);
    }

    /// Takes note of a result that was restored for a unit.
    pub(super) fn restored(&self, restored: &Restored) {
        self.counts.hits.fetch_add(1, Ordering::Relaxed);
        self.counts.bytes.fetch_add(restored.n_bytes, Ordering::Relaxed);
        let saved = u64::try_from(restored.outcome.duration.as_millis()).unwrap_or(u64::MAX);
        self.counts.saved.fetch_add(saved, Ordering::Relaxed);
        let mut keys = self.restored.lock().unwrap_or_else(PoisonError::into_inner);
        keys.insert(restored.unit.clone(), restored.key);
    }

    /// Waits until everything is filed. Returns what was done, and the keys of the results that were
    /// restored or filed, by unit.
    pub(in super::super) fn close(&self) -> (BuildCounts, BTreeMap<String, Digest>) {
        let filed = self.filing.close();
        let counts = BuildCounts {
            hits: self.counts.hits.load(Ordering::Relaxed),
            misses: self.counts.misses.load(Ordering::Relaxed),
            restored: self.counts.bytes.load(Ordering::Relaxed),
            stored: filed.bytes,
            saved: Duration::from_millis(self.counts.saved.load(Ordering::Relaxed)),
        };
        let restored = self.restored.lock().unwrap_or_else(PoisonError::into_inner);
        let mut keys = restored.clone();
        keys.extend(filed.keys);
        (counts, keys)
    }

    fn runs(&self) -> MutexGuard<'_, BTreeMap<UnitId, Option<super::run::Seen>>> {
        self.runs.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
