//! Builds that look at everything once more: what was told of units before, so that nothing is told
//! or counted twice, and why there is a second look. Knows no words.

use std::collections::HashMap;

use atlas_build::account::Obstacle;
use atlas_build::ids::UnitId;

use super::counts::Counts;

/// What was told in this round and in earlier ones.
#[derive(Debug, Default)]
pub(crate) struct Rounds {
    /// Diagnostics of each unit, in this round.
    told: HashMap<UnitId, Vec<String>>,
    /// Those of earlier rounds that were not heard again.
    earlier: HashMap<UnitId, Vec<String>>,
    /// How many there were when they were summed up.
    summed_up: HashMap<UnitId, Counts>,
    /// Why there is to be another round.
    undone: Vec<(UnitId, Obstacle)>,
}

impl Rounds {
    /// Notes a diagnostic of a unit; returns whether it is not one that an earlier round told.
    pub(crate) fn tell(&mut self, unit: UnitId, rendered: &str) -> bool {
        if let Some(earlier) = self.earlier.get_mut(&unit)
            && let Some(place) = earlier.iter().position(|known| known == rendered)
        {
            earlier.swap_remove(place);
            return false;
        }
        self.told.entry(unit).or_default().push(rendered.to_owned());
        true
    }

    /// Notes that the diagnostics of a unit are summed up; returns whether that is news.
    pub(crate) fn sum_up(&mut self, unit: UnitId, counts: Counts) -> bool {
        self.summed_up.insert(unit, counts) != Some(counts)
    }

    /// Notes why dependents of a unit cannot keep their results.
    pub(crate) fn undo(&mut self, unit: UnitId, obstacle: Obstacle) {
        self.undone.push((unit, obstacle));
    }

    /// Begins another round; returns why, with the units that the same holds for.
    pub(crate) fn next(&mut self) -> Vec<(Vec<UnitId>, Obstacle)> {
        for (unit, told) in self.told.drain() {
            self.earlier.entry(unit).or_default().extend(told);
        }
        let mut reasons: Vec<(Vec<UnitId>, Obstacle)> = Vec::new();
        for (unit, obstacle) in self.undone.drain(..) {
            match reasons.iter_mut().find(|(_, known)| *known == obstacle) {
                Some((units, _)) => units.push(unit),
                None => reasons.push((vec![unit], obstacle)),
            }
        }
        reasons
    }
}

#[cfg(test)]
mod tests {
    use atlas_build::ids::DenseId;

    use super::*;

    fn id(index: usize) -> UnitId {
        UnitId::from_index(index)
    }

    #[test]
    fn diagnostic_is_news_unless_an_earlier_round_had_it() {
        let mut rounds = Rounds::default();
        let tell = |rounds: &mut Rounds, text| rounds.tell(id(0), text);
        assert_eq!(["a", "a", "b"].map(|text| tell(&mut rounds, text)), [true; 3]);
        rounds.next();
        let again = ["a", "a", "a", "c"].map(|text| tell(&mut rounds, text));
        assert_eq!(again, [false, false, true, true]);
        assert!(rounds.tell(id(1), "b"));
        rounds.next();
        assert_eq!(["b", "c", "a"].map(|text| tell(&mut rounds, text)), [false; 3]);
    }

    #[test]
    fn sum_is_news_when_it_is_another_one() {
        let mut rounds = Rounds::default();
        let mut counts = Counts::default();
        assert_eq!([counts; 2].map(|counts| rounds.sum_up(id(0), counts)), [true, false]);
        let level = atlas_build::event::DiagnosticLevel::Warning;
        counts.add(&super::super::fixture::diagnostic(level, "w"), true);
        assert!(rounds.sum_up(id(0), counts));
    }

    #[test]
    fn same_reason_is_told_once() {
        let mut rounds = Rounds::default();
        let failed = |unit| Obstacle::LinkFailed { unit };
        for (unit, obstacle) in [(0, failed(7)), (1, failed(8)), (2, failed(7))] {
            rounds.undo(id(unit), obstacle);
        }
        let expected = vec![(vec![id(0), id(2)], failed(7)), (vec![id(1)], failed(8))];
        assert_eq!(rounds.next(), expected);
        assert_eq!(rounds.next(), []);
    }
}
