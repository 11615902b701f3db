//! What each unit sees of which others. Derived from the unit graph once; knows nothing of what has
//! run.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::published::Sight;
use crate::ids::{DenseMap, UnitId};
use crate::plan::{Need, Needs};
use crate::units::UnitGraph;

/// For each unit those that it sees: for one that links, everything that it links, however far
/// below, and procedural macros among what it reaches.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Sees(DenseMap<UnitId, Vec<(UnitId, Sight)>>);

impl Sees {
    /// Derives it from what units wait for.
    pub fn new(units: &UnitGraph, needs: &Needs) -> Self {
        let sight = |&(unit, need): &(UnitId, Need)| match need {
            Need::Metadata => (unit, Sight::Interface),
            Need::End => (unit, Sight::Content),
        };
        let direct = needs.needs.values().map(|needs| needs.iter().map(sight).collect()).collect();
        Sees(complete(units, &direct))
    }

    /// Creates it from lists.
    #[cfg(test)]
    pub(super) fn of_lists(lists: DenseMap<UnitId, Vec<(UnitId, Sight)>>) -> Self {
        Sees(lists)
    }

    /// Returns what a unit sees.
    pub fn of(&self, unit: UnitId) -> &[(UnitId, Sight)] {
        &self.0[unit]
    }
}

/// Adds to what each unit sees what it may get without a trace in what is between: procedural macros
/// through libraries, which hand them on, and code through dynamic libraries. Settles how much it
/// sees of build scripts.
fn complete(
    units: &UnitGraph,
    sees: &DenseMap<UnitId, Vec<(UnitId, Sight)>>,
) -> DenseMap<UnitId, Vec<(UnitId, Sight)>> {
    let complete = |(id, direct): (UnitId, &Vec<(UnitId, Sight)>)| {
        let mut all: BTreeMap<UnitId, Sight> = direct.iter().copied().collect();
        add_macros(units, sees, &mut all);
        add_dynamic_libraries(units, sees, &mut all);
        let unit = &units.units[id];
        let uses_macros = all.keys().any(|id| units.units[*id].target.is_proc_macro());
        for (&id, sight) in &mut all {
            let below = &units.units[id];
            if !below.is_run_custom_build() {
                continue;
            }
            *sight = match unit.is_run_custom_build() {
                true => Sight::Interface,
                false if uses_macros && below.package == unit.package => Sight::Run,
                false => Sight::Content,
            };
        }
        add_runs_below_programs(units, sees, &mut all);
        all.into_iter().collect()
    };
    sees.iter().map(complete).collect()
}

/// Adds the build scripts of what procedural macros and build scripts are made from, which may read
/// what those watch while they run. A program that was built again for it may be what it was.
fn add_runs_below_programs(
    units: &UnitGraph,
    sees: &DenseMap<UnitId, Vec<(UnitId, Sight)>>,
    all: &mut BTreeMap<UnitId, Sight>,
) {
    let is_program = |id: &UnitId| {
        let unit = &units.units[*id];
        unit.target.is_proc_macro() || unit.target.is_custom_build() && !unit.is_run_custom_build()
    };
    let programs: Vec<UnitId> = all.keys().copied().filter(is_program).collect();
    for (below, _) in programs.into_iter().flat_map(|program| &sees[program]) {
        if units.units[*below].is_run_custom_build() {
            let sight = all.entry(*below).or_insert(Sight::Content);
            *sight = Sight::Content.max(*sight);
        }
    }
}

/// Adds the procedural macros that are reached through libraries: there is no trace in the metadata
/// of a library of what the macros do.
fn add_macros(
    units: &UnitGraph,
    sees: &DenseMap<UnitId, Vec<(UnitId, Sight)>>,
    all: &mut BTreeMap<UnitId, Sight>,
) {
    let mut reached = BTreeSet::new();
    let mut waiting: Vec<UnitId> = all.keys().copied().collect();
    while let Some(id) = waiting.pop() {
        let target = &units.units[id].target;
        if target.is_proc_macro() {
            all.insert(id, Sight::Content);
        } else if target.is_lib() && reached.insert(id) {
            waiting.extend(sees[id].iter().map(|(below, _)| *below));
        }
    }
}

/// Adds the dynamic libraries that are loaded with what is seen: their code is not in it.
fn add_dynamic_libraries(
    units: &UnitGraph,
    sees: &DenseMap<UnitId, Vec<(UnitId, Sight)>>,
    all: &mut BTreeMap<UnitId, Sight>,
) {
    let mut waiting: Vec<UnitId> =
        all.iter().filter(|(_, sight)| **sight != Sight::Interface).map(|(id, _)| *id).collect();
    let mut reached = BTreeSet::new();
    while let Some(id) = waiting.pop() {
        if !reached.insert(id) {
            continue;
        }
        for &(below, _) in &sees[id] {
            if units.units[below].target.is_dylib() {
                all.insert(below, Sight::Content);
                waiting.push(below);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::published::Sight;
    use super::super::testing::World;
    use super::complete;
    use crate::ids::{DenseId, DenseMap, PackageIndex, UnitId};
    use crate::packages::{CrateType, TargetKind};
    use crate::units::CompileMode;

    #[test]
    fn macros_are_seen_through_libraries() {
        let mut units = World::new(CompileMode::Build).units;
        let mut unit = units.units[UnitId::from_index(0)].clone();
        let library = unit.clone();
        let types = vec![crate::packages::CrateType::ProcMacro];
        std::sync::Arc::make_mut(&mut unit.target).kind = crate::packages::TargetKind::Lib(types);
        // 0 -> 1 -> 2, a macro -> 3, a library that only the macro uses.
        units.units = [library.clone(), library.clone(), unit, library].into_iter().collect();
        let id = UnitId::from_index;
        let sees = [
            vec![(id(1), Sight::Interface)],
            vec![(id(2), Sight::Content)],
            vec![(id(3), Sight::Content)],
            vec![],
        ];
        let sees = complete(&units, &sees.into_iter().collect());
        assert_eq!(sees[id(0)], [(id(1), Sight::Interface), (id(2), Sight::Content)]);
        assert_eq!(sees[id(1)], [(id(2), Sight::Content)]);
        assert_eq!(sees[id(2)], [(id(3), Sight::Content)]);
    }

    /// Makes a graph of units that differ in their kind, and returns what each sees.
    fn sees(kinds: &[Kind], edges: &[(usize, usize, Sight)]) -> Vec<Vec<(usize, Sight)>> {
        let mut units = World::new(CompileMode::Build).units;
        let library = units.units[UnitId::from_index(0)].clone();
        let unit = |kind: &Kind| {
            let mut unit = library.clone();
            let target = std::sync::Arc::make_mut(&mut unit.target);
            match kind {
                Kind::Library => {}
                Kind::Script => target.kind = TargetKind::CustomBuild,
                Kind::Dynamic => target.kind = TargetKind::Lib(vec![CrateType::Dylib]),
                Kind::Macro => target.kind = TargetKind::Lib(vec![CrateType::ProcMacro]),
                Kind::Run | Kind::RunOfAnother => {
                    target.kind = TargetKind::CustomBuild;
                    unit.mode = CompileMode::RunCustomBuild;
                }
            }
            if matches!(kind, Kind::RunOfAnother) {
                unit.package = PackageIndex::from_index(1);
            }
            unit
        };
        units.units = kinds.iter().map(unit).collect();
        let mut direct: DenseMap<UnitId, Vec<(UnitId, Sight)>> =
            kinds.iter().map(|_| Vec::new()).collect();
        for &(above, below, sight) in edges {
            direct[UnitId::from_index(above)].push((UnitId::from_index(below), sight));
        }
        let complete = complete(&units, &direct);
        let plain = |all: &Vec<(UnitId, Sight)>| {
            all.iter().map(|(id, sight)| (id.index(), *sight)).collect::<Vec<_>>()
        };
        complete.values().map(plain).collect()
    }

    enum Kind {
        Library,
        Dynamic,
        Macro,
        Script,
        Run,
        RunOfAnother,
    }

    #[test]
    fn dynamic_libraries_are_seen_through_what_loads_them() {
        use Kind::{Dynamic, Library, Macro, Run, Script};
        let content = Sight::Content;
        // A run of a script, the script, a library that it loads, and one that this loads.
        let edges = [(0, 1, content), (1, 2, content), (2, 3, content)];
        let seen = sees(&[Run, Script, Dynamic, Dynamic], &edges);
        assert_eq!(seen[0], [(1, content), (2, content), (3, content)]);
        let seen = sees(&[Library, Macro, Dynamic], &edges[..2]);
        assert_eq!(seen[0], [(1, content), (2, content)]);
    }

    #[test]
    fn scripts_below_macros_and_scripts_are_seen_by_who_runs_these() {
        use Kind::{Library, Macro, Run, RunOfAnother, Script};
        let content = Sight::Content;
        let edges = [(0, 1, content), (1, 2, content)];
        let seen = sees(&[Library, Macro, RunOfAnother], &edges);
        assert_eq!(seen[0], [(1, content), (2, content)]);
        let seen = sees(&[Run, Script, RunOfAnother], &edges);
        assert_eq!(seen[0], [(1, content), (2, content)]);
    }

    #[test]
    fn own_script_is_seen_with_what_it_watches() {
        use Kind::{Library, Macro, Run, RunOfAnother};
        let content = Sight::Content;
        let edges = [(0, 1, content), (0, 2, content), (1, 2, content), (0, 3, content)];
        let seen = sees(&[Library, Run, RunOfAnother], &edges[..3]);
        assert_eq!(seen[0], [(1, content), (2, content)]);
        assert_eq!(seen[1], [(2, Sight::Interface)], "a script sees what another gave");
        let seen = sees(&[Library, Run, RunOfAnother, Macro], &edges);
        assert_eq!(seen[0], [(1, Sight::Run), (2, content), (3, content)]);
    }
}
