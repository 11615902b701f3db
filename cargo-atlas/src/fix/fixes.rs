//! Files that are changed as the compiler suggests, and what they were before. What is not as the
//! compiler saw it is left alone: somebody else is writing it. Knows nothing of builds.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

use atlas_build::ids::UnitId;
use camino::{Utf8Path, Utf8PathBuf};
use rustfix::CodeFix;

use super::Collected;

/// Where files may be, and where nothing is changed.
#[derive(Clone, Debug)]
pub(crate) struct Places {
    /// The compiler names files of members from here.
    pub(crate) workspace_root: Utf8PathBuf,
    /// Directories of others: cargo's home, the toolchain.
    pub(crate) foreign: Vec<Utf8PathBuf>,
}

/// Files that were changed.
#[derive(Debug, Default)]
pub(crate) struct Fixes {
    files: BTreeMap<String, Fixed>,
}

/// A file that was changed.
#[derive(Debug)]
struct Fixed {
    path: Utf8PathBuf,
    original: String,
    written: String,
    n_fixes: usize,
    errors: Vec<String>,
    units: BTreeSet<UnitId>,
}

impl Fixes {
    /// Does what was suggested; returns whether anything was changed.
    ///
    /// # Errors
    ///
    /// If a file cannot be written.
    pub(crate) fn apply(&mut self, collected: &[Collected], places: &Places) -> io::Result<bool> {
        let mut by_file: BTreeMap<&str, Vec<&Collected>> = BTreeMap::new();
        for it in collected {
            by_file.entry(&it.file).or_default().push(it);
        }
        self.files.values_mut().for_each(|file| file.errors.clear());
        let mut made_changes = false;
        for (name, of_file) in by_file {
            let Some(path) = places.of(name, &of_file[0].package_root) else { continue };
            let Ok(code) = fs_err::read_to_string(&path) else { continue };
            let fixed = self.files.entry(name.to_owned()).or_insert_with(|| Fixed {
                path: path.clone(),
                original: code.clone(),
                written: code.clone(),
                n_fixes: 0,
                errors: Vec::new(),
                units: BTreeSet::new(),
            });
            made_changes |= fixed.apply(&code, &of_file)?;
        }
        self.files.retain(|_, file| file.n_fixes > 0 || !file.errors.is_empty());
        Ok(made_changes)
    }

    /// Returns whether something did not go together with something else.
    pub(crate) fn has_errors(&self) -> bool {
        self.files.values().any(|file| !file.errors.is_empty())
    }

    /// Returns what could not be done: files and errors.
    pub(crate) fn errors(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files.iter().flat_map(|(name, file)| {
            file.errors.iter().map(move |error| (name.as_str(), error.as_str()))
        })
    }

    /// Returns files and how much was done in each.
    pub(crate) fn done(&self) -> impl Iterator<Item = (&str, usize)> {
        let done = self.files.iter().map(|(name, file)| (name.as_str(), file.n_fixes));
        done.filter(|(_, n_fixes)| *n_fixes > 0)
    }

    /// Takes back what was done for units, or everything if nothing was done for them: something else
    /// broke them then. Files that somebody else has changed meanwhile stay as they are, and are
    /// returned.
    ///
    /// # Errors
    ///
    /// If a file cannot be written.
    pub(crate) fn take_back(&mut self, units: &BTreeSet<UnitId>) -> io::Result<Vec<Utf8PathBuf>> {
        let is_theirs = |file: &Fixed| !file.units.is_disjoint(units);
        let takes_all = !self.files.values().any(is_theirs);
        let mut kept = Vec::new();
        for file in self.files.values().filter(|file| takes_all || is_theirs(file)) {
            if fs_err::read_to_string(&file.path).is_ok_and(|now| now == file.written) {
                write(&file.path, &file.original)?;
            } else {
                kept.push(file.path.clone());
            }
        }
        self.files.retain(|_, file| !takes_all && file.units.is_disjoint(units));
        Ok(kept)
    }
}

impl Fixed {
    /// Does what was suggested for the file, which is `code` now.
    fn apply(&mut self, code: &str, collected: &[&Collected]) -> io::Result<bool> {
        if code != self.written {
            return Ok(false);
        }
        let lines: Vec<&str> = code.lines().collect();
        let is_as_seen = |it: &&&Collected| {
            let is_same = |(number, text): &(usize, String)| {
                let line = number.checked_sub(1).and_then(|index| lines.get(index));
                line.is_some_and(|line| line.trim_end() == text.trim_end())
            };
            it.lines.iter().all(is_same)
        };
        let mut fix = CodeFix::new(code);
        for it in collected.iter().rev().filter(is_as_seen) {
            match fix.apply(&it.suggestion) {
                Ok(()) => {
                    self.n_fixes += 1;
                    self.units.insert(it.unit);
                }
                Err(rustfix::Error::AlreadyReplaced { is_identical: true, .. }) => {
                    self.units.insert(it.unit);
                }
                Err(error) => self.errors.push(error.to_string()),
            }
        }
        if !fix.modified() {
            return Ok(false);
        }
        let fixed = fix.finish().map_err(io::Error::other)?;
        write(&self.path, &fixed)?;
        self.written = fixed;
        Ok(true)
    }
}

impl Places {
    /// Returns where a file is, if it may be changed.
    fn of(&self, name: &str, package_root: &Utf8Path) -> Option<Utf8PathBuf> {
        let roots = [self.workspace_root.as_path(), package_root];
        let path = roots.into_iter().map(|root| root.join(name)).find(|path| path.is_file())?;
        // What is behind a link is the file.
        let path = path.canonicalize_utf8().ok()?;
        let is_foreign = self.foreign.iter().any(|directory| path.starts_with(directory));
        (!is_foreign).then_some(path)
    }
}

/// Writes all of a file or nothing.
fn write(path: &Utf8Path, text: &str) -> io::Result<()> {
    let directory = path.parent().unwrap_or(path);
    let mut file = tempfile::NamedTempFile::new_in(directory)?;
    file.write_all(text.as_bytes())?;
    file.as_file().set_permissions(fs_err::metadata(path)?.permissions())?;
    file.as_file().sync_all()?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}
