//! After a compile of which others see nothing: puts the new objects under the metadata that is
//! published, in the unit's own directory; or says why not. What has to be found out is what a
//! source does not show: whether the compiler put code into the old objects that dependents use and
//! that is not in the new ones, and whether it used other crates.

use std::collections::BTreeSet;

use atlas_fingerprint::{FileError, Mapped, Observed, in_parallel};
use camino::{Utf8Path, Utf8PathBuf};

use super::super::freshness::{Freshness, Job};
use super::carried::{linkable, metadata};
use super::foresee::Foreseen;
use super::spliced::Spliced;
use crate::account::Obstacle;
use crate::ids::{DenseId, DenseMap, UnitId};
use crate::plan::{CompileStep, Output, Step};
use crate::splice::{
    SpliceError, Symbols, carries_metadata, loaded_crates, splice, symbol_name, vanished,
};

impl From<FileError> for Obstacle {
    fn from(error: FileError) -> Self {
        Obstacle::Unusable { error: format!("{error}: {}", error.source) }
    }
}

impl From<SpliceError> for Obstacle {
    fn from(error: SpliceError) -> Self {
        Obstacle::Unusable { error: error.to_string() }
    }
}

impl Freshness<'_> {
    /// Makes what a compile wrote into something that may be published without a word to
    /// dependents. `steps` gives what has to be done for other units.
    ///
    /// # Errors
    ///
    /// [`Obstacle`] if that cannot be; what the compile wrote is then as it wrote it.
    pub(in super::super) fn keep(
        &self,
        job: &Job<'_>,
        step: &CompileStep,
        mut foreseen: Foreseen,
        steps: &DenseMap<UnitId, Step>,
    ) -> Result<(), Obstacle> {
        self.check_sources(&foreseen)?;
        let output = metadata(step).ok_or_else(|| gone(&step.out_dir))?;
        let (old, new) = (self.mapped(&output.published)?, self.mapped(&output.path)?);
        self.check_crates(job.unit, &old, &new, steps)?;
        if let Some(library) = linkable(step) {
            let objects = self.mapped(&library.path)?;
            let published = self.mapped(&library.published)?;
            if !carries_metadata(&published, &old) {
                let error = format!("`{}` has other metadata", library.published);
                return Err(Obstacle::Unusable { error });
            }
            let before = match foreseen.carried.defined.take() {
                Some(defined) => defined,
                None => Symbols::of_archive(&published)?.defined,
            };
            let gone = vanished(&before, &Symbols::of_archive(&objects)?.defined);
            self.check_symbols(job.unit, &published, &gone, steps)?;
            foreseen.carried.defined = Some(before);
            self.files.write(&foreseen.path, &foreseen.carried.to_bytes())?;
            self.note_spliced(step, &Spliced { metadata: foreseen.metadata, gone })?;
            self.files.write(&library.path, &splice(&objects, &published)?)?;
        }
        Ok(self.replace(output)?)
    }

    /// Checks that what was compiled is what was looked at before.
    fn check_sources(&self, foreseen: &Foreseen) -> Result<(), Obstacle> {
        let is_same = |(path, then): &(Utf8PathBuf, Observed)| {
            let now = self.table.observe(path).ok().flatten();
            now.is_some_and(|now| now.stamp == then.stamp && now.content == then.content)
        };
        let changed = foreseen.seen.iter().find(|seen| !is_same(seen));
        match changed {
            Some((path, _)) => Err(Obstacle::FileChanged { path: path.clone() }),
            None => Ok(()),
        }
    }

    /// Checks that the same crates are used: those that the old metadata does not list are missing
    /// from links, and what they implement is not seen.
    fn check_crates(
        &self,
        unit: UnitId,
        old: &[u8],
        new: &[u8],
        steps: &DenseMap<UnitId, Step>,
    ) -> Result<(), Obstacle> {
        let below = self.libraries(unit, |unit| {
            self.sources.units.dependencies[unit].iter().map(|it| it.unit).collect()
        });
        let crates: Vec<(String, String)> = below
            .into_iter()
            .filter_map(|unit| {
                let name = self.sources.units.units[unit].target.crate_name();
                let Step::Compile(step) = &steps[unit] else { return None };
                Some((extra_filename(step).unwrap_or_else(|| name.clone()), name))
            })
            .collect();
        let marks = || crates.iter().map(|(mark, _)| mark.as_str());
        let (old, new) = (loaded_crates(old, marks()), loaded_crates(new, marks()));
        match old.iter().zip(&new).position(|(old, new)| old != new) {
            Some(at) => Err(Obstacle::OtherCrates { name: crates[at].1.clone() }),
            None => Ok(()),
        }
    }

    /// Checks that nobody uses a symbol that is gone.
    fn check_symbols(
        &self,
        unit: UnitId,
        published: &[u8],
        gone: &[u64],
        steps: &DenseMap<UnitId, Step>,
    ) -> Result<(), Obstacle> {
        if gone.is_empty() {
            return Ok(());
        }
        let above: Vec<UnitId> =
            self.libraries(unit, |unit| self.dependents(unit)).into_iter().collect();
        let needed = |above: &UnitId| match &steps[*above] {
            Step::Compile(step) => self.needed_by(step, gone),
            Step::RunBuildScript(_) | Step::Doctest(_) | Step::OverriddenBuildScript(_) => None,
        };
        let found = above.iter().zip(in_parallel(&above, needed));
        match found.filter_map(|(above, symbol)| Some((above, symbol?))).next() {
            Some((above, symbol)) => {
                let name = symbol_name(published, symbol);
                let symbol = name.unwrap_or_else(|| format!("{symbol:016x}"));
                Err(Obstacle::SymbolGone { symbol, unit: above.index() })
            }
            None => Ok(()),
        }
    }

    /// Returns the libraries that are reached from a unit.
    fn libraries(&self, unit: UnitId, next: impl Fn(UnitId) -> Vec<UnitId>) -> BTreeSet<UnitId> {
        let mut found = BTreeSet::new();
        let mut waiting = vec![unit];
        while let Some(unit) = waiting.pop() {
            for other in next(unit) {
                if self.sources.units.units[other].target.is_lib() && found.insert(other) {
                    waiting.push(other);
                }
            }
        }
        found
    }

    fn dependents(&self, unit: UnitId) -> Vec<UnitId> {
        let dependencies = &self.sources.units.dependencies;
        let depends = |above: &UnitId| dependencies[*above].iter().any(|it| it.unit == unit);
        self.sources.units.units.ids().filter(depends).collect()
    }

    fn mapped(&self, path: &Utf8Path) -> Result<Mapped, Obstacle> {
        self.files.map(path)?.ok_or_else(|| gone(path))
    }

    /// Replaces new metadata by that which is published.
    fn replace(&self, metadata: &Output) -> Result<(), FileError> {
        let published = self.files.read(&metadata.published)?;
        self.files.write(&metadata.path, &published)
    }
}

fn gone(path: &Utf8Path) -> Obstacle {
    Obstacle::Unusable { error: format!("`{path}` is not there") }
}

/// Returns what a unit's command says to put into the names of its files: nothing else has it.
fn extra_filename(step: &CompileStep) -> Option<String> {
    let args = step.command.args.iter().filter_map(|arg| arg.to_str());
    args.filter_map(|arg| arg.strip_prefix("extra-filename=")).next().map(str::to_owned)
}
