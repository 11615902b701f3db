//! Before a compile: whether others will see anything new. Compares the sources as they are with
//! those that the published metadata was made from. Compiles nothing and writes next to nothing.

use atlas_fingerprint::{
    CrateSource, Digest, DirtyReason, FileSummary, HarmlessMacros, Input, InterfaceDigests,
    ItemChange, Observed, compare, in_parallel, interface_changes, interface_digests,
};
use camino::{Utf8Path, Utf8PathBuf};

use super::super::before::{FileChange, input_reason};
use super::super::freshness::{Freshness, Job};
use super::super::views;
use super::bar;
use super::carried::{Carried, Source, metadata_path};
use crate::account::Bar;
use crate::fingerprints::variable;
use crate::ids::{DenseMap, UnitId};
use crate::plan::{CompileStep, Output, OutputFlavor, Step};
use crate::request::{CacheMode, Cutoff};

/// What is known of a compile before it is started.
#[derive(Clone, Debug)]
pub enum Foresight {
    /// Nobody depends on the unit in such a way.
    Unseen,
    /// It is not looked for.
    Barred(Bar),
    /// Others will see what has changed.
    Changed(Vec<ItemChange>),
    /// Others will see nothing: the metadata that is published may stay.
    Same(Box<Foreseen>),
}

/// A compile of which others will see nothing.
#[derive(Clone, Debug)]
pub struct Foreseen {
    /// The items that changed.
    pub changes: Vec<ItemChange>,
    /// What the published metadata was made from.
    pub(super) carried: Carried,
    /// Where that is written.
    pub(super) path: Utf8PathBuf,
    /// Digest of the published metadata.
    pub(super) metadata: Digest,
    /// The files as they were when this was foreseen.
    pub(super) seen: Vec<(Utf8PathBuf, Observed)>,
}

impl Freshness<'_> {
    /// Says what others will see of a unit that has to be compiled. `steps` gives what has to be done
    /// for other units.
    pub(in super::super) fn foresee(
        &self,
        job: &Job<'_>,
        step: &CompileStep,
        steps: &DenseMap<UnitId, Step>,
    ) -> Foresight {
        let unit = &self.sources.units.units[job.unit];
        if !bar::is_seen(unit, self.package(job.unit)) || metadata_path(step).is_none() {
            return Foresight::Unseen;
        }
        if self.is_shown(job.unit) {
            return Foresight::Barred(Bar::Shown);
        }
        if self.rules.cutoff == Cutoff::Off || self.rules.cache == CacheMode::None {
            return Foresight::Barred(Bar::Off);
        }
        let bar = bar::bar(unit, job.command).or_else(|| self.bar_of_tool(job.unit));
        if let Some(bar) = bar {
            return Foresight::Barred(bar);
        }
        let Some((mut carried, path)) = self.carried(step) else {
            return Foresight::Barred(Bar::NothingKnown);
        };
        let seen = match self.other_change(job, &carried) {
            Ok(seen) => seen,
            Err(reason) => return Foresight::Barred(Bar::OtherChange(reason)),
        };
        let Some(now) = self.sources_now(&carried, &seen) else {
            return Foresight::Barred(Bar::NothingKnown);
        };
        match carried.summarize() {
            // If it cannot be kept it is worked out again.
            Some(true) => drop(self.files.write(&path, &carried.to_bytes())),
            Some(false) => {}
            None => return Foresight::Barred(Bar::NothingKnown),
        }
        let comparison = Comparison::new(&carried, &now, unit.mode.is_check());
        let mut macros = self.configured_macros();
        if !comparison.is_same(&macros) {
            // To know fewer macros is never wrong, and to look for more takes time.
            macros = self.macros_below(job, steps);
            if !comparison.is_same(&macros) {
                return Foresight::Changed(comparison.changes(&macros));
            }
        }
        let changes = comparison.changes(&macros);
        match self.published_pair(step) {
            Some(metadata) => {
                let foreseen = Foreseen { changes, carried, path, metadata, seen };
                Foresight::Same(Box::new(foreseen))
            }
            None => Foresight::Barred(Bar::NothingKnown),
        }
    }

    /// Returns the files that were read as they are now, or what has changed besides source files.
    fn other_change(
        &self,
        job: &Job<'_>,
        carried: &Carried,
    ) -> Result<Vec<(Utf8PathBuf, Observed)>, DirtyReason> {
        if let Some(reason) = compare(&carried.fingerprint, &self.fingerprint(job)) {
            return Err(reason);
        }
        for recorded in &carried.variables {
            let value = variable(job.command, self.sources.environment, &recorded.name);
            if Digest::of_variable(value) != recorded.digest {
                return Err(DirtyReason::EnvironmentChanged { name: recorded.name.clone() });
            }
        }
        let is_source = |path: &Utf8Path| carried.sources.iter().any(|source| source.path == path);
        let look = |input: &Input| {
            let path = input.path.clone();
            match self.table.observe(&input.path) {
                Ok(Some(now)) => {
                    let is_same = now.content.bytes == input.content.bytes;
                    if is_same || is_source(&path) {
                        Ok((path, now))
                    } else {
                        Err(FileChange::Content(path))
                    }
                }
                Ok(None) | Err(_) => Err(FileChange::Missing(path)),
            }
        };
        let seen: Result<_, FileChange> = in_parallel(&carried.inputs, look).into_iter().collect();
        let seen = seen.map_err(input_reason)?;
        self.check_declared(job.unit, &carried.directories)?;
        Ok(seen)
    }

    /// Returns the source files as they are; `None` if one cannot be read.
    fn sources_now(
        &self,
        carried: &Carried,
        seen: &[(Utf8PathBuf, Observed)],
    ) -> Option<Vec<Option<FileSummary>>> {
        let now = |source: &Source| {
            let input = carried.inputs.iter().find(|input| input.path == source.path)?;
            let content = seen.iter().find(|(path, _)| *path == source.path)?.1.content;
            if views::looks_same(self.files, self.rules.level, input, &content, |_| false) {
                return Some(None);
            }
            let bytes = self.files.read(&source.path).ok()?;
            let is_seen = Digest::of_bytes(&bytes) == content.bytes;
            is_seen.then(|| Some(FileSummary::of(&bytes, input.view)))
        };
        in_parallel(&carried.sources, now).into_iter().collect()
    }

    /// Returns the digest of the published metadata, if all that goes with it is there.
    fn published_pair(&self, step: &CompileStep) -> Option<Digest> {
        let is_needed = |output: &&Output| {
            matches!(output.flavor, OutputFlavor::Linkable | OutputFlavor::Metadata)
        };
        let mut needed = step.outputs.iter().filter(is_needed);
        let is_there =
            |output: &Output| matches!(self.table.observe(&output.published), Ok(Some(_)));
        let metadata = self.table.observe(metadata_path(step)?).ok()??.content.bytes;
        needed.all(is_there).then_some(metadata)
    }
}

/// The sources of a crate, then and now.
struct Comparison<'a> {
    before: Vec<CrateSource<'a>>,
    after: Vec<CrateSource<'a>>,
    /// What matters of the digests.
    is_check: bool,
}

impl<'a> Comparison<'a> {
    /// `now` has for each file of `then` what is to be seen of it, if it has changed.
    fn new(then: &'a Carried, now: &'a [Option<FileSummary>], is_check: bool) -> Self {
        let before = then.crate_sources();
        let after = before.iter().zip(now).map(|(before, now)| {
            let summary = now.as_ref().unwrap_or(before.summary);
            CrateSource { summary, ..*before }
        });
        let after = after.collect();
        Comparison { before, after, is_check }
    }

    fn is_same(&self, macros: &HarmlessMacros) -> bool {
        let seen = |digests: InterfaceDigests| match self.is_check {
            true => digests.signature,
            false => digests.codegen,
        };
        let digests = |sources| seen(interface_digests(sources, macros));
        digests(&self.before) == digests(&self.after)
    }

    fn changes(&self, macros: &HarmlessMacros) -> Vec<ItemChange> {
        interface_changes(&self.before, &self.after, macros)
    }
}
