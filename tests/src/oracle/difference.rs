//! Says in which way two unit graphs differ, starting with the cause rather than with everything
//! above it.
//!
//! Two graphs are equal when the multisets of their units are, each unit taken with everything
//! below it, and so are their roots. That is equality up to the order of units and of edges.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::graph::{Graph, Unit};

/// Lines of one report; a wrong root setting alone can change every unit.
const MAX_LINES: usize = 40;

/// Returns how the graphs differ, or `None` if they are equal.
pub fn difference(cargo: &Graph, atlas: &Graph) -> Option<String> {
    let (cargo_digests, atlas_digests) = (cargo.digests(), atlas.digests());
    let (only_cargo, only_atlas) = unmatched(&cargo_digests, &atlas_digests);
    let roots = roots(cargo, &cargo_digests, atlas, &atlas_digests);
    if only_cargo.is_empty() && only_atlas.is_empty() && roots.is_empty() {
        return None;
    }
    let mut lines = fields(cargo, atlas);
    if lines.is_empty() {
        lines = edges(cargo, &only_cargo, atlas, &only_atlas);
    }
    lines.extend(roots);
    if lines.is_empty() {
        lines = deepest(cargo, &only_cargo, "cargo");
        lines.extend(deepest(atlas, &only_atlas, "atlas"));
    }
    let mut report =
        format!("{} units by cargo, {} by atlas\n", cargo.units.len(), atlas.units.len());
    for line in lines.iter().take(MAX_LINES) {
        let _infallible = writeln!(report, "  {line}");
    }
    if lines.len() > MAX_LINES {
        let _infallible = writeln!(report, "  … and {} lines more", lines.len() - MAX_LINES);
    }
    Some(report)
}

/// Indices of what only the left and only the right list holds, counting repetitions.
fn unmatched<T: Ord>(left: &[T], right: &[T]) -> (Vec<usize>, Vec<usize>) {
    let mut places: BTreeMap<&T, Vec<usize>> = BTreeMap::new();
    for (index, item) in right.iter().enumerate() {
        places.entry(item).or_default().push(index);
    }
    let mut only_left = Vec::new();
    for (index, item) in left.iter().enumerate() {
        if places.get_mut(item).and_then(Vec::pop).is_none() {
            only_left.push(index);
        }
    }
    let mut only_right: Vec<usize> = places.into_values().flatten().collect();
    only_right.sort_unstable();
    (only_left, only_right)
}

/// Units whose own fields differ; a unit that both have with other fields is shown field by field.
fn fields(cargo: &Graph, atlas: &Graph) -> Vec<String> {
    let of = |graph: &Graph| graph.units.iter().map(|unit| unit.fields.clone()).collect::<Vec<_>>();
    let (only_cargo, mut only_atlas) = unmatched(&of(cargo), &of(atlas));
    let mut lines = Vec::new();
    for index in only_cargo {
        let left = &cargo.units[index];
        let twin = only_atlas
            .iter()
            .enumerate()
            .filter(|(_, other)| atlas.units[**other].identity() == left.identity());
        let twin = twin.min_by_key(|(_, other)| changed(left, &atlas.units[**other]).len());
        match twin.map(|(place, _)| place) {
            None => lines.push(format!("only cargo: {}", left.name())),
            Some(place) => {
                let right = &atlas.units[only_atlas.remove(place)];
                lines.push(format!("differs:    {}", left.name()));
                lines.extend(changed(left, right));
            }
        }
    }
    lines.extend(only_atlas.iter().map(|i| format!("only atlas: {}", atlas.units[*i].name())));
    lines
}

fn changed(left: &Unit, right: &Unit) -> Vec<String> {
    let mut names: Vec<&String> = left.fields.keys().chain(right.fields.keys()).collect();
    names.sort_unstable();
    names.dedup();
    let differs = names.into_iter().filter(|name| left.field(name) != right.field(name));
    differs
        .map(|name| {
            format!("    {name}: cargo `{}`, atlas `{}`", left.field(name), right.field(name))
        })
        .collect()
}

/// Units that both have, with other direct dependencies.
fn edges(cargo: &Graph, only_cargo: &[usize], atlas: &Graph, only_atlas: &[usize]) -> Vec<String> {
    let mut candidates = only_atlas.to_vec();
    let mut lines = Vec::new();
    for &index in only_cargo {
        let left = &cargo.units[index];
        let place = candidates.iter().position(|i| atlas.units[*i].fields == left.fields);
        let Some(place) = place else { continue };
        let (here, there) =
            (direct(cargo, left), direct(atlas, &atlas.units[candidates.remove(place)]));
        let (missing, extra) = unmatched(&here, &there);
        if missing.is_empty() && extra.is_empty() {
            continue;
        }
        lines.push(format!("edges of    {}", left.name()));
        lines.extend(missing.iter().map(|i| format!("    only cargo: {}", here[*i].0)));
        lines.extend(extra.iter().map(|i| format!("    only atlas: {}", there[*i].0)));
    }
    lines
}

fn direct<'g>(graph: &'g Graph, unit: &'g Unit) -> Vec<(String, &'g BTreeMap<String, String>)> {
    let end = |(name, to): &'g (String, usize)| {
        let to = &graph.units[*to];
        (format!("{name} -> {}", to.name()), &to.fields)
    };
    unit.edges.iter().map(end).collect()
}

/// Units below which everything matches: the lowest places where the graphs part.
fn deepest(graph: &Graph, only: &[usize], whose: &str) -> Vec<String> {
    let lowest = only
        .iter()
        .filter(|index| graph.units[**index].edges.iter().all(|(_, to)| !only.contains(to)));
    lowest.map(|i| format!("copies differ, {whose}'s: {}", graph.units[*i].name())).collect()
}

fn roots(
    cargo: &Graph,
    cargo_digests: &[u64],
    atlas: &Graph,
    atlas_digests: &[u64],
) -> Vec<String> {
    let of = |graph: &Graph, digests: &[u64]| -> Vec<u64> {
        graph.roots.iter().map(|root| digests[*root]).collect()
    };
    let (missing, extra) = unmatched(&of(cargo, cargo_digests), &of(atlas, atlas_digests));
    let name = |graph: &Graph, place: usize| graph.units[graph.roots[place]].name();
    let missing = missing.iter().map(|i| format!("root only by cargo: {}", name(cargo, *i)));
    let extra = extra.iter().map(|i| format!("root only by atlas: {}", name(atlas, *i)));
    missing.chain(extra).collect()
}
