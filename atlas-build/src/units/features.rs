//! Which features and optional dependencies are on, for host and target apart: the second of two
//! passes over features, on the edges that `narrow.rs` left.
//!
//! | | resolver 1 | resolver 2 and 3 |
//! | --- | --- | --- |
//! | sides (target, host) of a package | one set of features for both | a set each |
//! | development dependencies | always take part | only if a target that uses them is built |
//! | dependencies of other platforms | take part | do not |
//!
//! A dependency is on the host side if it is a build dependency, a procedural macro, or below one.
//! Source: cargo's `core/resolver/features.rs`.

use std::collections::{BTreeSet, HashMap, HashSet};

use crate::ids::PackageIndex;
use crate::packages::{
    Dependency, DependencyKind, FeatureValue, MemberFeatures, Package, PackageGraph,
};
use crate::platform::CompileKind;
use crate::toolchain::Toolchain;
use crate::units::narrow::NarrowedEdges;
use crate::workspace::{Resolver, Workspace};

/// For which machine a package's features count.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(super) enum Side {
    /// Whatever is built for.
    Target,
    /// The compiling machine: build scripts, procedural macros, and what they depend on.
    Host,
}

/// Whether anything is built that development dependencies are for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum DevUnits {
    /// Tests, examples or benches are built.
    Yes,
    /// None are.
    No,
}

/// What is on.
#[derive(Clone, Debug)]
pub(super) struct ResolvedFeatures {
    decoupled: bool,
    features: HashMap<(PackageIndex, Side), BTreeSet<String>>,
    optional_dependencies: HashMap<(PackageIndex, Side), BTreeSet<String>>,
}

impl ResolvedFeatures {
    /// Returns the features of a package on one side, or `None` if it takes no part there.
    pub(super) fn features(&self, package: PackageIndex, side: Side) -> Option<&BTreeSet<String>> {
        self.features.get(&(package, self.side(side)))
    }

    /// Returns whether an optional dependency of a package is on.
    pub(super) fn is_dependency_on(&self, package: PackageIndex, side: Side, name: &str) -> bool {
        self.optional_dependencies
            .get(&(package, self.side(side)))
            .is_some_and(|names| names.contains(name))
    }

    fn side(&self, side: Side) -> Side {
        if self.decoupled { side } else { Side::Target }
    }
}

/// Resolves the features of everything that the members depend on.
pub(super) fn resolve(
    graph: &PackageGraph,
    edges: &NarrowedEdges,
    members: &[MemberFeatures],
    workspace: &Workspace,
    dev_units: DevUnits,
) -> ResolvedFeatures {
    let decoupled = workspace.resolver == Resolver::V2;
    let mut pass = Pass {
        graph,
        edges,
        toolchain: &workspace.toolchain,
        requested_kinds: &workspace.requested_kinds,
        decoupled,
        ignore_dev: decoupled && dev_units == DevUnits::No,
        deferred: HashMap::new(),
        processed: HashSet::new(),
        resolved: ResolvedFeatures {
            decoupled,
            features: HashMap::new(),
            optional_dependencies: HashMap::new(),
        },
        tasks: Vec::new(),
    };
    for member in members {
        let package = &graph.packages[member.package];
        let values = requested(member, package);
        if decoupled && package.has_proc_macro() {
            pass.activate(member.package, Side::Host, values.clone());
        }
        pass.activate(member.package, Side::Target, values);
    }
    while let Some(task) = pass.tasks.pop() {
        pass.run(task);
    }
    pass.resolved
}

fn requested(member: &MemberFeatures, package: &Package) -> Vec<FeatureValue> {
    let mut values: Vec<FeatureValue> = member.features.iter().cloned().collect();
    if member.default_features && package.features.contains_key("default") {
        values.push(FeatureValue::Feature("default".to_owned()));
    }
    if member.all_features {
        values.extend(package.features.keys().map(|name| FeatureValue::Feature(name.clone())));
    }
    values
}

/// One thing to switch on.
struct Task {
    package: PackageIndex,
    side: Side,
    value: FeatureValue,
}

/// Everything is monotone, so the order of the tasks does not matter.
struct Pass<'a> {
    graph: &'a PackageGraph,
    edges: &'a NarrowedEdges,
    toolchain: &'a Toolchain,
    requested_kinds: &'a [CompileKind],
    decoupled: bool,
    ignore_dev: bool,
    /// Features to switch on in an optional dependency (`dep?/feature`) once something else
    /// switches the dependency on.
    deferred: HashMap<(PackageIndex, Side, String), BTreeSet<String>>,
    processed: HashSet<(PackageIndex, Side)>,
    resolved: ResolvedFeatures,
    tasks: Vec<Task>,
}

impl<'a> Pass<'a> {
    /// Lets a package take part, with the given features and all that it needs without any.
    fn activate(&mut self, package: PackageIndex, side: Side, values: Vec<FeatureValue>) {
        self.resolved.features.entry((package, side)).or_default();
        self.tasks.extend(values.into_iter().map(|value| Task { package, side, value }));
        if !self.processed.insert((package, side)) {
            return;
        }
        for (dependency, declared, dependency_side) in self.dependencies(package, side) {
            if !declared.optional {
                let values = self.asked_by(declared, dependency);
                self.activate(dependency, dependency_side, values);
            }
        }
    }

    fn run(&mut self, Task { package, side, value }: Task) {
        match value {
            FeatureValue::Feature(name) => self.switch_on(package, side, name),
            FeatureValue::Dep(dep) => self.switch_on_dependency(package, side, &dep),
            FeatureValue::DepFeature { dep, feature, weak } => {
                self.switch_on_in_dependency(package, side, &dep, &feature, weak);
            }
        }
    }

    fn switch_on(&mut self, package: PackageIndex, side: Side, name: String) {
        let implied = self.graph.packages[package].features.get(&name);
        if self.resolved.features.entry((package, side)).or_default().insert(name) {
            let task = |value: &FeatureValue| Task { package, side, value: value.clone() };
            self.tasks.extend(implied.into_iter().flatten().map(task));
        }
    }

    fn switch_on_dependency(&mut self, package: PackageIndex, side: Side, dep: &str) {
        self.resolved
            .optional_dependencies
            .entry((package, side))
            .or_default()
            .insert(dep.to_owned());
        let deferred = self.deferred.remove(&(package, side, dep.to_owned())).unwrap_or_default();
        for (dependency, declared, dependency_side) in self.dependencies(package, side) {
            if declared.name_in_toml == dep {
                let mut values = self.asked_by(declared, dependency);
                values.extend(deferred.iter().map(|feature| FeatureValue::parse(feature)));
                self.activate(dependency, dependency_side, values);
            }
        }
    }

    fn switch_on_in_dependency(
        &mut self,
        package: PackageIndex,
        side: Side,
        dep: &str,
        feature: &str,
        weak: bool,
    ) {
        for (dependency, declared, dependency_side) in self.dependencies(package, side) {
            if declared.name_in_toml != dep {
                continue;
            }
            if declared.optional {
                if weak && !self.resolved.is_dependency_on(package, side, dep) {
                    let key = (package, side, dep.to_owned());
                    self.deferred.entry(key).or_default().insert(feature.to_owned());
                    continue;
                }
                self.switch_on_dependency(package, side, dep);
                // Before weak dependencies, `dep/feature` also meant the feature named `dep`
                // (rust-lang/cargo#10788, #12130: unless `dep:` hides it).
                if !weak && self.graph.packages[package].features.contains_key(dep) {
                    self.switch_on(package, side, dep.to_owned());
                }
            }
            let value = FeatureValue::parse(feature);
            self.tasks.push(Task { package: dependency, side: dependency_side, value });
        }
    }

    fn asked_by(&self, declared: &Dependency, dependency: PackageIndex) -> Vec<FeatureValue> {
        let mut values: Vec<FeatureValue> =
            declared.features.iter().map(|feature| FeatureValue::parse(feature)).collect();
        let has_default = self.graph.packages[dependency].features.contains_key("default");
        if declared.default_features && has_default {
            values.push(FeatureValue::Feature("default".to_owned()));
        }
        values
    }

    /// Returns the declarations that count for a package on one side, with the package and side
    /// that each leads to.
    fn dependencies(
        &self,
        package: PackageIndex,
        side: Side,
    ) -> Vec<(PackageIndex, &'a Dependency, Side)> {
        let graph = self.graph;
        let mut counting = Vec::new();
        for resolved in &self.edges[package] {
            let target = &graph.packages[resolved.package];
            for &index in &resolved.declarations {
                let declared = &graph.packages[package].dependencies[index];
                let development = declared.kind == DependencyKind::Development;
                if (development && self.ignore_dev) || !self.is_platform_active(declared, side) {
                    continue;
                }
                let to_host = declared.kind == DependencyKind::Build
                    || target.library().is_some_and(|library| library.is_proc_macro());
                let dependency_side = if self.decoupled && to_host { Side::Host } else { side };
                counting.push((resolved.package, declared, dependency_side));
            }
        }
        counting
    }

    fn is_platform_active(&self, declared: &Dependency, side: Side) -> bool {
        if !self.decoupled || declared.platform.is_none() {
            return true;
        }
        if side == Side::Host || declared.kind == DependencyKind::Build {
            return self.toolchain.is_active(declared, &CompileKind::Host);
        }
        self.requested_kinds.iter().any(|kind| self.toolchain.is_active(declared, kind))
    }
}
