//! Macros of libraries below a unit that make nothing that other crates see. Knows which libraries
//! are below; what makes a macro harmless is for the summaries to know.

use atlas_fingerprint::{HarmlessMacros, defined_harmless_macros};

use super::super::freshness::{Freshness, Job};
use super::bar;
use crate::ids::{DenseMap, UnitId};
use crate::plan::{CompileStep, Step};

impl Freshness<'_> {
    /// Returns the macros that the user vouches for.
    pub(super) fn configured_macros(&self) -> HarmlessMacros {
        HarmlessMacros { names: self.harmless_macros.iter().cloned().collect() }
    }

    /// Returns those macros, and those that libraries of the workspace give to a unit. What is asked
    /// of a library for the first time is kept.
    pub(super) fn macros_below(
        &self,
        job: &Job<'_>,
        steps: &DenseMap<UnitId, Step>,
    ) -> HarmlessMacros {
        let mut macros = self.configured_macros();
        let mut seen = Vec::new();
        let mut waiting = vec![job.unit];
        while let Some(unit) = waiting.pop() {
            for dependency in &self.sources.units.dependencies[unit] {
                let below = &self.sources.units.units[dependency.unit];
                let is_library = bar::is_seen(below, self.package(dependency.unit));
                if is_library && !seen.contains(&dependency.unit) {
                    seen.push(dependency.unit);
                    waiting.push(dependency.unit);
                }
            }
        }
        seen.sort();
        for unit in seen {
            if let Step::Compile(step) = &steps[unit] {
                macros.names.extend(self.macros_of(step).names);
            }
        }
        macros
    }

    fn macros_of(&self, step: &CompileStep) -> HarmlessMacros {
        let Some((mut carried, path)) = self.carried(step) else {
            return HarmlessMacros::default();
        };
        if carried.summarize() == Some(true) {
            // If it cannot be kept it is asked again.
            drop(self.files.write(&path, &carried.to_bytes()));
        }
        defined_harmless_macros(&carried.crate_sources(), &self.configured_macros())
    }
}
