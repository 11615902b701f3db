//! What the engine tells while it works: the whole contract with whoever shows it. Knows no words,
//! no colours and no terminal.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

pub use atlas_fingerprint::{DirtyReason, RecordFault};
use camino::{Utf8Path, Utf8PathBuf};

use crate::account::{Cutoff, SpareRule};
use crate::ids::{DenseMap, PackageIndex, UnitId};
use crate::packages::{PackageGraph, Target};
use crate::process::CommandLine;
use crate::units::{CompileMode, DebugLevel, Unit, UnitPlan};
use crate::workspace::Config;

/// Something that happened.
#[derive(Clone, Debug)]
pub enum Event {
    /// The configuration is known; how much is told, and in which colours, may depend on it.
    Configured(Arc<Config>),
    /// Something that the user should know but that stops nothing; a sentence in cargo's words.
    Warning(String),
    /// What is kept from build to build cannot be read: everything is built anew.
    StateUnusable(Utf8PathBuf, RecordFault),
    /// What is kept from build to build cannot be written: the next build has more to do.
    StateNotSaved(Utf8PathBuf, String),
    /// The plan is made. Comes once, before any event that names a unit.
    Planned(Arc<Planned>),
    /// The unit need not be built; its stored messages follow, then its artifact.
    Fresh(UnitId),
    /// Cargo would build the unit, but the result would be the same; [`Event::Fresh`] follows.
    Spared(UnitId, SpareRule),
    /// The unit has to be built.
    Dirty(UnitId, DirtyReason),
    /// Whether those that depend on the unit, which has to be built, keep their results.
    Cutoff(UnitId, Cutoff),
    /// It turned out that they do not: they are looked at again, and units that were told to be
    /// fresh may be built after all.
    Reconsidered,
    /// Another process has been building the unit for a while, and this build waits for it.
    Blocking(UnitId),
    /// A process was started for the unit.
    Started(UnitId, Arc<CommandLine>),
    /// The unit's metadata is there: dependents may start.
    MetadataReady(UnitId),
    /// A diagnostic of the compiler.
    Diagnostic(UnitId, Diagnostic),
    /// The unit holds code that a future version of rustc will refuse.
    FutureIncompat(UnitId),
    /// A line that a build script or rustc wrote without the form of a message.
    Output(UnitId, OutputStream, String),
    /// `cargo::warning` or `cargo::error` of a build script.
    BuildScriptMessage(UnitId, crate::script::Severity, String),
    /// A build script ran, now or earlier.
    BuildScriptExecuted(UnitId, Arc<BuildScriptExecuted>),
    /// A unit's files are in place.
    Artifact(UnitId, Arc<Artifact>),
    /// The unit is done; for a fresh one the duration is zero.
    Finished(UnitId, Duration),
    /// The unit's process failed; what it printed was told before.
    Failed(UnitId, Failure),
}

/// What will be built.
#[derive(Clone, Debug)]
pub struct Planned {
    /// Directory of the workspace's root manifest.
    pub workspace_root: Utf8PathBuf,
    /// What to call each unit.
    pub units: DenseMap<UnitId, UnitDescription>,
    /// Name of the profile asked for.
    pub profile: String,
    /// Whether the profile optimizes, for the closing line.
    pub optimized: bool,
    /// Whether the profile has debug info, for the closing line.
    pub debuginfo: bool,
    /// What is run in place of rustc for members of the workspace.
    pub workspace_wrapper: Option<Utf8PathBuf>,
}

/// What to call a unit.
#[derive(Clone, Debug)]
pub struct UnitDescription {
    /// Package id specification.
    pub package_id: String,
    /// Package name.
    pub package: String,
    /// Package version.
    pub version: semver::Version,
    /// Where the package comes from, unless it is the default registry: a path or an address, as
    /// cargo shows it in parentheses.
    pub source: Option<String>,
    /// The manifest.
    pub manifest_path: Utf8PathBuf,
    /// Whether the package is local: its warnings are shown without `-vv`.
    pub is_local: bool,
    /// Whether a target of the package was asked for.
    pub is_primary: bool,
    /// The target.
    pub target: Arc<Target>,
    /// What is done with it.
    pub mode: CompileMode,
}

/// A diagnostic of the compiler.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Diagnostic {
    /// How bad it is.
    pub level: DiagnosticLevel,
    /// As rustc rendered it, with escape sequences.
    pub rendered: String,
    /// The whole message, as rustc's JSON.
    pub json: String,
    /// Whether rustc could fix it by itself.
    pub machine_applicable: bool,
    /// Whether it only counts the errors and warnings before it.
    pub is_summary: bool,
}

/// How bad a diagnostic is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum DiagnosticLevel {
    /// The compile fails.
    Error,
    /// Counted in the closing summary of a package.
    Warning,
    /// Neither.
    Other,
}

/// Where a line was written to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum OutputStream {
    /// Standard output.
    Stdout,
    /// Standard error.
    Stderr,
}

/// What a run of a build script said, as in cargo's `build-script-executed` message.
#[derive(Clone, Debug)]
pub struct BuildScriptExecuted {
    /// Values of `-l`.
    pub linked_libs: Vec<String>,
    /// Values of `-L`.
    pub linked_paths: Vec<String>,
    /// Values of `--cfg`.
    pub cfgs: Vec<String>,
    /// Variables for rustc.
    pub env: Vec<(String, String)>,
    /// `OUT_DIR`.
    pub out_dir: Utf8PathBuf,
}

/// Files of a unit, as in cargo's `compiler-artifact` message.
#[derive(Clone, Debug)]
pub struct Artifact {
    /// `opt-level`.
    pub opt_level: String,
    /// `debug`.
    pub debuginfo: DebugLevel,
    /// `debug-assertions`.
    pub debug_assertions: bool,
    /// `overflow-checks`.
    pub overflow_checks: bool,
    /// Features that are on.
    pub features: Vec<String>,
    /// The files: where the user finds them, else where other units do. Empty unless messages go out
    /// as JSON.
    pub filenames: Vec<Utf8PathBuf>,
    /// The executable among them.
    pub executable: Option<Utf8PathBuf>,
    /// Whether nothing had to be done.
    pub fresh: bool,
}

/// Why a unit's process failed.
#[derive(Clone, Debug)]
pub enum Failure {
    /// It ended with a status other than success.
    Exit {
        /// What was run.
        command: Arc<CommandLine>,
        /// Its exit code, if it was not killed by a signal.
        code: Option<i32>,
        /// How the system describes the end, such as `exit status: 101` or `signal: 9 (SIGKILL)`.
        status: String,
        /// What a build script wrote (rustc's messages were told as diagnostics).
        stdout: String,
        /// What a build script wrote to standard error.
        stderr: String,
    },
    /// It could not be started.
    Spawn {
        /// What was to be run.
        command: Arc<CommandLine>,
        /// The system's reason.
        error: String,
    },
    /// It ended well, but said something that cannot be used, in cargo's words.
    Invalid(String),
    /// A file of it could not be put in place.
    Io {
        /// The file.
        path: PathBuf,
        /// What was done, and the system's reason.
        error: String,
    },
    /// The build was interrupted.
    Interrupted,
}

/// How a build ended.
#[derive(Clone, Debug, Default)]
pub struct Summary {
    /// Units that were built.
    pub built: usize,
    /// Units that were found fresh, those that were spared not among them.
    pub fresh: usize,
    /// Units that cargo would have built, but whose result would have been the same.
    pub spared: usize,
    /// Units whose results were brought from the store.
    pub restored: usize,
    /// Units whose process failed, in the order of failing.
    pub failed: Vec<UnitId>,
    /// Whether the user interrupted it.
    pub interrupted: bool,
}

/// Tells what will be built.
pub(crate) fn planned(
    packages: &PackageGraph,
    units: &UnitPlan,
    (profile, workspace_wrapper): (&str, Option<&Utf8Path>),
) -> Planned {
    let roots = units.graph.roots.iter();
    let primary: BTreeSet<PackageIndex> =
        roots.map(|root| units.graph.units[*root].package).collect();
    let describe = |unit: &Unit| {
        let package = &packages.packages[unit.package];
        UnitDescription {
            package_id: package.id.clone(),
            package: package.name.clone(),
            version: package.version.clone(),
            source: package.shown_source(),
            manifest_path: package.manifest_path.clone(),
            is_local: package.is_local(),
            is_primary: primary.contains(&unit.package),
            target: Arc::clone(&unit.target),
            mode: unit.mode,
        }
    };
    Planned {
        workspace_root: packages.workspace_root.clone(),
        units: units.graph.units.values().map(describe).collect(),
        profile: profile.to_owned(),
        optimized: units.profile.opt_level != "0",
        debuginfo: units.profile.debuginfo.level != DebugLevel::None,
        workspace_wrapper: workspace_wrapper.map(Utf8Path::to_owned),
    }
}
