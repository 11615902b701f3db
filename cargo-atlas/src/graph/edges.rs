//! Dependencies between the packages that are shown, as edges of a picture. Knows numbers only.

use std::collections::BTreeSet;

/// An edge of a picture.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) struct Edge {
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) kind: EdgeKind,
}

/// What an edge is to the others.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum EdgeKind {
    /// It says something of its own.
    Own,
    /// A longer way leads to the same place.
    Implied,
    /// It closes a circle.
    Back,
}

/// Returns edges without loops, in order.
pub(super) fn edges(successors: &[Vec<usize>]) -> Vec<Edge> {
    let back = back(successors);
    let forward: Vec<BTreeSet<usize>> = successors
        .iter()
        .enumerate()
        .map(|(from, all)| {
            let is_forward = |to: &usize| *to != from && !back.contains(&(from, *to));
            all.iter().copied().filter(is_forward).collect()
        })
        .collect();
    let mut edges: Vec<Edge> =
        back.iter().map(|(from, to)| Edge { from: *from, to: *to, kind: EdgeKind::Back }).collect();
    for (from, direct) in forward.iter().enumerate() {
        for to in direct {
            let is_implied =
                direct.iter().any(|other| other != to && leads_to(&forward, *other, *to));
            let kind = if is_implied { EdgeKind::Implied } else { EdgeKind::Own };
            edges.push(Edge { from, to: *to, kind });
        }
    }
    edges.sort();
    edges
}

/// Returns edges without which there is no circle.
fn back(successors: &[Vec<usize>]) -> BTreeSet<(usize, usize)> {
    let mut has_user = vec![false; successors.len()];
    successors.iter().flatten().for_each(|to| has_user[*to] = true);
    // Whoever has no user comes first, so that ways begin there.
    let (last, first): (Vec<usize>, Vec<usize>) =
        (0..successors.len()).partition(|node| has_user[*node]);
    let (mut back, mut seen) = (BTreeSet::new(), vec![false; successors.len()]);
    for root in first.into_iter().chain(last) {
        // The nodes on the way to the present one, each with how many of its edges were followed.
        let mut way: Vec<(usize, usize)> = Vec::new();
        if !std::mem::replace(&mut seen[root], true) {
            way.push((root, 0));
        }
        while let Some((node, followed)) = way.last_mut() {
            let (from, next) = (*node, successors[*node].get(*followed).copied());
            *followed += 1;
            let Some(to) = next else {
                way.pop();
                continue;
            };
            if way.iter().any(|(node, _)| *node == to) {
                back.extend((from != to).then_some((from, to)));
            } else if !std::mem::replace(&mut seen[to], true) {
                way.push((to, 0));
            }
        }
    }
    back
}

fn leads_to(successors: &[BTreeSet<usize>], from: usize, to: usize) -> bool {
    let mut seen = vec![false; successors.len()];
    let mut stack = vec![from];
    while let Some(node) = stack.pop() {
        if node == to {
            return true;
        }
        if !std::mem::replace(&mut seen[node], true) {
            stack.extend(&successors[node]);
        }
    }
    false
}

/// Reads what follows each node out of a text such as `1 2|2|`.
#[cfg(test)]
pub(super) fn nodes(text: &str) -> Vec<Vec<usize>> {
    let numbers = |part: &str| part.split_whitespace().map(|word| word.parse().unwrap()).collect();
    text.split('|').map(numbers).collect()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::{EdgeKind, edges, nodes};

    #[rstest]
    #[case::chain("1|2|", "0-1 1-2")]
    #[case::shortcut("1 2|2|", "0-1 0-2? 1-2")]
    #[case::loop_of_one("0 1|", "0-1")]
    #[case::circle("1|0", "0-1 1-0!")]
    #[case::circle_below("1 2|2|1", "0-1 0-2? 1-2 2-1!")]
    #[case::circle_of_three("1|2|0", "0-1 1-2 2-0!")]
    #[case::diamond("1 2 3|3|3|", "0-1 0-2 0-3? 1-3 2-3")]
    fn edges_are_told_apart(#[case] successors: &str, #[case] expected: &str) {
        let successors = nodes(successors);
        let shown = edges(&successors).into_iter().map(|edge| {
            let mark = match edge.kind {
                EdgeKind::Own => "",
                EdgeKind::Implied => "?",
                EdgeKind::Back => "!",
            };
            format!("{}-{}{mark}", edge.from, edge.to)
        });
        assert_eq!(shown.collect::<Vec<_>>().join(" "), expected);
    }
}
