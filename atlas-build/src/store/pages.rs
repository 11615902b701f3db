//! Documentation: whether pages are those that were made, what they were made from, and whether the
//! metadata below them says all that is shown. Runs nothing.
//!
//! Pages are where the user finds them from the beginning, and anybody may replace them: plain cargo,
//! or this unit with other features. All remove the directory of the crate before they write into it.
//! So the stamps of the directories in it tell whether these are the pages of a record, and no page
//! but the first has to be looked at.
//!
//! A page shows what token and interface digests leave out: comments of the sources, and of other
//! crates documentation and the lines of items. So each byte of a crate counts for its pages, and they
//! need metadata of what is below that was made from the sources as they are.

use atlas_fingerprint::{
    Content, Digest, Directory, DirtyReason, FileError, Hasher, Input, Record, Stat, View,
};
use camino::{Utf8Path, Utf8PathBuf};

use super::before::{FileChange, input_reason};
use super::freshness::Freshness;
use super::published::Published;
use crate::ids::UnitId;
use crate::plan::{CompileStep, Pages};

/// What is known of the pages of a crate.
pub(super) struct Made {
    /// The first page, to be looked at as if it had been read: whoever changes it has others made.
    pub(super) index: Option<Input>,
    /// The directories that pages are in.
    pub(super) directories: Vec<Directory>,
}

impl Freshness<'_> {
    /// Returns the first page and the directories of a crate's pages, as they are.
    pub(super) fn pages(&self, pages: &Pages) -> Result<Made, FileError> {
        let path = pages.index();
        let index = self.table.observe(&path)?.map(|now| whole((path, now.content)));
        let mut directories = Vec::new();
        self.add_directories(&pages.directory, &mut directories)?;
        Ok(Made { index, directories })
    }

    fn add_directories(
        &self,
        path: &Utf8Path,
        directories: &mut Vec<Directory>,
    ) -> Result<(), FileError> {
        let Stat::Directory(stamp) = self.files.stat(path)? else { return Ok(()) };
        directories.push(Directory { path: path.to_owned(), digest: none(), stamp: Some(stamp) });
        for entry in self.files.list(path)? {
            // A page is told from a directory by its name, so that it need not be looked at.
            if !entry.name.contains('.') {
                self.add_directories(&path.join(&entry.name), directories)?;
            }
        }
        Ok(())
    }

    /// Checks the directories that a record names: those of pages, and others.
    pub(super) fn check_directories(
        &self,
        unit: UnitId,
        step: &CompileStep,
        record: &Record,
    ) -> Result<(), DirtyReason> {
        let Some(pages) = &step.pages else {
            return self.check_declared(unit, &record.directories);
        };
        let directories = record.directories.iter().cloned();
        let (made, declared): (Vec<_>, Vec<_>) =
            directories.partition(|directory| directory.path.starts_with(&pages.directory));
        let changed = made.iter().find(|made| !self.has_stamp_of(made));
        match changed {
            Some(made) => Err(DirtyReason::OutputMissing { path: made.path.clone() }),
            None if made.is_empty() => Err(DirtyReason::OutputMissing { path: pages.index() }),
            None => self.check_declared(unit, &declared),
        }
    }

    fn has_stamp_of(&self, directory: &Directory) -> bool {
        match (&directory.stamp, self.files.stat(&directory.path)) {
            (Some(stamp), Ok(Stat::Directory(now))) => *stamp == now,
            _ => false,
        }
    }

    /// Returns whether pages are made from the metadata that a unit gives. Procedural macros are
    /// built, and leave nothing of what is below them.
    pub(super) fn is_shown(&self, unit: UnitId) -> bool {
        let units = &self.sources.units.units;
        units[unit].mode.is_check() && units.values().any(|unit| unit.mode.is_doc())
    }

    /// Checks that the metadata of a result was made from the sources that the result was made from:
    /// it may have been kept from before, since other compiles see nothing of what has changed.
    pub(super) fn check_shown(
        &self,
        unit: UnitId,
        step: &CompileStep,
        record: &Record,
    ) -> Result<(), DirtyReason> {
        if !self.is_shown(unit) {
            return Ok(());
        }
        let Some(made_from) = self.carried_of(step, record) else { return Ok(()) };
        let is_same = |input: &&Input| {
            let same = |old: &&Input| old.path == input.path;
            let old = made_from.inputs.iter().find(same);
            old.is_some_and(|old| old.content.bytes == input.content.bytes)
        };
        let changed = record.inputs.iter().find(|input| !is_same(input));
        match changed {
            Some(input) => Err(input_reason(FileChange::Content(input.path.clone()))),
            None => Ok(()),
        }
    }
}

/// Returns an input of which each byte counts.
pub(super) fn whole((path, content): (Utf8PathBuf, Content)) -> Input {
    Input { path, content, view: View::Bytes }
}

/// Returns what other pages see of those of a crate: that they are there.
pub(super) fn published() -> Published {
    Published::uniform(Hasher::new("pages").finish())
}

/// Stands for names that do not count.
fn none() -> Digest {
    Hasher::new("no names").finish()
}
