//! Words of a build's lines: why a unit is dirty, why it was spared, what was done in the end, how a
//! process ended.

use atlas_build::account::{Bar, Cutoff, ItemChange, Obstacle, SpareRule};
use atlas_build::event::{DirtyReason, RecordFault, Summary, UnitDescription};
use camino::Utf8Path;

use crate::reason::{bar, crate_name, evidence, headline, items, obstacle, record_fault, relative};

/// How much evidence a line holds.
const MAX_DIFFERENCES: usize = 3;

/// Returns why a unit is dirty, for the line `Dirty foo v0.1.0: …`; `None` if there is nothing to
/// explain because it was never built. Paths are relative to the workspace's directory, as in cargo.
pub(crate) fn dirty(reason: &DirtyReason, root: &Utf8Path) -> Option<String> {
    if matches!(reason, DirtyReason::NeverBuilt) {
        return None;
    }
    let headline = headline(reason, root);
    let differences = evidence(reason);
    if differences.is_empty() {
        return Some(headline);
    }
    let differences = differences.iter().map(ToString::to_string).collect();
    Some(format!("{headline} ({})", shortened(differences)))
}

fn shortened(mut facts: Vec<String>) -> String {
    let n_more = facts.len().saturating_sub(MAX_DIFFERENCES);
    if n_more > 0 {
        facts.truncate(MAX_DIFFERENCES);
        facts.push(format!("and {n_more} more"));
    }
    facts.join(", ")
}

/// Returns what others see of a unit that is built for a reason, for the line `Cutoff foo v0.1.0: …`
/// or `No cutoff foo v0.1.0: …`; `None` if it is plain from the reason, or what the user wanted.
pub(crate) fn cutoff(
    cutoff: &Cutoff,
    reason: Option<&DirtyReason>,
    unit: &UnitDescription,
    root: &Utf8Path,
) -> Option<String> {
    let items = |changes: Vec<&ItemChange>| {
        let items = items(&crate_name(&unit.target.name), changes, root);
        if items.is_empty() { String::new() } else { format!("{}; ", shortened(items)) }
    };
    let is_seen = |change: &&ItemChange| match unit.mode.is_check() {
        true => change.signature,
        false => change.codegen,
    };
    match cutoff {
        Cutoff::Spared { changes } => {
            Some(format!("{}interface unchanged", items(changes.iter().collect())))
        }
        Cutoff::Changed { changes } => {
            let (seen, unseen): (Vec<_>, Vec<_>) = changes.iter().partition(is_seen);
            let told = if seen.is_empty() { unseen } else { seen };
            Some(format!("{}dependents follow", items(told)))
        }
        Cutoff::Barred(Bar::Off) | Cutoff::Undone { .. } => None,
        Cutoff::Barred(Bar::OtherChange(other)) if reason == Some(other) => None,
        Cutoff::Barred(it) => {
            let is_plain = matches!(reason, Some(DirtyReason::NeverBuilt | DirtyReason::Forced));
            (!is_plain).then(|| format!("dependents follow: {}", bar(it, root)))
        }
    }
}

/// Says why dependents of units are built although they were told to be fresh.
pub(crate) fn reconsidered<'a>(
    undone: impl IntoIterator<Item = &'a UnitDescription>,
    it: &Obstacle,
    root: &Utf8Path,
    name: impl Fn(usize) -> String,
) -> String {
    let mut names: Vec<String> =
        undone.into_iter().map(|unit| format!("`{}`", unit.package)).collect();
    names.dedup();
    format!("dependents of {} are built after all: {}", shortened(names), obstacle(it, root, name))
}

/// Says that what earlier builds knew cannot be used.
pub(crate) fn state_unusable(path: &Utf8Path, fault: &RecordFault) -> String {
    format!("the state `{path}` {}; everything is built anew", record_fault(fault))
}

/// Says that what this build knows is lost for the next one.
pub(crate) fn state_not_saved(path: &Utf8Path, error: &str) -> String {
    format!("could not write `{path}` ({error}); the next build may build more than it has to")
}

/// Returns why a unit was spared, for the line `Spared foo v0.1.0: …`.
pub(crate) fn spared(rule: &SpareRule, root: &Utf8Path) -> String {
    match rule {
        SpareRule::SameBytes { path } => {
            format!("`{}` has another time stamp, but the same content", relative(path, root))
        }
        SpareRule::SameTokens { path } => {
            format!("`{}` has changed, but no token that counts", relative(path, root))
        }
        SpareRule::SameDependencies { units } if units.len() == 1 => {
            "a dependency is rebuilt, but what is seen of it is the same".to_owned()
        }
        SpareRule::SameDependencies { units } => {
            format!(
                "{} dependencies are rebuilt, but what is seen of them is the same",
                units.len()
            )
        }
        SpareRule::EarlierResult { reason } => {
            format!("an earlier result could be used again ({})", headline(reason, root))
        }
        SpareRule::Stored { reason } => headline(reason, root),
    }
}

/// Returns what was done with all units, for the end of the closing line; empty if there was none.
pub(crate) fn counts(summary: &Summary) -> String {
    let counts = [
        (summary.built, "compiled"),
        (summary.restored, "restored"),
        (summary.fresh, "fresh"),
        (summary.spared, "spared"),
    ];
    let told = counts.iter().filter(|(n, _)| *n > 0).map(|(n, word)| format!("{n} {word}"));
    told.collect::<Vec<_>>().join(", ")
}

/// Returns how a process ended in cargo's words, which name signals where the standard library's do
/// not.
pub(crate) fn exit_status(status: &str) -> String {
    let number = status.strip_prefix("signal: ").and_then(|rest| rest.split(' ').next());
    let Some(number) = number else { return status.to_owned() };
    let name = match number {
        "1" => ", SIGHUP: hangup",
        "2" => ", SIGINT: terminal interrupt signal",
        "3" => ", SIGQUIT: terminal quit signal",
        "4" => ", SIGILL: illegal instruction",
        "5" => ", SIGTRAP: trace/breakpoint trap",
        "6" => ", SIGABRT: process abort signal",
        "8" => ", SIGFPE: erroneous arithmetic operation",
        "9" => ", SIGKILL: kill",
        "11" => ", SIGSEGV: invalid memory reference",
        "13" => ", SIGPIPE: write on a pipe with no one to read",
        "14" => ", SIGALRM: alarm clock",
        "15" => ", SIGTERM: termination signal",
        // The numbers of these two differ between systems.
        _ if status.contains("(SIGBUS)") => ", SIGBUS: access to undefined memory",
        _ if status.contains("(SIGSYS)") => ", SIGSYS: bad system call",
        _ => "",
    };
    format!("signal: {number}{name}")
}

#[cfg(test)]
mod tests {
    use atlas_build::account::{Change, ItemKind};
    use rstest::rstest;

    use super::super::fixture;
    use super::*;

    #[rstest]
    #[case("exit status: 101", "exit status: 101")]
    #[case("signal: 9 (SIGKILL)", "signal: 9, SIGKILL: kill")]
    #[case("signal: 6 (SIGABRT) (core dumped)", "signal: 6, SIGABRT: process abort signal")]
    #[case("signal: 7 (SIGBUS)", "signal: 7, SIGBUS: access to undefined memory")]
    #[case("signal: 10 (SIGUSR1)", "signal: 10")]
    #[case("signal: 64", "signal: 64")]
    #[case("exit code: 0xc0000005", "exit code: 0xc0000005")]
    fn ends_are_worded_as_cargo_does(#[case] status: &str, #[case] expected: &str) {
        assert_eq!(exit_status(status), expected);
    }

    #[test]
    fn first_build_needs_no_explanation() {
        assert_eq!(dirty(&DirtyReason::NeverBuilt, "/ws".into()), None);
    }

    #[test]
    fn evidence_of_a_dirty_unit_is_short() {
        let old = vec!["a".to_owned()];
        let new = ["b", "c", "d"].map(str::to_owned).to_vec();
        assert_eq!(
            dirty(&DirtyReason::FeaturesChanged { old, new }, "/ws".into()).as_deref(),
            Some("the list of features changed (removed `a`, added `b`, added `c`, and 1 more)")
        );
    }

    #[rstest]
    #[case::bytes(
        SpareRule::SameBytes { path: "/ws/src/lib.rs".into() },
        "`src/lib.rs` has another time stamp, but the same content"
    )]
    #[case::tokens(
        SpareRule::SameTokens { path: "/ws/src/lib.rs".into() },
        "`src/lib.rs` has changed, but no token that counts"
    )]
    #[case::dependency(
        SpareRule::SameDependencies { units: vec![1] },
        "a dependency is rebuilt, but what is seen of it is the same"
    )]
    #[case::dependencies(
        SpareRule::SameDependencies { units: vec![1, 2] },
        "2 dependencies are rebuilt, but what is seen of them is the same"
    )]
    #[case::earlier_result(
        SpareRule::EarlierResult { reason: DirtyReason::EnvironmentChanged { name: "A".into() } },
        "an earlier result could be used again (the environment variable A changed)"
    )]
    fn spared_units_are_explained(#[case] rule: SpareRule, #[case] expected: &str) {
        assert_eq!(spared(&rule, "/ws".into()), expected);
    }

    fn field(path: &str, is_seen: bool) -> ItemChange {
        let (path, kind) = (path.to_owned(), ItemKind::Struct);
        let how = Change::FieldAdded { name: "x".to_owned() };
        ItemChange { path, kind, how, codegen: is_seen, signature: is_seen }
    }

    const CHANGED: Option<DirtyReason> = Some(DirtyReason::Unfinished);

    #[rstest]
    #[case::spared(
        Cutoff::Spared { changes: vec![field("A", false)] },
        CHANGED,
        Some("foo::A: field `x` added; interface unchanged")
    )]
    #[case::no_item(Cutoff::Spared { changes: vec![] }, CHANGED, Some("interface unchanged"))]
    #[case::changed(
        Cutoff::Changed { changes: vec![field("A", false), field("B", true)] },
        CHANGED,
        Some("foo::B: field `x` added; dependents follow")
    )]
    #[case::many(
        Cutoff::Changed { changes: ["A", "B", "C", "D", "E"].map(|path| field(path, true)).to_vec() },
        CHANGED,
        Some(
            "foo::A: field `x` added, foo::B: field `x` added, foo::C: field `x` added, \
              and 2 more; dependents follow"
        )
    )]
    #[case::barred(
        Cutoff::Barred(Bar::NothingKnown),
        CHANGED,
        Some("dependents follow: nothing is known of what is published")
    )]
    #[case::first_build(Cutoff::Barred(Bar::NothingKnown), Some(DirtyReason::NeverBuilt), None)]
    #[case::said_already(Cutoff::Barred(Bar::OtherChange(DirtyReason::Unfinished)), CHANGED, None)]
    #[case::wanted(Cutoff::Barred(Bar::Off), CHANGED, None)]
    fn what_others_see_is_one_line(
        #[case] given: Cutoff,
        #[case] reason: Option<DirtyReason>,
        #[case] expected: Option<&str>,
    ) {
        let unit = fixture::lib("foo");
        assert_eq!(cutoff(&given, reason.as_ref(), &unit, "/ws".into()).as_deref(), expected);
    }

    #[test]
    fn second_look_is_explained() {
        let units = ["a", "b"].map(fixture::lib);
        let text = reconsidered(&units, &Obstacle::LinkFailed { unit: 3 }, "/".into(), |unit| {
            unit.to_string()
        });
        let expected = "dependents of `a`, `b` are built after all: 3 cannot be linked with the \
            new code";
        assert_eq!(text, expected);
    }

    #[rstest]
    #[case([0, 0, 0], "")]
    #[case([0, 186, 0], "186 fresh")]
    #[case([3, 180, 2], "3 compiled, 180 fresh, 2 spared")]
    fn parts_that_are_zero_are_left_out(#[case] counted: [usize; 3], #[case] expected: &str) {
        let [built, fresh, spared] = counted;
        assert_eq!(counts(&Summary { built, fresh, spared, ..Summary::default() }), expected);
    }
}
