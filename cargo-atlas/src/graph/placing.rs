//! Gives the nodes of layers their places in a picture, and edges their curves. Knows sizes; knows
//! nothing of what is in a box.

use std::ops::Range;

use super::edges::{Edge, EdgeKind};
use super::layers::{Layers, arrange};

/// Distance between layers, where edges are.
const LAYER_GAP: f64 = 70.0;
/// Distance between the boxes of a layer.
const GAP: f64 = 18.0;
/// Distance between a waypoint and what is beside it.
const WAYPOINT_GAP: f64 = 8.0;
const MARGIN: f64 = 20.0;
/// How often nodes move towards their neighbours.
const ROUNDS: usize = 24;

/// Width and height.
pub(super) type Size = (f64, f64);

/// A point.
pub(super) type Point = (f64, f64);

/// Where everything is.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Placement {
    /// The upper left corner of each node.
    pub(super) corners: Vec<Point>,
    /// Each edge with the points that it passes.
    pub(super) curves: Vec<(Edge, Vec<Point>)>,
    /// The size of the whole.
    pub(super) size: Size,
}

/// Places nodes of the given sizes.
pub(super) fn place(sizes: &[Size], edges: &[Edge]) -> Placement {
    let arranged = arrange(sizes.len(), edges);
    let n_all = arranged.layers.iter().flatten().max().map_or(0, |last| last + 1);
    let height = |node: usize| sizes.get(node).map_or(0.0, |size| size.1);
    let middles = middles(&arranged, n_all, &height);
    let columns = columns(&arranged.layers, sizes);
    let corners = sizes.iter().enumerate().map(|(node, size)| {
        let layer = arranged.layers.iter().position(|layer| layer.contains(&node));
        let x = layer.map_or(0.0, |layer| columns[layer].start);
        (x, middles[node] - size.1 / 2.0)
    });
    let corners: Vec<Point> = corners.collect();
    let curves = curves(&arranged, edges, &corners, sizes, &columns, &middles);
    let width = columns.last().map_or(0.0, |last| last.end) + MARGIN;
    let bottom = corners.iter().zip(sizes).map(|(corner, size)| corner.1 + size.1);
    let bottom = bottom.chain(middles.iter().copied()).fold(0.0, f64::max);
    Placement { corners, curves, size: (width, bottom + MARGIN) }
}

/// Returns where each layer begins and ends, from left to right.
fn columns(layers: &[Vec<usize>], sizes: &[Size]) -> Vec<Range<f64>> {
    let mut start = MARGIN;
    let mut columns = Vec::new();
    for layer in layers {
        let widths = layer.iter().filter_map(|node| sizes.get(*node)).map(|size| size.0);
        let end = start + widths.fold(0.0, f64::max);
        columns.push(start..end);
        start = end + LAYER_GAP;
    }
    columns
}

/// Returns the height at which the middle of each node is.
fn middles(arranged: &Layers, n_all: usize, height: &dyn Fn(usize) -> f64) -> Vec<f64> {
    let mut middles = vec![0.0; n_all];
    for layer in &arranged.layers {
        let mut top = 0.0;
        let mut above = None;
        for node in layer {
            top += above.map_or(0.0, |above: usize| gap(height(above), height(*node)));
            middles[*node] = top + height(*node) / 2.0;
            top += height(*node);
            above = Some(*node);
        }
    }
    let mut neighbours = vec![Vec::new(); n_all];
    for pair in arranged.ways.iter().flat_map(|way| way.windows(2)) {
        neighbours[pair[0]].push(pair[1]);
        neighbours[pair[1]].push(pair[0]);
    }
    for round in 0..ROUNDS {
        let forward = arranged.layers.iter();
        let layers: Vec<&Vec<usize>> =
            if round % 2 == 0 { forward.collect() } else { forward.rev().collect() };
        for layer in layers {
            let wanted = layer.iter().map(|node| match &neighbours[*node][..] {
                [] => middles[*node],
                all => all.iter().map(|other| middles[*other]).sum::<f64>() / all.len() as f64,
            });
            let wanted: Vec<f64> = wanted.collect();
            let settled = settled(layer, &wanted, height);
            layer.iter().zip(settled).for_each(|(node, middle)| middles[*node] = middle);
        }
    }
    let top = (0..n_all).map(|node| middles[node] - height(node) / 2.0).fold(f64::MAX, f64::min);
    middles.iter_mut().for_each(|middle| *middle += MARGIN - top);
    middles
}

/// Returns the places nearest to the wanted ones at which the nodes of a layer keep their order and
/// their distances: nodes that would overlap move together, to the mean of what they want.
fn settled(layer: &[usize], wanted: &[f64], height: &dyn Fn(usize) -> f64) -> Vec<f64> {
    // How far below the first node of the layer each one is at least.
    let mut offsets: Vec<f64> = Vec::new();
    for (place, node) in layer.iter().enumerate() {
        let offset = place.checked_sub(1).map_or(0.0, |above| {
            let above_height = height(layer[above]);
            offsets[above] + (above_height + height(*node)) / 2.0 + gap(above_height, height(*node))
        });
        offsets.push(offset);
    }
    // Groups of nodes that touch: the sum of where they want the first node, and how many they are.
    let mut groups: Vec<(f64, usize)> = Vec::new();
    for (wanted, offset) in wanted.iter().zip(&offsets) {
        let mut group = (wanted - offset, 1);
        while let Some((sum, count)) = groups.last().copied()
            && sum / count as f64 >= group.0 / group.1 as f64
        {
            group = (group.0 + sum, group.1 + count);
            groups.pop();
        }
        groups.push(group);
    }
    let starts =
        groups.iter().flat_map(|(sum, count)| std::iter::repeat_n(sum / *count as f64, *count));
    starts.zip(&offsets).map(|(start, offset)| start + offset).collect()
}

fn gap(above: f64, below: f64) -> f64 {
    if above == 0.0 || below == 0.0 { WAYPOINT_GAP } else { GAP }
}

fn curves(
    arranged: &Layers,
    edges: &[Edge],
    corners: &[Point],
    sizes: &[Size],
    columns: &[Range<f64>],
    middles: &[f64],
) -> Vec<(Edge, Vec<Point>)> {
    let right = |node: usize| (corners[node].0 + sizes[node].0, middles[node]);
    let left = |node: usize| (corners[node].0, middles[node]);
    let mut ways = arranged.ways.iter();
    let curve = |edge: &Edge| {
        let waypoints = match edge.kind {
            EdgeKind::Own => ways.next().map_or(&[][..], |way| &way[1..way.len() - 1]),
            EdgeKind::Implied | EdgeKind::Back => &[],
        };
        let mut points = vec![right(edge.from)];
        for waypoint in waypoints {
            let layer = arranged.layers.iter().position(|layer| layer.contains(waypoint));
            let column = layer.map_or(0.0..0.0, |layer| columns[layer].clone());
            points.extend([(column.start, middles[*waypoint]), (column.end, middles[*waypoint])]);
        }
        points.push(left(edge.to));
        (*edge, points)
    };
    edges.iter().map(curve).collect()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::place;
    use crate::graph::edges::{edges, nodes};

    #[rstest]
    #[case::alone("||")]
    #[case::diamond("1 2 3|4|4|4|")]
    #[case::waypoints("1 3|2|4|4|")]
    #[case::circle("1 2|0|")]
    fn boxes_do_not_overlap_and_are_inside(#[case] successors: &str) {
        let successors = nodes(successors);
        let sizes: Vec<_> =
            (0..successors.len()).map(|node| (50.0, 30.0 + 20.0 * node as f64)).collect();
        let placed = place(&sizes, &edges(&successors));
        for (one, corner) in placed.corners.iter().enumerate() {
            assert!(corner.0 >= 0.0 && corner.1 >= 0.0);
            assert!(corner.0 + sizes[one].0 <= placed.size.0);
            assert!(corner.1 + sizes[one].1 <= placed.size.1);
            for (other, beside) in placed.corners.iter().enumerate().skip(one + 1) {
                let apart =
                    |a: f64, length: f64, b: f64, other: f64| a + length <= b || b + other <= a;
                assert!(
                    apart(corner.0, sizes[one].0, beside.0, sizes[other].0)
                        || apart(corner.1, sizes[one].1, beside.1, sizes[other].1),
                    "{one} and {other} overlap"
                );
            }
        }
    }

    #[test]
    fn edges_lead_from_left_to_right() {
        let placed = place(&[(50.0, 30.0); 3], &edges(&[vec![1, 2], vec![2], vec![]]));
        for (_, points) in &placed.curves {
            assert!(points.windows(2).all(|pair| pair[0].0 <= pair[1].0), "{points:?}");
        }
    }
}
