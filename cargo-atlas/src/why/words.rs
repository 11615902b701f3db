//! The sentences of an explanation, for what happened and for what would happen. Knows no columns
//! and no colours.

use std::time::{Duration, SystemTime};

use atlas_build::account::{Account, Fate, Outcome, SpareRule, Tense, UnitAccount};
use atlas_build::event::DirtyReason;

use super::ago::ago;
use super::effects::{is_cut_off, is_relinked};
use super::module_path::module_path;
use super::names::Names;
use super::story::{Counts, duration, parents};
use crate::reason::{Difference, evidence, headline, relative};
use crate::report;

/// How many units a sentence names.
const MAX_NAMES: usize = 2;
const UNCHANGED: &str = "nothing that it is made of has changed";

/// Returns what came of the whole build, in one line.
pub(super) fn summary(account: &Account, counts: &Counts, today: SystemTime) -> String {
    let profile = format!("`{}` profile", account.profile);
    let done = done(account.tense, counts);
    let rest = if done.is_empty() { String::new() } else { format!(": {done}") };
    if account.tense == Tense::Future {
        return format!("A build now would {} ({profile}){rest}", prospect(counts));
    }
    let when = ago(account.started, today);
    let time = report::duration(account.duration);
    match account.outcome {
        Outcome::Success if counts.is_idle() => {
            format!("The last build, {when}, had nothing to do ({profile}){rest}")
        }
        Outcome::Success => format!("Built {when} in {time} ({profile}){rest}"),
        Outcome::Failure => format!("Failed {when} after {time} ({profile}){rest}"),
        Outcome::Interrupted => format!("Interrupted {when} after {time} ({profile}){rest}"),
    }
}

/// What a prediction is about is said before, and so is not counted again.
fn done(tense: Tense, counts: &Counts) -> String {
    let counts: &[(usize, &str)] = &[
        (counts.built, "compiled"),
        (counts.failed, "failed"),
        (counts.restored, "restored"),
        (counts.fresh, "fresh"),
        (counts.spared, "spared"),
        (counts.not_reached, "not reached"),
    ];
    let counts = match tense {
        Tense::Past => counts,
        Tense::Future => &counts[2..],
    };
    let told = counts.iter().filter(|(n, _)| *n > 0).map(|(n, word)| format!("{n} {word}"));
    told.collect::<Vec<_>>().join(", ")
}

fn prospect(counts: &Counts) -> String {
    match (counts.built + counts.failed, counts.possible) {
        (0, 0) if counts.restored > 0 => "compile nothing".to_owned(),
        (0, 0) => "do nothing".to_owned(),
        (built, 0) => format!("compile {}", n_units(built)),
        (0, possible) => format!("compile up to {}", n_units(possible)),
        (built, possible) => format!("compile {}, and up to {possible} more", n_units(built)),
    }
}

/// Returns a number of units in words.
pub(super) fn n_units(n: usize) -> String {
    if n == 1 { "1 unit".to_owned() } else { format!("{n} units") }
}

/// Returns how long units that were built or will be took: `, 1.20s`, or `, about 1.20s`.
pub(super) fn taken(tense: Tense, time: Option<Duration>) -> String {
    match (time, tense) {
        (None, _) => String::new(),
        (Some(time), Tense::Past) => format!(", {}", report::duration(time)),
        (Some(time), Tense::Future) => format!(", about {}", report::duration(time)),
    }
}

/// Returns what was or will be done with a unit that somebody asks about.
pub(super) fn fate(account: &Account, names: &Names, unit: &UnitAccount) -> String {
    let time = duration(unit).map(report::duration);
    let reason = |reason| headline(reason, &account.workspace_root);
    let after = |word| time.as_ref().map(|time| format!(" {word} {time}")).unwrap_or_default();
    match (&unit.fate, account.tense) {
        (Fate::Fresh, Tense::Past) => format!("was fresh: {UNCHANGED}"),
        (Fate::Fresh, Tense::Future) => format!("is fresh: {UNCHANGED}"),
        (Fate::Spared(SpareRule::Stored { reason: why }), Tense::Past) => {
            format!("was restored from the store: {}", reason(why))
        }
        (Fate::Spared(SpareRule::Stored { reason: why }), Tense::Future) => {
            format!("will be restored from the store: {}", reason(why))
        }
        (Fate::Spared(rule), Tense::Past) => {
            format!("was spared: {}", spared(account, names, rule))
        }
        (Fate::Spared(rule), Tense::Future) => {
            format!("will be spared: {}", spared(account, names, rule))
        }
        (Fate::Built(cause), Tense::Past) => {
            let done = if is_relinked(account, unit) { "relinked" } else { "compiled" };
            format!("was {done}{}: {}", after("in"), reason(&cause.reason))
        }
        (Fate::Built(cause), Tense::Future) if is_relinked(account, unit) => {
            format!("will be relinked: {}", reason(&cause.reason))
        }
        (Fate::Failed(cause), Tense::Past) => {
            format!("failed{}: {}", after("after"), reason(&cause.reason))
        }
        (Fate::Built(cause) | Fate::Failed(cause), Tense::Future) => {
            format!("will be compiled: {}", reason(&cause.reason))
        }
        (Fate::MayFollow(units), _) => {
            let verb = if units.len() == 1 { "comes" } else { "come" };
            let units = names.list(units, MAX_NAMES);
            format!("will be compiled if {units} {verb} out different")
        }
        (Fate::NotReached, _) => "was not reached: the build ended before".to_owned(),
    }
}

/// Returns why a unit followed others.
pub(super) fn because(account: &Account, names: &Names, unit: &UnitAccount) -> String {
    let parents = names.list(parents(unit), MAX_NAMES);
    match &unit.fate {
        Fate::MayFollow(units) if units.len() == 1 => format!("if {parents} comes out different"),
        Fate::MayFollow(_) => format!("if {parents} come out different"),
        Fate::Failed(_) => format!("because of {parents}; failed"),
        _ if is_relinked(account, unit) => format!("relinked because of {parents}"),
        _ => format!("because of {parents}"),
    }
}

/// Returns how many units followed a root cause, and how long they took together.
pub(super) fn followed(account: &Account, followers: &[usize], time: Duration) -> String {
    let is_possible = |unit: &&usize| matches!(account.units[**unit].fate, Fate::MayFollow(_));
    let possible = followers.iter().filter(is_possible).count();
    let told = match (account.tense, followers.len() - possible, possible) {
        (Tense::Past, n, _) => format!("{} followed", n_units(n)),
        (Tense::Future, 0, n) => format!("{} may follow", n_units(n)),
        (Tense::Future, n, 0) => format!("{} will follow", n_units(n)),
        (Tense::Future, n, m) => format!("{} will follow, {m} more may", n_units(n)),
    };
    let time = (!time.is_zero()).then_some(time);
    format!("{told}{}:", taken(account.tense, time))
}

/// Returns why a unit was not built although cargo would have built it.
pub(super) fn spared(account: &Account, names: &Names, rule: &SpareRule) -> String {
    let root = &account.workspace_root;
    match rule {
        SpareRule::SameBytes { path } => {
            format!("`{}` has another time stamp, but the same content", relative(path, root))
        }
        SpareRule::SameTokens { path } => {
            format!("`{}` has changed, but no token that counts", relative(path, root))
        }
        SpareRule::SameDependencies { units }
            if units.iter().any(|unit| is_cut_off(account, *unit)) =>
        {
            format!("nothing that it sees of {} has changed", names.list(units, MAX_NAMES))
        }
        SpareRule::SameDependencies { units } => {
            format!("what it sees of {} is the same", names.list(units, MAX_NAMES))
        }
        SpareRule::EarlierResult { reason } => {
            format!("an earlier result could be used again ({})", headline(reason, root))
        }
        SpareRule::Stored { reason } => headline(reason, root),
    }
}

/// Returns what stands above the units that were restored.
pub(super) fn restoring(tense: Tense, saved: Duration) -> String {
    let saved = (!saved.is_zero()).then(|| report::duration(saved));
    match (tense, saved) {
        (Tense::Past, None) => "Restored from the store:".to_owned(),
        (Tense::Past, Some(time)) => format!("Restored from the store; {time} saved:"),
        (Tense::Future, None) => "To be restored from the store:".to_owned(),
        (Tense::Future, Some(time)) => {
            format!("To be restored from the store; about {time} saved:")
        }
    }
}

/// Returns what stands above the units that were spared.
pub(super) fn sparing(tense: Tense, saved: Duration) -> String {
    let saved = (!saved.is_zero()).then(|| report::duration(saved));
    match (tense, saved) {
        (Tense::Past, None) => "Spared, though cargo would have compiled them:".to_owned(),
        (Tense::Past, Some(time)) => {
            format!("Spared, though cargo would have compiled them; {time} saved:")
        }
        (Tense::Future, None) => "Spared, though cargo would compile them:".to_owned(),
        (Tense::Future, Some(time)) => {
            format!("Spared, though cargo would compile them; about {time} saved:")
        }
    }
}

/// Returns what else is known of a reason, line by line: the module of a file, what came and went.
pub(super) fn details(reason: &DirtyReason, unit: &UnitAccount) -> Vec<String> {
    if let DirtyReason::FileChanged { path }
    | DirtyReason::FileMissing { path }
    | DirtyReason::FileChangedWhileCompiling { path } = reason
    {
        let module = module_path(path, &unit.crate_root);
        return module.map(|module| format!("in module `{module}`")).into_iter().collect();
    }
    let differences = evidence(reason);
    if !matches!(reason, DirtyReason::FeaturesChanged { .. }) {
        return differences.iter().map(ToString::to_string).collect();
    }
    let list = |word: &str, pick: fn(&Difference) -> Option<&str>| {
        let names: Vec<&str> = differences.iter().filter_map(pick).collect();
        (!names.is_empty()).then(|| format!("{word}: {}", names.join(", ")))
    };
    let added = list("added", |difference| match difference {
        Difference::Added(name) => Some(name),
        _ => None,
    });
    let removed = list("removed", |difference| match difference {
        Difference::Removed(name) => Some(name),
        _ => None,
    });
    added.into_iter().chain(removed).collect()
}
