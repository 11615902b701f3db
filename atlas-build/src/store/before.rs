//! Whether the record of a unit still holds. The order is that of cost: first what is known, then
//! what has to be looked at.

use atlas_fingerprint::{
    Content, Digest, Directory, DirtyReason, Input, Record, Stat, compare, in_parallel,
};
use camino::{Utf8Path, Utf8PathBuf};

use super::freshness::{Freshness, Job, Recorded};
use super::record::Said;
use super::{script, views};
use crate::fingerprints::variable;
use crate::ids::UnitId;
use crate::plan::{BuildScriptStep, CompileStep, Output, OutputFlavor, Step};
use crate::request::CacheMode;
use crate::script::BuildScriptOutput;

impl Freshness<'_> {
    /// Checks a run of rustc.
    pub(super) fn check_compile(
        &self,
        job: &Job<'_>,
        step: &CompileStep,
        old: &Record,
    ) -> Result<Recorded, DirtyReason> {
        let environment = |name| DirtyReason::EnvironmentChanged { name };
        self.check_known(job, old, environment)?;
        for output in step.outputs.iter().filter(|output| is_required(output)) {
            if !old.outputs.iter().any(|record| record.path == output.published) {
                return Err(DirtyReason::OutputMissing { path: output.published.clone() });
            }
        }
        self.check_outputs(&old.outputs)?;
        self.check_inputs(old).map_err(input_reason)?;
        self.check_directories(job.unit, step, old)?;
        self.check_shown(job.unit, step, old)?;
        self.check_configuration(job.unit, job.step, old)?;
        let relink = self.check_uplifted(step, old);
        Ok(recorded(old, relink))
    }

    /// Checks a run of a build script.
    pub(super) fn check_script(
        &self,
        job: &Job<'_>,
        step: &BuildScriptStep,
        old: &Record,
    ) -> Result<Recorded, DirtyReason> {
        let environment = |name| DirtyReason::RerunIfEnvChanged { name };
        self.check_known(job, old, environment)?;
        if let Some(path) = &old.absent {
            return Err(DirtyReason::RerunRequested { path: path.clone() });
        }
        if !matches!(self.files.stat(&step.out_dir), Ok(Stat::Directory(_))) {
            return Err(DirtyReason::OutputMissing { path: step.out_dir.clone() });
        }
        let output = Said::of(old).build_script.unwrap_or_default();
        let reason = match script::names_inputs(&output) {
            true => |path| DirtyReason::RerunIfChanged { path },
            false => |path| DirtyReason::FileChanged { path },
        };
        let changed = |change| match change {
            FileChange::Missing(path) | FileChange::Content(path) => reason(path),
        };
        self.check_inputs(old).map_err(changed)?;
        if let Some(path) = self.changed_directory(job, old, &output) {
            return Err(reason(path));
        }
        self.check_known_to_script(job.unit, old)?;
        Ok(recorded(old, Vec::new()))
    }

    /// Returns why a unit has to be built whatever becomes of those that it sees, if it has to.
    pub(super) fn own_reason(&self, unit: UnitId, step: &Step) -> Option<DirtyReason> {
        if self.rules.cache == CacheMode::None {
            return Some(DirtyReason::Forced);
        }
        let record = match self.record(step) {
            Ok(record) => record,
            Err(reason) => return Some(reason),
        };
        let outputs = self.check_outputs(&record.outputs);
        let inputs = outputs.and_then(|()| self.check_inputs(&record).map_err(input_reason));
        let declared = inputs.and_then(|()| match step {
            Step::Compile(step) => self.check_directories(unit, step, &record),
            Step::RunBuildScript(_) | Step::Doctest(_) | Step::OverriddenBuildScript(_) => Ok(()),
        });
        let configured = declared.and_then(|()| self.check_configuration(unit, step, &record));
        configured.err()
    }

    /// Checks that files that were made are what they were.
    pub(super) fn check_outputs(
        &self,
        outputs: &[atlas_fingerprint::Output],
    ) -> Result<(), DirtyReason> {
        let observed = in_parallel(outputs, |output| self.table.observe(&output.path));
        for (output, observed) in outputs.iter().zip(observed) {
            match observed {
                Ok(Some(now)) if now.content.bytes == output.bytes => {}
                Ok(Some(_)) => {
                    return Err(DirtyReason::OutputChanged { path: output.path.clone() });
                }
                Ok(None) | Err(_) => {
                    return Err(DirtyReason::OutputMissing { path: output.path.clone() });
                }
            }
        }
        Ok(())
    }

    /// Checks that files that were read look as they did.
    pub(super) fn check_inputs(&self, old: &Record) -> Result<(), FileChange> {
        let observed = in_parallel(&old.inputs, |input| self.table.observe(&input.path));
        let is_quoted = |path: &Utf8Path| Said::of(old).quotes(path);
        for (input, observed) in old.inputs.iter().zip(observed) {
            match observed {
                Ok(Some(now)) if self.looks_same(input, &now.content, is_quoted) => {}
                Ok(Some(_)) => return Err(FileChange::Content(input.path.clone())),
                Ok(None) | Err(_) => return Err(FileChange::Missing(input.path.clone())),
            }
        }
        Ok(())
    }

    /// Returns whether a file that was read looks as it did.
    pub(super) fn looks_same(
        &self,
        input: &Input,
        now: &Content,
        is_quoted: impl FnOnce(&Utf8Path) -> bool,
    ) -> bool {
        views::looks_same(self.files, self.rules.level, input, now, is_quoted)
    }

    /// Checks what needs no look at files.
    pub(super) fn check_known(
        &self,
        job: &Job<'_>,
        record: &Record,
        reason: impl Fn(String) -> DirtyReason,
    ) -> Result<(), DirtyReason> {
        if let Some(reason) = compare(&record.fingerprint, &self.fingerprint(job)) {
            return Err(reason);
        }
        for recorded in &record.variables {
            let value = variable(job.command, self.sources.environment, &recorded.name);
            if Digest::of_variable(value) != recorded.digest {
                return Err(reason(recorded.name.clone()));
            }
        }
        match record.unsettled.first() {
            Some(path) => Err(DirtyReason::FileChangedWhileCompiling { path: path.clone() }),
            None => Ok(()),
        }
    }

    /// Returns a directory that a build script depends on, if other names are in it now.
    fn changed_directory(
        &self,
        job: &Job<'_>,
        record: &Record,
        output: &BuildScriptOutput,
    ) -> Option<Utf8PathBuf> {
        let package = self.package(job.unit);
        let is_changed = |directory: &&Directory| {
            let path = &directory.path;
            let now = script::listing(self.files, package, self.target_directory, output, path);
            now.ok() != Some(directory.digest) && !self.is_declared_as(job.unit, directory)
        };
        record.directories.iter().find(is_changed).map(|directory| directory.path.clone())
    }

    /// Returns the outputs to uplift again.
    fn check_uplifted(&self, step: &CompileStep, old: &Record) -> Vec<Output> {
        let (mut relink, mut unrecorded) = (Vec::new(), Vec::new());
        for output in &step.outputs {
            let Some(path) = &output.uplifted else { continue };
            match old.outputs.iter().find(|record| record.path == output.published) {
                Some(published) if self.uplifted(path, published).is_some() => {}
                Some(_) => relink.push(output.clone()),
                None => unrecorded.push((output, path)),
            }
        }
        // Debug info and the like goes with the program: whoever replaced one replaced the other.
        let is_program_replaced = !relink.is_empty();
        let exists = |path| !matches!(self.files.stat(path), Ok(Stat::Absent));
        let unrecorded = unrecorded.into_iter().filter(|(output, path)| {
            exists(&output.published) && (is_program_replaced || !exists(path))
        });
        relink.extend(unrecorded.map(|(output, _)| output.clone()));
        relink
    }

    /// Returns an uplifted file if it is what was published.
    pub(super) fn uplifted(
        &self,
        path: &Utf8Path,
        published: &atlas_fingerprint::Output,
    ) -> Option<atlas_fingerprint::Output> {
        let observed = self.table.observe(path).ok().flatten()?;
        let bytes = observed.content.bytes;
        let output = || atlas_fingerprint::Output { path: path.to_owned(), bytes };
        (bytes == published.bytes).then(output)
    }
}

/// How a file that was read differs from what it was.
pub(super) enum FileChange {
    /// It is not there, or cannot be read.
    Missing(Utf8PathBuf),
    /// It has another content.
    Content(Utf8PathBuf),
}

/// Returns what is told of a unit that need not be built.
pub(super) fn recorded(record: &Record, relink: Vec<Output>) -> Recorded {
    let Said { messages, build_script } = Said::of(record);
    let published = record.published.into();
    Recorded { messages, build_script, published, relink, spared: None, aside: None }
}

/// Returns whether an output has to be there.
pub(super) fn is_required(output: &Output) -> bool {
    !matches!(output.flavor, OutputFlavor::DebugInfo | OutputFlavor::Auxiliary)
}

/// The reason for a changed input of a compile.
pub(super) fn input_reason(change: FileChange) -> DirtyReason {
    match change {
        FileChange::Missing(path) => DirtyReason::FileMissing { path },
        FileChange::Content(path) => DirtyReason::FileChanged { path },
    }
}
