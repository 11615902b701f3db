//! Whether units have to be built, asked before each and told after each. Knows nothing of the
//! order in which units run, and runs nothing.
//!
//! For each unit that is built, in this order: [`Freshness::check`], [`Freshness::started`] just
//! before its process, [`Freshness::finished`] after the process ended well and its files are
//! published and uplifted. A unit that fails is not finished; its record is gone by then, so that
//! it is built again.

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use atlas_fingerprint::{
    DepInfoError, Digest, DirtyReason, EntryKind, FileError, FileTable, Files, Fingerprint, Hasher,
    Moment, Observed, Sequence, Stat, in_parallel,
};
use camino::{Utf8Path, Utf8PathBuf};

use super::message::Message;
use super::published::Published;
use super::record::{Record, probe};
use super::script::{self, Watched};
use super::tree::Tree;
use crate::fingerprints::{self, Sources};
use crate::ids::{DenseMap, UnitId};
use crate::packages::Package;
use crate::plan::{CompileStep, Output, OutputFlavor, Step};
use crate::process::CommandLine;
use crate::script::BuildScriptOutput;
use crate::units::UnitGraph;

/// A unit that is ready to be built: everything that it depends on is there.
#[derive(Clone, Copy, Debug)]
pub struct Job<'a> {
    /// The unit.
    pub unit: UnitId,
    /// What has to be done for it.
    pub step: &'a Step,
    /// The command, with what build scripts add to it.
    pub command: &'a CommandLine,
    /// What it sees of other units, out of their [`Published`].
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
    /// Records that were read ahead.
    records: Mutex<HashMap<UnitId, Result<Record, DirtyReason>>>,
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
    /// What the unit is expected to read, just before that.
    pub(super) before: Before,
    /// What the unit is made from.
    pub(super) fingerprint: Fingerprint,
}

/// What a unit is expected to read, just before its process was started.
#[derive(Debug, Default)]
pub(super) struct Before {
    /// Files as they were.
    pub(super) files: HashMap<Utf8PathBuf, Observed>,
    /// Digests of the names in directories.
    pub(super) directories: HashMap<Utf8PathBuf, Digest>,
    /// What could not be settled the last time.
    pub(super) unsettled: HashSet<Utf8PathBuf>,
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
        let (records, running) = (Mutex::default(), Mutex::default());
        Ok(Freshness { sources, files, target_directory, table, records, running })
    }

    /// Returns the moment at which the build started.
    pub fn moment(&self) -> Moment {
        self.table.moment()
    }

    /// Returns the units.
    pub fn units(&self) -> &'a UnitGraph {
        self.sources.units
    }

    /// Reads the records of all units ahead of their checks, in parallel. Returns how long each unit
    /// took when it was built, if that is known.
    pub fn read_ahead(&self, steps: &DenseMap<UnitId, Step>) -> DenseMap<UnitId, Option<Duration>> {
        let units: Vec<(UnitId, &Step)> = steps.iter().collect();
        let records = in_parallel(&units, |(_, step)| {
            unit_dir(step).map(|unit_dir| Record::read(self.files, unit_dir))
        });
        let duration = |record: &Option<Result<Record, DirtyReason>>| {
            record.as_ref()?.as_ref().ok().map(|record| record.duration)
        };
        let durations = records.iter().map(duration).collect();
        let known = units.iter().zip(records);
        *self.records() = known.filter_map(|((unit, _), it)| Some((*unit, it?))).collect();
        durations
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
    /// [`FileError`] if the metadata cannot be read.
    pub fn interface(&self, step: &CompileStep) -> Result<Digest, FileError> {
        let mut hasher = Hasher::new("interface");
        for output in &step.outputs {
            if output.flavor == OutputFlavor::Metadata {
                match self.table.observe(&output.published)? {
                    Some(observed) => hasher.number(1).digest(&observed.digest),
                    None => hasher.number(0),
                };
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
        Ok(record.published)
    }

    /// Returns what a unit is made from.
    pub(super) fn fingerprint(&self, job: &Job<'_>) -> Fingerprint {
        fingerprints::fingerprint(&self.sources, job.unit, job.command, job.dependencies)
    }

    /// Returns the record of a unit. One that was read ahead is given away, since it does not hold
    /// any longer when the unit is built.
    pub(super) fn record(&self, unit: UnitId, unit_dir: &Utf8Path) -> Result<Record, DirtyReason> {
        let ahead = self.records().remove(&unit);
        ahead.unwrap_or_else(|| Record::read(self.files, unit_dir))
    }

    /// Returns a unit's package.
    pub(super) fn package(&self, unit: UnitId) -> &'a Package {
        &self.sources.packages.packages[self.sources.units.units[unit].package]
    }

    /// Looks at what the unit is expected to read. What cannot be read is left out: whether it
    /// matters is seen after the run.
    fn inputs_before(&self, job: &Job<'_>, unit_dir: &Utf8Path) -> Before {
        let mut before = Before::default();
        let target = &self.sources.units.units[job.unit].target;
        let mut others = vec![target.src_path.clone()];
        let record = Record::read(self.files, unit_dir);
        if record.is_err() && self.package(job.unit).is_local() && !target.is_custom_build() {
            others.extend(self.likely_sources(&target.src_path));
        }
        if let Ok(record) = record {
            for input in &record.inputs {
                if let Ok(Some(now)) = self.table.observe_recorded(input, record.taken) {
                    before.files.insert(input.path.clone(), now);
                }
            }
            if let Some(output) = &record.build_script {
                let tree = self.watched(job.unit, output).unwrap_or_default().tree;
                others.extend(tree.files);
                let directories = tree.directories.into_iter();
                before.directories = directories.map(|it| (it.path, it.digest)).collect();
            }
            before.unsettled = record.unsettled.into_iter().collect();
        }
        others.retain(|path| !before.files.contains_key(path));
        for (path, now) in others.iter().zip(self.table.observe_all(&others)) {
            if let Ok(Some(now)) = now {
                before.files.insert(path.clone(), now);
            }
        }
        before
    }

    /// Returns the files that a unit built for the first time probably reads. Times could tell as
    /// well that one of them is modified meanwhile, if all file systems had the same clock.
    fn likely_sources(&self, root: &Utf8Path) -> Vec<Utf8PathBuf> {
        let skip = |path: &Utf8Path, kind| match kind {
            EntryKind::Directory => {
                path == self.target_directory
                    || path.file_name().is_some_and(|name| name.starts_with('.'))
                    || !matches!(self.files.stat(&path.join("Cargo.toml")), Ok(Stat::Absent))
            }
            EntryKind::File | EntryKind::Other => path.extension() != Some("rs"),
        };
        let mut tree = Tree::default();
        if let Some(directory) = root.parent() {
            // What cannot be listed is judged by its times.
            drop(tree.add(self.files, directory, &skip));
        }
        tree.files.retain(|path| path != root);
        tree.files
    }

    /// Returns what a build script that told `output` depends on.
    pub(super) fn watched(
        &self,
        unit: UnitId,
        output: &BuildScriptOutput,
    ) -> Result<Watched, FileError> {
        script::watched(self.files, self.package(unit), self.target_directory, output)
    }

    /// Locks the records that were read ahead.
    fn records(&self) -> MutexGuard<'_, HashMap<UnitId, Result<Record, DirtyReason>>> {
        self.records.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Locks the units whose process runs.
    fn running(&self) -> MutexGuard<'_, HashMap<UnitId, Started>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Returns what dependents see of a build script that the configuration speaks for.
pub fn overridden(output: &BuildScriptOutput) -> Published {
    Published::uniform(script::told(output))
}

/// Returns a unit's own directory, if it has one.
fn unit_dir(step: &Step) -> Option<&Utf8Path> {
    match step {
        Step::Compile(step) => Some(&step.unit_dir),
        Step::RunBuildScript(step) => Some(&step.unit_dir),
        Step::OverriddenBuildScript(_) => None,
    }
}
