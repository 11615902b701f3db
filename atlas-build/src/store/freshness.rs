//! Whether units have to be built, asked before each and told after each. Knows nothing of the
//! order in which units run, and runs nothing.
//!
//! For each unit that is built, in this order: [`Freshness::check`], [`Freshness::started`] just
//! before its process, [`Freshness::finished`] after the process ended well and its files are
//! published and uplifted. A unit that fails is not finished; its record is gone by then, so that
//! it is built again.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use atlas_fingerprint::{
    DepInfoError, Digest, DirtyReason, FileError, FileTable, Files, Fingerprint, Hasher, Moment,
    Sequence,
};
use camino::{Utf8Path, Utf8PathBuf};

use super::message::Message;
use super::record::{Record, probe};
use super::script;
use crate::fingerprints::{self, Sources};
use crate::ids::UnitId;
use crate::packages::Package;
use crate::plan::{CompileStep, Output, OutputFlavor, Step};
use crate::process::CommandLine;
use crate::rustc::BuildScriptOutput;

/// A unit that is ready to be built: everything that it depends on is there.
#[derive(Clone, Copy, Debug)]
pub struct Job<'a> {
    /// The unit.
    pub unit: UnitId,
    /// What has to be done for it.
    pub step: &'a Step,
    /// The command, with what build scripts add to it.
    pub command: &'a CommandLine,
    /// What it sees of other units: [`Published::interface`] of those that it needs metadata of,
    /// [`Published::content`] of those that have to be finished before it starts.
    pub dependencies: &'a [(UnitId, Digest)],
}

/// Whether a unit has to be built.
#[derive(Clone, Debug)]
pub enum Verdict {
    /// No.
    Fresh(Box<Recorded>),
    /// Yes.
    Dirty(DirtyReason),
}

/// What is known of a unit that need not be built.
#[derive(Clone, Debug)]
pub struct Recorded {
    /// What it said.
    pub messages: Vec<Message>,
    /// What the build script told, if it is a run of one.
    pub build_script: Option<BuildScriptOutput>,
    /// What dependents see of it.
    pub published: Published,
    /// Outputs whose uplifted file is missing or another one: to be uplifted again.
    pub relink: Vec<Output>,
    /// How long it took when it was built.
    pub duration: Duration,
}

/// What dependents see of a unit.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Published {
    /// Digest for those that need its metadata only.
    pub interface: Digest,
    /// Digest for all others.
    pub content: Digest,
}

/// What came of a unit that was built.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// What it said.
    pub messages: Vec<Message>,
    /// What the build script told, if it is a run of one.
    pub build_script: Option<BuildScriptOutput>,
    /// How long it took.
    pub duration: Duration,
}

/// What is kept of units could not be looked at or written.
#[derive(Debug, thiserror::Error)]
pub enum FreshnessError {
    /// A file of atlas, or one that a unit gave.
    #[error(transparent)]
    File(#[from] FileError),
    /// What rustc says to have read cannot be understood.
    #[error("could not parse `{path}`")]
    DepInfo {
        /// The dep-info file.
        path: Utf8PathBuf,
        /// What is wrong with it.
        source: DepInfoError,
    },
    /// What rustc says to have read is not text.
    #[error("`{0}` is not UTF-8")]
    DepInfoEncoding(Utf8PathBuf),
    /// A process ended well without writing a file that it should have.
    #[error("`{0}` was not written")]
    OutputMissing(Utf8PathBuf),
    /// [`Freshness::finished`] was called for a unit that was not started.
    #[error("a unit finished that was not started")]
    NotStarted,
}

/// Decides which units have to be built, during one build. May be shared among threads.
#[derive(Debug)]
pub struct Freshness<'a> {
    /// What the parts of fingerprints are taken from.
    pub(super) sources: Sources<'a>,
    /// The files.
    pub(super) files: &'a dyn Files,
    /// The target directory that cargo would use.
    pub(super) target_directory: &'a Utf8Path,
    /// What is known of files.
    pub(super) table: FileTable<'a>,
    /// Units whose process runs.
    running: Mutex<HashMap<UnitId, Started>>,
}

/// How things were when a unit's process was started.
#[derive(Debug)]
pub(super) struct Started {
    /// A moment just before.
    pub(super) moment: Moment,
    /// What the file table has seen before this, was seen before the process started.
    pub(super) mark: Sequence,
    /// The bytes of files that the unit read the last time.
    pub(super) before: HashMap<Utf8PathBuf, Digest>,
    /// What the unit is made from.
    pub(super) fingerprint: Fingerprint,
}

impl<'a> Freshness<'a> {
    /// Starts a build. `probe` is a file that may be written, on the file system that holds the
    /// target directory.
    ///
    /// # Errors
    ///
    /// [`FileError`] if `probe` cannot be written.
    pub fn open(
        sources: Sources<'a>,
        files: &'a dyn Files,
        target_directory: &'a Utf8Path,
        probe: &Utf8Path,
    ) -> Result<Self, FileError> {
        let table = FileTable::new(files, files.moment(probe)?);
        Ok(Freshness { sources, files, target_directory, table, running: Mutex::default() })
    }

    /// Returns whether a unit has to be built, and why.
    pub fn check(&self, job: &Job<'_>) -> Verdict {
        let checked = match job.step {
            Step::Compile(step) => self.check_compile(job, step),
            Step::RunBuildScript(step) => self.check_script(job, step),
            Step::OverriddenBuildScript(output) => Ok(Recorded {
                messages: Vec::new(),
                build_script: Some(output.clone()),
                published: overridden(output),
                relink: Vec::new(),
                duration: Duration::ZERO,
            }),
        };
        checked.map_or_else(Verdict::Dirty, |recorded| Verdict::Fresh(Box::new(recorded)))
    }

    /// Makes sure that the unit is built again unless it finishes, and takes note of its inputs.
    /// Its process may start only after that, and only with the command of `job`.
    ///
    /// # Errors
    ///
    /// [`FileError`] if the unit's record cannot be removed: the process must not start then.
    pub fn started(&self, job: &Job<'_>) -> Result<(), FileError> {
        let Some(unit_dir) = unit_dir(job.step) else { return Ok(()) };
        let before = self.inputs_before(job, unit_dir);
        Record::remove(self.files, unit_dir)?;
        let moment = self.files.moment(&probe(unit_dir))?;
        let mark = self.table.mark();
        let fingerprint = self.fingerprint(job);
        let started = Started { moment, mark, before, fingerprint };
        self.running().insert(job.unit, started);
        Ok(())
    }

    /// Returns what dependents see that need metadata only, as soon as it is published.
    ///
    /// # Errors
    ///
    /// [`FreshnessError`] if the metadata cannot be read.
    pub fn interface(&self, step: &CompileStep) -> Result<Digest, FreshnessError> {
        let mut hasher = Hasher::new("interface");
        for output in &step.outputs {
            if output.flavor == OutputFlavor::Metadata {
                let observed = self.table.observe(&output.published)?;
                let missing = || FreshnessError::OutputMissing(output.published.clone());
                hasher.digest(&observed.ok_or_else(missing)?.digest);
            }
        }
        Ok(hasher.finish())
    }

    /// Writes down how a unit was built. Its files must be published and uplifted by then.
    ///
    /// # Errors
    ///
    /// [`FreshnessError`] if that is not possible; the unit is built again next time then.
    pub fn finished(&self, job: &Job<'_>, outcome: &Outcome) -> Result<Published, FreshnessError> {
        let started = self.running().remove(&job.unit);
        let record = match job.step {
            Step::Compile(step) => {
                let started = started.ok_or(FreshnessError::NotStarted)?;
                self.record_compile(job, step, started, outcome)?
            }
            Step::RunBuildScript(step) => {
                let started = started.ok_or(FreshnessError::NotStarted)?;
                self.record_script(job, step, started, outcome)?
            }
            Step::OverriddenBuildScript(output) => return Ok(overridden(output)),
        };
        if let Some(unit_dir) = unit_dir(job.step) {
            record.write(self.files, unit_dir)?;
        }
        Ok(Published { interface: record.interface, content: record.content })
    }

    /// Returns what a unit is made from.
    pub(super) fn fingerprint(&self, job: &Job<'_>) -> Fingerprint {
        fingerprints::fingerprint(&self.sources, job.unit, job.command, job.dependencies)
    }

    /// Returns a unit's package.
    pub(super) fn package(&self, unit: UnitId) -> &'a Package {
        &self.sources.packages.packages[self.sources.units.units[unit].package]
    }

    /// Returns the bytes of files that the unit is expected to read. What cannot be read is left
    /// out: whether it matters is seen after the run.
    fn inputs_before(&self, job: &Job<'_>, unit_dir: &Utf8Path) -> HashMap<Utf8PathBuf, Digest> {
        let mut before = HashMap::new();
        if let Ok(record) = Record::read(self.files, unit_dir) {
            for input in &record.inputs {
                if let Ok(Some(now)) = self.table.observe_recorded(input, record.taken) {
                    before.insert(input.path.clone(), now.digest);
                }
            }
        }
        let root = &self.sources.units.units[job.unit].target.src_path;
        if let Ok(Some(now)) = self.table.observe(root) {
            before.insert(root.clone(), now.digest);
        }
        before
    }

    /// Locks the units whose process runs.
    fn running(&self) -> std::sync::MutexGuard<'_, HashMap<UnitId, Started>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Returns what dependents see of a build script that the configuration speaks for.
pub fn overridden(output: &BuildScriptOutput) -> Published {
    let told = script::told(output);
    Published { interface: told, content: told }
}

/// Returns a unit's own directory, if it has one.
fn unit_dir(step: &Step) -> Option<&Utf8Path> {
    match step {
        Step::Compile(step) => Some(&step.unit_dir),
        Step::RunBuildScript(step) => Some(&step.unit_dir),
        Step::OverriddenBuildScript(_) => None,
    }
}
