//! The graph for Mermaid. Knows its syntax.

use std::collections::BTreeMap;

use atlas_build::ids::ModuleId;
use atlas_build::modules::UseTarget;
use atlas_build::packages::DependencyKind;

use super::text::target_title;
use super::view::View;

/// Returns the graph as a flowchart. With modules, each package is a subgraph.
pub(super) fn flowchart(view: &View<'_>) -> String {
    let mut lines = vec!["flowchart LR".to_owned()];
    let places = view.module_places();
    for index in 0..view.packages.len() {
        package(view, &places, index, &mut lines);
    }
    for (from, shown) in view.packages.iter().enumerate() {
        for (to, kinds) in &shown.dependencies {
            let arrow = match kinds.first() {
                Some(DependencyKind::Build) => "-. build .->",
                Some(DependencyKind::Development) => "-. dev .->",
                Some(DependencyKind::Normal) | None => "-->",
            };
            lines.push(format!("    p{from} {arrow} p{to}"));
        }
    }
    for one in view.uses() {
        let id = |module: ModuleId| places.get(&module).map(|place| format!("m{place}"));
        let to = match one.to {
            UseTarget::Module(to) => id(to),
            UseTarget::Package(to) => view.place(to).map(|to| format!("p{to}")),
        };
        if let (Some(from), Some(to)) = (id(one.from), to) {
            let arrow = if one.is_reexport { "-.->" } else { "-->" };
            lines.push(format!("    {from} {arrow} {to}"));
        }
    }
    if view.packages.iter().any(|shown| !view.graphs.packages.packages[shown.id].is_local()) {
        lines.push("    classDef external stroke-dasharray: 4 3".to_owned());
    }
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
    let class = if package.is_local() { "" } else { ":::external" };
    let node = format!("p{index}[{label}]{class}");
    let crates = &view.packages[index].crates;
    let Some(graph) = view.graphs.modules.as_ref().filter(|_| !crates.is_empty()) else {
        lines.push(format!("    {node}"));
        return;
    };
    lines.push(format!("    subgraph s{index}[{}]", quoted(&package.name)));
    lines.push(format!("        {node}"));
    for found in crates {
        let title = target_title(view.target(graph, found.id));
        for module in &found.modules {
            let path = graph.path(*module);
            let label = if path == "crate" { title.clone() } else { path };
            lines.push(format!("        m{}[{}]", places[module], quoted(&label)));
        }
    }
    lines.push("    end".to_owned());
}

/// Returns text in quotes, with entities for what means something there.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' | '#' | '&' | '<' | '>' | '`' | ';' => {
                quoted.extend(["#", &u32::from(letter).to_string(), ";"]);
            }
            letter => quoted.push(letter),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn what_means_something_is_escaped() {
        assert_eq!(quoted("bin \"a#b\""), "\"bin #34;a#35;b#34;\"");
    }
}
