//! An account of a build: what was done for each unit and why, as data. Written down after each
//! build that did something, so that it can be explained later; also what a prediction gives. Knows
//! no words.

use std::time::Duration;

use atlas_fingerprint::DirtyReason;
pub use atlas_fingerprint::{Change, ItemChange, ItemKind};
use camino::Utf8PathBuf;
use serde::{Deserialize, Serialize};

/// What became of all units of a build, or would become of them.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Account {
    /// Whether it happened.
    pub tense: Tense,
    /// When the build started, in milliseconds since 1970.
    pub started: u64,
    /// How long it took.
    pub duration: Duration,
    /// Name of the profile asked for.
    pub profile: String,
    /// The workspace's directory.
    pub workspace_root: Utf8PathBuf,
    /// Whether all of it was built.
    pub outcome: Outcome,
    /// One entry a unit, dependencies before dependents.
    pub units: Vec<UnitAccount>,
}

/// Whether an account is of something that happened.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Tense {
    /// It happened.
    Past,
    /// It would happen (`--dry-run`).
    Future,
}

/// How a build ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Outcome {
    /// Everything is there.
    Success,
    /// A unit failed.
    Failure,
    /// The user stopped it.
    Interrupted,
}

/// What became of a unit.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct UnitAccount {
    /// Package id specification.
    pub package_id: String,
    /// Package name.
    pub package: String,
    /// Package version.
    pub version: String,
    /// Where the package comes from, unless it is the default registry.
    pub source: Option<String>,
    /// Whether the package is on a local path.
    pub is_local: bool,
    /// Directory of the package's manifest.
    pub root: Utf8PathBuf,
    /// Name of the target.
    pub target: String,
    /// Kinds of the target as cargo's JSON names them, such as `lib`, `bin`, `custom-build`.
    pub kinds: Vec<String>,
    /// The crate root; absolute.
    pub crate_root: Utf8PathBuf,
    /// `build`, `test`, `check`, `check-test` or `run-custom-build`.
    pub mode: String,
    /// The units that it waits for, as indices into [`Account::units`].
    pub dependencies: Vec<usize>,
    /// What became of it.
    pub fate: Fate,
    /// Whether those that depend on it were spared, if it was built and may be depended on.
    pub cutoff: Option<Cutoff>,
    /// When its process ran; `None` if none did.
    pub timing: Option<Timing>,
    /// How long it took when it was last built, if that is known: what was saved if it was not.
    pub last_duration: Option<Duration>,
}

/// What became of a unit.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub enum Fate {
    /// Nothing had changed.
    Fresh,
    /// Cargo would have built it, but the result would have been the same.
    Spared(SpareRule),
    /// It was built.
    Built(Cause),
    /// It was to be built, and failed.
    Failed(Cause),
    /// In a prediction: it will be built if what it depends on changes by being built.
    MayFollow(Vec<usize>),
    /// The build ended before it was looked at.
    NotReached,
}

/// Why a unit was built.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Cause {
    /// The first difference, with its evidence.
    pub reason: DirtyReason,
    /// The units whose being built caused this, as indices into [`Account::units`]; empty for a
    /// root cause.
    pub because_of: Vec<usize>,
}

/// Why a unit was not built although cargo would have built it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum SpareRule {
    /// A file has another time stamp, but the same bytes.
    SameBytes {
        /// The file.
        path: Utf8PathBuf,
    },
    /// A file has other bytes, but every token that counts is where it was.
    SameTokens {
        /// The file.
        path: Utf8PathBuf,
    },
    /// Units that it depends on were built again, and what it sees of them is the same.
    SameDependencies {
        /// The units, as indices into [`Account::units`].
        units: Vec<usize>,
    },
    /// A result of an earlier build with exactly these inputs was still there.
    EarlierResult {
        /// Why the last result could not be used.
        reason: DirtyReason,
    },
    /// A result with exactly these inputs was in the store.
    Stored {
        /// Why there was none here.
        reason: DirtyReason,
    },
}

/// Whether what others see of a library changed when it was built, and what became of them.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub enum Cutoff {
    /// Nothing that others see has changed: they keep their results.
    Spared {
        /// The items that changed.
        changes: Vec<ItemChange>,
    },
    /// Something that others see has changed.
    Changed {
        /// The items that changed, those that others do not see among them.
        changes: Vec<ItemChange>,
    },
    /// It was not looked for.
    Barred(Bar),
    /// Nothing that others see had changed, but they could not keep their results.
    Undone {
        /// The items that changed.
        changes: Vec<ItemChange>,
        /// What stood against it.
        obstacle: Obstacle,
    },
}

impl Cutoff {
    /// Returns the same with units that are told by `place`.
    pub(crate) fn with_units(&self, place: &dyn Fn(&usize) -> usize) -> Self {
        let mut cutoff = self.clone();
        if let Cutoff::Undone {
            obstacle: Obstacle::SymbolGone { unit, .. } | Obstacle::LinkFailed { unit },
            ..
        } = &mut cutoff
        {
            *unit = place(unit);
        }
        cutoff
    }
}

/// Why it is not looked for whether dependents can keep their results.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Bar {
    /// The user does not want it.
    Off,
    /// Nothing is known of what is published.
    NothingKnown,
    /// The optimizer sees through functions of other crates.
    OptimizedWithoutIncremental,
    /// Code of other crates is optimized with that of dependents at link time.
    LinkTimeOptimization,
    /// Counters of coverage are laid out for all crates together.
    Coverage,
    /// Code is instrumented for profiling, or optimized by a profile.
    Profiling,
    /// Dependents take the crate from a dynamic library.
    PreferDynamic,
    /// The library is not only an rlib.
    CrateTypes,
    /// The compiler gets an unstable flag.
    UnstableFlag(String),
    /// Another tool is run in place of the compiler.
    Wrapper(String),
    /// Something else than the crate's own source has changed.
    OtherChange(DirtyReason),
    /// Pages are made of it, which show documentation and lines.
    Shown,
}

/// Why dependents could not keep their results although nothing that they see had changed.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Obstacle {
    /// Dependents use code that the compiler had put into this crate and has no longer.
    SymbolGone {
        /// The symbol, as far as it can be read.
        symbol: String,
        /// Who needs it, as an index into [`Account::units`].
        unit: usize,
    },
    /// The crate uses others than before: those would be missing from links.
    OtherCrates {
        /// Name of a crate that it did not use before, or uses no longer.
        name: String,
    },
    /// A link failed.
    LinkFailed {
        /// What was linked, as an index into [`Account::units`].
        unit: usize,
    },
    /// A source file was edited while the crate was compiled.
    FileChanged {
        /// The file.
        path: Utf8PathBuf,
    },
    /// Files could not be read or written.
    Unusable {
        /// What went wrong.
        error: String,
    },
}

/// When a unit's process ran, counted from the start of the build.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
pub struct Timing {
    /// When it was started.
    pub started: Duration,
    /// When its metadata was there, if dependents could start on that.
    pub metadata: Option<Duration>,
    /// When it ended.
    pub finished: Duration,
}
