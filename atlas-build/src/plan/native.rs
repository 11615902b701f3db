//! Which runs of build scripts have a say in how a unit is compiled. Knows nothing of what they
//! say.

use std::collections::BTreeSet;

use crate::ids::{DenseMap, PackageIndex, UnitId};
use crate::packages::PackageGraph;
use crate::units::UnitGraph;

/// Runs of build scripts that have a say in a unit.
#[derive(Clone, Default, Debug, PartialEq, Eq)]
pub(crate) struct NativeRuns {
    /// The own run and those of all packages that are linked, in cargo's order.
    pub(crate) linked: Vec<UnitId>,
    /// Runs of packages linked into what the compiler (or the build script) loads.
    pub(crate) loaded: BTreeSet<(PackageIndex, UnitId)>,
}

impl NativeRuns {
    fn link(&mut self, run: UnitId) {
        if !self.linked.contains(&run) {
            self.linked.push(run);
        }
    }
}

/// Returns the runs that have a say in each unit.
///
/// Dependencies are taken in the order of packages, whatever order the unit has them in: command
/// lines come out the same, which caches of compilers rely on.
pub(crate) fn native_runs(
    packages: &PackageGraph,
    units: &UnitGraph,
) -> DenseMap<UnitId, NativeRuns> {
    let mut runs = DenseMap::filled(units.units.len(), NativeRuns::default());
    for id in units.topological_order() {
        let unit = &units.units[id];
        let mut below: Vec<UnitId> =
            units.dependencies[id].iter().map(|dependency| dependency.unit).collect();
        let mut own = NativeRuns::default();
        let has_script =
            packages.packages[unit.package].targets.iter().any(|target| target.is_custom_build());
        if has_script && !unit.target.is_custom_build() {
            let is_own = |run: &&UnitId| {
                units.units[**run].is_run_custom_build()
                    && units.units[**run].package == unit.package
            };
            below.iter().filter(is_own).for_each(|run| own.link(*run));
        }
        below.sort_by_key(|dependency| units.units[*dependency].package);
        for dependency in below {
            let target = &units.units[dependency].target;
            let linked: &[UnitId] = &runs[dependency].linked;
            if target.for_host() {
                own.loaded.extend(linked.iter().map(|run| (units.units[*run].package, *run)));
            } else if target.is_linkable() {
                linked.iter().for_each(|run| own.link(*run));
            }
        }
        runs[id] = own;
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rustc::fixture::Sample;

    #[test]
    fn own_runs_come_first_and_macros_only_load() {
        let sample = Sample::new();
        let runs = native_runs(&sample.fixture.packages, &sample.fixture.units);
        assert_eq!(runs[sample.sys].linked, [sample.sys_run]);
        assert!(runs[sample.sys].loaded.is_empty());
        assert_eq!(runs[sample.mac].linked, [sample.sys_run]);
        assert_eq!(runs[sample.app].linked, [sample.app_run, sample.sys_run]);
        let sys = sample.fixture.units.units[sample.sys].package;
        assert_eq!(runs[sample.app].loaded, BTreeSet::from([(sys, sample.sys_run)]));
    }

    #[test]
    fn scripts_and_their_runs_link_nothing_of_their_own() {
        let sample = Sample::new();
        let runs = native_runs(&sample.fixture.packages, &sample.fixture.units);
        for unit in [sample.sys_script, sample.sys_run, sample.app_run] {
            assert_eq!(runs[unit], NativeRuns::default());
        }
    }
}
