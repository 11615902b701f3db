//! The store as JSON. Knows no words.

use atlas_build::cas::{AgeClass, Amount, BuildCounts, ResultKind, Stats, Verification};
use camino::{Utf8Path, Utf8PathBuf};
use serde::Serialize;

use super::Kept;

/// Version of the answers.
const VERSION: u32 = 1;

#[derive(Serialize)]
struct PathTwin<'a> {
    version: u32,
    path: &'a Utf8Path,
}

#[derive(Serialize)]
struct StatsTwin<'a> {
    version: u32,
    path: &'a Utf8Path,
    max_size: Option<u64>,
    max_age: Option<u64>,
    total: AmountTwin,
    kinds: Vec<NamedTwin>,
    ages: Vec<NamedTwin>,
    blobs: AmountTwin,
    shared: AmountTwin,
    saved_by_sharing: u64,
    unreferenced: AmountTwin,
    hints: AmountTwin,
    checkouts: u64,
    damaged: u64,
    builds: Vec<BuildTwin>,
}

#[derive(Serialize)]
struct AmountTwin {
    count: u64,
    bytes: u64,
}

#[derive(Serialize)]
struct NamedTwin {
    name: &'static str,
    count: u64,
    bytes: u64,
}

#[derive(Serialize)]
struct BuildTwin {
    hits: u64,
    misses: u64,
    restored: u64,
    stored: u64,
    saved: f64,
}

#[derive(Serialize)]
struct VerificationTwin<'a> {
    version: u32,
    path: &'a Utf8Path,
    whole: bool,
    repaired: bool,
    results: AmountTwin,
    blobs: AmountTwin,
    damaged_results: &'a [Utf8PathBuf],
    damaged_blobs: &'a [Utf8PathBuf],
    damaged_hints: &'a [Utf8PathBuf],
    damaged_notes: &'a [Utf8PathBuf],
    incomplete: Vec<IncompleteTwin<'a>>,
}

#[derive(Serialize)]
struct IncompleteTwin<'a> {
    label: &'a str,
    path: &'a Utf8Path,
}

/// Returns where the store is.
pub(crate) fn path_json(root: &Utf8Path) -> serde_json::Result<String> {
    serde_json::to_string(&PathTwin { version: VERSION, path: root })
}

/// Returns how much is in a store.
pub(crate) fn stats_json(kept: Kept<'_>, stats: &Stats) -> serde_json::Result<String> {
    let kinds = stats.kinds.iter().map(|(kind, it)| named(kind_name(*kind), *it));
    let ages = stats.ages.iter().map(|(age, it)| named(age_name(*age), *it));
    serde_json::to_string(&StatsTwin {
        version: VERSION,
        path: kept.root,
        max_size: kept.limits.max_size,
        max_age: kept.limits.max_age.map(|age| age.as_secs()),
        total: amount(stats.total),
        kinds: kinds.collect(),
        ages: ages.collect(),
        blobs: amount(stats.blobs),
        shared: amount(stats.shared),
        saved_by_sharing: stats.saved_by_sharing,
        unreferenced: amount(stats.unreferenced),
        hints: amount(stats.hints),
        checkouts: stats.n_checkouts,
        damaged: stats.n_damaged,
        builds: stats.builds.iter().map(build).collect(),
    })
}

/// Returns what is whole in a store and what is not.
pub(crate) fn verification_json(
    root: &Utf8Path,
    verification: &Verification,
) -> serde_json::Result<String> {
    let incomplete = verification.incomplete.iter();
    let incomplete = incomplete.map(|it| IncompleteTwin { label: &it.label, path: &it.path });
    serde_json::to_string(&VerificationTwin {
        version: VERSION,
        path: root,
        whole: verification.is_whole(),
        repaired: verification.repaired,
        results: amount(verification.results),
        blobs: amount(verification.blobs),
        damaged_results: &verification.damaged_results,
        damaged_blobs: &verification.damaged_blobs,
        damaged_hints: &verification.damaged_hints,
        damaged_notes: &verification.damaged_notes,
        incomplete: incomplete.collect(),
    })
}

fn amount(amount: Amount) -> AmountTwin {
    AmountTwin { count: amount.count, bytes: amount.bytes }
}

fn named(name: &'static str, amount: Amount) -> NamedTwin {
    NamedTwin { name, count: amount.count, bytes: amount.bytes }
}

fn build(build: &BuildCounts) -> BuildTwin {
    let BuildCounts { hits, misses, restored, stored, saved } = *build;
    BuildTwin { hits, misses, restored, stored, saved: saved.as_secs_f64() }
}

fn kind_name(kind: ResultKind) -> &'static str {
    match kind {
        ResultKind::Library => "library",
        ResultKind::Metadata => "metadata",
        ResultKind::ProcMacro => "proc-macro",
        ResultKind::BuildScript => "build-script",
        ResultKind::BuildScriptRun => "build-script-run",
        ResultKind::Program => "program",
        ResultKind::TestHarness => "test-harness",
        ResultKind::DynamicLibrary => "dynamic-library",
        ResultKind::Other => "other",
    }
}

fn age_name(age: AgeClass) -> &'static str {
    match age {
        AgeClass::Day => "day",
        AgeClass::Week => "week",
        AgeClass::Month => "month",
        AgeClass::Older => "older",
    }
}
