//! What is known of units whose files are to be removed, and the lock on them. A unit is forgotten
//! before its first file goes, so that whoever is killed in between leaves a unit that is built
//! again.

use std::collections::BTreeSet;

use atlas_fingerprint::{Digest, Disk, Entry, KnownResult, Ledger, State};
use camino::{Utf8Path, Utf8PathBuf};

use super::error::CleanError;
use super::site::Profile;
use crate::interrupt::Interrupt;
use crate::store::{Kept, LockCompany, LockError, ProfileLock};

/// Keeps builds with a profile from running.
#[derive(Debug)]
pub(super) struct Claim {
    _lock: ProfileLock,
}

impl Claim {
    /// Waits for builds with a profile to end; `on_wait` is called with the directory if one runs.
    pub(super) fn wait(
        directory: &Utf8Path,
        interrupt: &Interrupt,
        on_wait: &mut dyn FnMut(&Utf8Path),
    ) -> Result<Self, CleanError> {
        fs_err::create_dir_all(directory).map_err(CleanError::read(directory))?;
        let on_wait = || on_wait(directory);
        let lock = ProfileLock::acquire(directory, LockCompany::Nobody, interrupt, on_wait)?;
        Ok(Claim { _lock: lock })
    }

    /// Returns nothing if a build with the profile runs.
    pub(super) fn now_or_never(directory: &Utf8Path) -> Result<Option<Self>, CleanError> {
        // Whoever is interrupted already does not wait.
        let impatient = Interrupt::new();
        impatient.raise();
        match Claim::wait(directory, &impatient, &mut |_| ()) {
            Ok(claim) => Ok(Some(claim)),
            Err(CleanError::Lock(LockError::Interrupted)) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// What is known of the units of a profile.
#[derive(Debug)]
pub(super) struct Records<'k> {
    target: &'k Utf8Path,
    kept: &'k Kept,
    state: State<'k>,
    ledger: Ledger<'k>,
}

impl<'k> Records<'k> {
    /// Opens what is known. The profile must be claimed for anything to be forgotten.
    pub(super) fn open(
        target: &'k Utf8Path,
        kept: &'k Kept,
        profile: &Profile,
    ) -> Result<Self, CleanError> {
        let (state, _) = kept.state();
        let ledger = Ledger::open(&Disk, state, &profile.host.join("journals"))?;
        Ok(Records { target, kept, state, ledger })
    }

    /// Forgets a unit.
    pub(super) fn forget(&self, key: &str) -> Result<(), CleanError> {
        if self.state.unit(key).is_none() && !self.ledger.is_unfinished(key) {
            let current = self.ledger.current(key);
            if current.is_none() && self.ledger.kept(key).is_empty() {
                return Ok(());
            }
        }
        let (key, kept, files) = (key.to_owned(), Vec::new(), Vec::new());
        Ok(self.ledger.note(Entry { key, unfinished: false, current: None, kept, files })?)
    }

    /// Returns the files that results of a unit consist of, published ones among them, unless
    /// something has changed since the state was written.
    pub(super) fn outputs(&self, key: &str) -> BTreeSet<Utf8PathBuf> {
        let Some(unit) = self.state.unit(key) else { return BTreeSet::new() };
        let files = unit.current().into_iter().flat_map(|result| result.outputs());
        let paths = files.filter_map(|(file, _)| self.state.path(file));
        let below = paths.map(Utf8PathBuf::from).filter(|path| path.starts_with(self.target));
        below.collect()
    }

    /// Returns the names of results of a unit that were put aside and are of use.
    pub(super) fn results(&self, key: &str) -> BTreeSet<String> {
        self.ledger.kept(key).into_iter().map(|id| format!("{id:016x}")).collect()
    }

    /// Returns the names that digests of files of results of a unit lead to; `None` if it has no result in place,
    /// or another one than the state says.
    pub(super) fn contents(&self, key: &str) -> Option<BTreeSet<String>> {
        let current = self.ledger.unchanged(key)?;
        let kept = self.state.unit(key)?.kept();
        let digests = |result: KnownResult<'k>| {
            let contents = result.outputs().filter_map(|(_, content)| self.state.content(content));
            contents.map(|content| name(&content.bytes)).collect::<Vec<_>>()
        };
        Some(std::iter::once(current).chain(kept).flat_map(digests).collect())
    }

    /// Writes down what was forgotten.
    pub(super) fn save(self) -> Result<(), CleanError> {
        if self.ledger.is_changed() {
            self.kept.save(&Disk, &self.ledger, Vec::new(), None)?;
        }
        Ok(())
    }
}

/// Returns what a digest is as the name of a file.
fn name(digest: &Digest) -> String {
    digest.to_string().chars().take(32).collect()
}
