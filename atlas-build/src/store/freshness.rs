//! Whether units have to be built, asked before each and told after each. Knows nothing of the
//! order in which units run, and runs nothing.
//!
//! For each unit that is built, in this order: [`Freshness::check`], [`Freshness::started`] just
//! before its process, [`Freshness::finished`] after the process ended well and its files are
//! published and uplifted. A unit that fails is not finished; its record is gone by then, so that
//! it is built again.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use atlas_fingerprint::{
    DepInfoError, Digest, DirtyReason, Entry, FileError, FileTable, Files, Fingerprint, Hasher,
    Ledger, Moment, Record, RecordFault, Sequence, Stat,
};
use camino::{Utf8Path, Utf8PathBuf};

use super::aside::Trash;
use super::expected::Before;
use super::message::Message;
use super::published::Published;
use super::script::{self, Watched};
use super::shared::{Settings, Shared};
use crate::account::SpareRule;
use crate::fingerprints::{self, Sources};
use crate::ids::{DenseMap, UnitId};
use crate::packages::Package;
use crate::plan::{CompileStep, Output, OutputFlavor, Step};
use crate::process::CommandLine;
use crate::request::{CacheMode, Cutoff, FreshnessLevel};
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
    /// Why cargo would have built it, if it would.
    pub spared: Option<SpareRule>,
    /// The result is one that was put aside: it has to be taken back first.
    pub aside: Option<Aside>,
}

/// A result that was put aside and can be used again.
#[derive(Clone, Debug)]
pub struct Aside {
    /// What tells it from others.
    pub id: u64,
    /// Why the result in place cannot be used.
    pub reason: DirtyReason,
}

/// What of earlier builds may be used.
#[derive(Clone, Copy, Debug)]
pub struct Rules {
    /// Whether anything may be used.
    pub cache: CacheMode,
    /// What counts in source files.
    pub level: FreshnessLevel,
    /// How many results of a unit of a local package are put aside.
    pub keep_results: usize,
    /// Whether dependents keep their results when nothing that they see has changed.
    pub cutoff: Cutoff,
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
    /// Whether the metadata of an earlier compile stays published.
    pub keeps_metadata: bool,
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
    /// A result that was put aside is not there any longer, or not what it was.
    #[error("a result that was put aside cannot be used")]
    AsideUnusable,
}

/// A result that was written down.
#[derive(Clone, Copy, Debug)]
pub struct Finished {
    /// What dependents see of it.
    pub published: Published,
    /// What tells it from others.
    pub id: u64,
    /// A moment just before its process was started.
    pub(super) moment: Option<Moment>,
    /// Whether a build script found nothing where it writes.
    pub(super) is_from_nothing: bool,
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
    pub(super) table: &'a FileTable<'a>,
    /// What is known of units.
    pub(super) ledger: &'a Ledger<'a>,
    /// What may be used.
    pub(super) rules: Rules,
    /// Macros that the user vouches for.
    pub(super) harmless_macros: &'a [String],
    /// The store that all checkouts share, if there is one.
    pub(super) shared: Option<Shared<'a>>,
    /// Results that are not kept any longer.
    pub(super) trash: Trash,
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
    /// Results that were put aside.
    pub(super) kept: Vec<u64>,
    /// Whether a build script finds nothing where it writes.
    pub(super) is_from_nothing: bool,
}

impl<'a> Freshness<'a> {
    /// Starts a build.
    pub fn new(
        sources: Sources<'a>,
        files: &'a dyn Files,
        target_directory: &'a Utf8Path,
        table: &'a FileTable<'a>,
        ledger: &'a Ledger<'a>,
        rules: Rules,
    ) -> Self {
        let running = Mutex::default();
        let harmless_macros = &[];
        Freshness {
            sources,
            files,
            target_directory,
            table,
            ledger,
            rules,
            harmless_macros,
            shared: None,
            trash: Trash::default(),
            running,
        }
    }

    /// Names macros that the user vouches for.
    pub fn with_harmless_macros(self, harmless_macros: &'a [String]) -> Self {
        Freshness { harmless_macros, ..self }
    }

    /// Has results looked for and filed in a store.
    pub(super) fn use_store(&mut self, settings: &Settings, steps: &'a DenseMap<UnitId, Step>) {
        let directory = self.target_directory;
        self.shared = Some(Shared::new(settings, &self.sources, self.files, directory, steps));
    }

    /// Returns the units.
    pub fn units(&self) -> &'a UnitGraph {
        self.sources.units
    }

    /// Returns the name under which results of a unit are kept, if they are.
    pub(super) fn key<'s>(&self, step: &'s Step) -> Option<&'s str> {
        let unit_dir = unit_dir(step)?;
        Some(unit_dir.strip_prefix(self.target_directory).unwrap_or(unit_dir).as_str())
    }

    /// Returns the id of the result in place; zero for none.
    pub(super) fn current_id(&self, step: &Step) -> u64 {
        let current = self.key(step).and_then(|key| self.ledger.current(key));
        current.map_or(0, |(id, _)| id)
    }

    /// Returns how long a unit took when it was built, if that is known.
    pub fn duration(&self, step: &Step) -> Option<Duration> {
        let key = self.key(step)?;
        match self.ledger.unchanged(key) {
            Some(result) => Some(result.duration()),
            None => Some(self.ledger.current(key)?.1?.duration),
        }
    }

    /// Returns the files that a unit read, if that is known.
    pub(super) fn read(&self, step: &Step) -> Option<Vec<Utf8PathBuf>> {
        let key = self.key(step)?;
        let base = self.ledger.base();
        if let Some(result) = self.ledger.unchanged(key) {
            return result.inputs().map(|(file, ..)| base.path(file).map(Into::into)).collect();
        }
        let record = self.ledger.current(key)?.1?;
        Some(record.inputs.iter().map(|input| input.path.clone()).collect())
    }

    /// Returns whether a unit has to be built, and why.
    pub fn check(&self, job: &Job<'_>) -> Verdict {
        if let Step::OverriddenBuildScript(output) = job.step {
            return Verdict::Fresh(Box::new(Recorded {
                messages: Vec::new(),
                build_script: Some(output.clone()),
                published: overridden(output),
                relink: Vec::new(),
                spared: None,
                aside: None,
            }));
        }
        if self.rules.cache == CacheMode::None {
            return Verdict::Dirty(DirtyReason::Forced);
        }
        let checked = self.record(job.step).and_then(|record| match job.step {
            Step::Compile(step) => self.check_compile(job, step, &record),
            Step::RunBuildScript(step) => self.check_script(job, step, &record),
            Step::Doctest(_) | Step::OverriddenBuildScript(_) => Err(DirtyReason::NeverBuilt),
        });
        match checked {
            Ok(recorded) => Verdict::Fresh(Box::new(recorded)),
            Err(reason) => match self.check_aside(job, &reason) {
                Some(recorded) => Verdict::Fresh(Box::new(recorded)),
                None => Verdict::Dirty(reason),
            },
        }
    }

    /// Makes sure that the unit is built again unless it finishes, and takes note of its inputs.
    /// Its process may start only after that, and only with the command of `job`.
    ///
    /// # Errors
    ///
    /// [`FileError`] if that cannot be written down: the process must not start then.
    pub fn started(&self, job: &Job<'_>) -> Result<(), FileError> {
        self.started_with(job, self.inputs_before(job))
    }

    /// Like [`Freshness::started`], for a result that is brought from elsewhere and was made from what
    /// `before` says.
    pub(super) fn started_with(&self, job: &Job<'_>, before: Before) -> Result<(), FileError> {
        let Some(key) = self.key(job.step) else { return Ok(()) };
        let kept = self.put_aside(job, key, None)?;
        if self.rules.cache == CacheMode::None
            && let Step::Compile(step) = job.step
        {
            super::aside::forget_incremental(&step.unit_dir);
        }
        let moment = self.table.moment()?;
        let mark = self.table.mark();
        let fingerprint = self.fingerprint(job);
        let is_from_nothing = match job.step {
            Step::RunBuildScript(step) => self.is_empty(&step.out_dir),
            Step::Compile(_) | Step::Doctest(_) | Step::OverriddenBuildScript(_) => true,
        };
        let started = Started { moment, mark, before, fingerprint, kept, is_from_nothing };
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
                    Some(observed) => hasher.number(1).digest(&observed.content.bytes),
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
    pub fn finished(&self, job: &Job<'_>, outcome: &Outcome) -> Result<Finished, FreshnessError> {
        if let Step::OverriddenBuildScript(output) = job.step {
            return Ok(Finished {
                published: overridden(output),
                id: 0,
                moment: None,
                is_from_nothing: false,
            });
        }
        let started = self.running().remove(&job.unit).ok_or(FreshnessError::NotStarted)?;
        let kept = started.kept.clone();
        let (moment, is_from_nothing) = (Some(started.moment), started.is_from_nothing);
        let record = match job.step {
            Step::Compile(step) => {
                let record = self.record_compile(job, step, &started, outcome)?;
                if !outcome.keeps_metadata {
                    self.forget_spliced(step);
                    self.carry(job, step, &record);
                }
                record
            }
            Step::RunBuildScript(step) => self.record_script(job, step, &started, outcome)?,
            Step::Doctest(_) | Step::OverriddenBuildScript(_) => {
                return Err(FreshnessError::NotStarted);
            }
        };
        let (published, id) = (record.published.into(), record.id());
        let finished = Finished { published, id, moment, is_from_nothing };
        self.note(job.step, record, kept)?;
        Ok(finished)
    }

    /// Writes down that a result is in place.
    pub(super) fn note(
        &self,
        step: &Step,
        record: Record,
        kept: Vec<u64>,
    ) -> Result<(), FreshnessError> {
        let Some(key) = self.key(step) else { return Ok(()) };
        let inputs = record.inputs.iter().map(|input| &input.path);
        let outputs = record.outputs.iter().chain(&record.uplifted).map(|output| &output.path);
        let files = inputs.chain(outputs).filter_map(|path| self.table.seen_file(path)).collect();
        let (key, unfinished, current) = (key.to_owned(), false, Some(record));
        Ok(self.ledger.note(Entry { key, unfinished, current, kept, files })?)
    }

    /// Returns what a unit is made from.
    pub(super) fn fingerprint(&self, job: &Job<'_>) -> Fingerprint {
        fingerprints::fingerprint(&self.sources, job.unit, job.command, job.dependencies)
    }

    /// Returns the record of the result in place.
    pub(super) fn record(&self, step: &Step) -> Result<std::sync::Arc<Record>, DirtyReason> {
        let key = self.key(step).ok_or(DirtyReason::NeverBuilt)?;
        match self.ledger.current(key) {
            Some((_, Some(record))) => Ok(record),
            Some((_, None)) => Err(DirtyReason::RecordUnreadable(RecordFault::BadChecksum)),
            None if self.ledger.is_unfinished(key) => Err(DirtyReason::Unfinished),
            None => Err(DirtyReason::NeverBuilt),
        }
    }

    /// Returns a unit's package.
    pub(super) fn package(&self, unit: UnitId) -> &'a Package {
        &self.sources.packages.packages[self.sources.units.units[unit].package]
    }

    /// Returns what a build script that told `output` depends on.
    pub(super) fn watched(
        &self,
        unit: UnitId,
        output: &BuildScriptOutput,
    ) -> Result<Watched, FileError> {
        script::watched(self.files, self.package(unit), self.target_directory, output)
    }

    /// Returns whether nothing is in a directory.
    fn is_empty(&self, directory: &Utf8Path) -> bool {
        match self.files.stat(directory) {
            Ok(Stat::Absent) => true,
            Ok(Stat::Directory(_)) => self.files.list(directory).is_ok_and(|it| it.is_empty()),
            Ok(Stat::File(_)) | Err(_) => false,
        }
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
        Step::Doctest(_) | Step::OverriddenBuildScript(_) => None,
    }
}
