//! What paths in sources lead to. Knows modules, imports and the names of dependencies; knows no
//! item that is not a module, so that a path to an item leads to the module that it is in.
//!
//! The rules are those of the 2018 edition: a path starts with `crate`, `self`, `super`, with a name
//! that is in scope (a module, an import, something that a glob brings), or with the name of an
//! extern crate. In the 2015 edition imports start at the crate's root.

use std::collections::{BTreeMap, HashMap, HashSet};

use atlas_fingerprint::{Mention, NamedPath, Start};

use crate::ids::{CrateId, DenseMap, ModuleId, PackageIndex};
use crate::modules::graph::ModuleGraph;
use crate::packages::{DependencyKind, Package, PackageGraph};

/// What a path leads to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Found {
    /// Modules; several if conditions decide which of them it is.
    Modules(Vec<ModuleId>),
    /// The library of a package.
    Package(PackageIndex),
    /// Something else, such as the standard library.
    Elsewhere,
}

/// The names that are in scope in each module.
#[derive(Debug)]
pub(super) struct Names<'a> {
    graph: &'a ModuleGraph,
    /// Modules of the same name are alternatives.
    children: HashMap<(ModuleId, &'a str), Vec<ModuleId>>,
    imports: HashMap<(ModuleId, &'a str), Vec<&'a NamedPath>>,
    globs: HashMap<ModuleId, Vec<&'a NamedPath>>,
    /// Names of dependencies.
    externs: DenseMap<CrateId, BTreeMap<String, PackageIndex>>,
    /// Whether imports start at the root.
    is_2015: DenseMap<CrateId, bool>,
}

/// Imports and globs that are being followed: they may lead round and round.
type Followed<'a> = HashSet<(ModuleId, &'a str)>;

impl<'a> Names<'a> {
    /// Collects names. `paths` are those of each module.
    pub(super) fn new(
        packages: &PackageGraph,
        graph: &'a ModuleGraph,
        paths: impl Iterator<Item = (ModuleId, &'a NamedPath)>,
    ) -> Self {
        let mut children: HashMap<_, Vec<_>> = HashMap::new();
        for (id, module) in graph.modules.iter() {
            if let Some(parent) = module.parent {
                children.entry((parent, module.name.as_str())).or_default().push(id);
            }
        }
        let mut imports: HashMap<_, Vec<_>> = HashMap::new();
        let mut globs: HashMap<_, Vec<_>> = HashMap::new();
        for (module, path) in paths {
            match &path.mention {
                Mention::Import { name: Some(name), .. } => {
                    imports.entry((module, name.as_str())).or_default().push(path);
                }
                Mention::Glob { .. } => globs.entry(module).or_default().push(path),
                Mention::Import { name: None, .. } | Mention::Code => {}
            }
        }
        let of = |found: &crate::modules::Crate| {
            let package = &packages.packages[found.package];
            (package, &package.targets[found.target])
        };
        let externs = graph.crates.values().map(|found| {
            let (package, target) = of(found);
            let own = package.library().filter(|_| !target.is_lib() && !target.is_custom_build());
            let own = own.map(|library| (library.crate_name(), found.package));
            externs(packages, package, target.is_custom_build()).chain(own).collect()
        });
        let externs = externs.collect();
        let is_2015 = graph.crates.values().map(|found| of(found).1.edition == "2015").collect();
        Names { graph, children, imports, globs, externs, is_2015 }
    }

    /// Returns what a path that a module names leads to.
    pub(super) fn find(&self, module: ModuleId, path: &'a NamedPath) -> Found {
        self.follow(module, path, &mut HashSet::new())
    }

    fn follow(&self, module: ModuleId, path: &'a NamedPath, seen: &mut Followed<'a>) -> Found {
        let in_crate = self.graph.modules[module].in_crate;
        let root = self.graph.crates[in_crate].root;
        let Some((first, rest)) = path.segments.split_first() else {
            // `use *`
            return Found::Modules(vec![module]);
        };
        let from_root = self.is_2015[in_crate]
            && (path.start == Start::Global
                || path.start == Start::Here && path.mention != Mention::Code);
        let start = match (path.start, first.as_str()) {
            (Start::ExternCrate, "self") | (_, "crate") => Found::Modules(vec![root]),
            (Start::Here, "self") => Found::Modules(vec![module]),
            (Start::Here, "super") => Found::Modules(self.parents(&[module])),
            (Start::ExternCrate, name) => self.external(in_crate, name),
            (Start::Global, name) if !from_root => self.external(in_crate, name),
            (_, name) => {
                let scope = if from_root { root } else { module };
                // The import itself does not bring into scope what it starts with.
                let found = self.member(scope, name, path, seen);
                found.unwrap_or_else(|| self.external(in_crate, name))
            }
        };
        match start {
            Found::Modules(modules) => self.descend(modules, rest, path, seen),
            other => other,
        }
    }

    /// Follows the rest of a path.
    fn descend(
        &self,
        mut modules: Vec<ModuleId>,
        rest: &'a [String],
        path: &NamedPath,
        seen: &mut Followed<'a>,
    ) -> Found {
        for name in rest {
            let next = match name.as_str() {
                "self" => continue,
                "super" => Found::Modules(self.parents(&modules)),
                name => {
                    let mut found =
                        modules.iter().filter_map(|module| self.member(*module, name, path, seen));
                    match found.next() {
                        None | Some(Found::Elsewhere) => break,
                        Some(Found::Modules(mut all)) => {
                            for other in found {
                                if let Found::Modules(others) = other {
                                    all.extend(others);
                                }
                            }
                            Found::Modules(all)
                        }
                        Some(package) => package,
                    }
                }
            };
            match next {
                Found::Modules(next) if !next.is_empty() => modules = next,
                Found::Modules(_) => break,
                other => return other,
            }
        }
        Found::Modules(modules)
    }

    /// Returns the module, import or member of a glob of that name in a module.
    /// `asking` does not answer by itself.
    fn member(
        &self,
        module: ModuleId,
        name: &'a str,
        asking: &NamedPath,
        seen: &mut Followed<'a>,
    ) -> Option<Found> {
        if let Some(children) = self.children.get(&(module, name)) {
            return Some(Found::Modules(children.clone()));
        }
        if !seen.insert((module, name)) {
            return None;
        }
        let is_other = |import: &&&'a NamedPath| !std::ptr::eq(**import, asking);
        let mut imports = self.imports.get(&(module, name)).into_iter().flatten();
        let import = imports.find(is_other).map(|path| self.follow(module, path, seen));
        let found = import.or_else(|| {
            let globs = self.globs.get(&module).into_iter().flatten().filter(is_other);
            globs.filter_map(|glob| self.in_glob(module, name, glob, seen)).next()
        });
        seen.remove(&(module, name));
        found
    }

    /// Returns what a glob brings into scope under a name.
    fn in_glob(
        &self,
        module: ModuleId,
        name: &'a str,
        glob: &'a NamedPath,
        seen: &mut Followed<'a>,
    ) -> Option<Found> {
        let key = (module, "*");
        let is_new = seen.insert(key);
        let found = if is_new { self.follow(module, glob, seen) } else { Found::Elsewhere };
        if is_new {
            seen.remove(&key);
        }
        match found {
            Found::Modules(modules) => {
                modules.iter().find_map(|module| self.member(*module, name, glob, seen))
            }
            Found::Package(_) | Found::Elsewhere => None,
        }
    }

    fn parents(&self, modules: &[ModuleId]) -> Vec<ModuleId> {
        modules.iter().filter_map(|module| self.graph.modules[*module].parent).collect()
    }

    fn external(&self, in_crate: CrateId, name: &str) -> Found {
        let package = self.externs[in_crate].get(name);
        package.map_or(Found::Elsewhere, |package| Found::Package(*package))
    }
}

/// Returns the names under which a package's target sees its dependencies.
fn externs<'a>(
    packages: &'a PackageGraph,
    package: &'a Package,
    is_build_script: bool,
) -> impl Iterator<Item = (String, PackageIndex)> + 'a {
    let is_seen = move |kind: DependencyKind| (kind == DependencyKind::Build) == is_build_script;
    package.resolved.iter().flat_map(move |resolved| {
        let declarations = resolved.declarations.iter().map(|it| &package.dependencies[*it]);
        let seen = declarations.filter(move |declared| is_seen(declared.kind));
        seen.map(move |declared| {
            let library = packages.packages[resolved.package].library();
            let name = match library.filter(|_| !declared.renamed) {
                Some(library) => library.crate_name(),
                None => declared.name_in_toml.replace('-', "_"),
            };
            (name, resolved.package)
        })
    })
}
