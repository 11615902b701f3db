//! Freshness for a whole build: remembers what each unit gave, so that dependents can be asked for
//! with nothing but their own command.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use atlas_fingerprint::{Digest, FileError, Hasher};

use super::freshness::{Freshness, FreshnessError, Job, Outcome, Verdict, overridden};
use super::published::{Published, Sight};
use crate::ids::{DenseMap, UnitId};
use crate::plan::Step;
use crate::process::CommandLine;
use crate::units::UnitGraph;

/// Freshness of the units of one build.
#[derive(Debug)]
pub struct Session<'a> {
    /// Decides.
    freshness: Freshness<'a>,
    /// What has to be done for each unit.
    steps: &'a DenseMap<UnitId, Step>,
    /// What each unit sees of which others, procedural macros among what they reach included.
    sees: DenseMap<UnitId, Vec<(UnitId, Sight)>>,
    /// How long each unit took when it was built, if that is known.
    durations: DenseMap<UnitId, Option<Duration>>,
    /// What is known of what each unit gave.
    given: DenseMap<UnitId, Given>,
    /// What went wrong; nothing of it makes the build wrong, only the next one longer.
    faults: Vec<FreshnessError>,
}

/// What is known of what a unit gave.
#[derive(Clone, Copy, Debug, Default)]
struct Given {
    interface: Option<Digest>,
    content: Option<Digest>,
    run: Option<Digest>,
}

impl<'a> Session<'a> {
    /// Starts a build. `sees` lists for each unit all that must be there before it starts: for one
    /// that links, everything that it links, however far below.
    pub fn new(
        freshness: Freshness<'a>,
        steps: &'a DenseMap<UnitId, Step>,
        sees: &DenseMap<UnitId, Vec<(UnitId, Sight)>>,
    ) -> Self {
        let given = |step: &Step| match step {
            Step::OverriddenBuildScript(output) => overridden(output).into(),
            Step::Compile(_) | Step::RunBuildScript(_) => Given::default(),
        };
        let given = steps.values().map(given).collect();
        let sees = complete(freshness.units(), sees);
        let durations = freshness.read_ahead(steps);
        Session { freshness, steps, sees, durations, given, faults: Vec::new() }
    }

    /// Returns how long a unit took when it was built, if that is known.
    pub fn duration(&self, unit: UnitId) -> Option<Duration> {
        self.durations[unit]
    }

    /// Returns whether a unit has to be built; everything that it sees is there.
    pub fn check(&mut self, unit: UnitId, command: &CommandLine) -> Verdict {
        let verdict = self.with(unit, command, |freshness, job| freshness.check(job));
        if let Verdict::Fresh(recorded) = &verdict {
            self.given[unit] = recorded.published.into();
        }
        verdict
    }

    /// Notes that a unit's process is about to be started.
    ///
    /// # Errors
    ///
    /// As [`Freshness::started`]: the process must not start then.
    pub fn started(&mut self, unit: UnitId, command: &CommandLine) -> Result<(), FileError> {
        self.with(unit, command, |freshness, job| freshness.started(job))
    }

    /// Notes that a unit's metadata is published while the rest is still being made.
    pub fn metadata_published(&mut self, unit: UnitId) {
        if let Step::Compile(step) = &self.steps[unit] {
            match self.freshness.interface(step) {
                Ok(interface) => self.given[unit].interface = Some(interface),
                Err(error) => self.faults.push(error.into()),
            }
        }
    }

    /// Notes that a unit was built and its files are published and uplifted.
    pub fn finished(&mut self, unit: UnitId, command: &CommandLine, outcome: &Outcome) {
        let finished = self.with(unit, command, |freshness, job| freshness.finished(job, outcome));
        match finished {
            Ok(published) => self.given[unit] = published.into(),
            Err(error) => self.faults.push(error),
        }
    }

    /// Returns what could not be looked at or written since this was last asked.
    pub fn take_faults(&mut self) -> Vec<FreshnessError> {
        std::mem::take(&mut self.faults)
    }

    /// Calls a function with a unit's job.
    fn with<R>(
        &self,
        unit: UnitId,
        command: &CommandLine,
        call: impl FnOnce(&Freshness<'a>, &Job<'_>) -> R,
    ) -> R {
        let dependencies: Vec<(UnitId, Digest)> =
            self.sees[unit].iter().map(|&(seen, sight)| (seen, self.seen(seen, sight))).collect();
        let job = Job { unit, step: &self.steps[unit], command, dependencies: &dependencies };
        call(&self.freshness, &job)
    }

    /// Returns what is seen of a unit. If that is not known it looks like nothing else, so that
    /// whoever sees it is built again next time.
    fn seen(&self, unit: UnitId, sight: Sight) -> Digest {
        let given = &self.given[unit];
        let digest = match sight {
            Sight::Interface => given.interface,
            Sight::Content => given.content,
            Sight::Run => given.run,
        };
        digest.unwrap_or_else(|| {
            let moment = self.freshness.moment().nanos().cast_unsigned();
            Hasher::new("unknown").number(moment).finish()
        })
    }
}

impl From<Published> for Given {
    fn from(published: Published) -> Self {
        let Published { interface, content, run } = published;
        Given { interface: Some(interface), content: Some(content), run: Some(run) }
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
    use atlas_fingerprint::DirtyReason;

    use super::super::published::Sight;
    use super::super::testing::{UNIT_DIR, World};
    use super::{Session, complete};
    use crate::ids::{DenseId, DenseMap, PackageIndex, UnitId};
    use crate::packages::{CrateType, TargetKind};
    use crate::plan::Step;
    use crate::script::BuildScriptOutput;
    use crate::units::CompileMode;

    /// Builds a library that sees `below`, if need be, and returns why.
    fn build(world: &World, below: &Step) -> Option<DirtyReason> {
        let unit = UnitId::from_index(0);
        let steps: DenseMap<UnitId, Step> =
            [world.step.clone(), below.clone()].into_iter().collect();
        let seen = vec![(UnitId::from_index(1), Sight::Content)];
        let sees = [seen, Vec::new()].into_iter().collect();
        let reason = world.with(|world, freshness, _| {
            let mut session = Session::new(freshness, &steps, &sees);
            match session.check(unit, &world.command) {
                super::Verdict::Fresh(_) => None,
                super::Verdict::Dirty(reason) => {
                    session.started(unit, &world.command).expect("memory can be written");
                    world.files.tick();
                    world.write_outputs();
                    world.files.tick();
                    session.metadata_published(unit);
                    session.finished(unit, &world.command, &world.outcome());
                    assert!(session.take_faults().is_empty());
                    Some(reason)
                }
            }
        });
        world.files.tick();
        reason
    }

    fn world() -> World {
        let world = World::new(CompileMode::Build);
        world.files.put("/ws/src/lib.rs", "mod b;");
        world.files.put("/ws/src/b.rs", "fn b() {}");
        world.files.tick();
        world
    }

    #[test]
    fn records_are_read_once() {
        let world = world();
        let below = Step::OverriddenBuildScript(BuildScriptOutput::default());
        assert_eq!(build(&world, &below), Some(DirtyReason::NeverBuilt));
        let steps = [world.step.clone(), below].into_iter().collect();
        let (unit, below) = (UnitId::from_index(0), UnitId::from_index(1));
        let sees = [vec![(below, Sight::Content)], Vec::new()].into_iter().collect();
        world.with(|world, freshness, _| {
            world.files.take_opened();
            let mut session = Session::new(freshness, &steps, &sees);
            assert_eq!(session.duration(unit), Some(world.outcome().duration));
            assert_eq!(session.duration(below), None);
            assert!(matches!(session.check(unit, &world.command), super::Verdict::Fresh(_)));
            assert_eq!(world.files.take_opened(), [format!("{UNIT_DIR}/record")]);
        });
    }

    #[test]
    fn override_of_a_build_script_is_seen() {
        let world = world();
        let output = BuildScriptOutput::default();
        let below = Step::OverriddenBuildScript(output.clone());
        assert_eq!(build(&world, &below), Some(DirtyReason::NeverBuilt));
        assert_eq!(build(&world, &below), None);
        let cfgs = vec!["new".to_owned()];
        let below = Step::OverriddenBuildScript(BuildScriptOutput { cfgs, ..output });
        let name = "a v1.0.0".to_owned();
        assert_eq!(build(&world, &below), Some(DirtyReason::DependencyChanged { name }));
        assert_eq!(build(&world, &below), None);
    }

    #[test]
    fn what_is_not_known_never_looks_the_same() {
        let world = world();
        let below = world.step.clone();
        assert_eq!(build(&world, &below), Some(DirtyReason::NeverBuilt));
        let name = "a v1.0.0".to_owned();
        assert_eq!(build(&world, &below), Some(DirtyReason::DependencyChanged { name }));
    }

    #[test]
    fn macros_are_seen_through_libraries() {
        let mut units = world().units;
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
        let mut units = world().units;
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
