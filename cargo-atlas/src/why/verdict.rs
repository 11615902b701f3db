//! What others see of a unit that was built, and what became of them, in sentences. Knows no columns.

use atlas_build::account::{Account, Bar, Cutoff, ItemChange, Tense, UnitAccount};
use atlas_build::event::DirtyReason;

use super::effects::Effects;
use super::names::Names;
use super::story::cause;
use crate::reason::{bar, crate_name, items, obstacle};

/// What is to be said about a unit that was built.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub(super) struct Verdict {
    /// The items that changed, a line for each.
    pub(super) items: Vec<String>,
    /// What came of it; empty if there is nothing to say.
    pub(super) consequence: String,
}

impl Verdict {
    /// Says it about a unit of an account.
    pub(super) fn of(account: &Account, names: &Names, index: usize) -> Self {
        let unit = &account.units[index];
        let root = &account.workspace_root;
        let effects = || effects(account.tense, Effects::of(account, index));
        match &unit.cutoff {
            None => Verdict::default(),
            Some(Cutoff::Spared { changes }) => Verdict {
                items: items(&crate_name(&unit.target), changes, root),
                consequence: joined("interface unchanged".to_owned(), &effects()),
            },
            Some(Cutoff::Changed { changes }) => {
                let items = seen_first(account, unit, changes);
                let start = if items.is_empty() { "interface changed" } else { "" };
                Verdict { items, consequence: joined(start.to_owned(), &effects()) }
            }
            // Said already.
            Some(Cutoff::Barred(Bar::OtherChange(other))) if reason(unit) == Some(other) => {
                Verdict::default()
            }
            Some(Cutoff::Barred(it)) => Verdict {
                items: Vec::new(),
                consequence: format!("dependents follow: {}", bar(it, root)),
            },
            Some(Cutoff::Undone { changes, obstacle: it }) => {
                let obstacle = obstacle(it, root, |unit| names.get(unit).to_owned());
                let start = format!("interface unchanged, but {obstacle}");
                Verdict {
                    items: items(&crate_name(&unit.target), changes, root),
                    consequence: joined(start, &effects()),
                }
            }
        }
    }
}

/// Returns whether a verdict is worth to be told where nobody asks about the unit.
pub(super) fn is_news(unit: &UnitAccount, has_followers: bool) -> bool {
    let is_plain = matches!(reason(unit), Some(DirtyReason::NeverBuilt | DirtyReason::Forced));
    match &unit.cutoff {
        None => false,
        Some(Cutoff::Barred(_)) => has_followers && !is_plain,
        Some(_) => true,
    }
}

fn reason(unit: &UnitAccount) -> Option<&DirtyReason> {
    cause(unit).map(|cause| &cause.reason)
}

/// Returns the items, those that others see before the rest.
fn seen_first(account: &Account, unit: &UnitAccount, changes: &[ItemChange]) -> Vec<String> {
    let is_seen = |change: &&ItemChange| match unit.mode.as_str() {
        mode if mode.starts_with("check") => change.signature,
        _ => change.codegen,
    };
    let (seen, unseen): (Vec<_>, Vec<_>) = changes.iter().partition(is_seen);
    let lines = |changes| items(&crate_name(&unit.target), changes, &account.workspace_root);
    let has_seen = !seen.is_empty();
    let mut all = lines(seen);
    all.extend(lines(unseen).into_iter().map(|line| match has_seen {
        true => format!("{line} (others do not see it)"),
        false => line,
    }));
    all
}

fn effects(tense: Tense, effects: Effects) -> String {
    let Effects { spared, relinked, rebuilt, failed, possible } = effects;
    let verb = if tense == Tense::Future { "will be " } else { "" };
    let dependents = |n| if n == 1 { "1 dependent".to_owned() } else { format!("{n} dependents") };
    let binaries =
        if relinked == 1 { "1 binary".to_owned() } else { format!("{relinked} binaries") };
    let parts = [
        (spared, format!("{} {verb}spared", dependents(spared))),
        (relinked, format!("{binaries} {verb}relinked")),
        (rebuilt, format!("{} {verb}rebuilt", dependents(rebuilt))),
        (failed, format!("{} failed", dependents(failed))),
        (possible, format!("{} may be rebuilt", dependents(possible))),
    ];
    let told = parts.into_iter().filter(|(n, _)| *n > 0).map(|(_, part)| part);
    told.collect::<Vec<_>>().join(", ")
}

fn joined(start: String, end: &str) -> String {
    match (start.is_empty(), end.is_empty()) {
        (_, true) => start,
        (true, false) => end.to_owned(),
        (false, false) => format!("{start}; {end}"),
    }
}
