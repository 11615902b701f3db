//! What of a graph is shown: packages, the dependencies between them, and modules inside. Knows no
//! form in which it is shown.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use atlas_build::ids::{CrateId, ModuleId, PackageIndex};
use atlas_build::modules::{ModuleGraph, Use, UseTarget};
use atlas_build::packages::{DependencyKind, Package, Target};
use atlas_build::{Graphs, PackageLink};
use camino::Utf8Path;

/// What is to be shown.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Shape {
    /// Whose modules.
    pub(crate) modules: ModuleShare,
    /// Whether packages that are not on a local path are shown.
    pub(crate) has_external: bool,
    /// How far below the first packages to go.
    pub(crate) package_depth: usize,
    /// How far below the root of a crate to go.
    pub(crate) module_depth: usize,
    /// Whether long lists of modules are cut, and modules for tests left out.
    pub(crate) is_brief: bool,
    /// Which kinds of dependencies.
    pub(crate) kinds: BTreeSet<DependencyKind>,
    /// Whether packages were named: each of them is a first one.
    pub(crate) are_named: bool,
}

impl Shape {
    /// Whether modules are shown at all.
    pub(crate) fn has_modules(&self) -> bool {
        self.modules != ModuleShare::None
    }
}

/// Whose modules are shown.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum ModuleShare {
    /// Nobody's.
    None,
    /// Those of the packages that were selected.
    Selected,
    /// Those of all path packages that are shown.
    All,
}

/// What is shown.
#[derive(Debug)]
pub(crate) struct View<'a> {
    pub(crate) graphs: &'a Graphs,
    pub(crate) shape: Shape,
    /// Packages, in the order of the graph.
    pub(crate) packages: Vec<Shown>,
    /// Indices of the packages that come first.
    pub(crate) roots: Vec<usize>,
}

/// A package that is shown.
#[derive(Debug)]
pub(crate) struct Shown {
    pub(crate) id: PackageIndex,
    /// What it depends on, as indices into [`View::packages`], ordered.
    pub(crate) dependencies: Vec<(usize, Vec<DependencyKind>)>,
    /// How many dependencies on packages that are not on a local path are not shown.
    pub(crate) n_hidden: usize,
    /// Its crates, if their modules are shown.
    pub(crate) crates: Vec<ShownCrate>,
}

/// A crate whose modules are shown.
#[derive(Debug)]
pub(crate) struct ShownCrate {
    pub(crate) id: CrateId,
    /// The root and what is below it, outer modules before inner ones.
    pub(crate) modules: Vec<ModuleId>,
}

impl<'a> View<'a> {
    /// Decides what is shown.
    pub(crate) fn new(graphs: &'a Graphs, shape: Shape) -> Self {
        let ids = reached(graphs, &shape);
        let place: BTreeMap<PackageIndex, usize> =
            ids.iter().enumerate().map(|(place, id)| (*id, place)).collect();
        let packages = ids.iter().map(|id| shown(graphs, &shape, *id, &place)).collect();
        let mut view = View { graphs, shape, packages, roots: Vec::new() };
        view.roots = view.first(&place);
        view
    }

    /// Returns a package.
    pub(crate) fn package(&self, index: usize) -> &'a Package {
        &self.graphs.packages.packages[self.packages[index].id]
    }

    /// Returns the target that a crate is.
    pub(crate) fn target(&self, in_graph: &ModuleGraph, id: CrateId) -> &'a Target {
        let found = &in_graph.crates[id];
        &self.graphs.packages.packages[found.package].targets[found.target]
    }

    /// Returns a path as it is below the workspace, or whole if it is elsewhere.
    pub(crate) fn local<'b>(&self, path: &'b Utf8Path) -> &'b Utf8Path {
        path.strip_prefix(&self.graphs.packages.workspace_root).unwrap_or(path)
    }

    /// Returns the index of a package, if it is shown.
    pub(crate) fn place(&self, package: PackageIndex) -> Option<usize> {
        self.packages.binary_search_by_key(&package, |shown| shown.id).ok()
    }

    /// Iterates over the crates whose modules are shown.
    pub(crate) fn crates(&self) -> impl Iterator<Item = &ShownCrate> {
        self.packages.iter().flat_map(|shown| &shown.crates)
    }

    /// Returns the modules that are shown, each with its place in the order in which they are.
    pub(crate) fn module_places(&self) -> BTreeMap<ModuleId, usize> {
        let modules = self.crates().flat_map(|found| &found.modules);
        modules.enumerate().map(|(place, module)| (*module, place)).collect()
    }

    /// Iterates over the uses of modules that are shown by such modules, and of packages.
    pub(crate) fn uses(&self) -> impl Iterator<Item = &'a Use> + '_ {
        let shown: BTreeSet<ModuleId> =
            self.crates().flat_map(|it| it.modules.iter().copied()).collect();
        let uses = self.graphs.modules.iter().flat_map(|modules| &modules.uses);
        uses.filter(move |one| {
            shown.contains(&one.from)
                && match one.to {
                    UseTarget::Module(to) => shown.contains(&to),
                    UseTarget::Package(to) => self.place(to).is_some(),
                }
        })
    }

    /// Returns the packages that come first: those that were named, or those that no other one
    /// leads to. Where packages depend on each other in a circle, one of them comes first.
    fn first(&self, place: &BTreeMap<PackageIndex, usize>) -> Vec<usize> {
        let selected: Vec<usize> =
            self.graphs.selected.iter().filter_map(|id| place.get(id).copied()).collect();
        if self.shape.are_named {
            return selected;
        }
        let mut is_below = vec![false; self.packages.len()];
        for (index, shown) in self.packages.iter().enumerate() {
            for (to, _) in &shown.dependencies {
                is_below[*to] |= *to != index;
            }
        }
        let mut first: Vec<usize> =
            selected.iter().copied().filter(|index| !is_below[*index]).collect();
        let mut covered = BTreeSet::new();
        first.iter().for_each(|root| self.cover(*root, &mut covered));
        for index in selected {
            if !covered.contains(&index) {
                first.push(index);
                self.cover(index, &mut covered);
            }
        }
        first.sort_unstable();
        first
    }

    fn cover(&self, root: usize, covered: &mut BTreeSet<usize>) {
        let mut stack = vec![root];
        while let Some(index) = stack.pop() {
            if covered.insert(index) {
                stack.extend(self.packages[index].dependencies.iter().map(|(to, _)| *to));
            }
        }
    }
}

/// Returns the packages that are shown, in the order of the graph.
fn reached(graphs: &Graphs, shape: &Shape) -> Vec<PackageIndex> {
    let mut reached: BTreeSet<PackageIndex> = graphs.selected.iter().copied().collect();
    let mut waiting: VecDeque<(PackageIndex, usize)> =
        reached.iter().map(|package| (*package, 0)).collect();
    while let Some((package, depth)) = waiting.pop_front() {
        if depth >= shape.package_depth {
            continue;
        }
        for link in
            links(graphs, shape, package).filter(|link| is_shown(graphs, shape, package, link))
        {
            if reached.insert(link.package) {
                waiting.push_back((link.package, depth + 1));
            }
        }
    }
    reached.into_iter().collect()
}

/// Iterates over what a package depends on, as far as it is gone into.
fn links<'a>(
    graphs: &'a Graphs,
    shape: &'a Shape,
    package: PackageIndex,
) -> impl Iterator<Item = &'a PackageLink> {
    let is_open =
        graphs.packages.packages[package].is_local() || graphs.selected.contains(&package);
    let links = graphs.dependencies[package].iter().filter(move |_| is_open);
    links.filter(|link| link.kinds.iter().any(|kind| shape.kinds.contains(kind)))
}

fn is_shown(graphs: &Graphs, shape: &Shape, user: PackageIndex, link: &PackageLink) -> bool {
    let is_local = |id| graphs.packages.packages[id].is_local();
    // Whoever asks for a package from elsewhere wants to see more than its name.
    shape.has_external || is_local(link.package) || !is_local(user)
}

fn shown(
    graphs: &Graphs,
    shape: &Shape,
    id: PackageIndex,
    place: &BTreeMap<PackageIndex, usize>,
) -> Shown {
    let is_local = graphs.packages.packages[id].is_local();
    let (mut dependencies, mut n_hidden) = (Vec::new(), 0);
    for link in links(graphs, shape, id) {
        let kinds = || link.kinds.intersection(&shape.kinds).copied().collect();
        match place.get(&link.package) {
            Some(to) if is_shown(graphs, shape, id, link) => dependencies.push((*to, kinds())),
            _ => n_hidden += usize::from(!graphs.packages.packages[link.package].is_local()),
        }
    }
    dependencies.sort();
    let has_modules = is_local
        && match shape.modules {
            ModuleShare::None => false,
            ModuleShare::Selected => graphs.selected.contains(&id),
            ModuleShare::All => true,
        };
    let crates = graphs.modules.as_ref().filter(|_| has_modules).map(|modules| {
        let crates = modules.crates_of(id);
        crates.map(|id| ShownCrate { id, modules: limited(modules, shape, id) }).collect()
    });
    Shown { id, dependencies, n_hidden, crates: crates.unwrap_or_default() }
}

/// Returns the modules of a crate down to the depth that is shown.
fn limited(graph: &ModuleGraph, shape: &Shape, id: CrateId) -> Vec<ModuleId> {
    let depth = |module: ModuleId| {
        std::iter::successors(graph.modules[module].parent, |it| graph.modules[*it].parent).count()
    };
    let is_shown = |module: &ModuleId| {
        depth(*module) <= shape.module_depth && !(shape.is_brief && graph.is_for_tests(*module))
    };
    graph.with_descendants(graph.crates[id].root).filter(is_shown).collect()
}
