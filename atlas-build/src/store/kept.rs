//! The state file of a target directory: where it is, how it is opened, how it is replaced.

use std::borrow::Cow;

use atlas_fingerprint::{
    FileError, Files, Ledger, Mapped, PlanChange, RecordFault, SeenFile, State,
};
use camino::{Utf8Path, Utf8PathBuf};

use super::lock::DirectoryLock;

/// A state file that was opened.
#[derive(Debug)]
pub struct Kept {
    path: Utf8PathBuf,
    mapped: Option<Mapped>,
    unreadable: Option<RecordFault>,
}

impl Kept {
    /// Opens the state file below a target directory. One that cannot be read counts as none.
    pub fn open(files: &dyn Files, target_directory: &Utf8Path) -> Self {
        let path = state_path(target_directory);
        let (mapped, unreadable) = match files.map(&path) {
            Ok(mapped) => (mapped, None),
            Err(error) => (None, Some(RecordFault::Io { error: error.source.to_string() })),
        };
        Kept { path, mapped, unreadable }
    }

    /// Returns the file.
    pub fn path(&self) -> &Utf8Path {
        &self.path
    }

    /// Returns what is in the file, and what is wrong with it if nothing of it can be used.
    pub fn state(&self) -> (State<'_>, Option<Cow<'_, RecordFault>>) {
        if let Some(fault) = &self.unreadable {
            return (State::empty(), Some(Cow::Borrowed(fault)));
        }
        match self.mapped.as_deref().map(State::parse) {
            None => (State::empty(), None),
            Some(Ok(state)) => (state, None),
            Some(Err(fault)) => (State::empty(), Some(Cow::Owned(fault))),
        }
    }

    /// Replaces the file by one that has all that has changed, on top of what another process may
    /// have written meanwhile.
    ///
    /// # Errors
    ///
    /// [`FileError`] if it cannot be written.
    pub fn save(
        &self,
        files: &dyn Files,
        ledger: &Ledger<'_>,
        seen: Vec<SeenFile>,
        plan: Option<&PlanChange>,
    ) -> Result<(), FileError> {
        let directory = self.path.parent().unwrap_or(&self.path);
        // Held for a moment only: it is not worth a word, and not an interrupt. Without it the last
        // one wins, and the other one's work is done again.
        let lock = DirectoryLock::acquire(directory);
        let newest = Kept {
            unreadable: None,
            path: self.path.clone(),
            mapped: files.map(&self.path).ok().flatten(),
        };
        let (state, _) = newest.state();
        let saved = ledger.save(&self.path, &state, seen, plan);
        drop(lock);
        saved
    }
}

/// Returns the state file below a target directory.
pub(super) fn state_path(target_directory: &Utf8Path) -> Utf8PathBuf {
    target_directory.join("atlas").join("state.bin")
}
