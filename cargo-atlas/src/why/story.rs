//! What led to what: root causes, each with the units that were built for no other reason than
//! units before them. Knows no words.

use std::time::Duration;

use atlas_build::account::{Account, Cause, Fate, SpareRule, UnitAccount};

/// What became of the units of an account, sorted by cause.
#[derive(Debug, Default)]
pub(super) struct Story {
    /// The root causes, in the order of their first units.
    pub(super) causes: Vec<RootCause>,
    /// Units that were spared.
    pub(super) spared: Vec<usize>,
    /// Units whose results were in the store.
    pub(super) restored: Vec<usize>,
    /// How many units came to which end.
    pub(super) counts: Counts,
}

/// A reason that does not lie in another unit.
#[derive(Debug)]
pub(super) struct RootCause {
    /// The units that it holds for.
    pub(super) units: Vec<usize>,
    /// The units that were built because of those, directly or not, dependencies first.
    pub(super) followers: Vec<usize>,
}

/// How many units came to which end.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct Counts {
    /// Built.
    pub(super) built: usize,
    /// Failed.
    pub(super) failed: usize,
    /// Nothing had changed.
    pub(super) fresh: usize,
    /// Cargo would have built them.
    pub(super) spared: usize,
    /// Their results were in the store.
    pub(super) restored: usize,
    /// Built if what they depend on comes out different.
    pub(super) possible: usize,
    /// Never looked at.
    pub(super) not_reached: usize,
}

impl Story {
    /// Sorts the units of an account by cause.
    pub(super) fn of(account: &Account) -> Self {
        let mut story = Story::default();
        let mut owners: Vec<Option<usize>> = Vec::new();
        for (index, unit) in account.units.iter().enumerate() {
            story.counts.add(&unit.fate);
            match unit.fate {
                Fate::Spared(SpareRule::Stored { .. }) => story.restored.push(index),
                Fate::Spared(_) => story.spared.push(index),
                _ => {}
            }
            // Dependencies come first, so what led to a unit has its owner already.
            let parent = parent(account, index);
            let owner = match parent.and_then(|parent| owners[parent]) {
                Some(owner) => {
                    story.causes[owner].followers.push(index);
                    Some(owner)
                }
                None => cause(unit).map(|cause| story.root(account, cause, index)),
            };
            owners.push(owner);
        }
        story
    }

    /// Puts a root into the cause that has the same reason, or into a new one.
    fn root(&mut self, account: &Account, cause: &Cause, unit: usize) -> usize {
        let is_same = |root: &RootCause| {
            let first = self::cause(&account.units[root.units[0]]);
            first.is_some_and(|first| first.reason == cause.reason)
        };
        let known = self.causes.iter().position(is_same);
        let index = known.unwrap_or_else(|| {
            self.causes.push(RootCause { units: Vec::new(), followers: Vec::new() });
            self.causes.len() - 1
        });
        self.causes[index].units.push(unit);
        index
    }
}

impl Counts {
    fn add(&mut self, fate: &Fate) {
        let count = match fate {
            Fate::Built(_) => &mut self.built,
            Fate::Failed(_) => &mut self.failed,
            Fate::Fresh => &mut self.fresh,
            Fate::Spared(SpareRule::Stored { .. }) => &mut self.restored,
            Fate::Spared(_) => &mut self.spared,
            Fate::MayFollow(_) => &mut self.possible,
            Fate::NotReached => &mut self.not_reached,
        };
        *count += 1;
    }

    /// Returns whether no unit had to be built.
    pub(super) fn is_idle(&self) -> bool {
        self.built + self.failed + self.restored + self.possible + self.not_reached == 0
    }
}

/// Returns why a unit was built or was to be built, if it was.
pub(super) fn cause(unit: &UnitAccount) -> Option<&Cause> {
    match &unit.fate {
        Fate::Built(cause) | Fate::Failed(cause) => Some(cause),
        _ => None,
    }
}

/// Returns the units that led to a unit being built.
pub(super) fn parents(unit: &UnitAccount) -> &[usize] {
    match &unit.fate {
        Fate::Built(cause) | Fate::Failed(cause) => &cause.because_of,
        Fate::MayFollow(units) => units,
        _ => &[],
    }
}

/// Returns the first of the units that led to a unit being built.
pub(super) fn parent(account: &Account, unit: usize) -> Option<usize> {
    parents(&account.units[unit]).iter().copied().find(|parent| *parent < unit)
}

/// Returns the units that follow directly from a unit being built.
pub(super) fn children(account: &Account, unit: usize) -> Vec<usize> {
    let units = account.units.iter().enumerate();
    units.filter(|(_, other)| parents(other).contains(&unit)).map(|(index, _)| index).collect()
}

/// Returns how long a unit took, or took when it was last built.
pub(super) fn duration(unit: &UnitAccount) -> Option<Duration> {
    match (&unit.timing, &unit.fate) {
        (Some(timing), _) => Some(timing.finished.saturating_sub(timing.started)),
        (None, _) => unit.last_duration,
    }
}

/// Returns how long units took together, as far as it is known.
pub(super) fn total(account: &Account, units: &[usize]) -> Duration {
    units.iter().filter_map(|unit| duration(&account.units[*unit])).sum()
}

#[cfg(test)]
mod tests {
    use atlas_build::event::DirtyReason;

    use super::super::fixture::{account, built, changed, follows, lib};
    use super::*;

    fn sorted(account: &Account) -> Vec<(Vec<usize>, Vec<usize>)> {
        let causes = Story::of(account).causes.into_iter();
        causes.map(|cause| (cause.units, cause.followers)).collect()
    }

    #[test]
    fn followers_belong_to_the_root_at_the_end_of_the_chain() {
        let units = [
            built(lib("a"), changed("/ws/a/src/lib.rs")),
            built(lib("b"), changed("/ws/b/src/lib.rs")),
            follows(lib("c"), "b", &[1]),
            follows(lib("d"), "c", &[2, 0]),
        ];
        assert_eq!(sorted(&account(units)), [(vec![0], vec![]), (vec![1], vec![2, 3])]);
    }

    #[test]
    fn same_reason_is_one_cause() {
        let units = [
            built(lib("a"), DirtyReason::NeverBuilt),
            built(lib("b"), changed("/ws/b/src/lib.rs")),
            built(lib("c"), DirtyReason::NeverBuilt),
        ];
        assert_eq!(sorted(&account(units)), [(vec![0, 2], vec![]), (vec![1], vec![])]);
    }

    #[test]
    fn cause_in_a_unit_that_was_not_built_is_a_root() {
        let units = [lib("a"), follows(lib("b"), "a", &[0]), follows(lib("c"), "d", &[9])];
        assert_eq!(sorted(&account(units)), [(vec![1], vec![]), (vec![2], vec![])]);
    }
}
