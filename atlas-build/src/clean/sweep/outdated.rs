//! Which of cargo's units are outdated. A unit is in use if it was made or looked at of late, or if one
//! that is in use depends on it: cargo does not look at times of what it finds fresh.

use std::collections::HashMap;

use super::super::limits::{Limits, Reason};
use super::fingerprint::Fingerprint;
use super::toolchains::KnownToolchains;

/// Returns for each unit why it may go, if it may. `toolchains` are those that are kept, if any may
/// go.
pub(super) fn outdated(
    units: &[Fingerprint],
    limits: &Limits,
    toolchains: Option<&KnownToolchains>,
) -> Vec<Option<Reason>> {
    let is_kept = |unit: &Fingerprint| {
        let mut compilers = unit.compilers.iter();
        toolchains.is_none_or(|known| compilers.all(|compiler| known.contains(*compiler)))
    };
    let reason = |unit: &Fingerprint| match is_kept(unit) {
        false => Some(Reason::Toolchain),
        true => Some(Reason::Unused),
    };
    let mut reasons: Vec<Option<Reason>> = units.iter().map(reason).collect();
    let mut by_value: HashMap<u64, Vec<usize>> = HashMap::new();
    for (index, unit) in units.iter().enumerate() {
        unit.values.iter().for_each(|value| by_value.entry(*value).or_default().push(index));
    }
    // What was built last stays, however long ago it was.
    let last = units.iter().enumerate().filter(|(_, unit)| is_kept(unit));
    let last = last.max_by_key(|(_, unit)| unit.used).map(|(index, _)| index);
    let is_used = |(index, unit): &(usize, &Fingerprint)| {
        let is_young = limits.is_recent(unit.used) || !limits.is_outdated(unit.used);
        is_kept(unit) && (is_young || Some(*index) == last)
    };
    let mut waiting: Vec<usize> =
        units.iter().enumerate().filter(is_used).map(|(index, _)| index).collect();
    while let Some(index) = waiting.pop() {
        if reasons[index].take().is_some() {
            let dependencies = units[index].dependencies.iter();
            waiting.extend(dependencies.filter_map(|value| by_value.get(value)).flatten());
        }
    }
    reasons
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};

    use rstest::rstest;

    use super::super::super::removal::Effect;
    use super::*;

    const DAY: Duration = Duration::from_hours(24);

    /// `(value, dependencies, days since it was used, compiler)`.
    type Unit<'a> = (u64, &'a [u64], u32, &'a str);

    const OLD: Option<Reason> = Some(Reason::Unused);
    const OTHER: Option<Reason> = Some(Reason::Toolchain);

    #[rstest]
    #[case::old(vec![(1, &[][..], 40, "new"), (2, &[], 1, "new")], &[OLD, None])]
    #[case::needed(vec![(1, &[][..], 40, "new"), (2, &[1], 1, "new")], &[None, None])]
    #[case::needed_by_old(
        vec![(1, &[][..], 40, "new"), (2, &[1], 40, "new"), (3, &[], 1, "new")], &[OLD, OLD, None]
    )]
    #[case::last_build(
        vec![(1, &[][..], 90, "new"), (2, &[1], 40, "new"), (3, &[], 50, "new")],
        &[None, None, OLD]
    )]
    #[case::toolchain(vec![(1, &[][..], 1, "old"), (2, &[], 1, "new")], &[OTHER, None])]
    #[case::all_of_one_toolchain(vec![(1, &[][..], 1, "old")], &[OTHER])]
    fn what_is_in_use_stays(#[case] units: Vec<Unit<'_>>, #[case] expected: &[Option<Reason>]) {
        let now = SystemTime::now();
        let known: KnownToolchains = ["new"].into_iter().collect();
        let unit = |(value, dependencies, days, compiler): &Unit<'_>| Fingerprint {
            hash: String::new(),
            compilers: vec![u64::from(*compiler != "new")],
            values: vec![*value],
            dependencies: dependencies.to_vec(),
            used: now - *days * DAY,
        };
        let units: Vec<Fingerprint> = units.iter().map(unit).collect();
        let limits = Limits { max_age: 30 * DAY, now, effect: Effect::Count, deadline: None };
        assert_eq!(outdated(&units, &limits, Some(&known)), expected);
    }
}
