//! What is filed of a unit that was just built.

use std::collections::BTreeSet;

use atlas_fingerprint::{Digest, Moment, Record, Stat, View};
use camino::{Utf8Path, Utf8PathBuf};

use super::super::claims::Claims;
use super::super::freshness::{Finished, Freshness, Job, Outcome};
use super::super::record::Said;
use super::super::tree::Tree;
use super::Shared;
use super::filing::Paper;
use super::find::is_repeatable;
use super::hint::{Extent, Hint, Seen};
use super::payload::Payload;
use super::restore::Restored;
use crate::cas::{ResultKind, StoredResult};
use crate::plan::{BuildScriptStep, CompileStep, Step};
use crate::request::FreshnessLevel;
use crate::units::{CompileMode, Unit};

impl Freshness<'_> {
    /// Has the result of a unit filed that was just built, if others can use it. `base` is the first
    /// half of its key, as it was before and is now.
    pub(in super::super) fn file(
        &self,
        shared: &Shared<'_>,
        job: &Job<'_>,
        base: Digest,
        outcome: &Outcome,
        finished: &Finished,
        claim: Option<Claims>,
    ) {
        let Ok(record) = self.record(job.step) else { return };
        if outcome.keeps_metadata || !record.unsettled.is_empty() || record.absent.is_some() {
            return;
        }
        let paper = match job.step {
            Step::Compile(step) => {
                self.compiled(shared, job, step, (&record, finished.moment), base)
            }
            Step::RunBuildScript(step) if self.is_contained(job, finished) => {
                self.ran(shared, job, step, &record, base)
            }
            Step::RunBuildScript(_) | Step::Doctest(_) | Step::OverriddenBuildScript(_) => None,
        };
        if let Some(paper) = paper {
            shared.filing.submit(paper, claim);
        }
    }

    /// Returns whether what a build script made is in its directory, and all of it is of this run.
    fn is_contained(&self, job: &Job<'_>, finished: &Finished) -> bool {
        let package = self.package(job.unit);
        let is_untouched = |moment| self.is_untouched(package.root(), moment);
        finished.is_from_nothing
            && (!package.is_local() || finished.moment.is_some_and(is_untouched))
    }

    /// Takes note of files that were brought from the store, published and uplifted.
    pub(in super::super) fn adopt(&self, step: &Step, restored: &Restored) {
        // What cannot be looked at is found missing next.
        let adopt = |path: &Utf8Path, digest| drop(self.table.adopt(path, digest));
        for (path, digest) in &restored.files {
            match step {
                Step::Compile(step) => {
                    let output = step.outputs.iter().find(|output| output.path == *path);
                    let names = output.map(|it| [Some(&it.published), it.uplifted.as_ref()]);
                    names.into_iter().flatten().flatten().for_each(|name| adopt(name, *digest));
                }
                Step::RunBuildScript(_) | Step::Doctest(_) | Step::OverriddenBuildScript(_) => {
                    adopt(path, *digest)
                }
            }
        }
        if let Some(shared) = &self.shared {
            shared.restored(restored);
        }
    }

    fn compiled(
        &self,
        shared: &Shared<'_>,
        job: &Job<'_>,
        step: &CompileStep,
        (record, moment): (&Record, Option<Moment>),
        base: Digest,
    ) -> Option<Paper> {
        let places = &shared.places;
        let said = Said::of(record);
        let (mut read, mut seen) = (Vec::new(), Seen::default());
        for input in &record.inputs {
            let counts_tokens = input.view != View::Bytes
                && input.content.tokens.is_some()
                && self.rules.level == FreshnessLevel::Tokens
                && !said.quotes(&input.path);
            let extent = if counts_tokens { Extent::Tokens } else { Extent::Bytes };
            let path = places.marked_text(input.path.as_str())?;
            seen.files.push((path.clone(), extent.digest(&input.content)));
            read.push((path, extent));
        }
        let mut variables = Vec::new();
        for variable in &record.variables {
            let digest = self.variable_seen(places, job, &variable.name)?;
            seen.variables.push((variable.name.clone(), digest));
            variables.push(variable.name.clone());
        }
        let files = self.files_of(step, record, moment)?;
        let mut payload = Payload::new(&said, places)?;
        payload.dep_info = places.marked(&self.files.read(&step.dep_info).ok()?)?;
        // What is compressed cannot be searched for directories.
        let is_opaque = is_compressed(files.iter().map(|(path, ..)| path.as_path()));
        let is_bound =
            is_opaque && record.inputs.iter().any(|input| is_marked(shared, &input.path));
        let hint = Hint::Compile { files: read, variables }.encode();
        let result = self.result(shared, job, record);
        let unit = self.key(job.step)?.to_owned();
        Some(Paper { unit, base, hint, seen, files, payload, result, is_bound })
    }

    /// Returns the files that rustc made: what the unit is for, and what else lies there since, such as
    /// debug information beside objects, or what a flag of the user asks for.
    fn files_of(
        &self,
        step: &CompileStep,
        record: &Record,
        since: Option<Moment>,
    ) -> Option<Vec<(Utf8PathBuf, String, Digest)>> {
        let mut files = Vec::new();
        for output in &step.outputs {
            let made = record.outputs.iter().find(|made| made.path == output.published);
            let digest = match made {
                Some(made) => made.bytes,
                None if output.path.is_dir() => return None,
                None => match self.table.observe(&output.path).ok()? {
                    Some(observed) => observed.content.bytes,
                    None => continue,
                },
            };
            let name = output.path.strip_prefix(&step.out_dir).ok()?.as_str().to_owned();
            files.push((output.path.clone(), name, digest));
        }
        for entry in self.files.list(&step.out_dir).ok()? {
            let path = step.out_dir.join(&entry.name);
            let is_output = step.outputs.iter().any(|output| output.path == path);
            if is_output || path == step.dep_info {
                continue;
            }
            let Ok(Stat::File(stamp)) = self.files.stat(&path) else { continue };
            // What an earlier compile left is not of this one.
            if since.is_none_or(|moment| stamp.is_racy(moment)) {
                let digest = self.table.observe(&path).ok()??.content.bytes;
                files.push((path, entry.name, digest));
            }
        }
        Some(files)
    }

    fn ran(
        &self,
        shared: &Shared<'_>,
        job: &Job<'_>,
        step: &BuildScriptStep,
        record: &Record,
        base: Digest,
    ) -> Option<Paper> {
        let places = &shared.places;
        let said = Said::of(record);
        let output = said.build_script.clone()?;
        if !is_repeatable(&output, &step.out_dir) {
            return None;
        }
        let mut seen = Seen::default();
        for input in &record.inputs {
            seen.files.push((places.marked_text(input.path.as_str())?, input.content.bytes));
        }
        for directory in &record.directories {
            seen.files.push((places.marked_text(directory.path.as_str())?, directory.digest));
        }
        for name in &output.rerun_if_env_changed {
            seen.variables.push((name.clone(), self.variable_seen(places, job, name)?));
        }
        seen.sort();
        let marked = |path: &Utf8PathBuf| places.marked_text(path.as_str());
        let rerun_if_changed = output.rerun_if_changed.iter().map(marked).collect::<Option<_>>()?;
        let rerun_if_env_changed = output.rerun_if_env_changed.clone();
        let mut tree = Tree::default();
        tree.add(self.files, &step.out_dir, &|_, _| false).ok()?;
        let below =
            |path: &Utf8Path| Some(path.strip_prefix(&step.out_dir).ok()?.as_str().to_owned());
        let mut files = Vec::new();
        for path in tree.files {
            if path.is_symlink() {
                return None;
            }
            let digest = self.table.observe(&path).ok()??.content.bytes;
            let name = below(&path)?;
            files.push((path, name, digest));
        }
        let mut payload = Payload::new(&said, places)?;
        let names: BTreeSet<String> =
            tree.directories.iter().filter_map(|directory| below(&directory.path)).collect();
        payload.directories = names.into_iter().filter(|name| !name.is_empty()).collect();
        for (printed, name) in payload.printed.iter_mut().zip(["output", "stderr"]) {
            *printed = places.marked(&self.files.read(&step.unit_dir.join(name)).ok()?)?;
        }
        let hint = Hint::Run { rerun_if_changed, rerun_if_env_changed }.encode();
        let result = self.result(shared, job, record);
        let unit = self.key(job.step)?.to_owned();
        Some(Paper { unit, base, hint, seen, files, payload, result, is_bound: false })
    }

    /// Returns what is known of a result, without its files.
    fn result(&self, shared: &Shared<'_>, job: &Job<'_>, record: &Record) -> StoredResult {
        let unit = &self.sources.units.units[job.unit];
        let package = self.package(job.unit);
        let is_tied = package.is_local() && !shared.portable;
        let root = match package.root().starts_with(&shared.workspace_root) {
            true => shared.workspace_root.clone(),
            false => package.root().to_owned(),
        };
        let kind = unit.target.kind_names().join(",");
        StoredResult {
            kind: kind_of(unit),
            label: format!("{} v{} ({kind})", package.name, package.version),
            toolchain: shared.maker.clone(),
            checkout: is_tied.then_some(root),
            duration: record.duration,
            blobs: Vec::new(),
            payload: Vec::new(),
        }
    }
}

/// Returns whether a path lies below a directory that has a mark.
fn is_marked(shared: &Shared<'_>, path: &Utf8Path) -> bool {
    shared.places.are_named_in(path.as_str().as_bytes())
}

/// Returns whether metadata may be in a form that hides strings: dynamic libraries have it packed.
fn is_compressed<'a>(mut paths: impl Iterator<Item = &'a Utf8Path>) -> bool {
    paths.any(|path| matches!(path.extension(), Some("so" | "dylib" | "dll")))
}

fn kind_of(unit: &Unit) -> ResultKind {
    let target = &unit.target;
    match unit.mode {
        CompileMode::RunCustomBuild => ResultKind::BuildScriptRun,
        mode if mode.is_check() => ResultKind::Metadata,
        mode if mode.is_any_test() => ResultKind::TestHarness,
        _ if target.is_custom_build() => ResultKind::BuildScript,
        _ if target.is_proc_macro() => ResultKind::ProcMacro,
        _ if target.is_dylib() => ResultKind::DynamicLibrary,
        _ if target.is_lib() => ResultKind::Library,
        _ if target
            .kind_names()
            .iter()
            .any(|kind| kind.contains("bin") || kind.contains("example")) =>
        {
            ResultKind::Program
        }
        _ => ResultKind::Other,
    }
}
