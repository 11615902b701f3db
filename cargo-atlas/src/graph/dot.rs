//! The graph for Graphviz. Knows its syntax.

use std::collections::BTreeMap;

use atlas_build::ids::ModuleId;
use atlas_build::modules::UseTarget;
use atlas_build::packages::DependencyKind;

use super::text::target_title;
use super::view::View;

/// Returns the graph as a `digraph`. With modules, each package is a cluster.
pub(super) fn digraph(view: &View<'_>) -> String {
    let mut lines = vec![
        "digraph atlas {".to_owned(),
        "    rankdir=LR;".to_owned(),
        "    node [shape=box, style=rounded, fontname=\"sans-serif\", fontsize=11];".to_owned(),
        "    edge [color=\"#888888\"];".to_owned(),
    ];
    let places = view.module_places();
    for index in 0..view.packages.len() {
        package(view, &places, index, &mut lines);
    }
    for (from, shown) in view.packages.iter().enumerate() {
        for (to, kinds) in &shown.dependencies {
            lines.push(format!("    p{from} -> p{to}{};", edge_style(kinds)));
        }
    }
    for one in view.uses() {
        let id = |module: ModuleId| places.get(&module).map(|place| format!("m{place}"));
        let to = match one.to {
            UseTarget::Module(to) => id(to),
            UseTarget::Package(to) => view.place(to).map(|to| format!("p{to}")),
        };
        if let (Some(from), Some(to)) = (id(one.from), to) {
            let style = if one.is_reexport { "dashed" } else { "solid" };
            lines.push(format!("    {from} -> {to} [style={style}, color=\"#4477aa\"];"));
        }
    }
    lines.push("}".to_owned());
    lines.join("\n")
}

fn package(
    view: &View<'_>,
    places: &BTreeMap<ModuleId, usize>,
    index: usize,
    lines: &mut Vec<String>,
) {
    let package = view.package(index);
    let label = quoted(&format!("{} {}", package.name, package.version));
    let style = if package.is_local() { "" } else { ", style=\"rounded,dashed\"" };
    let node = format!("p{index} [label={label}{style}];");
    let crates = &view.packages[index].crates;
    let Some(graph) = view.graphs.modules.as_ref().filter(|_| !crates.is_empty()) else {
        lines.push(format!("    {node}"));
        return;
    };
    lines.push(format!("    subgraph cluster_{index} {{"));
    lines.push(format!("        label={};", quoted(&package.name)));
    lines.push(format!("        {node}"));
    for found in crates {
        let title = target_title(view.target(graph, found.id));
        for module in &found.modules {
            let path = graph.path(*module);
            let label = if path == "crate" { title.clone() } else { path };
            lines.push(format!("        m{} [label={}];", places[module], quoted(&label)));
        }
    }
    lines.push("    }".to_owned());
}

fn edge_style(kinds: &[DependencyKind]) -> &'static str {
    match kinds.first() {
        Some(DependencyKind::Build) => " [style=dashed, label=build]",
        Some(DependencyKind::Development) => " [style=dotted, label=dev]",
        Some(DependencyKind::Normal) | None => "",
    }
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn quotes_are_escaped() {
        assert_eq!(quoted(r#"bin "a\b""#), r#""bin \"a\\b\"""#);
    }
}
