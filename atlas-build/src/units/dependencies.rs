//! What each unit depends on, from the roots downwards. Source: cargo's
//! `core/compiler/unit_dependencies.rs`.

use std::collections::{BTreeSet, HashMap, HashSet};

use crate::ids::{DenseMap, PackageIndex, UnitId};
use crate::packages::{Dependency, DependencyKind, Target};
use crate::platform::CompileKind;
use crate::request::Intent;
use crate::units::draft::{Edge, Interner, Sources};
use crate::units::features::DevUnits;
use crate::units::required_features::available_features;
use crate::units::unit_for::UnitFor;
use crate::units::{CompileMode, Unit};
use crate::workspace::Unsupported;

/// The graph before equal units of host and target are merged.
pub(super) struct DraftGraph {
    pub(super) interner: Interner,
    pub(super) edges: DenseMap<UnitId, Vec<Edge>>,
    pub(super) roots: Vec<UnitId>,
}

/// Follows the dependencies of the roots.
///
/// # Errors
///
/// [`Unsupported`] if cargo would look at something that is not known here.
pub(super) fn follow(
    sources: &Sources<'_>,
    roots: Vec<Unit>,
    intent: Intent,
) -> Result<DraftGraph, Unsupported> {
    let mut pass = Pass {
        sources,
        intent,
        interner: Interner::default(),
        edges: HashMap::new(),
        dev_edges: HashSet::new(),
    };
    let roots: Vec<UnitId> = roots.into_iter().map(|unit| pass.interner.intern(unit)).collect();
    for &root in &roots {
        let unit_for = root_unit_for(&pass.interner.units[root], intent);
        pass.visit(root, &unit_for)?;
    }
    pass.connect_build_script_runs();
    let Pass { interner, mut edges, .. } = pass;
    let order = |edge: &Edge| {
        let unit = std::sync::Arc::clone(&interner.units[edge.unit]);
        (unit, edge.unit_for.clone(), edge.extern_crate_name.clone(), edge.dep_name.clone())
    };
    let edges = interner
        .units
        .ids()
        .map(|id| {
            let mut list = edges.remove(&id).unwrap_or_default();
            list.sort_by_cached_key(order);
            list
        })
        .collect();
    Ok(DraftGraph { interner, edges, roots })
}

fn root_unit_for(unit: &Unit, intent: Intent) -> UnitFor {
    let root_kind = unit.kind.clone();
    match (unit.mode.is_any_test() || intent.unwinds(), unit.target.is_proc_macro()) {
        (_, true) => UnitFor::below_proc_macro(root_kind),
        (true, false) => UnitFor::test(root_kind),
        (false, false) => UnitFor::normal(root_kind),
    }
}

struct Pass<'a> {
    sources: &'a Sources<'a>,
    intent: Intent,
    interner: Interner,
    edges: HashMap<UnitId, Vec<Edge>>,
    /// Edges that are there only because of development dependencies.
    dev_edges: HashSet<(UnitId, UnitId)>,
}

impl Pass<'_> {
    fn visit(&mut self, id: UnitId, unit_for: &UnitFor) -> Result<(), Unsupported> {
        if self.edges.contains_key(&id) {
            return Ok(());
        }
        let unit = (*self.interner.units[id]).clone();
        let edges = if unit.is_run_custom_build() {
            self.edges_of_run(&unit, unit_for)?
        } else {
            self.edges_of_compile(id, &unit, unit_for)?
        };
        self.edges.insert(id, edges.clone());
        for edge in edges {
            self.visit(edge.unit, &edge.unit_for)?;
        }
        Ok(())
    }

    /// A run of a build script needs the script. What else it needs is found afterwards
    /// (`connect_build_script_runs`).
    fn edges_of_run(&mut self, unit: &Unit, unit_for: &UnitFor) -> Result<Vec<Edge>, Unsupported> {
        if self.is_overridden(unit) {
            return Ok(Vec::new());
        }
        let script_for = unit_for.for_custom_build();
        let target = &unit.target;
        let script = self.edge(
            unit,
            unit.package,
            target,
            script_for,
            CompileKind::Host,
            CompileMode::Build,
        )?;
        Ok(vec![script])
    }

    fn is_overridden(&self, unit: &Unit) -> bool {
        let links = self.sources.graph.packages[unit.package].links.as_ref();
        let overrides = &self.sources.workspace.toolchain.platform(&unit.kind).links_overrides;
        links.is_some_and(|links| overrides.contains_key(links))
    }

    fn edges_of_compile(
        &mut self,
        id: UnitId,
        unit: &Unit,
        unit_for: &UnitFor,
    ) -> Result<Vec<Edge>, Unsupported> {
        let graph = self.sources.graph;
        let mut edges = Vec::new();
        for resolved in &self.sources.edges[unit.package] {
            let declared = |index: &usize| &graph.packages[unit.package].dependencies[*index];
            let counting: Vec<&Dependency> = resolved
                .declarations
                .iter()
                .map(declared)
                .filter(|dependency| self.counts(unit, unit_for, dependency))
                .collect();
            let Some(library) = graph.packages[resolved.package].library() else {
                continue;
            };
            if counting.is_empty() {
                continue;
            }
            let edge = self.library_edge(unit, unit_for, resolved.package, library)?;
            if counting.iter().all(|dependency| dependency.kind == DependencyKind::Development) {
                self.dev_edges.insert((id, edge.unit));
            }
            edges.push(edge);
            if unit.mode.is_doc()
                && library.documented
                && self.intent == (Intent::Doc { dependencies: true })
            {
                edges.push(self.page_edge(unit, unit_for, resolved.package, library)?);
            }
        }
        if unit.target.is_custom_build() {
            return Ok(edges);
        }
        edges.extend(self.run_edge(unit, unit_for)?);
        let is_program = unit.target.is_bin() || unit.target.is_example();
        if unit.target.is_lib() && !unit.mode.is_doctest() || unit.mode.is_doc() && !is_program {
            return Ok(edges);
        }
        let own = || graph.packages[unit.package].targets.iter().filter(|it| it.is_linkable());
        if let Some(own) = own().next() {
            edges.push(self.library_edge(unit, unit_for, unit.package, own)?);
        }
        if let Some(own) = own().find(|it| unit.mode.is_doc() && it.documented) {
            edges.push(self.page_edge(unit, unit_for, unit.package, own)?);
        }
        let runs_binaries = unit.target.is_test() || unit.target.is_bench();
        if runs_binaries && unit.mode == CompileMode::Test {
            edges.extend(self.binary_edges(unit, unit_for)?);
        }
        Ok(edges)
    }

    /// Returns whether a declared dependency is for this unit.
    fn counts(&self, unit: &Unit, unit_for: &UnitFor, dependency: &Dependency) -> bool {
        let target = &unit.target;
        let right_table = match dependency.kind {
            DependencyKind::Build => target.is_custom_build(),
            DependencyKind::Normal => !target.is_custom_build(),
            DependencyKind::Development => {
                !target.is_custom_build()
                    && (target.is_test() || target.is_example() || unit.mode.is_any_test())
            }
        };
        right_table
            && self.sources.workspace.toolchain.is_active(dependency, &unit.kind)
            && (!dependency.optional
                || self.sources.features.is_dependency_on(
                    unit.package,
                    unit_for.side(),
                    &dependency.name_in_toml,
                ))
    }

    /// An edge to a library: built as the unit is, or checked, if it is checked or documented;
    /// procedural macros are always built.
    fn library_edge(
        &mut self,
        unit: &Unit,
        unit_for: &UnitFor,
        package: PackageIndex,
        library: &Target,
    ) -> Result<Edge, Unsupported> {
        let needs_metadata = unit.mode.is_check() || unit.mode.is_doc();
        let mode = if needs_metadata && !library.for_host() {
            CompileMode::Check { test: false }
        } else {
            CompileMode::Build
        };
        let library_for = unit_for.with_dependency(unit, library);
        self.edge(unit, package, library, library_for, unit.kind.for_target(library), mode)
    }

    /// An edge to the pages of a library, which those of the unit have links to.
    fn page_edge(
        &mut self,
        unit: &Unit,
        unit_for: &UnitFor,
        package: PackageIndex,
        library: &Target,
    ) -> Result<Edge, Unsupported> {
        let library_for = unit_for.with_dependency(unit, library);
        let kind = unit.kind.for_target(library);
        self.edge(unit, package, library, library_for, kind, CompileMode::Doc)
    }

    /// The edge to the run of the package's own build script.
    fn run_edge(&mut self, unit: &Unit, unit_for: &UnitFor) -> Result<Option<Edge>, Unsupported> {
        let sources = self.sources;
        let targets = &sources.graph.packages[unit.package].targets;
        let Some(script) = targets.iter().find(|target| target.is_custom_build()) else {
            return Ok(None);
        };
        let run_for = unit_for.for_custom_build();
        let run = sources.unit_with_profile(
            unit.package,
            script,
            &run_for,
            unit.kind.clone(),
            CompileMode::RunCustomBuild,
            sources.profiles.for_build_script_run(&unit.profile),
        )?;
        self.edge_to(unit, run, run_for).map(Some)
    }

    /// Edges from an integration test to the binaries that it may run.
    fn binary_edges(&mut self, unit: &Unit, unit_for: &UnitFor) -> Result<Vec<Edge>, Unsupported> {
        let sources = self.sources;
        let kinds = std::slice::from_ref(&unit.kind);
        let available: BTreeSet<String> =
            available_features(sources, unit.package, DevUnits::No, kinds);
        let mut edges = Vec::new();
        for target in &sources.graph.packages[unit.package].targets {
            let has_features = || {
                let mut required = target.required_features.iter().flatten();
                required.all(|name| available.contains(name))
            };
            if target.is_bin() && has_features() {
                let binary_for = UnitFor::normal(unit_for.root_kind().clone());
                let kind = unit.kind.for_target(target);
                let mode = CompileMode::Build;
                edges.push(self.edge(unit, unit.package, target, binary_for, kind, mode)?);
            }
        }
        Ok(edges)
    }

    fn edge(
        &mut self,
        parent: &Unit,
        package: PackageIndex,
        target: &Target,
        unit_for: UnitFor,
        kind: CompileKind,
        mode: CompileMode,
    ) -> Result<Edge, Unsupported> {
        let unit = self.sources.unit(package, target, &unit_for, kind, mode)?;
        self.edge_to(parent, unit, unit_for)
    }

    fn edge_to(
        &mut self,
        parent: &Unit,
        unit: Unit,
        unit_for: UnitFor,
    ) -> Result<Edge, Unsupported> {
        let (extern_crate_name, dep_name) = self.extern_name(parent, &unit)?;
        Ok(Edge { unit: self.interner.intern(unit), unit_for, extern_crate_name, dep_name })
    }

    /// Returns the name by which the parent's source refers to a dependency, and the rename that
    /// it comes from.
    fn extern_name(
        &self,
        parent: &Unit,
        unit: &Unit,
    ) -> Result<(String, Option<String>), Unsupported> {
        let graph = self.sources.graph;
        let resolved = self.sources.edges[parent.package]
            .iter()
            .filter(|_| parent.package != unit.package)
            .find(|resolved| resolved.package == unit.package);
        let mut names = resolved.into_iter().flat_map(|resolved| &resolved.declarations).map(|i| {
            let declared = &graph.packages[parent.package].dependencies[*i];
            if declared.renamed {
                let name = declared.name_in_toml.replace('-', "_");
                (name, Some(declared.name_in_toml.clone()))
            } else {
                (unit.target.crate_name(), None)
            }
        });
        let first = names.next().unwrap_or_else(|| (unit.target.crate_name(), None));
        if names.all(|(name, _)| name == first.0) {
            return Ok(first);
        }
        Err(Unsupported(format!(
            "package `{}` depends on `{}` several times with different names",
            graph.packages[parent.package].name, graph.packages[unit.package].name
        )))
    }

    /// Lets each run of a build script wait for the runs of the packages with `links` that its
    /// package depends on: it sees their metadata. They are found through whatever depends on the
    /// run: siblings of the run there. Development dependencies do not count, since they may form
    /// cycles. One run may be found twice, for different purposes, and is then listed twice, as in
    /// cargo.
    fn connect_build_script_runs(&mut self) {
        let mut parents = HashMap::<UnitId, BTreeSet<UnitId>>::new();
        for (&id, edges) in &self.edges {
            for edge in edges {
                if self.interner.units[edge.unit].is_run_custom_build() {
                    parents.entry(edge.unit).or_default().insert(id);
                }
            }
        }
        let mut added = Vec::new();
        for (&run, parents) in &parents {
            let siblings = parents
                .iter()
                .flat_map(|parent| self.edges[parent].iter().map(move |edge| (*parent, edge)));
            let found: HashSet<Edge> = siblings
                .filter(|(parent, edge)| !self.dev_edges.contains(&(*parent, edge.unit)))
                .filter_map(|(_, edge)| self.run_for_links(run, edge))
                .collect();
            added.push((run, found));
        }
        for (run, found) in added {
            self.edges.entry(run).or_default().extend(found);
        }
    }

    /// Returns the edge to the run of a sibling with `links`, if it is one.
    fn run_for_links(&self, run: UnitId, sibling: &Edge) -> Option<Edge> {
        let graph = self.sources.graph;
        let unit = &self.interner.units[sibling.unit];
        let package = &graph.packages[unit.package];
        let own = self.interner.units[run].package;
        if unit.package == own || !unit.target.is_linkable() || package.links.is_none() {
            return None;
        }
        let is_run = |edge: &&Edge| self.interner.units[edge.unit].is_run_custom_build();
        let found = self.edges.get(&sibling.unit)?.iter().find(is_run)?;
        let dep_name = sibling.dep_name.clone().unwrap_or_else(|| package.name.clone());
        Some(Edge { dep_name: Some(dep_name), ..found.clone() })
    }
}
