//! Where each unit of a build stands, and what an outcome does to the others. Pure: starts nothing,
//! waits for nothing, knows neither processes nor fingerprints.

use crate::ids::{DenseMap, UnitId};
use crate::plan::needs::{Need, Needs};

/// Where a unit stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum UnitState {
    /// Something that it needs is not there yet.
    Waiting {
        /// How many things.
        missing: usize,
    },
    /// It may start.
    Ready {
        /// What dependents have of it already: it will not change.
        gives: Gives,
    },
    /// It was started.
    Running {
        /// What dependents have of it.
        gives: Gives,
    },
    /// It ended well, or was found fresh.
    Done,
    /// It failed.
    Failed,
    /// Something that it needs failed.
    Skipped,
}

/// What dependents have of a unit that has not ended.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Gives {
    /// Nothing.
    Nothing,
    /// Its metadata.
    Metadata,
    /// All that they need.
    All,
}

impl Gives {
    /// Returns what becomes satisfied when this is given and `before` was.
    fn news(self, before: Gives) -> &'static [Need] {
        match (before, self) {
            (Gives::Nothing, Gives::Metadata) => &[Need::Metadata],
            (Gives::Nothing, Gives::All) => &[Need::Metadata, Need::End],
            (Gives::Metadata, Gives::All) => &[Need::End],
            _ => &[],
        }
    }
}

/// How a unit ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Ending {
    /// What it makes is there.
    Success,
    /// It is not.
    Failure,
    /// It is there, or not, but others must not use it before everything was looked at again.
    Withheld,
}

/// How every unit becomes ready.
const READY: UnitState = UnitState::Ready { gives: Gives::Nothing };

/// Where every unit stands. A unit is in exactly one state, and all transitions are in this file.
#[derive(Clone, Debug)]
pub struct State<'a> {
    needs: &'a Needs,
    units: DenseMap<UnitId, UnitState>,
}

impl<'a> State<'a> {
    /// Creates the state of a build of which nothing has run.
    pub fn new(needs: &'a Needs) -> Self {
        let units = needs
            .needs
            .values()
            .map(|needs| match needs.len() {
                0 => READY,
                missing => UnitState::Waiting { missing },
            })
            .collect();
        State { needs, units }
    }

    /// Returns where a unit stands.
    pub fn of(&self, unit: UnitId) -> UnitState {
        self.units[unit]
    }

    /// Returns the units that may start, in their order.
    pub fn ready(&self) -> Vec<UnitId> {
        let ready = self.units.iter().filter(|(_, state)| matches!(state, UnitState::Ready { .. }));
        ready.map(|(id, _)| id).collect()
    }

    /// Notes that a unit was started.
    ///
    /// # Panics
    ///
    /// Unless it was ready.
    pub fn on_started(&mut self, unit: UnitId) {
        let UnitState::Ready { gives } = self.units[unit] else {
            panic!("only a ready unit may start");
        };
        self.units[unit] = UnitState::Running { gives };
    }

    /// Notes what a unit gives while it runs or even before, and returns the units that became ready
    /// by it, in their order. Does nothing if it was noted before.
    ///
    /// # Panics
    ///
    /// Unless it is running or ready.
    pub fn on_given(&mut self, unit: UnitId, now: Gives) -> Vec<UnitId> {
        match &mut self.units[unit] {
            UnitState::Running { gives } | UnitState::Ready { gives } => {
                let before = std::mem::replace(gives, now.max(*gives));
                self.satisfy(unit, now.news(before))
            }
            state => panic!("metadata of a unit that is {state:?}"),
        }
    }

    /// Notes that a running unit ended, or that a ready one need not run, and returns the units
    /// that became ready by it, in their order. After a failure, everything that still waits for
    /// it, directly or not, is skipped.
    ///
    /// # Panics
    ///
    /// Unless it is running or ready.
    pub fn on_finished(&mut self, unit: UnitId, ending: Ending) -> Vec<UnitId> {
        let before = match self.units[unit] {
            UnitState::Running { gives } | UnitState::Ready { gives } => gives,
            state => panic!("the end of a unit that is {state:?}"),
        };
        match ending {
            Ending::Success => {
                self.units[unit] = UnitState::Done;
                self.satisfy(unit, Gives::All.news(before))
            }
            Ending::Withheld => {
                self.units[unit] = UnitState::Done;
                Vec::new()
            }
            Ending::Failure => {
                self.units[unit] = UnitState::Failed;
                self.skip_dependents(unit);
                Vec::new()
            }
        }
    }

    /// A unit waits for another at most once, so each entry counts for one missing thing.
    fn satisfy(&mut self, unit: UnitId, satisfied: &[Need]) -> Vec<UnitId> {
        let mut ready = Vec::new();
        for &(dependent, need) in &self.needs.waiting[unit] {
            if !satisfied.contains(&need) {
                continue;
            }
            if let UnitState::Waiting { missing } = self.units[dependent] {
                self.units[dependent] = match missing - 1 {
                    0 => READY,
                    missing => UnitState::Waiting { missing },
                };
                if missing == 1 {
                    ready.push(dependent);
                }
            }
        }
        ready
    }

    fn skip_dependents(&mut self, failed: UnitId) {
        let mut stack = vec![failed];
        while let Some(unit) = stack.pop() {
            for &(dependent, _) in &self.needs.waiting[unit] {
                if matches!(self.units[dependent], UnitState::Waiting { .. }) {
                    self.units[dependent] = UnitState::Skipped;
                    stack.push(dependent);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::units::testing::{Fixture, graph};

    const CHAIN: &str = "a lib\nb lib: a\nc bin: b";
    const DIAMOND: &str = "a lib\nb lib: a\nc lib: a\nd lib: b c";

    fn names(fixture: &Fixture, ids: &[UnitId]) -> String {
        ids.iter().map(|&id| fixture.name(id)).collect::<Vec<_>>().join(" ")
    }

    /// Plays `start x`, `meta x`, `done x`, `fresh x`, `fail x`, separated by commas, and checks
    /// what became ready at each, separated by commas.
    #[track_caller]
    fn check(fixture: &str, script: &str, expected: &str) -> String {
        let fixture = graph(fixture);
        let needs = Needs::new(&fixture.graph);
        let mut state = State::new(&needs);
        let mut found = vec![names(&fixture, &state.ready())];
        for step in script.split(", ").filter(|step| !step.is_empty()) {
            let (verb, name) = step.split_once(' ').unwrap();
            let unit = fixture.id(name);
            let ready = match verb {
                "start" => {
                    state.on_started(unit);
                    continue;
                }
                "meta" => state.on_given(unit, Gives::Metadata),
                "all" => state.on_given(unit, Gives::All),
                "hold" => state.on_finished(unit, Ending::Withheld),
                "done" | "fresh" => state.on_finished(unit, Ending::Success),
                "fail" => state.on_finished(unit, Ending::Failure),
                other => panic!("no verb `{other}`"),
            };
            found.push(names(&fixture, &ready));
        }
        assert_eq!(found.join(", "), expected);
        let skipped = state.units.iter().filter(|(_, state)| **state == UnitState::Skipped);
        names(&fixture, &skipped.map(|(id, _)| id).collect::<Vec<_>>())
    }

    #[rstest]
    #[case::nothing_runs(CHAIN, "", "a")]
    #[case::library_starts_at_metadata(CHAIN, "start a, meta a", "a, b")]
    #[case::library_starts_at_the_end(CHAIN, "start a, done a", "a, b")]
    #[case::metadata_twice(CHAIN, "start a, meta a, meta a", "a, b, ")]
    #[case::binary_waits_for_all(
        CHAIN,
        "start a, meta a, start b, meta b, done b, done a",
        "a, b, , , c"
    )]
    #[case::fresh_all_the_way(CHAIN, "fresh a, fresh b, fresh c", "a, b, c, ")]
    #[case::diamond(DIAMOND, "start a, meta a, start b, start c, meta c, meta b", "a, b c, , d")]
    #[case::independent("a lib\nb lib", "fresh a", "a b, ")]
    #[case::metadata_before_the_start(CHAIN, "meta a, start a, meta a, done a", "a, b, , ")]
    #[case::all_before_the_start(CHAIN, "all a, start a, fresh b, done a", "a, b, c, ")]
    #[case::withheld(CHAIN, "start a, meta a, hold a, done b", "a, b, , ")]
    fn becomes_ready(#[case] fixture: &str, #[case] script: &str, #[case] expected: &str) {
        assert_eq!(check(fixture, script, expected), "");
    }

    #[rstest]
    #[case::everything_above(CHAIN, "start a, fail a", "a, ", "b c")]
    #[case::nothing_beside(
        "a lib\nb lib\nc lib: b",
        "start a, fail a, start b, meta b",
        "a b, , c",
        ""
    )]
    #[case::after_metadata(CHAIN, "start a, meta a, start b, fail a, done b", "a, b, , ", "c")]
    #[case::what_is_ready_stays(DIAMOND, "start a, meta a, fail a, start b", "a, b c, ", "")]
    #[case::once_is_enough(DIAMOND, "fresh a, fail b, fail c", "a, b c, , ", "d")]
    fn failure_skips(
        #[case] fixture: &str,
        #[case] script: &str,
        #[case] ready: &str,
        #[case] skipped: &str,
    ) {
        assert_eq!(check(fixture, script, ready), skipped);
    }

    #[test]
    #[should_panic(expected = "only a ready unit may start")]
    fn waiting_unit_must_not_start() {
        check(CHAIN, "start b", "a");
    }
}
