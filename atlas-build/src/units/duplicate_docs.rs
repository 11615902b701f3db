//! Leaves out documentation that would overwrite other documentation: rustdoc tells crates apart by
//! name only. Source: cargo's `remove_duplicate_doc`.

use std::collections::{BTreeMap, BTreeSet};

use crate::ids::UnitId;
use crate::packages::PackageGraph;
use crate::platform::CompileKind;
use crate::units::dependencies::DraftGraph;

/// Takes units out of the draft where several document crates of one name: those of the host, if
/// everything is for the host, and older versions of a package. What was asked for stays.
pub(super) fn remove_duplicate_docs(
    draft: &mut DraftGraph,
    packages: &PackageGraph,
    requested: &[CompileKind],
) {
    let mut named = BTreeMap::<String, Vec<UnitId>>::new();
    for (id, unit) in draft.interner.units.iter().filter(|(_, unit)| unit.mode.is_doc()) {
        named.entry(unit.target.crate_name()).or_default().push(id);
    }
    let mut removed = BTreeSet::new();
    for (_, mut units) in named.into_iter().filter(|(_, units)| units.len() > 1) {
        if requested.iter().all(CompileKind::is_host) {
            take_out(draft, &mut units, &mut removed, |draft, id| {
                draft.interner.units[id].kind.is_host()
            });
            if units.len() == 1 {
                continue;
            }
        }
        remove_older(draft, packages, units, &mut removed);
    }
    forget(draft, &removed);
}

/// Takes out what documents another version than the newest of a package.
fn remove_older(
    draft: &DraftGraph,
    packages: &PackageGraph,
    units: Vec<UnitId>,
    removed: &mut BTreeSet<UnitId>,
) {
    let package = |id: UnitId| &packages.packages[draft.interner.units[id].package];
    let mut sources = BTreeMap::<_, Vec<UnitId>>::new();
    for id in units {
        let place = match package(id).source.as_deref() {
            Some(source) => source,
            None => package(id).root().as_str(),
        };
        let key = (package(id).name.as_str(), place, draft.interner.units[id].kind.clone());
        sources.entry(key).or_default().push(id);
    }
    for mut units in sources.into_values() {
        let newest = units.iter().map(|id| &package(*id).version).max().cloned();
        take_out(draft, &mut units, removed, |_, id| Some(&package(id).version) < newest.as_ref());
    }
}

fn take_out(
    draft: &DraftGraph,
    units: &mut Vec<UnitId>,
    removed: &mut BTreeSet<UnitId>,
    is_extra: impl Fn(&DraftGraph, UnitId) -> bool,
) {
    units.retain(|&id| {
        let goes = is_extra(draft, id) && !draft.roots.contains(&id);
        if goes {
            removed.insert(id);
        }
        !goes
    });
}

/// Removes the edges to units, and forgets what is not reached any longer.
fn forget(draft: &mut DraftGraph, removed: &BTreeSet<UnitId>) {
    if removed.is_empty() {
        return;
    }
    let ids: Vec<UnitId> = draft.interner.units.ids().collect();
    for id in &ids {
        draft.edges[*id].retain(|edge| !removed.contains(&edge.unit));
    }
    let mut reached = BTreeSet::new();
    let mut waiting = draft.roots.clone();
    while let Some(id) = waiting.pop() {
        if reached.insert(id) {
            waiting.extend(draft.edges[id].iter().map(|edge| edge.unit));
        }
    }
    for id in ids.into_iter().filter(|id| !reached.contains(id)) {
        draft.interner.forget(id);
    }
}
