//! The first difference between two fingerprints, as a reason. Knows no files.

use std::cmp::Ordering;

use crate::fingerprint::{Fingerprint, Part, PartKind};
use crate::reason::DirtyReason;

/// Returns what tells `new` from `old`: `None` if and only if all parts are equal.
pub fn compare(old: &Fingerprint, new: &Fingerprint) -> Option<DirtyReason> {
    let (mut old, mut new) = (old.parts(), new.parts());
    loop {
        match (old.split_first(), new.split_first()) {
            (None, None) => return None,
            (Some((part, _)), None) => return Some(removed(part)),
            (None, Some((part, _))) => return Some(added(part)),
            (Some((before, old_rest)), Some((now, new_rest))) => {
                match (before.kind, &before.name).cmp(&(now.kind, &now.name)) {
                    Ordering::Less => return Some(removed(before)),
                    Ordering::Greater => return Some(added(now)),
                    Ordering::Equal if before.digest != now.digest => {
                        return Some(changed(now, before.evidence.clone()));
                    }
                    Ordering::Equal => (old, new) = (old_rest, new_rest),
                }
            }
        }
    }
}

/// Returns the reason for a part that was not there.
fn added(part: &Part) -> DirtyReason {
    match part.kind {
        PartKind::Dependency => DirtyReason::DependencyAdded { name: part.name.clone() },
        _ => changed(part, Vec::new()),
    }
}

/// Returns the reason for a part that is not there any more.
fn removed(part: &Part) -> DirtyReason {
    match part.kind {
        PartKind::Dependency => DirtyReason::DependencyRemoved { name: part.name.clone() },
        _ => changed(&Part { evidence: Vec::new(), ..part.clone() }, part.evidence.clone()),
    }
}

/// Returns the reason for a part that has another value now.
fn changed(part: &Part, old: Vec<String>) -> DirtyReason {
    let name = part.name.clone();
    let new = part.evidence.clone();
    match part.kind {
        PartKind::Compiler => DirtyReason::CompilerChanged { old, new },
        PartKind::Target => DirtyReason::TargetChanged { old, new },
        PartKind::Features => DirtyReason::FeaturesChanged { old, new },
        PartKind::Profile => DirtyReason::ProfileChanged { old, new },
        PartKind::BuildScriptOutput => DirtyReason::BuildScriptOutputChanged { name },
        PartKind::Arguments => DirtyReason::ArgumentsChanged { old, new },
        PartKind::Environment => DirtyReason::EnvironmentChanged { name },
        PartKind::Dependency => DirtyReason::DependencyChanged { name },
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::compare;
    use crate::digest::Digest;
    use crate::fingerprint::{Fingerprint, PartKind};
    use crate::reason::DirtyReason;

    /// A fingerprint of one part of each kind, with the values given, in the order of the kinds.
    fn fingerprint(values: [&str; 8]) -> Fingerprint {
        let [compiler, target, features, profile, script, arguments, variable, dependency] = values;
        let mut fingerprint = Fingerprint::new();
        fingerprint
            .shown(PartKind::Compiler, vec![compiler.to_owned()])
            .shown(PartKind::Target, vec![target.to_owned()])
            .shown(PartKind::Features, vec![features.to_owned()])
            .shown(PartKind::Profile, vec![profile.to_owned()])
            .digest(PartKind::BuildScriptOutput, "x", Digest::of_bytes(script.as_bytes()))
            .shown(PartKind::Arguments, vec![arguments.to_owned()])
            .hidden(PartKind::Environment, "VAR", Some(variable.as_bytes()))
            .digest(PartKind::Dependency, "dep", Digest::of_bytes(dependency.as_bytes()));
        fingerprint
    }

    fn lists() -> (Vec<String>, Vec<String>) {
        (vec!["a".to_owned()], vec!["b".to_owned()])
    }

    fn expected(index: usize) -> DirtyReason {
        let (old, new) = lists();
        match index {
            0 => DirtyReason::CompilerChanged { old, new },
            1 => DirtyReason::TargetChanged { old, new },
            2 => DirtyReason::FeaturesChanged { old, new },
            3 => DirtyReason::ProfileChanged { old, new },
            4 => DirtyReason::BuildScriptOutputChanged { name: "x".to_owned() },
            5 => DirtyReason::ArgumentsChanged { old, new },
            6 => DirtyReason::EnvironmentChanged { name: "VAR".to_owned() },
            _ => DirtyReason::DependencyChanged { name: "dep".to_owned() },
        }
    }

    #[rstest]
    fn each_kind_has_its_reason(#[values(0, 1, 2, 3, 4, 5, 6, 7)] index: usize) {
        let mut values = ["a"; 8];
        let old = fingerprint(values);
        values[index] = "b";
        assert_eq!(compare(&old, &fingerprint(values)), Some(expected(index)));
    }

    #[rstest]
    fn causes_go_before_consequences(#[values(0, 1, 2, 3, 4, 5, 6, 7)] index: usize) {
        let mut values = ["a"; 8];
        let old = fingerprint(values);
        values[index..].fill("b");
        assert_eq!(compare(&old, &fingerprint(values)), Some(expected(index)));
    }

    #[test]
    fn equal_ones_have_no_reason() {
        assert_eq!(compare(&fingerprint(["a"; 8]), &fingerprint(["a"; 8])), None);
    }

    #[rstest]
    #[case::added(&["a"], &["a", "b"], DirtyReason::DependencyAdded { name: "b".to_owned() })]
    #[case::removed(&["a", "b"], &["b"], DirtyReason::DependencyRemoved { name: "a".to_owned() })]
    #[case::twice(&["a"], &["a", "a"], DirtyReason::DependencyAdded { name: "a".to_owned() })]
    fn dependencies_come_and_go(
        #[case] old: &[&str],
        #[case] new: &[&str],
        #[case] reason: DirtyReason,
    ) {
        let of = |names: &[&str]| {
            let mut fingerprint = Fingerprint::new();
            for name in names {
                fingerprint.digest(PartKind::Dependency, name, Digest::of_bytes(b""));
            }
            fingerprint
        };
        assert_eq!(compare(&of(old), &of(new)), Some(reason));
    }

    #[test]
    fn variable_that_is_gone_is_a_change() {
        let mut old = Fingerprint::new();
        old.hidden(PartKind::Environment, "A", Some(b"1"));
        let reason = DirtyReason::EnvironmentChanged { name: "A".to_owned() };
        assert_eq!(compare(&old, &Fingerprint::new()), Some(reason.clone()));
        assert_eq!(compare(&Fingerprint::new(), &old), Some(reason));
    }
}
