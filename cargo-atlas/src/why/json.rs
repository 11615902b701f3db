//! An account as JSON. The structures are twins of the engine's types: what is written here is a
//! format that other programs read, described in `docs/command-line.md`.

mod cutoff;

use std::time::Duration;

use atlas_build::account::{Account, Fate, Outcome, SpareRule, Tense, Timing, UnitAccount};
use atlas_build::event::{DirtyReason, RecordFault};
use serde::Serialize;

use self::cutoff::CutoffTwin;
use super::module_path::module_path;

/// Changes when a field changes its meaning or goes; new fields may come without.
const VERSION: u32 = 1;

#[derive(Serialize)]
struct Answer<'a> {
    version: u32,
    tense: &'static str,
    outcome: &'static str,
    /// Milliseconds since 1970.
    started: u64,
    /// Seconds, as all times below.
    duration: f64,
    profile: &'a str,
    workspace_root: &'a str,
    units: Vec<UnitTwin<'a>>,
    selected: Option<&'a [usize]>,
}

#[derive(Serialize)]
struct UnitTwin<'a> {
    package_id: &'a str,
    package: &'a str,
    package_version: &'a str,
    target: &'a str,
    kinds: &'a [String],
    mode: &'a str,
    crate_root: &'a str,
    is_local: bool,
    dependencies: &'a [usize],
    fate: FateTwin<'a>,
    cutoff: Option<CutoffTwin<'a>>,
    timing: Option<TimingTwin>,
    last_duration: Option<f64>,
}

#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
enum FateTwin<'a> {
    Fresh,
    Spared { rule: RuleTwin<'a> },
    Built { reason: ReasonTwin<'a>, because_of: &'a [usize] },
    Failed { reason: ReasonTwin<'a>, because_of: &'a [usize] },
    MayFollow { units: &'a [usize] },
    NotReached,
}

#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
enum RuleTwin<'a> {
    SameBytes { path: &'a str },
    SameTokens { path: &'a str },
    SameDependencies { units: &'a [usize] },
    EarlierResult { reason: ReasonTwin<'a> },
    Stored { reason: ReasonTwin<'a> },
}

#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
enum ReasonTwin<'a> {
    NeverBuilt,
    Unfinished,
    Forced,
    RecordUnreadable { fault: FaultTwin<'a> },
    CompilerChanged { old: &'a [String], new: &'a [String] },
    TargetChanged { old: &'a [String], new: &'a [String] },
    FeaturesChanged { old: &'a [String], new: &'a [String] },
    ProfileChanged { old: &'a [String], new: &'a [String] },
    ArgumentsChanged { old: &'a [String], new: &'a [String] },
    EnvironmentChanged { name: &'a str },
    FileChanged { path: &'a str, module: Option<String> },
    FileMissing { path: &'a str, module: Option<String> },
    FileChangedWhileCompiling { path: &'a str, module: Option<String> },
    CutoffUndone,
    DependencyChanged { name: &'a str },
    DependencyAdded { name: &'a str },
    DependencyRemoved { name: &'a str },
    BuildScriptOutputChanged { name: &'a str },
    OutputMissing { path: &'a str },
    OutputChanged { path: &'a str },
    RerunIfChanged { path: &'a str },
    RerunIfEnvChanged { name: &'a str },
    RerunRequested { path: &'a str },
}

#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
enum FaultTwin<'a> {
    Io { error: &'a str },
    Truncated,
    BadChecksum,
    OtherVersion { found: &'a str },
    Malformed,
}

#[derive(Serialize)]
struct TimingTwin {
    started: f64,
    metadata: Option<f64>,
    finished: f64,
}

/// Returns an account as one line of JSON, with the units that were asked for, if some were.
pub(super) fn answer(account: &Account, selected: Option<&[usize]>) -> serde_json::Result<String> {
    serde_json::to_string(&Answer {
        version: VERSION,
        tense: match account.tense {
            Tense::Past => "past",
            Tense::Future => "future",
        },
        outcome: match account.outcome {
            Outcome::Success => "success",
            Outcome::Failure => "failure",
            Outcome::Interrupted => "interrupted",
        },
        started: account.started,
        duration: account.duration.as_secs_f64(),
        profile: &account.profile,
        workspace_root: account.workspace_root.as_str(),
        units: account.units.iter().map(unit).collect(),
        selected,
    })
}

fn unit(unit: &UnitAccount) -> UnitTwin<'_> {
    UnitTwin {
        package_id: &unit.package_id,
        package: &unit.package,
        package_version: &unit.version,
        target: &unit.target,
        kinds: &unit.kinds,
        mode: &unit.mode,
        crate_root: unit.crate_root.as_str(),
        is_local: unit.is_local,
        dependencies: &unit.dependencies,
        fate: fate(unit),
        cutoff: unit.cutoff.as_ref().map(|cutoff| cutoff::cutoff(cutoff, unit)),
        timing: unit.timing.map(timing),
        last_duration: unit.last_duration.map(|duration| duration.as_secs_f64()),
    }
}

fn timing(timing: Timing) -> TimingTwin {
    TimingTwin {
        started: timing.started.as_secs_f64(),
        metadata: timing.metadata.map(|metadata: Duration| metadata.as_secs_f64()),
        finished: timing.finished.as_secs_f64(),
    }
}

fn fate(unit: &UnitAccount) -> FateTwin<'_> {
    match &unit.fate {
        Fate::Fresh => FateTwin::Fresh,
        Fate::Spared(rule) => FateTwin::Spared { rule: self::rule(rule, unit) },
        Fate::Built(cause) => {
            let reason = reason(&cause.reason, unit);
            FateTwin::Built { reason, because_of: &cause.because_of }
        }
        Fate::Failed(cause) => {
            let reason = reason(&cause.reason, unit);
            FateTwin::Failed { reason, because_of: &cause.because_of }
        }
        Fate::MayFollow(units) => FateTwin::MayFollow { units },
        Fate::NotReached => FateTwin::NotReached,
    }
}

fn rule<'a>(rule: &'a SpareRule, unit: &'a UnitAccount) -> RuleTwin<'a> {
    match rule {
        SpareRule::SameBytes { path } => RuleTwin::SameBytes { path: path.as_str() },
        SpareRule::SameTokens { path } => RuleTwin::SameTokens { path: path.as_str() },
        SpareRule::SameDependencies { units } => RuleTwin::SameDependencies { units },
        SpareRule::EarlierResult { reason } => {
            RuleTwin::EarlierResult { reason: self::reason(reason, unit) }
        }
        SpareRule::Stored { reason } => RuleTwin::Stored { reason: self::reason(reason, unit) },
    }
}

fn reason<'a>(reason: &'a DirtyReason, unit: &'a UnitAccount) -> ReasonTwin<'a> {
    use {DirtyReason as Reason, ReasonTwin as Twin};
    match reason {
        Reason::NeverBuilt => Twin::NeverBuilt,
        Reason::Unfinished => Twin::Unfinished,
        Reason::Forced => Twin::Forced,
        Reason::RecordUnreadable(fault) => Twin::RecordUnreadable { fault: self::fault(fault) },
        Reason::CompilerChanged { old, new } => Twin::CompilerChanged { old, new },
        Reason::TargetChanged { old, new } => Twin::TargetChanged { old, new },
        Reason::FeaturesChanged { old, new } => Twin::FeaturesChanged { old, new },
        Reason::ProfileChanged { old, new } => Twin::ProfileChanged { old, new },
        Reason::ArgumentsChanged { old, new } => Twin::ArgumentsChanged { old, new },
        Reason::EnvironmentChanged { name } => Twin::EnvironmentChanged { name },
        Reason::FileChanged { path } => {
            Twin::FileChanged { path: path.as_str(), module: module_path(path, &unit.crate_root) }
        }
        Reason::FileMissing { path } => {
            Twin::FileMissing { path: path.as_str(), module: module_path(path, &unit.crate_root) }
        }
        Reason::FileChangedWhileCompiling { path } => {
            let module = module_path(path, &unit.crate_root);
            Twin::FileChangedWhileCompiling { path: path.as_str(), module }
        }
        Reason::CutoffUndone => Twin::CutoffUndone,
        Reason::DependencyChanged { name } => Twin::DependencyChanged { name },
        Reason::DependencyAdded { name } => Twin::DependencyAdded { name },
        Reason::DependencyRemoved { name } => Twin::DependencyRemoved { name },
        Reason::BuildScriptOutputChanged { name } => Twin::BuildScriptOutputChanged { name },
        Reason::OutputMissing { path } => Twin::OutputMissing { path: path.as_str() },
        Reason::OutputChanged { path } => Twin::OutputChanged { path: path.as_str() },
        Reason::RerunIfChanged { path } => Twin::RerunIfChanged { path: path.as_str() },
        Reason::RerunIfEnvChanged { name } => Twin::RerunIfEnvChanged { name },
        Reason::RerunRequested { path } => Twin::RerunRequested { path: path.as_str() },
    }
}

fn fault(fault: &RecordFault) -> FaultTwin<'_> {
    match fault {
        RecordFault::Io { error } => FaultTwin::Io { error },
        RecordFault::Truncated => FaultTwin::Truncated,
        RecordFault::BadChecksum => FaultTwin::BadChecksum,
        RecordFault::OtherVersion { found } => FaultTwin::OtherVersion { found },
        RecordFault::Malformed => FaultTwin::Malformed,
    }
}
