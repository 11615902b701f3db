//! What a library that was built did to those that depend on it. Knows no words.

use atlas_build::account::{Account, Cause, Cutoff, Fate, SpareRule, UnitAccount};
use atlas_build::event::DirtyReason;

/// How many dependents of a unit came to which end because of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct Effects {
    /// They kept their results.
    pub(super) spared: usize,
    /// They were linked again and nothing else.
    pub(super) relinked: usize,
    /// They were built again.
    pub(super) rebuilt: usize,
    /// They were to be built again, and failed.
    pub(super) failed: usize,
    /// They may be built again.
    pub(super) possible: usize,
}

impl Effects {
    /// Counts the dependents of a unit.
    pub(super) fn of(account: &Account, unit: usize) -> Self {
        let mut effects = Effects::default();
        let mut is_above = vec![false; account.units.len()];
        let mut is_affected = is_above.clone();
        (is_above[unit], is_affected[unit]) = (true, true);
        let is_kept = is_cut_off(account, unit);
        for (index, above) in account.units.iter().enumerate().skip(unit + 1) {
            is_above[index] = above.dependencies.iter().any(|below| is_above[*below]);
            let is_cause = |units: &[usize]| {
                units.iter().any(|cause| is_affected.get(*cause).is_some_and(|is_it| *is_it))
            };
            let count = match &above.fate {
                Fate::Spared(SpareRule::SameDependencies { units }) if is_cause(units) => {
                    &mut effects.spared
                }
                // Of several libraries only the first is named.
                Fate::Built(_) if is_kept && is_above[index] && is_relinked(account, above) => {
                    &mut effects.relinked
                }
                Fate::Built(cause) if is_cause(&cause.because_of) => &mut effects.rebuilt,
                Fate::Failed(cause) if is_cause(&cause.because_of) => &mut effects.failed,
                Fate::MayFollow(units) if is_cause(units) => &mut effects.possible,
                _ => continue,
            };
            *count += 1;
            is_affected[index] = true;
        }
        effects
    }
}

/// Returns whether a unit was built for no other reason than new code in libraries of which it sees
/// nothing else that is new.
pub(super) fn is_relinked(account: &Account, unit: &UnitAccount) -> bool {
    let Fate::Built(Cause { reason: DirtyReason::DependencyChanged { .. }, because_of }) =
        &unit.fate
    else {
        return false;
    };
    links(unit)
        && !because_of.is_empty()
        && because_of.iter().all(|cause| is_cut_off(account, *cause))
}

/// Returns whether a unit was built and others see nothing new of it.
pub(super) fn is_cut_off(account: &Account, unit: usize) -> bool {
    let cutoff = account.units.get(unit).and_then(|unit| unit.cutoff.as_ref());
    matches!(cutoff, Some(Cutoff::Spared { .. }))
}

/// Returns the unit whose being built is why cargo would have built one that was spared.
pub(super) fn spared_from(account: &Account, unit: usize) -> Option<usize> {
    let mut above = unit;
    while let Fate::Spared(SpareRule::SameDependencies { units }) = &account.units[above].fate {
        let below = || units.iter().copied().filter(|below| *below < above);
        let is_built = |below: &usize| matches!(account.units[*below].fate, Fate::Built(_));
        if let Some(built) = below().find(is_built) {
            return Some(built);
        }
        above = below().next()?;
    }
    None
}

fn links(unit: &UnitAccount) -> bool {
    let is_plain = |kind: &String| matches!(kind.as_str(), "lib" | "rlib");
    match unit.mode.as_str() {
        "build" => !unit.kinds.iter().all(is_plain),
        mode => mode == "test",
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{
        account, bin, built, changed, cut_off, depends, follows, lib, spared,
    };
    use super::*;

    fn kept(package: &str, on: &[usize]) -> UnitAccount {
        let rule = SpareRule::SameDependencies { units: on.to_vec() };
        depends(spared(lib(package), rule), on)
    }

    #[test]
    fn dependents_are_counted_however_far_they_are() {
        let account = account([
            cut_off(built(lib("a"), changed("/ws/a/src/lib.rs")), Vec::new()),
            kept("b", &[0]),
            kept("c", &[1]),
            depends(follows(bin("d"), "a", &[0]), &[2]),
            lib("e"),
        ]);
        let expected = Effects { spared: 2, relinked: 1, ..Effects::default() };
        assert_eq!(Effects::of(&account, 0), expected);
        assert_eq!(spared_from(&account, 2), Some(0));
        assert_eq!(spared_from(&account, 4), None);
    }

    #[test]
    fn program_is_relinked_for_each_library_below_it() {
        let account = account([
            cut_off(built(lib("a"), changed("/ws/a/src/lib.rs")), Vec::new()),
            cut_off(built(lib("b"), changed("/ws/b/src/lib.rs")), Vec::new()),
            depends(follows(bin("c"), "a", &[0]), &[0, 1]),
        ]);
        let expected = Effects { relinked: 1, ..Effects::default() };
        assert_eq!([0, 1].map(|unit| Effects::of(&account, unit)), [expected; 2]);
    }

    #[test]
    fn who_sees_more_is_rebuilt() {
        let account = account([
            built(lib("a"), changed("/ws/a/src/lib.rs")),
            depends(follows(lib("b"), "a", &[0]), &[0]),
            depends(follows(bin("c"), "b", &[1]), &[1]),
        ]);
        let expected = Effects { rebuilt: 2, ..Effects::default() };
        assert_eq!(Effects::of(&account, 0), expected);
    }
}
