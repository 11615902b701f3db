//! The record of a unit that was just built. An input that was modified while the unit was built
//! must not be recorded as one that went in: which bytes the process saw is not known.

use std::collections::BTreeSet;

use atlas_fingerprint::{
    Content, Digest, Directory, FileError, Fingerprint, Hasher, Input, Moment, Observed,
    Output as Made, Record, Stat, Variable, View, parse_dep_info,
};
use camino::{Utf8Path, Utf8PathBuf};

use super::before::is_required;
use super::freshness::{Freshness, FreshnessError, Job, Outcome, Started};
use super::published::Published;
use super::record::Said;
use super::{pages, script, views};
use crate::fingerprints::{is_inherited, variable};
use crate::plan::{BuildScriptStep, CompileStep, OutputFlavor, Pages};

/// The inputs of a unit after it was built.
struct Inputs {
    /// Those that can be read.
    files: Vec<(Utf8PathBuf, Content)>,
    /// Those that were modified meanwhile, or cannot be read.
    unsettled: Vec<Utf8PathBuf>,
}

impl Freshness<'_> {
    /// Makes the record of a run of rustc.
    pub(super) fn record_compile(
        &self,
        job: &Job<'_>,
        step: &CompileStep,
        started: &Started,
        outcome: &Outcome,
    ) -> Result<Record, FreshnessError> {
        let taken = self.table.moment()?;
        if let Some(pages) = &step.pages {
            return self.record_pages(job, (step, pages), (started, taken), outcome);
        }
        let path = &step.dep_info;
        let text = String::from_utf8(self.files.read(path)?)
            .map_err(|_| FreshnessError::DepInfoEncoding(path.clone()))?;
        let dep_info = parse_dep_info(&text, &job.command.cwd)
            .map_err(|source| FreshnessError::DepInfo { path: path.clone(), source })?;
        let inputs = self.inputs_after(&dep_info.files, started, taken);
        let names = dep_info.env.into_iter().map(|dependency| dependency.name);
        let mut record = without_files(started.fingerprint.clone(), outcome);
        record.variables = self.variables(job, names);
        record.unsettled = inputs.unsettled;
        record.inputs = self.viewed(job, inputs.files);
        self.add_declared(job, started, taken, &mut record)?;
        record.outputs = self.outputs(step)?;
        let mut published = Published::uniform(content(&record.outputs));
        if has_metadata(step) {
            published.interface = self.interface(step)?;
        }
        record.published = published.to_record();
        for output in &step.outputs {
            let published = record.outputs.iter().find(|file| file.path == output.published);
            if let (Some(path), Some(published)) = (&output.uplifted, published) {
                record.uplifted.extend(self.uplifted(path, published));
            }
        }
        Ok(record)
    }

    /// Makes the record of a run of rustdoc. Where it is not known what that has read, it is unsettled.
    fn record_pages(
        &self,
        job: &Job<'_>,
        (step, pages): (&CompileStep, &Pages),
        (started, taken): (&Started, Moment),
        outcome: &Outcome,
    ) -> Result<Record, FreshnessError> {
        let mut record = without_files(started.fingerprint.clone(), outcome);
        let text = self.files.read(&step.dep_info).ok().and_then(|it| String::from_utf8(it).ok());
        match text.and_then(|text| parse_dep_info(&text, &job.command.cwd).ok()) {
            Some(read) => {
                let inputs = self.inputs_after(&read.files, started, taken);
                let names = read.env.into_iter().map(|dependency| dependency.name);
                record.variables = self.variables(job, names);
                record.unsettled = inputs.unsettled;
                record.inputs = inputs.files.into_iter().map(pages::whole).collect();
            }
            None => record.unsettled.push(job.command.cwd.join(&pages.source)),
        }
        self.add_declared(job, started, taken, &mut record)?;
        let made = self.pages(pages)?;
        record.inputs.extend(made.index);
        record.directories.extend(made.directories);
        record.published = pages::published().to_record();
        Ok(record)
    }

    /// Makes the record of a run of a build script.
    pub(super) fn record_script(
        &self,
        job: &Job<'_>,
        step: &BuildScriptStep,
        started: &Started,
        outcome: &Outcome,
    ) -> Result<Record, FreshnessError> {
        let taken = self.table.moment()?;
        let output = outcome.build_script.clone().unwrap_or_default();
        let mut watched = self.watched(job.unit, &output)?;
        watched.tree.files.sort();
        watched.tree.files.dedup();
        let inputs = self.inputs_after(&watched.tree.files, started, taken);
        let digest =
            script::digest(self.files, self.table, &output, &step.out_dir, started.moment)?;
        let directories = watched.tree.directories;
        let changed = directories.iter().filter(|it| !self.is_settled(it, started, taken));
        let changed: Vec<Utf8PathBuf> = changed.map(|it| it.path.clone()).collect();
        let moment = started.moment;
        let mut record = without_files(started.fingerprint.clone(), outcome);
        record.variables = self.variables(job, output.rerun_if_env_changed.iter().cloned());
        record.unsettled = inputs.unsettled;
        let bytes = |(path, content)| Input { path, content, view: View::Bytes };
        record.inputs = inputs.files.into_iter().map(bytes).collect();
        record.directories = directories.into_iter().map(|it| vouched(it, taken)).collect();
        record.unsettled.extend(changed);
        self.add_declared(job, started, taken, &mut record)?;
        record.absent = watched.absent;
        record.published = published(digest, &record, moment).to_record();
        Ok(record)
    }

    /// Adds what the package says that its units read. It counts by bytes, even if rustc has read it
    /// as well.
    fn add_declared(
        &self,
        job: &Job<'_>,
        started: &Started,
        taken: Moment,
        record: &mut Record,
    ) -> Result<(), FileError> {
        let tree = self.declared(job.unit)?;
        let inputs = self.inputs_after(&tree.files, started, taken);
        record.inputs.retain(|input| tree.files.binary_search(&input.path).is_err());
        let bytes = |(path, content)| Input { path, content, view: View::Bytes };
        record.inputs.extend(inputs.files.into_iter().map(bytes));
        record.unsettled.extend(inputs.unsettled);
        for directory in tree.directories {
            if !self.is_settled(&directory, started, taken) {
                record.unsettled.push(directory.path.clone());
            }
            record.directories.push(vouched(directory, taken));
        }
        Ok(())
    }

    /// Returns whether the same names were in a directory all the time that a unit ran.
    fn is_settled(&self, directory: &Directory, started: &Started, taken: Moment) -> bool {
        match started.before.directories.get(&directory.path) {
            Some(digests) => digests.contains(&directory.digest),
            None => match self.files.stat(&directory.path) {
                Ok(Stat::Directory(stamp)) => {
                    taken >= started.moment && !stamp.is_racy(started.moment)
                }
                _ => false,
            },
        }
    }

    /// Looks at the files that a unit says to have read.
    fn inputs_after(&self, paths: &[Utf8PathBuf], started: &Started, taken: Moment) -> Inputs {
        let mut inputs = Inputs { files: Vec::new(), unsettled: Vec::new() };
        for (path, observed) in paths.iter().zip(self.table.observe_all(paths)) {
            let observed = observed.ok().flatten();
            if !observed.is_some_and(|now| is_settled(path, &now, started, taken)) {
                inputs.unsettled.push(path.clone());
            }
            inputs.files.extend(observed.map(|now| (path.clone(), now.content)));
        }
        inputs
    }

    /// Returns the digest of what a unit gave, if all of it can be read.
    pub(super) fn content(&self, step: &CompileStep) -> Option<Digest> {
        Some(content(&self.outputs(step).ok()?))
    }

    /// Looks at what a unit gave.
    fn outputs(&self, step: &CompileStep) -> Result<Vec<Made>, FileError> {
        let mut outputs = Vec::new();
        for output in step.outputs.iter().filter(|output| is_required(output)) {
            let path = output.published.clone();
            // One that was not written is missing the next time, too.
            let Some(now) = self.table.observe(&path)? else { continue };
            outputs.push(Made { path, bytes: now.content.bytes });
        }
        Ok(outputs)
    }

    /// Returns variables as the unit's process saw them.
    fn variables(&self, job: &Job<'_>, names: impl Iterator<Item = String>) -> Vec<Variable> {
        let names: BTreeSet<String> = names.collect();
        let record = |name: String| {
            let value = variable(job.command, self.sources.environment, &name);
            let inherited = is_inherited(job.command, &name);
            Variable { digest: Digest::of_variable(value), name, inherited }
        };
        names.into_iter().map(record).collect()
    }

    /// Settles how much of each file counts for the unit itself.
    fn viewed(&self, job: &Job<'_>, files: Vec<(Utf8PathBuf, Content)>) -> Vec<Input> {
        if self.tool(job.unit).is_some() {
            let bytes = |(path, content)| Input { path, content, view: View::Bytes };
            return files.into_iter().map(bytes).collect();
        }
        self.viewed_as_source(job, files)
    }

    /// Settles how much of each file counts for the compiler.
    pub(super) fn viewed_as_source(
        &self,
        job: &Job<'_>,
        files: Vec<(Utf8PathBuf, Content)>,
    ) -> Vec<Input> {
        let unit = &self.sources.units.units[job.unit];
        let package = self.package(job.unit);
        let rules = views::Rules::of(unit, package, job.command);
        views::views(self.files, &rules, files)
    }
}

/// Returns a directory with a stamp only if that stamp vouches for it.
fn vouched(directory: Directory, taken: Moment) -> Directory {
    let stamp = directory.stamp.filter(|stamp| !stamp.is_racy(taken));
    Directory { stamp, ..directory }
}

/// Makes a record of what is known without a look at files.
pub(super) fn without_files(fingerprint: Fingerprint, outcome: &Outcome) -> Record {
    let nothing = Hasher::new("nothing").finish();
    let messages = outcome.messages.clone();
    let said = Said { messages, build_script: outcome.build_script.clone() };
    Record {
        fingerprint,
        unsettled: Vec::new(),
        inputs: Vec::new(),
        directories: Vec::new(),
        absent: None,
        variables: Vec::new(),
        outputs: Vec::new(),
        uplifted: Vec::new(),
        published: Published::uniform(nothing).to_record(),
        duration: outcome.duration,
        payload: said.encode(),
    }
}

/// Returns whether a file had its present bytes all the time that the unit was built, which ended
/// before `taken`. One that was not looked at before must be older than that. One that was written
/// meanwhile may have had other bytes in between, even if it has those from before again; if that
/// happens twice running, it is the unit itself that writes it.
fn is_settled(path: &Utf8Path, now: &Observed, started: &Started, taken: Moment) -> bool {
    let clock_was_set_back = taken < started.moment;
    match started.before.files.get(path) {
        Some(before) if before.stamp == now.stamp => before.content.bytes == now.content.bytes,
        Some(before) => {
            before.content.bytes == now.content.bytes && started.before.unsettled.contains(path)
        }
        None if now.since < started.mark => true,
        None => !clock_was_set_back && !now.stamp.is_racy(started.moment),
    }
}

/// Returns what dependents see of a run of a build script that gave `given`.
pub(super) fn published(given: Digest, record: &Record, moment: Moment) -> Published {
    let mut watched = Hasher::new("build script run and what it watches");
    watched.digest(&given);
    for input in &record.inputs {
        watched.text(input.path.as_str()).digest(&input.content.bytes);
    }
    watched.number(record.inputs.len() as u64);
    for directory in &record.directories {
        watched.text(directory.path.as_str()).digest(&directory.digest);
    }
    watched.number(record.directories.len() as u64);
    for variable in &record.variables {
        watched.text(&variable.name).digest(&variable.digest);
    }
    let content = watched.finish();
    let mut run = Hasher::new("build script run");
    run.digest(&content);
    if record.absent.is_some() {
        run.number(moment.nanos().cast_unsigned());
    }
    Published { interface: given, content, run: run.finish() }
}

/// Returns the digest of what a unit gave.
pub(super) fn content(outputs: &[Made]) -> Digest {
    let mut hasher = Hasher::new("outputs");
    for output in outputs {
        hasher.digest(&output.bytes);
    }
    hasher.finish()
}

/// Returns whether dependents may need only metadata.
fn has_metadata(step: &CompileStep) -> bool {
    step.outputs.iter().any(|output| output.flavor == OutputFlavor::Metadata)
}
