//! The boxes of a picture: what is written in each, and how large it is. Knows packages and modules;
//! knows no place.

use std::collections::BTreeMap;

use atlas_build::ids::ModuleId;
use atlas_build::modules::{Module, ModuleBody, ModuleGraph};

use super::text::{condition_text, target_title};
use super::view::{ShownCrate, View};

/// Width of a letter, in a font in which all letters are equally wide.
const LETTER: f64 = 7.3;
const SMALL_LETTER: f64 = 6.1;
const LINE: f64 = 15.0;
const PADDING: f64 = 10.0;
/// Height of name and version.
const HEAD: f64 = 36.0;
/// How many lines of a box are shown where not all are wanted.
const MAX_LINES: usize = 12;

/// A box.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct PackageBox {
    pub(super) name: String,
    /// Version and place.
    pub(super) subtitle: String,
    pub(super) kind: BoxKind,
    pub(super) lines: Vec<Line>,
    pub(super) width: f64,
    pub(super) height: f64,
}

/// What kind of package a box is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum BoxKind {
    /// A library.
    Library,
    /// A package with a binary.
    Binary,
    /// A procedural macro.
    ProcMacro,
    /// Of no local path.
    External,
}

/// A line in a box.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Line {
    pub(super) text: String,
    pub(super) kind: LineKind,
    /// How far it is indented.
    pub(super) depth: usize,
}

/// What a line in a box is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum LineKind {
    Crate,
    Module,
    /// A module that may not be there.
    Conditional,
    /// A module that should be there and is not.
    Missing,
    /// How much is left out.
    More,
}

/// Where the baseline of a line is, below the top of its box.
pub(super) fn baseline(line: usize) -> f64 {
    HEAD + LINE * (line as f64 + 0.9)
}

/// Returns the box of a package.
pub(super) fn package_box(view: &View<'_>, index: usize) -> PackageBox {
    let (package, shown) = (view.package(index), &view.packages[index]);
    let kind = if !package.is_local() {
        BoxKind::External
    } else if package.library().is_some_and(|library| library.is_proc_macro()) {
        BoxKind::ProcMacro
    } else if package.targets.iter().any(|target| target.is_bin()) {
        BoxKind::Binary
    } else {
        BoxKind::Library
    };
    let lines = match &view.graphs.modules {
        Some(graph) => lines(view, graph, &shown.crates),
        None => Vec::new(),
    };
    let place = view.local(package.root());
    let subtitle = if package.is_local() && !place.as_str().is_empty() {
        format!("{} · {place}", package.version)
    } else {
        package.version.to_string()
    };
    let subtitle = shortened(&subtitle, 34);
    let width_of = |text: &str, letter: f64| text.chars().count() as f64 * letter;
    let widths =
        lines.iter().map(|line| width_of(&line.text, SMALL_LETTER) + 10.0 * line.depth as f64);
    let heads = [width_of(&package.name, LETTER), width_of(&subtitle, SMALL_LETTER)];
    let width = heads.into_iter().chain(widths).fold(60.0, f64::max) + 2.0 * PADDING;
    let below = if lines.is_empty() { 4.0 } else { LINE * lines.len() as f64 + PADDING };
    let name = package.name.clone();
    PackageBox { name, subtitle, kind, lines, width, height: HEAD + below }
}

/// Returns the modules of a package's crates, the library's first.
fn lines(view: &View<'_>, graph: &ModuleGraph, crates: &[ShownCrate]) -> Vec<Line> {
    let mut lines = Vec::new();
    let is_brief = view.shape.is_brief;
    let is_shown = |found: &&ShownCrate| {
        let target = view.target(graph, found.id);
        !is_brief || target.is_lib() || target.is_bin()
    };
    let shown: Vec<&ShownCrate> = crates.iter().filter(is_shown).collect();
    // The only crate of a package needs no title.
    let is_only = shown.len() == 1;
    for found in shown {
        if !is_only {
            let text = target_title(view.target(graph, found.id));
            lines.push(Line { text, kind: LineKind::Crate, depth: 0 });
        }
        let depths = depths(graph, found);
        for module in found.modules.iter().skip(1) {
            let kind = kind(graph, *module);
            let depth = depths[module] - usize::from(is_only);
            let module = &graph.modules[*module];
            lines.push(Line { text: text(module, is_brief), kind, depth });
        }
    }
    if is_brief && lines.len() > MAX_LINES + 1 {
        let n_more = lines.len() - MAX_LINES;
        lines.truncate(MAX_LINES);
        lines.push(Line { text: format!("… {n_more} more"), kind: LineKind::More, depth: 0 });
    }
    lines
}

fn text(module: &Module, is_brief: bool) -> String {
    let conditions = module.conditions.iter().filter(|_| !is_brief);
    let conditions: String =
        conditions.map(|condition| format!(" {}", condition_text(condition))).collect();
    shortened(&format!("{}{conditions}", module.name), 44)
}

fn kind(graph: &ModuleGraph, id: ModuleId) -> LineKind {
    let is_missing = graph.modules[id].body == ModuleBody::Missing;
    match (graph.is_conditional(id), is_missing) {
        (true, _) => LineKind::Conditional,
        (false, true) => LineKind::Missing,
        (false, false) => LineKind::Module,
    }
}

/// Returns how deep in their crate modules are.
fn depths(graph: &ModuleGraph, found: &ShownCrate) -> BTreeMap<ModuleId, usize> {
    let mut depths = BTreeMap::new();
    for module in &found.modules {
        let above = graph.modules[*module].parent.and_then(|parent| depths.get(&parent));
        let depth = above.map_or(0, |above: &usize| above + 1);
        depths.insert(*module, depth);
    }
    depths
}

fn shortened(text: &str, max: usize) -> String {
    if text.chars().count() <= max {
        return text.to_owned();
    }
    text.chars().take(max - 1).chain(['…']).collect()
}
