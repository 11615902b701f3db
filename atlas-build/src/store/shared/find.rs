//! Looking for a result that was made from what is there now.

use atlas_fingerprint::{Digest, FileError, Hasher, Observed};
use camino::{Utf8Path, Utf8PathBuf};

use super::super::expected::Before;
use super::super::freshness::{Freshness, Job};
use super::super::{script, tree};
use super::Shared;
use super::hint::{self, Extent, Hint, Reach, Seen};
use super::places::Places;
use super::restore::Restoration;
use crate::fingerprints::variable;
use crate::plan::Step;
use crate::request::FreshnessLevel;
use crate::script::BuildScriptOutput;

/// A result that was found.
#[derive(Debug)]
pub(in super::super) struct Found {
    /// How it is brought here.
    pub(in super::super) restoration: Restoration,
    /// What it was made from, as it was when it was found.
    pub(in super::super) before: Before,
}

impl Freshness<'_> {
    /// Looks for a result of a unit that has to be built.
    pub(in super::super) fn find(
        &self,
        shared: &Shared<'_>,
        job: &Job<'_>,
        base: &Digest,
    ) -> Option<Found> {
        shared.cas.hints(base).iter().find_map(|bytes| {
            let hint = Hint::decode(bytes)?;
            let (seen, before) = self.look(&shared.places, job, &hint)?;
            [Reach::Here(&shared.places), Reach::Anywhere].into_iter().find_map(|reach| {
                let key = hint::key(base, bytes, &seen, reach);
                let stored = shared.cas.result(&key)?;
                let restoration =
                    Restoration::new(shared, self.key(job.step)?, job.step, key, stored)?;
                Some(Found { restoration, before: before.clone() })
            })
        })
    }

    /// Looks at what a hint names.
    fn look(&self, places: &Places, job: &Job<'_>, hint: &Hint) -> Option<(Seen, Before)> {
        match (job.step, hint) {
            (Step::Compile(_), Hint::Compile { files, variables }) => {
                let paths = files.iter().map(|(path, _)| places.located_text(path).into());
                let paths: Vec<Utf8PathBuf> = paths.collect();
                let observed = self.observed(&paths)?;
                let counts = |(extent, now): (&Extent, &Observed)| match extent {
                    Extent::Tokens if self.rules.level == FreshnessLevel::Bytes => None,
                    extent => Some(extent.digest(&now.content)),
                };
                let mut seen = Seen::default();
                for ((path, extent), now) in files.iter().zip(&observed) {
                    seen.files.push((path.clone(), counts((extent, now))?));
                }
                for name in variables {
                    seen.variables.push((name.clone(), self.variable_seen(places, job, name)?));
                }
                let files = paths.into_iter().zip(observed).collect();
                let mut before = Before { files, ..Before::default() };
                for directory in self.declared(job.unit).ok()?.directories {
                    before.directories.entry(directory.path).or_default().push(directory.digest);
                }
                Some((seen, before))
            }
            (Step::RunBuildScript(_), Hint::Run { rerun_if_changed, rerun_if_env_changed }) => {
                let located = |path: &String| places.located_text(path).into();
                let output = BuildScriptOutput {
                    rerun_if_changed: rerun_if_changed.iter().map(located).collect(),
                    rerun_if_env_changed: rerun_if_env_changed.clone(),
                    ..BuildScriptOutput::default()
                };
                self.look_at_watched(places, job, &output)
            }
            _ => None,
        }
    }

    /// Looks at what a build script watches.
    pub(super) fn look_at_watched(
        &self,
        places: &Places,
        job: &Job<'_>,
        output: &BuildScriptOutput,
    ) -> Option<(Seen, Before)> {
        let watched = self.watched(job.unit, output).ok()?;
        if watched.absent.is_some() {
            return None;
        }
        let tree::Tree { mut files, mut directories } = watched.tree;
        let declared = self.declared(job.unit).ok()?;
        files.extend(declared.files);
        directories.extend(declared.directories);
        files.sort();
        files.dedup();
        let observed = self.observed(&files)?;
        let mut seen = Seen::default();
        for (path, now) in files.iter().zip(&observed) {
            seen.files.push((places.marked_text(path.as_str())?, now.content.bytes));
        }
        for directory in &directories {
            seen.files.push((places.marked_text(directory.path.as_str())?, directory.digest));
        }
        for name in &output.rerun_if_env_changed {
            seen.variables.push((name.clone(), self.variable_seen(places, job, name)?));
        }
        seen.sort();
        let mut before =
            Before { files: files.into_iter().zip(observed).collect(), ..Before::default() };
        for directory in directories {
            before.directories.entry(directory.path).or_default().push(directory.digest);
        }
        Some((seen, before))
    }

    /// Returns the digest of a variable as the unit's process sees it, with marks.
    pub(super) fn variable_seen(
        &self,
        places: &Places,
        job: &Job<'_>,
        name: &str,
    ) -> Option<Digest> {
        match variable(job.command, self.sources.environment, name) {
            Some(value) => {
                let marked = places.marked(value.as_encoded_bytes())?;
                Some(Hasher::new("variable").bytes(&marked).finish())
            }
            None => Some(Hasher::new("no variable").finish()),
        }
    }

    /// Looks at files; `None` if one is not there.
    fn observed(&self, paths: &[Utf8PathBuf]) -> Option<Vec<Observed>> {
        let observed = self.table.observe_all(paths).into_iter();
        observed.map(Result::<Option<Observed>, FileError>::ok).map(Option::flatten).collect()
    }
}

/// Returns whether a run can have a result for others at all: it names no place outside of its
/// directory, where it may have made something.
pub(super) fn is_repeatable(output: &BuildScriptOutput, out_dir: &Utf8Path) -> bool {
    !script::reaches_outside(output, out_dir)
}
