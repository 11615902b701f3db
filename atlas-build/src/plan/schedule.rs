//! Which of the units that could start should start first: the one with the longest chain of work
//! behind it. Knows nothing of what has run in this build.

use std::time::Duration;

use crate::ids::{DenseMap, UnitId};
use crate::packages::TargetKind;
use crate::plan::needs::{Need, Needs};
use crate::units::{CompileMode, Unit, UnitGraph};

/// How urgent a unit is: the time in milliseconds from its start to the end of the build, if
/// nothing else had to be waited for.
pub type Priority = u64;

/// The priority of every unit.
#[derive(Clone, Debug)]
pub struct Priorities {
    /// Higher starts first; of equals, the unit with the smaller id.
    pub values: DenseMap<UnitId, Priority>,
}

impl Priorities {
    /// Computes them for a graph. `recorded` is how long a unit took the last time it ran; a unit
    /// that has no record is guessed from its kind.
    ///
    /// # Panics
    ///
    /// If the graph has a cycle.
    pub fn new(
        graph: &UnitGraph,
        needs: &Needs,
        recorded: &dyn Fn(UnitId) -> Option<Duration>,
    ) -> Self {
        let mut values = DenseMap::filled(graph.units.len(), 0);
        let order = graph.topological_order();
        assert_eq!(order.len(), graph.units.len(), "the graph has a cycle");
        for &id in order.iter().rev() {
            let cost = match recorded(id) {
                Some(duration) => u64::try_from(duration.as_millis()).unwrap_or(u64::MAX / 2),
                None => guess(&graph.units[id]),
            };
            let behind = needs.waiting[id].iter().map(|&(dependent, need)| match need {
                // Metadata comes when about half of the work is done.
                Need::Metadata => (cost / 2).saturating_add(values[dependent]),
                Need::End => cost.saturating_add(values[dependent]),
            });
            values[id] = behind.max().unwrap_or(0).max(cost);
        }
        Priorities { values }
    }
}

/// How long a unit takes, in milliseconds; only the proportions matter.
fn guess(unit: &Unit) -> u64 {
    if unit.mode == CompileMode::RunCustomBuild {
        return 400;
    }
    let base = match unit.target.kind {
        TargetKind::Lib(_) | TargetKind::ExampleLib(_) => 1000,
        TargetKind::CustomBuild => 600,
        TargetKind::Bin | TargetKind::Test | TargetKind::Bench | TargetKind::ExampleBin => 1200,
    };
    match unit.mode {
        CompileMode::Check { .. } => base / 2,
        _ if unit.profile.opt_level == "0" => base,
        _ => base * 2,
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::units::testing::graph;

    /// Checks the units' names from the most to the least urgent. `recorded` is `name=ms …`.
    #[track_caller]
    fn check(fixture: &str, recorded: &str, expected: &str) {
        let fixture = graph(fixture);
        let recorded: Vec<(UnitId, Duration)> = recorded
            .split_whitespace()
            .map(|entry| {
                let (name, millis) = entry.split_once('=').unwrap();
                (fixture.id(name), Duration::from_millis(millis.parse().unwrap()))
            })
            .collect();
        let lookup = |id| recorded.iter().find(|(known, _)| *known == id).map(|(_, it)| *it);
        let priorities = Priorities::new(&fixture.graph, &Needs::new(&fixture.graph), &lookup);
        let mut ids: Vec<UnitId> = priorities.values.ids().collect();
        ids.sort_by_key(|&id| (std::cmp::Reverse(priorities.values[id]), id));
        let names: Vec<&str> = ids.into_iter().map(|id| fixture.name(id)).collect();
        assert_eq!(names.join(" "), expected);
    }

    #[rstest]
    #[case::longest_chain_first("x lib\na lib\nb lib: a\nc bin: b", "", "a b c x")]
    #[case::of_equals_the_first("x lib\na lib", "", "x a")]
    #[case::script_before_its_library("x lib\na script\nb run: a\nc lib: b", "", "a b x c")]
    #[case::recorded_beats_guessed("x lib\na lib\nb bin: a", "x=9000", "x a b")]
    #[case::slow_dependent_pulls("a lib\nb lib\nc bin: a\nd bin: b", "d=5000", "b d a c")]
    #[case::metadata_edges_count_half("a lib\nb proc-macro\nc lib: a\nd lib: b", "", "b a c d")]
    fn order_of_starting(#[case] fixture: &str, #[case] recorded: &str, #[case] expected: &str) {
        check(fixture, recorded, expected);
    }

    #[test]
    fn absurd_records_do_not_overflow() {
        let fixture = graph("a lib\nb lib: a\nc bin: b");
        let forever = |_| Some(Duration::MAX);
        Priorities::new(&fixture.graph, &Needs::new(&fixture.graph), &forever);
    }
}
