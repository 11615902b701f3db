//! Freshness for a whole build: remembers what each unit gave, so that dependents can be asked for
//! with nothing but their own command.
//!
//! Most units of most builds are as an earlier build with the same plan left them. For those there
//! is a short way: where everything that a unit sees is as it was, its command is, too, and only
//! files have to be looked at. They are all looked at beforehand, in parallel.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use atlas_fingerprint::{Digest, DirtyReason, FileError, Hasher, KnownResult};
use camino::Utf8PathBuf;

use super::claims::Company;
use super::cutoff::{Foreseen, Foresight};
use super::freshness::{Freshness, FreshnessError, Job, Outcome, Recorded, Verdict, overridden};
use super::kept::state_path;
use super::published::{Published, Sight};
use super::record::Said;
use super::sees::Sees;
use super::settled::Looks;
use super::shared::Sharing;
use crate::account::{Obstacle, SpareRule};
use crate::ids::{DenseId, DenseMap, UnitId};
use crate::plan::Step;
use crate::process::CommandLine;
use crate::request::CacheMode;

/// Freshness of the units of one build.
#[derive(Debug)]
pub struct Session<'a> {
    /// Decides.
    pub(super) freshness: Freshness<'a>,
    /// What has to be done for each unit.
    pub(super) steps: &'a DenseMap<UnitId, Step>,
    /// What each unit sees of which others.
    pub(super) sees: &'a Sees,
    /// What is known of what each unit gave.
    pub(super) given: DenseMap<UnitId, Given>,
    /// Results that an earlier build with the same plan has checked, and that are still in place.
    pub(super) settled: DenseMap<UnitId, Option<KnownResult<'a>>>,
    /// How files of these results look now.
    looks: Looks,
    /// Compiles that go on, of which others see nothing.
    pub(super) foreseen: BTreeMap<UnitId, Box<Foreseen>>,
    /// What is known of units in the store.
    pub(super) sharing: Sharing,
    /// What is known of other builds.
    pub(super) company: Company,
    /// Units whose published metadata must not stay: it was tried, and did not work.
    pub(super) undone: BTreeSet<UnitId>,
    /// What went wrong; nothing of it makes the build wrong, only the next one longer.
    faults: Vec<FreshnessError>,
}

/// What is known of what a unit gave.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Given {
    pub(super) interface: Option<Digest>,
    pub(super) content: Option<Digest>,
    pub(super) run: Option<Digest>,
    /// What became of the unit.
    pub(super) fate: Fate,
    /// Whether its result is the one that an earlier build with the same plan has checked.
    pub(super) is_settled: bool,
    /// Whether that holds at least of its metadata.
    pub(super) is_interface_settled: bool,
    /// Id of its result; zero for none.
    pub(super) id: u64,
}

/// What became of a unit, for those that see it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) enum Fate {
    /// Not known yet.
    #[default]
    Open,
    /// It need not be built, and cargo would not have built it either.
    Fresh,
    /// It need not be built, but cargo would have built it.
    Spared,
    /// It was built.
    Built,
}

impl<'a> Session<'a> {
    /// Starts a build. `settled` has for each unit the id of the result that an earlier build with
    /// the same plan has checked; zero for none, and empty if there was no such build.
    pub fn new(
        freshness: Freshness<'a>,
        steps: &'a DenseMap<UnitId, Step>,
        sees: &'a Sees,
        settled: &[u64],
    ) -> Self {
        let given = |step: &Step| match step {
            Step::OverriddenBuildScript(output) => {
                let given = Given { fate: Fate::Fresh, ..overridden(output).into() };
                Given { is_settled: true, is_interface_settled: true, ..given }
            }
            Step::Doctest(_) => {
                Given { is_settled: true, is_interface_settled: true, ..Given::default() }
            }
            Step::Compile(_) | Step::RunBuildScript(_) => Given::default(),
        };
        let given = steps.values().map(given).collect();
        let known = |(unit, step): (UnitId, &Step)| {
            let result = freshness.ledger.unchanged(freshness.key(step)?)?;
            let is_settled = settled.get(unit.index()).is_some_and(|id| *id == result.id());
            (is_settled && freshness.rules.cache != CacheMode::None).then_some(result)
        };
        let settled: DenseMap<UnitId, _> = steps.iter().map(known).collect();
        let looks = Looks::at(&freshness, settled.values().flatten());
        let state = state_path(freshness.target_directory);
        let company = Company::new(state, freshness.ledger.mark());
        Session {
            freshness,
            steps,
            sees,
            given,
            settled,
            looks,
            foreseen: BTreeMap::new(),
            sharing: Sharing::default(),
            company,
            undone: BTreeSet::new(),
            faults: Vec::new(),
        }
    }

    /// Returns how long a unit took when it was built, if that is known.
    pub fn duration(&self, unit: UnitId) -> Option<Duration> {
        match &self.settled[unit] {
            Some(result) => Some(result.duration()),
            None => self.freshness.duration(&self.steps[unit]),
        }
    }

    /// Returns what is known of a unit that is as an earlier build with the same plan left it.
    pub fn settled(&mut self, unit: UnitId) -> Option<Box<Recorded>> {
        let result = self.settled[unit].filter(|_| !self.undone.contains(&unit))?;
        let is_settled = |(seen, sight): &(UnitId, Sight)| match sight {
            Sight::Interface => self.given[*seen].is_interface_settled,
            Sight::Content | Sight::Run => self.given[*seen].is_settled,
        };
        if !self.sees.of(unit).iter().all(is_settled) || self.is_changed_by_others(unit) {
            return None;
        }
        let rule =
            self.freshness.check_settled((unit, &self.steps[unit]), &result, &self.looks).ok()?;
        let said = Said::decode(&result.payload()?)?;
        let published: Published = result.published().into();
        let rule = rule.or_else(|| self.spared_with_dependencies(unit));
        let (fate, id) = (fate(rule.as_ref()), result.id());
        let given = Given { fate, id, ..published.into() };
        self.given[unit] = Given { is_settled: true, is_interface_settled: true, ..given };
        let (relink, aside) = (Vec::new(), None);
        let Said { messages, build_script } = said;
        let spared = rule;
        Some(Box::new(Recorded { messages, build_script, published, relink, spared, aside }))
    }

    /// Returns whether all units are as an earlier build with the same plan left them.
    pub fn is_whole(&mut self) -> bool {
        let order = self.freshness.units().topological_order();
        order.into_iter().all(|unit| match &self.steps[unit] {
            Step::Doctest(_) | Step::OverriddenBuildScript(_) => true,
            Step::Compile(_) | Step::RunBuildScript(_) => self.settled(unit).is_some(),
        })
    }

    /// Returns whether a unit has to be built; everything that it sees is there.
    pub fn check(&mut self, unit: UnitId, command: &CommandLine) -> Verdict {
        self.given[unit] = Given::default();
        self.company.judge(unit, self.freshness.ledger.mark());
        if self.undone.contains(&unit) {
            return Verdict::Dirty(DirtyReason::CutoffUndone);
        }
        let mut verdict = self.with(unit, command, |freshness, job| freshness.check(job));
        if let Verdict::Fresh(recorded) = &mut verdict {
            if recorded.spared.is_none() {
                recorded.spared = self.spare_rule(unit);
            }
            let fate = fate(recorded.spared.as_ref());
            let id = match &recorded.aside {
                Some(aside) => aside.id,
                None => self.freshness.current_id(&self.steps[unit]),
            };
            self.given[unit] = Given { fate, id, ..recorded.published.into() };
        }
        verdict
    }

    /// Says what others will see of a unit that has to be built.
    pub fn foresee(&mut self, unit: UnitId, command: &CommandLine) -> Foresight {
        let Step::Compile(step) = &self.steps[unit] else { return Foresight::Unseen };
        if self.undone.contains(&unit) {
            return Foresight::Unseen;
        }
        let steps = self.steps;
        let foresight =
            self.with(unit, command, |freshness, job| freshness.foresee(job, step, steps));
        if let Foresight::Same(foreseen) = &foresight
            && let Ok(interface) = self.freshness.interface(step)
        {
            let was_settled = self.settled[unit]
                .is_some_and(|result| Published::from(result.published()).interface == interface);
            self.given[unit] = Given {
                interface: Some(interface),
                fate: Fate::Built,
                is_interface_settled: was_settled,
                ..Given::default()
            };
            if self.freshness.units().units[unit].mode.is_check() {
                self.given[unit].content = self.freshness.content(step);
                self.given[unit].is_settled = was_settled;
            }
            self.foreseen.insert(unit, foreseen.clone());
        }
        foresight
    }

    /// Puts what a compile wrote, of which nothing is to be seen, under the metadata that is
    /// published.
    ///
    /// # Errors
    ///
    /// [`Obstacle`] if that cannot be: dependents have to be looked at again.
    pub fn keep(&mut self, unit: UnitId, command: &CommandLine) -> Result<(), Obstacle> {
        let unforeseen = || Obstacle::Unusable { error: "it was not foreseen".to_owned() };
        let foreseen = self.foreseen.remove(&unit).ok_or_else(unforeseen)?;
        let Step::Compile(step) = &self.steps[unit] else { return Err(unforeseen()) };
        let steps = self.steps;
        self.with(unit, command, |freshness, job| freshness.keep(job, step, *foreseen, steps))
    }

    /// Returns the libraries that a unit links whose objects are of another compile than their
    /// metadata.
    pub fn spliced_below(&self, unit: UnitId) -> Vec<UnitId> {
        let links = self.sees.of(unit).iter().filter(|(_, sight)| *sight == Sight::Content);
        let is_spliced = |unit: &UnitId| match &self.steps[*unit] {
            Step::Compile(step) => self.freshness.is_spliced(step),
            Step::RunBuildScript(_) | Step::Doctest(_) | Step::OverriddenBuildScript(_) => false,
        };
        links.map(|(seen, _)| *seen).filter(is_spliced).collect()
    }

    /// Returns those of them that lack something that a shared object needs that was just made.
    pub fn lacking(&self, unit: UnitId) -> Vec<UnitId> {
        let Step::Compile(made) = &self.steps[unit] else { return Vec::new() };
        let lacks = |below: &UnitId| match &self.steps[*below] {
            Step::Compile(below) => self.freshness.lacks_symbols(made, below),
            Step::RunBuildScript(_) | Step::Doctest(_) | Step::OverriddenBuildScript(_) => false,
        };
        self.spliced_below(unit).into_iter().filter(lacks).collect()
    }

    /// Notes that units have to be built again with metadata of their own.
    pub fn undo(&mut self, units: &[UnitId]) {
        self.undone.extend(units);
    }

    /// Returns why a unit has to be built whatever becomes of those that it sees, if it has to.
    pub fn own_reason(&self, unit: UnitId) -> Option<DirtyReason> {
        self.freshness.own_reason(unit, &self.steps[unit])
    }

    /// Takes back a result that was put aside; its files are to be published after that.
    ///
    /// # Errors
    ///
    /// [`FreshnessError`] if that is not possible: the unit has to be built then.
    pub fn take_back(
        &mut self,
        unit: UnitId,
        command: &CommandLine,
        id: u64,
        publish: &mut dyn FnMut() -> bool,
    ) -> Result<(), FreshnessError> {
        let taken = self.with(unit, command, |freshness, job| {
            let record =
                freshness.aside_record(job.step, id).ok_or(FreshnessError::AsideUnusable)?;
            let kept = freshness.take_back(job, id)?;
            if !publish() {
                return Err(FreshnessError::AsideUnusable);
            }
            freshness.taken_back(job, &record, kept)
        });
        if taken.is_err() {
            self.given[unit] = Given::default();
        }
        taken
    }

    /// Notes that a unit's process is about to be started.
    ///
    /// # Errors
    ///
    /// As [`Freshness::started`]: the process must not start then.
    pub fn started(&mut self, unit: UnitId, command: &CommandLine) -> Result<(), FileError> {
        self.settled[unit] = None;
        self.undone.remove(&unit);
        self.with(unit, command, |freshness, job| freshness.started(job))
    }

    /// Notes that a unit's metadata is published while the rest is still being made.
    pub fn metadata_published(&mut self, unit: UnitId) {
        if let Step::Compile(step) = &self.steps[unit] {
            match self.freshness.interface(step) {
                Ok(interface) => {
                    self.given[unit].interface = Some(interface);
                    self.given[unit].fate = Fate::Built;
                }
                Err(error) => self.faults.push(error.into()),
            }
        }
    }

    /// Notes that a unit was built and its files are published and uplifted.
    pub fn finished(&mut self, unit: UnitId, command: &CommandLine, outcome: &Outcome) {
        if self.is_disturbed(unit) {
            // What it was made from is not known.
            self.given[unit] = Given { fate: Fate::Built, ..Given::default() };
            return;
        }
        let finished = self.with(unit, command, |freshness, job| freshness.finished(job, outcome));
        match finished {
            Ok(finished) => {
                let (fate, id) = (Fate::Built, finished.id);
                let before = self.given[unit];
                let now = Given { fate, id, ..finished.published.into() };
                let is_same = before.interface == now.interface;
                let is_interface_settled = before.is_interface_settled && is_same;
                self.given[unit] = Given { is_interface_settled, ..now };
                self.file(unit, command, outcome, &finished);
            }
            Err(error) => self.faults.push(error),
        }
    }

    /// Returns whether a unit was built, or taken from what was put aside.
    pub fn is_built(&self, unit: UnitId) -> bool {
        self.given[unit].fate == Fate::Built || !self.given[unit].is_settled
    }

    /// Returns the files that a compile read, if that is known.
    pub fn read(&self, unit: UnitId) -> Option<Vec<Utf8PathBuf>> {
        self.freshness.read(&self.steps[unit])
    }

    /// Returns what could not be looked at or written since this was last asked.
    pub fn take_faults(&mut self) -> Vec<FreshnessError> {
        std::mem::take(&mut self.faults)
    }

    /// Returns for each unit the id of the result that is known to be right; zero for none.
    pub fn results(&self) -> Vec<u64> {
        self.given.values().map(|given| given.id).collect()
    }

    /// Returns whether another process has changed a unit since the state was read.
    fn is_changed_by_others(&self, unit: UnitId) -> bool {
        let ledger = self.freshness.ledger;
        ledger.mark() > 0
            && self
                .freshness
                .key(&self.steps[unit])
                .is_some_and(|key| ledger.is_changed_since(key, 0))
    }

    /// Returns why cargo would have built a unit that is fresh, if it would.
    fn spare_rule(&self, unit: UnitId) -> Option<SpareRule> {
        let key = self.freshness.key(&self.steps[unit]);
        let result = key.and_then(|key| self.freshness.ledger.unchanged(key));
        let own = result.and_then(|it| self.freshness.spare_rule_seen(&it));
        own.or_else(|| self.spared_with_dependencies(unit))
    }

    /// Returns the units for which cargo would have built one that sees them.
    fn spared_with_dependencies(&self, unit: UnitId) -> Option<SpareRule> {
        let is_built = |(seen, _): &&(UnitId, Sight)| {
            matches!(self.given[*seen].fate, Fate::Built | Fate::Spared)
        };
        let built = self.sees.of(unit).iter().filter(is_built);
        let units: Vec<usize> = built.map(|(seen, _)| seen.index()).collect();
        (!units.is_empty()).then_some(SpareRule::SameDependencies { units })
    }

    /// Calls a function with a unit's job.
    pub(super) fn with<R>(
        &self,
        unit: UnitId,
        command: &CommandLine,
        call: impl FnOnce(&Freshness<'a>, &Job<'_>) -> R,
    ) -> R {
        let seen = self.sees.of(unit).iter();
        let dependencies: Vec<(UnitId, Digest)> =
            seen.map(|&(seen, sight)| (seen, self.seen(seen, sight))).collect();
        let job = Job { unit, step: &self.steps[unit], command, dependencies: &dependencies };
        call(&self.freshness, &job)
    }

    /// Returns what is seen of a unit, if that is known.
    pub(super) fn known(&self, unit: UnitId, sight: Sight) -> Option<Digest> {
        let given = &self.given[unit];
        match sight {
            Sight::Interface => given.interface,
            Sight::Content => given.content,
            Sight::Run => given.run,
        }
    }

    /// Returns what is seen of a unit. If that is not known it looks like nothing else, so that
    /// whoever sees it is built again next time.
    fn seen(&self, unit: UnitId, sight: Sight) -> Digest {
        self.known(unit, sight).unwrap_or_else(|| {
            let moment = self.freshness.table.moment().map_or(0, |moment| moment.nanos());
            Hasher::new("unknown").number(moment.cast_unsigned()).finish()
        })
    }
}

/// What became of a unit that need not be built.
fn fate(rule: Option<&SpareRule>) -> Fate {
    if rule.is_some() { Fate::Spared } else { Fate::Fresh }
}

impl From<Published> for Given {
    fn from(published: Published) -> Self {
        let Published { interface, content, run } = published;
        Given {
            interface: Some(interface),
            content: Some(content),
            run: Some(run),
            ..Given::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::published::Sight;
    use super::super::sees::Sees;
    use super::super::testing::{STATE, World};
    use super::{DirtyReason, Session, Verdict};
    use crate::ids::{DenseId, DenseMap, UnitId};
    use crate::plan::Step;
    use crate::script::BuildScriptOutput;
    use crate::units::CompileMode;

    /// Steps of a library and of what it sees.
    fn steps(world: &World, below: &Step) -> DenseMap<UnitId, Step> {
        [world.step.clone(), below.clone()].into_iter().collect()
    }

    /// The library sees the other unit.
    fn sees() -> Sees {
        let seen = vec![(UnitId::from_index(1), Sight::Content)];
        Sees::of_lists([seen, Vec::new()].into_iter().collect())
    }

    /// Builds a library that sees `below`, if need be, and returns why.
    fn build(world: &World, below: &Step) -> Option<DirtyReason> {
        let unit = UnitId::from_index(0);
        let (steps, sees) = (steps(world, below), sees());
        let reason = world.with(|world, freshness, _| {
            let mut session = Session::new(freshness, &steps, &sees, &[]);
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
    fn settled_unit_is_fresh_without_a_look_at_its_command() {
        let world = world();
        let below = Step::OverriddenBuildScript(BuildScriptOutput::default());
        assert_eq!(build(&world, &below), Some(DirtyReason::NeverBuilt));
        assert_eq!(build(&world, &below), None);
        let (steps, sees) = (steps(&world, &below), sees());
        let (unit, below) = (UnitId::from_index(0), UnitId::from_index(1));
        world.files.take_opened();
        let id = world.with(|_, freshness, _| {
            let mut session = Session::new(freshness, &steps, &sees, &[]);
            assert!(session.settled(unit).is_none(), "no build with this plan has checked it");
            assert!(matches!(session.check(unit, &world.command), Verdict::Fresh(_)));
            session.results()[0]
        });
        world.with(|_, freshness, _| {
            let mut session = Session::new(freshness, &steps, &sees, &[id, 0]);
            assert_eq!(session.duration(unit), Some(world.outcome().duration));
            assert_eq!(session.duration(below), None);
            assert!(session.is_whole());
        });
        assert_eq!(world.files.take_opened(), [STATE, STATE]);
        world.files.put("/ws/src/b.rs", "fn c() {}");
        world.with(|_, freshness, _| {
            let mut session = Session::new(freshness, &steps, &sees, &[id, 0]);
            assert!(session.settled(unit).is_none());
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
}
