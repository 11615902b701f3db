//! Whether the record of a unit still holds. The order is that of cost: first what is known, then
//! what has to be looked at.

use atlas_fingerprint::{Digest, DirtyReason, FileChange, FileRecord, Stat, compare};
use camino::{Utf8Path, Utf8PathBuf};

use super::freshness::{Freshness, Job, Recorded};
use super::message::Message;
use super::record::{Directory, Record};
use super::script;
use crate::fingerprints::variable;
use crate::plan::{BuildScriptStep, CompileStep, Output, OutputFlavor};
use crate::script::BuildScriptOutput;

impl Freshness<'_> {
    /// Checks a run of rustc.
    pub(super) fn check_compile(
        &self,
        job: &Job<'_>,
        step: &CompileStep,
    ) -> Result<Recorded, DirtyReason> {
        let old = self.record(job.unit, &step.unit_dir)?;
        let environment = |name| DirtyReason::EnvironmentChanged { name };
        self.check_known(job, &old, environment)?;
        for output in step.outputs.iter().filter(|output| is_required(output)) {
            if !old.outputs.iter().any(|record| record.path == output.published) {
                return Err(DirtyReason::OutputMissing { path: output.published.clone() });
            }
        }
        let outputs = self.table.verify(&old.outputs, old.taken).map_err(output_reason)?;
        let inputs = self.table.verify(&old.inputs, old.taken).map_err(input_reason)?;
        let (uplifted, relink) = self.check_uplifted(step, &old, &outputs);
        let new = Record { outputs, inputs, uplifted, ..old.clone() };
        self.refresh(&old, &new, &step.unit_dir);
        Ok(recorded(new, relink))
    }

    /// Checks a run of a build script.
    pub(super) fn check_script(
        &self,
        job: &Job<'_>,
        step: &BuildScriptStep,
    ) -> Result<Recorded, DirtyReason> {
        let old = self.record(job.unit, &step.unit_dir)?;
        let environment = |name| DirtyReason::RerunIfEnvChanged { name };
        self.check_known(job, &old, environment)?;
        if let Some(path) = &old.absent {
            return Err(DirtyReason::RerunRequested { path: path.clone() });
        }
        if !matches!(self.files.stat(&step.out_dir), Ok(Stat::Directory(_))) {
            return Err(DirtyReason::OutputMissing { path: step.out_dir.clone() });
        }
        let output = old.build_script.clone().unwrap_or_default();
        let reason = match script::names_inputs(&output) {
            true => |path| DirtyReason::RerunIfChanged { path },
            false => |path| DirtyReason::FileChanged { path },
        };
        let changed = |change| match change {
            FileChange::Missing(path) | FileChange::Content(path) => reason(path),
        };
        let inputs = self.table.verify(&old.inputs, old.taken).map_err(changed)?;
        if let Some(path) = self.changed_directory(job, &old, &output) {
            return Err(reason(path));
        }
        let new = Record { inputs, ..old.clone() };
        self.refresh(&old, &new, &step.unit_dir);
        Ok(recorded(new, Vec::new()))
    }

    /// Checks what needs no look at files.
    fn check_known(
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
            now.ok() != Some(directory.digest)
        };
        record.directories.iter().find(is_changed).map(|directory| directory.path.clone())
    }

    /// Returns the uplifted files that are what they should be, and the outputs to uplift again.
    fn check_uplifted(
        &self,
        step: &CompileStep,
        old: &Record,
        outputs: &[FileRecord],
    ) -> (Vec<FileRecord>, Vec<Output>) {
        let (mut current, mut relink, mut unrecorded) = (Vec::new(), Vec::new(), Vec::new());
        for output in &step.outputs {
            let Some(path) = &output.uplifted else { continue };
            match outputs.iter().find(|record| record.path == output.published) {
                Some(published) => match self.uplifted(path, published, old) {
                    Some(record) => current.push(record),
                    None => relink.push(output.clone()),
                },
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
        (current, relink)
    }

    /// Returns the record of an uplifted file if it is what was published.
    pub(super) fn uplifted(
        &self,
        path: &Utf8Path,
        published: &FileRecord,
        old: &Record,
    ) -> Option<FileRecord> {
        let Ok(Stat::File(stamp)) = self.files.stat(path) else { return None };
        let digest = published.digest;
        let is_same_file = stamp.inode != 0 && stamp == published.stamp;
        if is_same_file {
            return Some(FileRecord { path: path.to_owned(), stamp, digest });
        }
        let observed = match old.uplifted.iter().find(|record| record.path == path) {
            Some(record) => self.table.observe_recorded(record, old.taken),
            None => self.table.observe(path),
        };
        let observed = observed.ok().flatten().filter(|observed| observed.digest == digest)?;
        Some(FileRecord { path: path.to_owned(), stamp: observed.stamp, digest })
    }

    /// Writes a record with present stamps, if they differ: its files need not be hashed again
    /// then. A failure costs no more than that.
    fn refresh(&self, old: &Record, new: &Record, unit_dir: &Utf8Path) {
        let files = |record: &Record| {
            (record.inputs.clone(), record.outputs.clone(), record.uplifted.clone())
        };
        let taken = self.table.moment();
        let vouched_now =
            |file: &FileRecord| file.stamp.is_racy(old.taken) && !file.stamp.is_racy(taken);
        let (inputs, outputs, uplifted) = files(old);
        if inputs.iter().chain(&outputs).chain(&uplifted).any(vouched_now)
            || (inputs, outputs, uplifted) != files(new)
        {
            let new = Record { taken, ..new.clone() };
            drop(new.write(self.files, unit_dir));
        }
    }
}

/// Returns what is told of a unit that need not be built.
fn recorded(record: Record, relink: Vec<Output>) -> Recorded {
    Recorded {
        messages: record.messages.into_iter().map(Message::from).collect(),
        build_script: record.build_script,
        published: record.published,
        relink,
    }
}

/// Returns whether an output has to be there.
pub(super) fn is_required(output: &Output) -> bool {
    !matches!(output.flavor, OutputFlavor::DebugInfo | OutputFlavor::Auxiliary)
}

/// The reason for a changed output.
fn output_reason(change: FileChange) -> DirtyReason {
    match change {
        FileChange::Missing(path) => DirtyReason::OutputMissing { path },
        FileChange::Content(path) => DirtyReason::OutputChanged { path },
    }
}

/// The reason for a changed input of a compile.
fn input_reason(change: FileChange) -> DirtyReason {
    match change {
        FileChange::Missing(path) => DirtyReason::FileMissing { path },
        FileChange::Content(path) => DirtyReason::FileChanged { path },
    }
}
