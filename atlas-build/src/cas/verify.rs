//! Reading everything in a store to see whether it is whole. Knows no words.

use std::collections::HashSet;

use atlas_fingerprint::Digest;
use camino::Utf8PathBuf;
use rayon::iter::{IntoParallelRefIterator, ParallelIterator};

use super::amount::Amount;
use super::collect::{Phase, Progress};
use super::hashing::digest_of;
use super::store::Cas;
use super::survey::{Found, FoundResult, Survey};

/// How many files are read between two reports of progress.
const STEP: usize = 32;

/// What is whole in a store, and what is not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verification {
    /// Results that were read.
    pub results: Amount,
    /// Blobs that were read.
    pub blobs: Amount,
    /// Results that cannot be read, and files that do not belong there.
    pub damaged_results: Vec<Utf8PathBuf>,
    /// Blobs whose bytes are not those that they were stored with.
    pub damaged_blobs: Vec<Utf8PathBuf>,
    /// Hints whose bytes are not those that they were stored with.
    pub damaged_hints: Vec<Utf8PathBuf>,
    /// Notes of what a target directory needs that cannot be read.
    pub damaged_notes: Vec<Utf8PathBuf>,
    /// Results that lack a blob, or whose blob is damaged.
    pub incomplete: Vec<IncompleteResult>,
    /// Whether all of this was removed.
    pub repaired: bool,
}

/// A result that cannot be restored as a whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IncompleteResult {
    /// Its name for people.
    pub label: String,
    /// Its file.
    pub path: Utf8PathBuf,
}

impl Verification {
    /// Returns whether nothing is wrong.
    pub fn is_whole(&self) -> bool {
        self.n_damaged() == 0
    }

    /// Returns how many files are damaged or incomplete.
    pub fn n_damaged(&self) -> usize {
        let lists =
            [&self.damaged_results, &self.damaged_blobs, &self.damaged_hints, &self.damaged_notes];
        lists.into_iter().map(Vec::len).sum::<usize>() + self.incomplete.len()
    }
}

/// Reads everything in a store. With `repair`, removes what is damaged or of no use any longer.
pub fn verify(cas: &Cas, repair: bool, progress: &mut dyn FnMut(Progress)) -> Verification {
    let survey = cas.survey(None).unwrap_or_default();
    let mut verification = Verification {
        results: survey.results.iter().map(|found| Amount::one(found.file.size)).sum(),
        damaged_results: paths(survey.damaged.iter().chain(&survey.strangers)),
        damaged_hints: damaged_hints(&survey),
        damaged_notes: paths(survey.bindings.iter().filter(|it| it.1.is_none()).map(|it| &it.0)),
        ..Verification::default()
    };
    let whole = whole_blobs(&survey, &mut verification, progress);
    let is_incomplete = |found: &&FoundResult| {
        found.result.blobs.iter().any(|blob| !whole.contains(&blob.digest))
            // It may have been collected with its blobs while they were read.
            && found.file.path.is_file()
    };
    let incomplete = survey.results.iter().filter(is_incomplete);
    verification.incomplete = incomplete
        .map(|found| IncompleteResult {
            label: found.result.label.clone(),
            path: found.file.path.clone(),
        })
        .collect();
    if repair {
        remove(cas, &mut verification);
    }
    verification
}

/// Reads all blobs; returns those that are what they should be.
fn whole_blobs(
    survey: &Survey,
    verification: &mut Verification,
    progress: &mut dyn FnMut(Progress),
) -> HashSet<Digest> {
    let mut blobs: Vec<(&Digest, &Found)> = survey.blobs.iter().collect();
    blobs.sort_unstable_by_key(|(digest, _)| **digest);
    let total = blobs.len() as u64;
    let mut whole = HashSet::new();
    for step in blobs.chunks(STEP) {
        let is_whole: Vec<bool> = step
            .par_iter()
            .map(|(digest, file)| digest_of(&file.path).is_ok_and(|(found, _)| found == **digest))
            .collect();
        for ((digest, file), is_whole) in step.iter().zip(is_whole) {
            verification.blobs += Amount::one(file.size);
            if is_whole {
                whole.insert(**digest);
            } else if file.path.is_file() {
                verification.damaged_blobs.push(file.path.clone());
            }
        }
        progress(Progress { phase: Phase::Verify, done: verification.blobs.count, total });
    }
    whole
}

fn damaged_hints(survey: &Survey) -> Vec<Utf8PathBuf> {
    let is_whole = |file: &Found| {
        let bytes = fs_err::read(&file.path).unwrap_or_default();
        file.path.file_name() == Some(Digest::of_bytes(&bytes).to_string().as_str())
    };
    let files = survey.hints.iter().flat_map(|hints| &hints.files);
    paths(files.filter(|file| !is_whole(file) && file.path.is_file()))
}

fn paths<'a>(files: impl Iterator<Item = &'a Found>) -> Vec<Utf8PathBuf> {
    files.map(|file| file.path.clone()).collect()
}

fn remove(cas: &Cas, verification: &mut Verification) {
    let results = verification.incomplete.iter().map(|incomplete| &incomplete.path);
    let damaged = &verification.damaged_results;
    let rest = verification.damaged_blobs.iter().chain(&verification.damaged_hints);
    let all = results.chain(damaged).chain(rest).chain(&verification.damaged_notes);
    let mut repaired = true;
    for path in all {
        repaired &= cas.medium.remove(path).is_ok() || !path.is_file();
    }
    verification.repaired = repaired;
}
