//! Puts the nodes of a graph into layers and orders each layer, so that edges lead from one layer to
//! the next and few of them cross. Knows numbers only.
//!
//! Layers are those of longest ways; an edge that passes layers gets a waypoint in each. The order
//! comes from sweeps to and fro, in which each node goes to the mean place of its neighbours; the
//! order with the fewest crossings is kept.

use super::edges::{Edge, EdgeKind};

/// How often layers are ordered by their neighbours.
const SWEEPS: usize = 16;

/// A graph in layers.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Layers {
    /// The nodes of each layer, in order; those beyond the given ones are waypoints.
    pub(super) layers: Vec<Vec<usize>>,
    /// For each edge that is neither implied nor leads back: its nodes, waypoints included.
    pub(super) ways: Vec<Vec<usize>>,
}

/// Arranges `n_nodes` nodes.
pub(super) fn arrange(n_nodes: usize, edges: &[Edge]) -> Layers {
    let own: Vec<(usize, usize)> = edges
        .iter()
        .filter(|edge| edge.kind == EdgeKind::Own)
        .map(|edge| (edge.from, edge.to))
        .collect();
    let levels = levels(n_nodes, &own);
    let n_layers = levels.iter().max().map_or(0, |last| last + 1);
    let mut layers = vec![Vec::new(); n_layers];
    for (node, level) in levels.iter().enumerate() {
        layers[*level].push(node);
    }
    let mut n_all = n_nodes;
    let mut ways = Vec::new();
    for (from, to) in own {
        let mut way = vec![from];
        for layer in &mut layers[levels[from] + 1..levels[to]] {
            layer.push(n_all);
            way.push(n_all);
            n_all += 1;
        }
        way.push(to);
        ways.push(way);
    }
    order(&mut layers, &ways, n_all);
    Layers { layers, ways }
}

/// Returns the layer of each node: one after the last of its users; but a node without users is
/// right before the first node that it uses.
fn levels(n_nodes: usize, edges: &[(usize, usize)]) -> Vec<usize> {
    let mut levels = vec![0; n_nodes];
    // There is no circle: after as many rounds as there are nodes nothing changes.
    for _ in 0..n_nodes {
        let mut has_changed = false;
        for (from, to) in edges {
            if levels[*to] <= levels[*from] {
                levels[*to] = levels[*from] + 1;
                has_changed = true;
            }
        }
        if !has_changed {
            break;
        }
    }
    for node in 0..n_nodes {
        let is_used = edges.iter().any(|(_, to)| *to == node);
        let first = edges.iter().filter(|(from, _)| *from == node).map(|(_, to)| levels[*to]).min();
        if let Some(first) = first.filter(|_| !is_used) {
            levels[node] = first - 1;
        }
    }
    levels
}

/// Orders the nodes of each layer.
fn order(layers: &mut Vec<Vec<usize>>, ways: &[Vec<usize>], n_all: usize) {
    let (mut before, mut after) = (vec![Vec::new(); n_all], vec![Vec::new(); n_all]);
    for pair in ways.iter().flat_map(|way| way.windows(2)) {
        after[pair[0]].push(pair[1]);
        before[pair[1]].push(pair[0]);
    }
    let mut best = (crossings(layers, &after, n_all), layers.clone());
    for sweep in 0..SWEEPS {
        let is_forward = sweep % 2 == 0;
        let n_layers = layers.len();
        for step in 1..n_layers {
            let index = if is_forward { step } else { n_layers - 1 - step };
            let neighbours = if is_forward { &before } else { &after };
            let beside = if is_forward { index - 1 } else { index + 1 };
            let places = places(&layers[beside], n_all);
            sort_by_mean(&mut layers[index], neighbours, &places);
        }
        let n_crossings = crossings(layers, &after, n_all);
        if n_crossings < best.0 {
            best = (n_crossings, layers.clone());
        }
    }
    *layers = best.1;
}

/// Sorts a layer by the mean place of neighbours; a node without any keeps its place.
fn sort_by_mean(layer: &mut Vec<usize>, neighbours: &[Vec<usize>], places: &[usize]) {
    let mut keyed: Vec<(f64, usize)> = layer
        .iter()
        .enumerate()
        .map(|(place, node)| match &neighbours[*node][..] {
            [] => (place as f64, *node),
            all => {
                let sum: usize = all.iter().map(|other| places[*other]).sum();
                (sum as f64 / all.len() as f64, *node)
            }
        })
        .collect();
    keyed.sort_by(|one, other| one.0.total_cmp(&other.0));
    *layer = keyed.into_iter().map(|(_, node)| node).collect();
}

fn places(layer: &[usize], n_all: usize) -> Vec<usize> {
    let mut places = vec![0; n_all];
    for (place, node) in layer.iter().enumerate() {
        places[*node] = place;
    }
    places
}

/// Counts the pairs of edges that cross.
fn crossings(layers: &[Vec<usize>], after: &[Vec<usize>], n_all: usize) -> usize {
    layers
        .windows(2)
        .map(|pair| {
            let places = places(&pair[1], n_all);
            let mut ends = Vec::new();
            for node in &pair[0] {
                let mut of_node: Vec<usize> = after[*node].iter().map(|to| places[*to]).collect();
                of_node.sort_unstable();
                ends.extend(of_node);
            }
            inversions(&ends, pair[1].len())
        })
        .sum()
}

/// Counts the pairs that are in the wrong order, by sums over places in a binary indexed tree.
fn inversions(ends: &[usize], n_places: usize) -> usize {
    let mut sums = vec![0_usize; n_places + 1];
    let mut count = 0;
    for (n_before, end) in ends.iter().enumerate() {
        let mut at = end + 1;
        let mut n_not_after = 0;
        while at > 0 {
            n_not_after += sums[at];
            at &= at - 1;
        }
        count += n_before - n_not_after;
        let mut at = end + 1;
        while at <= n_places {
            sums[at] += 1;
            at += at & at.wrapping_neg();
        }
    }
    count
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::{arrange, inversions};
    use crate::graph::edges::{edges, nodes};

    fn layers(successors: &str) -> Vec<Vec<usize>> {
        let successors = nodes(successors);
        arrange(successors.len(), &edges(&successors)).layers
    }

    #[rstest]
    #[case::alone("|", "0 1")]
    #[case::chain("1|2|", "0|1|2")]
    #[case::shortcut_has_no_waypoint("1 2|2|", "0|1|2")]
    #[case::waypoint("1 3|2|4|4|", "0|1 3|2 5|4")]
    #[case::late_user("1|2||2", "0|1 3|2")]
    #[case::crossing_is_undone("3|2||", "0 1|3 2")]
    #[case::circle("1|0", "0|1")]
    fn nodes_are_in_layers(#[case] successors: &str, #[case] expected: &str) {
        assert_eq!(layers(successors), nodes(expected));
    }

    #[rstest]
    #[case(&[], 0)]
    #[case(&[0, 1, 2], 0)]
    #[case(&[2, 1, 0], 3)]
    #[case(&[1, 1, 0, 2], 2)]
    fn inversions_are_counted(#[case] ends: &[usize], #[case] expected: usize) {
        assert_eq!(inversions(ends, 3), expected);
    }
}
