//! What was measured, as lines of a table with their limits.

use std::collections::BTreeMap;

use atlas_tests::limits::{Limit, Row};
use atlas_tests::measure::Measured;
use atlas_tests::statistics::Summary;

use crate::collection::Collection;
use crate::site::{Who, seconds};
use crate::swarm::Swarm;

/// Cargo's time from scratch over atlas's with a warm store.
const MIN_RATIO: f64 = 60.0;
/// The same of the best peer.
const MIN_PEER_RATIO: f64 = 1.5;
/// Atlas's time with an empty store over that without one.
const MAX_EMPTY_RATIO: f64 = 1.03;
/// The time of a collection over that of builds.
const MAX_COLLECTION_RATIO: f64 = 0.01;

/// Seconds of builds of one workspace.
#[derive(Debug, Default)]
pub(crate) struct Times {
    cargo: Vec<f64>,
    empty: Vec<f64>,
    /// With what was kept, by who kept it.
    warm: BTreeMap<&'static str, Vec<f64>>,
}

/// Two builds from scratch by atlas.
#[derive(Debug)]
pub(crate) struct ColdPair {
    pub(crate) alone: Measured,
    pub(crate) stored: Measured,
}

impl Times {
    /// Adds a build from scratch.
    pub(crate) fn add(&mut self, who: Who, measured: &Measured) {
        let times = if who == Who::Cargo { &mut self.cargo } else { &mut self.empty };
        times.push(seconds(measured));
    }

    /// Adds a build with what `keeper` has kept.
    pub(crate) fn add_warm(&mut self, keeper: &'static str, measured: &Measured) {
        self.warm.entry(keeper).or_default().push(seconds(measured));
    }

    fn peers(&self) -> impl Iterator<Item = (&'static str, &Vec<f64>)> {
        self.warm.iter().filter(|(keeper, _)| **keeper != "atlas").map(|(keeper, it)| (*keeper, it))
    }
}

/// Rows of builds from scratch and with what was kept.
pub(crate) fn of_times(times: &Times) -> Vec<Row> {
    let atlas = times.warm.get("atlas").map_or(&[][..], Vec::as_slice);
    let best = times.peers().filter_map(|(_, it)| median(it)).min_by(f64::total_cmp);
    let mut rows = vec![
        Row::ratio(
            "cargo from scratch/atlas with a warm store",
            ratio(median(&times.cargo), atlas),
            Limit::AtLeast(MIN_RATIO),
        ),
        time("cargo from scratch", &times.cargo),
        time("atlas with an empty store, from scratch", &times.empty),
        time("atlas with a warm store", atlas),
    ];
    rows.extend(times.peers().map(|(peer, it)| time(&format!("{peer}, warm"), it)));
    if best.is_some() {
        let what = "best peer/atlas, warm";
        rows.push(Row::ratio(what, ratio(best, atlas), Limit::AtLeast(MIN_PEER_RATIO)));
    }
    rows
}

/// Rows of pairs with an empty store and without one.
pub(crate) fn of_pairs(pairs: &[ColdPair]) -> Vec<Row> {
    let wall = |pair: &ColdPair| seconds(&pair.stored) / seconds(&pair.alone);
    vec![
        Row::ratio(
            "atlas from scratch, empty store/without",
            Summary::of(pairs.iter().map(wall)),
            Limit::AtMost(MAX_EMPTY_RATIO),
        ),
        Row::ratio(
            "the same, processor time",
            Summary::of(pairs.iter().filter_map(cpu)),
            Limit::None,
        ),
        time_of("without", pairs.iter().map(|pair| seconds(&pair.alone))),
        time_of("with an empty store", pairs.iter().map(|pair| seconds(&pair.stored))),
    ]
}

/// Rows of copies that were built at once: by cargo, with an empty store, with a warm one.
pub(crate) fn of_worktrees(n: usize, [cargo, empty, warm]: [Swarm; 3]) -> Vec<Row> {
    let mut rows = Vec::new();
    for (who, swarm) in [("atlas, empty store", empty), ("atlas, warm store", warm)] {
        let ratio = Summary::of([cargo.seconds / swarm.seconds]);
        rows.push(Row::ratio(&format!("{n} worktrees at once: cargo/{who}"), ratio, Limit::None));
    }
    let all = [("cargo", cargo), ("atlas, empty store", empty), ("atlas, warm store", warm)];
    for (who, swarm) in all {
        rows.push(time(&format!("{n} worktrees at once: {who}"), &[swarm.seconds]));
        rows.push(count(&format!("{who}: most compilers at once"), swarm.peak));
        rows.push(count(&format!("{who}: crates compiled"), swarm.n_compiled));
    }
    rows
}

/// Rows of builds with a store that is too small.
#[expect(clippy::cast_precision_loss, reason = "no store has 2^52 bytes")]
pub(crate) fn of_collection(n: u32, result: &Collection) -> Vec<Row> {
    let of_budget = |size: u64| Summary::of([size as f64 / result.budget as f64]);
    let share = Summary::of([result.collection / result.builds]);
    vec![
        Row::ratio(
            &format!("size after {n} builds/budget"),
            of_budget(result.size),
            Limit::AtMost(1.0),
        ),
        Row::ratio("greatest size after a build/budget", of_budget(result.peak), Limit::None),
        count("builds after which the store had shrunk", result.n_collections),
        time("all builds", &[result.builds]),
        time("a collection by hand at the end", &[result.collection]),
        Row::ratio("a collection by hand/all builds", share, Limit::AtMost(MAX_COLLECTION_RATIO)),
        Row::count(
            "crates compiled without the target directory at the end",
            Summary::of([result.n_lost as f64]),
            Limit::AtMost(0.0),
        ),
    ]
}

fn cpu(pair: &ColdPair) -> Option<f64> {
    let [stored, alone] = [&pair.stored, &pair.alone].map(|it| it.cpu_ticks);
    #[expect(clippy::cast_precision_loss, reason = "a build takes fewer ticks than 2^52")]
    let ratio = stored? as f64 / alone? as f64;
    Some(ratio)
}

fn median(times: &[f64]) -> Option<f64> {
    Some(Summary::of(times.iter().copied())?.median)
}

/// Returns how often each of some times fits into another one.
fn ratio(long: Option<f64>, times: &[f64]) -> Option<Summary> {
    let long = long?;
    Summary::of(times.iter().map(|time| long / time))
}

fn time(what: &str, seconds: &[f64]) -> Row {
    time_of(what, seconds.iter().copied())
}

fn time_of(what: &str, seconds: impl Iterator<Item = f64>) -> Row {
    Row::milliseconds(what, Summary::of(seconds.map(|it| it * 1000.0)), Limit::None)
}

#[expect(clippy::cast_precision_loss, reason = "nobody counts that far")]
fn count(what: &str, n: usize) -> Row {
    Row::count(what, Summary::of([n as f64]), Limit::None)
}
