//! What two lists of facts differ in, fact by fact. Knows no sentence.

use std::collections::HashMap;
use std::fmt;

use atlas_build::event::DirtyReason;

/// A fact that is not what it was.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Difference {
    /// It was not there.
    Added(String),
    /// It is not there any more.
    Removed(String),
    /// It has another value.
    Replaced {
        /// What it is about.
        key: String,
        /// The value then.
        old: String,
        /// The value now.
        new: String,
    },
    /// Nothing came and nothing went.
    Reordered,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Difference::Added(fact) => write!(f, "added `{fact}`"),
            Difference::Removed(fact) => write!(f, "removed `{fact}`"),
            Difference::Replaced { key, old, new } => write!(f, "{key}: {old} → {new}"),
            Difference::Reordered => f.write_str("another order"),
        }
    }
}

/// Returns what a reason was found by, if it compares lists: what changed, then what went, then
/// what came.
pub(crate) fn evidence(reason: &DirtyReason) -> Vec<Difference> {
    match reason {
        DirtyReason::FeaturesChanged { old, new } => differences(old, new, |_| None),
        DirtyReason::ProfileChanged { old, new } | DirtyReason::TargetChanged { old, new } => {
            differences(old, new, |fact| fact.split_once('='))
        }
        DirtyReason::CompilerChanged { old, new } => {
            differences(old, new, |line| line.split_once(": ").or_else(|| line.split_once(' ')))
        }
        DirtyReason::ArgumentsChanged { old, new } => {
            differences(&flags(old), &flags(new), |_| None)
        }
        _ => Vec::new(),
    }
}

/// Compares two lists; `split` tells facts that have a name and a value.
fn differences(
    old: &[String],
    new: &[String],
    split: impl Fn(&str) -> Option<(&str, &str)>,
) -> Vec<Difference> {
    let (mut gone, mut come) = (only_in(old, new), only_in(new, old));
    let mut differences = Vec::new();
    gone.retain(|before| {
        let Some((key, old)) = split(before) else { return true };
        let same = |now: &&String| split(now).is_some_and(|(other, _)| other == key);
        let Some(place) = come.iter().position(same) else { return true };
        let new = split(come.remove(place)).map_or("", |(_, value)| value);
        let (key, old, new) = (key.to_owned(), old.to_owned(), new.to_owned());
        differences.push(Difference::Replaced { key, old, new });
        false
    });
    differences.extend(gone.into_iter().map(|fact| Difference::Removed(fact.clone())));
    differences.extend(come.into_iter().map(|fact| Difference::Added(fact.clone())));
    if differences.is_empty() {
        differences.push(Difference::Reordered);
    }
    differences
}

/// Returns what stands in `these` more often than in `others`.
fn only_in<'a>(these: &'a [String], others: &[String]) -> Vec<&'a String> {
    let mut counts = HashMap::<&String, usize>::new();
    for other in others {
        *counts.entry(other).or_default() += 1;
    }
    let mut extra = Vec::new();
    for fact in these {
        match counts.get_mut(fact) {
            Some(count) if *count > 0 => *count -= 1,
            _ => extra.push(fact),
        }
    }
    extra
}

/// Joins flags with the value that follows: `-C`, `opt-level=3` is one fact.
fn flags(words: &[String]) -> Vec<String> {
    let mut flags = Vec::<String>::new();
    let mut takes_value = false;
    for word in words {
        let is_flag = word.starts_with('-');
        match flags.last_mut() {
            Some(flag) if takes_value && !is_flag => *flag = format!("{flag} {word}"),
            _ => flags.push(word.clone()),
        }
        takes_value = is_flag && !word.contains('=');
    }
    flags
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn list(words: &str) -> Vec<String> {
        words.split(' ').filter(|word| !word.is_empty()).map(str::to_owned).collect()
    }

    fn shown(reason: &DirtyReason) -> Vec<String> {
        evidence(reason).iter().map(ToString::to_string).collect()
    }

    #[rstest]
    #[case::both("std alloc", "std serde", &["removed `alloc`", "added `serde`"])]
    #[case::from_nothing("", "std", &["added `std`"])]
    #[case::order("a b", "b a", &["another order"])]
    fn features_come_and_go(#[case] old: &str, #[case] new: &str, #[case] expected: &[&str]) {
        let reason = DirtyReason::FeaturesChanged { old: list(old), new: list(new) };
        assert_eq!(shown(&reason), expected);
    }

    #[test]
    fn profile_keys_have_an_old_and_a_new_value() {
        let [old, new] = ["opt-level=0 debug=2 lto=off", "opt-level=3 debug=2 lto=thin"].map(list);
        let reason = DirtyReason::ProfileChanged { old, new };
        assert_eq!(shown(&reason), ["opt-level: 0 → 3", "lto: off → thin"]);
    }

    #[test]
    fn compiler_is_compared_line_by_line() {
        let lines = |release: &str| {
            let lines =
                [&format!("rustc {release} (x)"), "host: h", &format!("release: {release}")];
            lines.map(str::to_owned).to_vec()
        };
        let reason = DirtyReason::CompilerChanged { old: lines("1.94.0"), new: lines("1.95.0") };
        let expected = ["rustc: 1.94.0 (x) → 1.95.0 (x)", "release: 1.94.0 → 1.95.0"];
        assert_eq!(shown(&reason), expected);
    }

    #[test]
    fn flags_are_compared_with_their_values() {
        let old = list("rustc --cfg a -C debuginfo=2 -Copt-level=1 src/lib.rs");
        let new = list("rustc --cfg a --cfg b -C debuginfo=2 -Copt-level=1 src/lib.rs");
        assert_eq!(shown(&DirtyReason::ArgumentsChanged { old, new }), ["added `--cfg b`"]);
    }

    #[test]
    fn same_fact_twice_is_not_the_same_as_once() {
        let [old, new] = ["a -v", "a -v -v"].map(list);
        assert_eq!(shown(&DirtyReason::ArgumentsChanged { old, new }), ["added `-v`"]);
    }
}
