//! Counts over what builds did with the packages of a workspace.

use std::ops::AddAssign;

use atlas_tests::account::{Account, Unit};

/// Counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    /// Libraries whose source changed in more than comments and white space.
    pub(crate) changed: usize,
    /// Of these, those of which others see no change.
    pub(crate) cut_off: usize,
    /// Those of which others see a change.
    pub(crate) seen: usize,
    /// Those of which it was not looked for.
    pub(crate) barred: usize,
    /// Those of which others see no change and had to be built all the same.
    pub(crate) undone: usize,
    /// Units that were compiled.
    pub(crate) built: usize,
    /// Units that were spared because nothing that they see had changed.
    pub(crate) spared: usize,
}

impl Tally {
    /// Counts over a build.
    pub(crate) fn of(account: &Account) -> Self {
        let mut tally = Tally::default();
        for unit in account.units.iter().filter(|unit| unit.is_local) {
            let is_compiled = unit.is_built() && unit.mode != "run-custom-build";
            tally.built += usize::from(is_compiled);
            let rule = unit.fate.rule.as_ref();
            let is_spared = rule.is_some_and(|rule| rule.kind == "same-dependencies");
            tally.spared += usize::from(is_spared);
            if unit.is_changed() && unit.is_library() {
                tally.count(unit);
            }
        }
        tally
    }

    fn count(&mut self, unit: &Unit) {
        self.changed += 1;
        match unit.cutoff.as_ref().map_or("", |cutoff| &*cutoff.kind) {
            "spared" => self.cut_off += 1,
            "changed" => self.seen += 1,
            "undone" => self.undone += 1,
            // Nobody asks after a failure, nor for a library that only rustc itself loads.
            _ => self.barred += 1,
        }
    }
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.changed += other.changed;
        self.cut_off += other.cut_off;
        self.seen += other.seen;
        self.barred += other.barred;
        self.undone += other.undone;
        self.built += other.built;
        self.spared += other.spared;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unit(name: &str, fate: &str, cutoff: &str) -> String {
        format!(
            r#"{{"package":"{name}","target":"{name}","kinds":["lib"],"mode":"build","is_local":true,
            "fate":{fate},"cutoff":{cutoff},"timing":null}}"#
        )
    }

    #[test]
    fn changes_are_told_from_what_follows_them() {
        let changed = r#"{"kind":"built","reason":{"kind":"file-changed"}}"#;
        let units = [
            unit("a", changed, r#"{"kind":"spared"}"#),
            unit("b", changed, r#"{"kind":"changed"}"#),
            unit("c", changed, "null"),
            unit("d", r#"{"kind":"built","reason":{"kind":"dependency-changed"}}"#, "null"),
            unit("e", r#"{"kind":"spared","rule":{"kind":"same-dependencies"}}"#, "null"),
            unit("f", r#"{"kind":"spared","rule":{"kind":"same-tokens"}}"#, "null"),
        ];
        let json = format!(r#"{{"started":1,"duration":1,"units":[{}]}}"#, units.join(","));
        let expected =
            Tally { changed: 3, cut_off: 1, seen: 1, barred: 1, undone: 0, built: 4, spared: 1 };
        assert_eq!(Tally::of(&Account::parse(&json)), expected);
    }
}
