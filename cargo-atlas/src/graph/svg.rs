//! The graph as a picture: packages as boxes with their modules inside, dependencies to the right of
//! what depends on them. Light and dark; needs nothing from elsewhere.

use std::fmt::Write;

use super::boxes::{BoxKind, LineKind, PackageBox, baseline, package_box};
use super::edges::{Edge, EdgeKind, edges};
use super::placing::{Placement, Point, place};
use super::view::View;
use atlas_build::packages::DependencyKind;

const STYLE: &str = include_str!("picture.css");

/// Returns the picture as a document of its own.
pub(super) fn picture(view: &View<'_>) -> String {
    document(view, &format!("<style>\n{STYLE}</style>"))
}

/// Returns the picture, with something before everything else in it.
pub(super) fn document(view: &View<'_>, head: &str) -> String {
    let boxes: Vec<PackageBox> =
        (0..view.packages.len()).map(|index| package_box(view, index)).collect();
    let successors: Vec<Vec<usize>> = view
        .packages
        .iter()
        .map(|shown| shown.dependencies.iter().map(|(to, _)| *to).collect())
        .collect();
    let sizes: Vec<_> = boxes.iter().map(|one| (one.width, one.height)).collect();
    let Placement { corners, curves, size: (width, height) } = place(&sizes, &edges(&successors));
    let mut text = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"atlas\" width=\"{width:.0}\" \
         height=\"{height:.0}\" viewBox=\"0 0 {width:.0} {height:.0}\">\n{head}\n"
    );
    text.push_str("<g class=\"edges\">\n");
    // What is drawn later is above: the faintest edges come first.
    let of_kind = |kind| curves.iter().filter(move |(edge, _)| edge.kind == kind);
    for (edge, points) in
        [EdgeKind::Implied, EdgeKind::Back, EdgeKind::Own].into_iter().flat_map(of_kind)
    {
        curve(&mut text, view, *edge, points);
    }
    text.push_str("</g>\n<g class=\"packages\">\n");
    for (index, (one, corner)) in boxes.iter().zip(corners).enumerate() {
        package(&mut text, index, one, corner);
    }
    text.push_str("</g>\n</svg>");
    text
}

fn curve(text: &mut String, view: &View<'_>, edge: Edge, points: &[Point]) {
    let Edge { from, to, kind } = edge;
    let kinds = view.packages[from].dependencies.iter().find(|(other, _)| *other == to);
    let dependency = match kinds.and_then(|(_, kinds)| kinds.first()) {
        Some(DependencyKind::Build) => " build",
        Some(DependencyKind::Development) => " dev",
        Some(DependencyKind::Normal) | None => "",
    };
    let rank = match kind {
        EdgeKind::Own => "",
        EdgeKind::Implied => " implied",
        EdgeKind::Back => " back",
    };
    let mut path = String::new();
    let Some((start, rest)) = points.split_first() else { return };
    let _ = write!(path, "M{:.1} {:.1}", start.0, start.1);
    let mut last = *start;
    for point in rest {
        let reach = ((point.0 - last.0).abs() / 2.0).max(24.0);
        let (before, after) = (last.0 + reach, point.0 - reach);
        if last.1 == point.1 && point.0 >= last.0 {
            let _ = write!(path, "H{:.1}", point.0);
        } else {
            let _ = write!(
                path,
                " C{before:.1} {:.1} {after:.1} {:.1} {:.1} {:.1}",
                last.1, point.1, point.0, point.1
            );
        }
        last = *point;
    }
    let _ = writeln!(
        text,
        "<path class=\"edge{dependency}{rank}\" data-from=\"{from}\" data-to=\"{to}\" d=\"{path}\"/>"
    );
}

fn package(text: &mut String, index: usize, one: &PackageBox, (x, y): Point) {
    let class = match one.kind {
        BoxKind::Library => "library",
        BoxKind::Binary => "binary",
        BoxKind::ProcMacro => "proc-macro",
        BoxKind::External => "external",
    };
    let (name, subtitle) = (escaped(&one.name), escaped(&one.subtitle));
    let _ = writeln!(
        text,
        "<g class=\"package {class}\" data-package=\"{index}\" transform=\"translate({x:.1} {y:.1})\">\
         <rect width=\"{:.1}\" height=\"{:.1}\" rx=\"5\"/>\
         <text class=\"name\" x=\"10\" y=\"18\">{name}</text>\
         <text class=\"subtitle\" x=\"10\" y=\"31\">{subtitle}</text>",
        one.width, one.height
    );
    for (place, line) in one.lines.iter().enumerate() {
        let class = match line.kind {
            LineKind::Crate => "crate",
            LineKind::Module => "module",
            LineKind::Conditional => "module conditional",
            LineKind::Missing => "module missing",
            LineKind::More => "more",
        };
        let (x, y) = (10.0 + 10.0 * line.depth as f64, baseline(place));
        let line = escaped(&line.text);
        let _ = writeln!(text, "<text class=\"{class}\" x=\"{x:.0}\" y=\"{y:.1}\">{line}</text>");
    }
    text.push_str("</g>\n");
}

/// Returns text in which nothing means anything to XML.
pub(super) fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            letter => escaped.push(letter),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::escaped;

    #[test]
    fn what_means_something_is_escaped() {
        assert_eq!(escaped("#[cfg(a < \"b\" && c)]"), "#[cfg(a &lt; &quot;b&quot; &amp;&amp; c)]");
    }
}
