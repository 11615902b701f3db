//! Everything that is in a store, as it was found at one look. Knows no rule of what may go.

use std::collections::HashMap;
use std::time::{Instant, SystemTime};

use atlas_fingerprint::Digest;
use camino::{Utf8Path, Utf8PathBuf};
use rayon::iter::{IntoParallelIterator, IntoParallelRefIterator, ParallelIterator};

use super::amount::Amount;
use super::checkouts::Binding;
use super::result::StoredResult;
use super::store::Cas;

/// A file that was found.
#[derive(Clone, Debug)]
pub(super) struct Found {
    /// Where it is.
    pub(super) path: Utf8PathBuf,
    /// How many bytes it has.
    pub(super) size: u64,
    /// When it was modified last: results and hints, when they were used last.
    pub(super) modified: SystemTime,
}

/// A result that was found.
#[derive(Clone, Debug)]
pub(super) struct FoundResult {
    /// Its file.
    pub(super) file: Found,
    /// Its key.
    pub(super) key: Digest,
    /// What it says; without payload.
    pub(super) result: StoredResult,
}

/// The hints of a digest.
#[derive(Clone, Debug)]
pub(super) struct FoundHints {
    /// Their directory.
    pub(super) directory: Found,
    /// The hints.
    pub(super) files: Vec<Found>,
}

/// What is in a store.
#[derive(Debug, Default)]
pub(super) struct Survey {
    /// Results that can be read.
    pub(super) results: Vec<FoundResult>,
    /// Results that cannot.
    pub(super) damaged: Vec<Found>,
    /// Blobs by their digests.
    pub(super) blobs: HashMap<Digest, Found>,
    /// Files among blobs and results that are neither.
    pub(super) strangers: Vec<Found>,
    /// Hints.
    pub(super) hints: Vec<FoundHints>,
    /// Files without a name.
    pub(super) temporary: Vec<Found>,
    /// What target directories need.
    pub(super) bindings: Vec<(Found, Option<Binding>)>,
}

/// The time was up.
#[derive(Clone, Copy, Debug)]
pub(super) struct OutOfTime;

impl Cas {
    /// Looks at everything. Results come in the order of their last use, the oldest first.
    pub(super) fn survey(&self, deadline: Option<Instant>) -> Result<Survey, OutOfTime> {
        let layout = &self.layout;
        let mut survey = Survey { temporary: files(&layout.tmp()), ..Survey::default() };
        for part in in_parts(&layout.results(), deadline, read_results)? {
            survey.results.extend(part.results);
            survey.damaged.extend(part.damaged);
            survey.strangers.extend(part.strangers);
        }
        survey.results.sort_by_key(|found| (found.file.modified, found.key));
        for found in in_parts(&layout.blobs(), deadline, files)?.into_iter().flatten() {
            match digest_in(&found.path) {
                Some(digest) => drop(survey.blobs.insert(digest, found)),
                None => survey.strangers.push(found),
            }
        }
        let hints = in_parts(&layout.hints(), deadline, read_hints)?;
        survey.hints = hints.into_iter().flatten().collect();
        survey.bindings = files(&layout.checkouts()).into_iter().map(read_binding).collect();
        Ok(survey)
    }

    /// Lists the files of results, without reading them.
    pub(super) fn result_files(&self) -> Vec<Found> {
        let parts = in_parts(&self.layout.results(), None, files);
        parts.map(|parts| parts.into_iter().flatten().collect()).unwrap_or_default()
    }
}

impl Survey {
    /// Returns how much there is of everything.
    pub(super) fn total(&self) -> Amount {
        let hints = self.hints.iter().flat_map(|hints| &hints.files);
        let bindings = self.bindings.iter().map(|(file, _)| file);
        let results = self.results.iter().map(|found| &found.file);
        let rest = self.damaged.iter().chain(&self.strangers).chain(&self.temporary);
        let all = results.chain(self.blobs.values()).chain(hints).chain(bindings).chain(rest);
        all.map(|file| Amount::one(file.size)).sum()
    }
}

/// Reads the file of a result. It has its key as its name.
pub(super) fn read_result(file: Found) -> Result<FoundResult, Found> {
    let read = |file: &Found| {
        let key = digest_in(&file.path)?;
        let mut result = StoredResult::decode(&key, &fs_err::read(&file.path).ok()?).ok()?;
        // Messages may be long, and many results are held at once.
        result.payload = Vec::new();
        Some((key, result))
    };
    match read(&file) {
        Some((key, result)) => Ok(FoundResult { file, key, result }),
        None => Err(file),
    }
}

/// Reads each directory below `directory`, several at once.
fn in_parts<T: Send>(
    directory: &Utf8Path,
    deadline: Option<Instant>,
    read: impl Fn(&Utf8Path) -> T + Sync,
) -> Result<Vec<T>, OutOfTime> {
    let parts: Vec<Utf8PathBuf> = entries(directory).filter(|path| path.is_dir()).collect();
    let in_time = |_: &&Utf8PathBuf| match deadline {
        Some(deadline) if Instant::now() > deadline => Err(OutOfTime),
        _ => Ok(()),
    };
    parts.par_iter().map(|part| in_time(&part).map(|()| read(part))).collect()
}

fn read_results(directory: &Utf8Path) -> Survey {
    let mut survey = Survey::default();
    for file in files(directory) {
        if digest_in(&file.path).is_none() {
            survey.strangers.push(file);
            continue;
        }
        match read_result(file) {
            Ok(found) => survey.results.push(found),
            Err(file) => survey.damaged.push(file),
        }
    }
    survey
}

fn read_hints(directory: &Utf8Path) -> Vec<FoundHints> {
    let directories: Vec<Utf8PathBuf> = entries(directory).collect();
    let read = |path: Utf8PathBuf| {
        let files = files(&path);
        Some(FoundHints { directory: found(path)?, files })
    };
    directories.into_par_iter().filter_map(read).collect()
}

fn read_binding(file: Found) -> (Found, Option<Binding>) {
    let binding = fs_err::read(&file.path).ok().and_then(|bytes| Binding::decode(&bytes));
    (file, binding)
}

fn digest_in(path: &Utf8Path) -> Option<Digest> {
    Digest::from_hex(path.file_name()?)
}

fn files(directory: &Utf8Path) -> Vec<Found> {
    entries(directory).filter_map(found).collect()
}

fn entries(directory: &Utf8Path) -> impl Iterator<Item = Utf8PathBuf> + use<> {
    let entries = directory.read_dir_utf8().ok();
    entries.into_iter().flatten().flatten().map(camino::Utf8DirEntry::into_path)
}

fn found(path: Utf8PathBuf) -> Option<Found> {
    let metadata = fs_err::symlink_metadata(&path).ok()?;
    Some(Found { size: metadata.len(), modified: metadata.modified().ok()?, path })
}
