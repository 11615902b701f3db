//! How much is in a store, and what it was good for. Knows no words.

use std::collections::{BTreeMap, HashMap};
use std::time::{Duration, SystemTime};

use atlas_fingerprint::Digest;

use super::amount::Amount;
use super::counts::BuildCounts;
use super::result::{Blob, ResultKind};
use super::store::Cas;
use super::survey::Survey;

/// A day.
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// How much is in a store, and what it was good for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    /// All files.
    pub total: Amount,
    /// Results by kind, with the files of each. Files that several results have count for each.
    pub kinds: BTreeMap<ResultKind, Amount>,
    /// Results by how long ago they were used last, in the same way.
    pub ages: BTreeMap<AgeClass, Amount>,
    /// Blobs.
    pub blobs: Amount,
    /// Blobs that more than one result has.
    pub shared: Amount,
    /// Bytes that were not written because blobs were there already.
    pub saved_by_sharing: u64,
    /// Blobs that no result has.
    pub unreferenced: Amount,
    /// Hints.
    pub hints: Amount,
    /// Target directories whose needs are noted.
    pub n_checkouts: u64,
    /// Results that cannot be read.
    pub n_damaged: u64,
    /// The last builds, the newest last.
    pub builds: Vec<BuildCounts>,
}

/// How long ago something was used last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum AgeClass {
    /// Less than a day.
    Day,
    /// Less than a week.
    Week,
    /// Less than 30 days.
    Month,
    /// More.
    Older,
}

impl AgeClass {
    fn of(age: Duration) -> Self {
        match age {
            age if age < DAY => AgeClass::Day,
            age if age < DAY * 7 => AgeClass::Week,
            age if age < DAY * 30 => AgeClass::Month,
            _ => AgeClass::Older,
        }
    }
}

impl Stats {
    /// Returns the sum over the last builds.
    pub fn builds_in_all(&self) -> BuildCounts {
        let mut sum = BuildCounts::default();
        for build in &self.builds {
            sum.hits += build.hits;
            sum.misses += build.misses;
            sum.restored += build.restored;
            sum.stored += build.stored;
            sum.saved += build.saved;
        }
        sum
    }
}

/// Counts what is in a store at a time.
pub fn stats(cas: &Cas, now: SystemTime) -> Stats {
    let survey = cas.survey(None).unwrap_or_default();
    let mut stats = Stats {
        total: survey.total(),
        hints: survey.hints.iter().flat_map(|h| &h.files).map(|f| Amount::one(f.size)).sum(),
        n_checkouts: survey.bindings.len() as u64,
        n_damaged: survey.damaged.len() as u64,
        builds: cas.builds(),
        ..Stats::default()
    };
    for found in &survey.results {
        let bytes = found.file.size + found.result.blobs.iter().map(|blob| blob.size).sum::<u64>();
        let age = now.duration_since(found.file.modified).unwrap_or_default();
        *stats.kinds.entry(found.result.kind).or_default() += Amount::one(bytes);
        *stats.ages.entry(AgeClass::of(age)).or_default() += Amount::one(bytes);
    }
    count_blobs(&survey, &mut stats);
    stats
}

fn count_blobs(survey: &Survey, stats: &mut Stats) {
    let mut n_owners: HashMap<Digest, u64> = HashMap::new();
    for found in &survey.results {
        let mut blobs: Vec<&Blob> = found.result.blobs.iter().collect();
        blobs.sort_unstable();
        blobs.dedup_by_key(|blob| blob.digest);
        for blob in blobs {
            *n_owners.entry(blob.digest).or_default() += 1;
        }
    }
    for (digest, file) in &survey.blobs {
        let amount = Amount::one(file.size);
        stats.blobs += amount;
        match n_owners.get(digest) {
            None => stats.unreferenced += amount,
            Some(1) => {}
            Some(n) => {
                stats.shared += amount;
                stats.saved_by_sharing += (n - 1) * file.size;
            }
        }
    }
}
