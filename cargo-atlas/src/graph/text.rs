//! The graph as a tree, as `cargo tree` draws it: crates and their modules inside a package first,
//! then what the package depends on. What was shown before is marked `(*)`.

use std::collections::BTreeSet;

use anstyle::{AnsiColor, Style};
use atlas_build::ids::ModuleId;
use atlas_build::modules::{Condition, FileState, Module, ModuleBody, ModuleGraph, UseTarget};
use atlas_build::packages::{DependencyKind, Target, TargetKind};

use super::view::{ShownCrate, View};
use crate::terminal::style;

const DIM: Style = Style::new().dimmed();
const MODULE: Style = AnsiColor::Cyan.on_default();

/// Returns the tree; if `is_verbose`, with what each module uses.
pub(super) fn tree(view: &View<'_>, is_verbose: bool) -> String {
    let (lines, seen) = (Vec::new(), BTreeSet::new());
    let mut tree = Tree { view, is_verbose, lines, seen };
    for (place, root) in view.roots.iter().enumerate() {
        if place > 0 {
            tree.lines.push(String::new());
        }
        tree.package(*root, "", "", 0);
    }
    tree.lines.join("\n")
}

/// Returns what kind of target it is, with its name if the package may have several.
pub(super) fn target_title(target: &Target) -> String {
    let name = &target.name;
    match &target.kind {
        TargetKind::Lib(_) if target.is_proc_macro() => "proc-macro".to_owned(),
        TargetKind::Lib(_) => "lib".to_owned(),
        TargetKind::Bin => format!("bin \"{name}\""),
        TargetKind::Test => format!("test \"{name}\""),
        TargetKind::Bench => format!("bench \"{name}\""),
        TargetKind::ExampleBin | TargetKind::ExampleLib(_) => format!("example \"{name}\""),
        TargetKind::CustomBuild => "build script".to_owned(),
    }
}

/// Returns a condition as it is written in sources.
pub(super) fn condition_text(condition: &Condition) -> String {
    match condition {
        Condition::Cfg(text) => format!("#[cfg({text})]"),
        Condition::Macro(name) => format!("{name}!"),
    }
}

struct Tree<'a> {
    view: &'a View<'a>,
    is_verbose: bool,
    lines: Vec<String>,
    /// Packages whose dependencies were shown.
    seen: BTreeSet<usize>,
}

/// An entry below a package.
enum Entry<'a> {
    Crate(&'a ShownCrate),
    Package(usize),
    Heading(&'static str),
}

impl Tree<'_> {
    /// Adds a package, with a branch before its own line and another one before those below it.
    fn package(&mut self, index: usize, branch: &str, indent: &str, depth: usize) {
        let entries = entries(self.view, index, depth);
        let is_new = self.seen.insert(index);
        let mark = if !is_new && !entries.is_empty() {
            format!(" {DIM}(*){DIM:#}")
        } else {
            String::new()
        };
        let title = self.title(index);
        self.lines.push(format!("{branch}{title}{mark}"));
        if !is_new {
            return;
        }
        for (place, entry) in entries.iter().enumerate() {
            let is_last = matches!(entries.get(place + 1), None | Some(Entry::Heading(_)));
            let (branch, below) = branches(indent, is_last);
            match entry {
                Entry::Heading(text) => self.lines.push(format!("{indent}{DIM}{text}{DIM:#}")),
                Entry::Package(to) => self.package(*to, &branch, &below, depth + 1),
                Entry::Crate(found) => self.root(found, &branch, &below),
            }
        }
    }

    fn title(&self, index: usize) -> String {
        let package = self.view.package(index);
        let (name, version) = (&package.name, &package.version);
        if !package.is_local() {
            return format!("{DIM}{name} v{version}{DIM:#}");
        }
        let style = style::LITERAL;
        let mut title = format!("{style}{name}{style:#} v{version}");
        let directory = self.view.local(package.root());
        if !directory.as_str().is_empty() {
            title = format!("{title} {DIM}({directory}){DIM:#}");
        }
        match self.view.packages[index].n_hidden {
            0 => title,
            n_hidden => format!("{title} {DIM}+ {n_hidden} external{DIM:#}"),
        }
    }

    fn root(&mut self, found: &ShownCrate, branch: &str, indent: &str) {
        let Some(graph) = &self.view.graphs.modules else { return };
        let root = graph.crates[found.id].root;
        let title = target_title(self.view.target(graph, found.id));
        let place = self.place(graph, root);
        self.lines.push(format!("{branch}{MODULE}[{title}]{MODULE:#}{place}"));
        let shown: BTreeSet<ModuleId> = found.modules.iter().copied().collect();
        self.below(graph, root, &shown, indent);
    }

    fn below(
        &mut self,
        graph: &ModuleGraph,
        module: ModuleId,
        shown: &BTreeSet<ModuleId>,
        indent: &str,
    ) {
        self.uses(graph, module, indent);
        let children = graph.modules[module].children.iter().filter(|child| shown.contains(child));
        let children: Vec<ModuleId> = children.copied().collect();
        for (place, child) in children.iter().enumerate() {
            let (branch, below) = branches(indent, place + 1 == children.len());
            let title = self.module_title(graph, *child);
            self.lines.push(format!("{branch}{title}"));
            self.below(graph, *child, shown, &below);
        }
    }

    fn module_title(&self, graph: &ModuleGraph, id: ModuleId) -> String {
        let module = &graph.modules[id];
        let conditions = module.conditions.iter().map(condition_text);
        let conditions: String = conditions.map(|text| format!(" {DIM}{text}{DIM:#}")).collect();
        let has_path = module.declaration.is_some_and(|declared| declared.has_path);
        let is_odd = !matches!(module.body, ModuleBody::Inline) && (has_path || self.is_verbose);
        let place = if is_odd { self.place(graph, id) } else { fault(graph, module) };
        format!("{MODULE}mod{MODULE:#} {}{place}{conditions}", module.name)
    }

    /// Returns where a module's code is, and what is wrong with that.
    fn place(&self, graph: &ModuleGraph, id: ModuleId) -> String {
        let fault = fault(graph, &graph.modules[id]);
        match graph.file(id) {
            Some(file) => {
                let path = self.view.local(&graph.files[file].path);
                format!(" {DIM}{path}{DIM:#}{fault}")
            }
            None => fault,
        }
    }

    /// Adds what a module uses.
    fn uses(&mut self, graph: &ModuleGraph, module: ModuleId, indent: &str) {
        if !self.is_verbose {
            return;
        }
        let names = graph.uses_of(module).iter().map(|one| match one.to {
            UseTarget::Module(to) => graph.path(to),
            UseTarget::Package(to) => self.view.graphs.packages.packages[to].name.clone(),
        });
        let names: Vec<String> = names.collect();
        if !names.is_empty() {
            self.lines.push(format!("{indent}{DIM}uses {}{DIM:#}", names.join(", ")));
        }
    }
}

/// Returns what stands below a package.
fn entries<'a>(view: &'a View<'_>, index: usize, depth: usize) -> Vec<Entry<'a>> {
    let shown = &view.packages[index];
    let mut entries: Vec<Entry<'_>> = shown.crates.iter().map(Entry::Crate).collect();
    if depth >= view.shape.package_depth {
        return entries;
    }
    let groups = [
        (DependencyKind::Normal, None),
        (DependencyKind::Build, Some("[build-dependencies]")),
        (DependencyKind::Development, Some("[dev-dependencies]")),
    ];
    for (kind, heading) in groups {
        let of_kind = shown.dependencies.iter().filter(|(_, kinds)| kinds.contains(&kind));
        let of_kind: Vec<usize> = of_kind.map(|(to, _)| *to).collect();
        if !of_kind.is_empty() {
            entries.extend(heading.map(Entry::Heading));
            entries.extend(of_kind.into_iter().map(Entry::Package));
        }
    }
    entries
}

/// Returns what is wrong with the file of a module.
fn fault(graph: &ModuleGraph, module: &Module) -> String {
    let style = style::WARNING;
    let fault = match module.body {
        ModuleBody::Inline => return String::new(),
        ModuleBody::Missing if module.conditions.is_empty() => "no such file",
        ModuleBody::Missing => return format!(" {DIM}no file here{DIM:#}"),
        ModuleBody::File(file) => match &graph.files[file].state {
            FileState::Unreadable(_) => "cannot be read",
            FileState::Unparsed(_) => "is no Rust",
            FileState::Parsed { .. } => return String::new(),
        },
    };
    format!(" {style}{fault}{style:#}")
}

fn branches(indent: &str, is_last: bool) -> (String, String) {
    let (branch, below) = if is_last { ("└── ", "    ") } else { ("├── ", "│   ") };
    (format!("{indent}{branch}"), format!("{indent}{below}"))
}
