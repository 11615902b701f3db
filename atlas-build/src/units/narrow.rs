//! Which declared dependencies the dependency resolver would have activated for the selected
//! members: the first of two passes over features.
//!
//! `cargo metadata --all-features` lists an edge for every optional dependency that anything could
//! switch on. Cargo resolves again for the packages of the command line, and looks at nothing
//! that this second resolution left out. What differs from the feature resolver proper
//! (`features.rs`): host and target are one, platforms do not matter, a weak `dep?/feature` does
//! activate `dep`, and development dependencies count for selected members only, with the features
//! that a member has by itself. Source: cargo's `core/resolver/dep_cache.rs`.

use std::collections::{BTreeMap, BTreeSet};

use crate::ids::{DenseMap, PackageIndex};
use crate::packages::{
    DependencyKind, FeatureValue, MemberFeatures, Package, PackageGraph, ResolvedDependency,
};

/// The edges of the package graph that are left, for each package.
pub(crate) type NarrowedEdges = DenseMap<PackageIndex, Vec<ResolvedDependency>>;

/// Narrows the edges of the graph to what the selected members need.
pub(crate) fn narrow(graph: &PackageGraph, members: &[MemberFeatures]) -> NarrowedEdges {
    let n_packages = graph.packages.len();
    let mut pass = Pass {
        graph,
        as_dependency: DenseMap::filled(n_packages, Activation::default()),
        as_root: DenseMap::filled(n_packages, Activation::default()),
        edges: (0..n_packages).map(|_| BTreeMap::new()).collect(),
        queue: Vec::new(),
    };
    for member in members {
        let package = &graph.packages[member.package];
        let root = &mut pass.as_root[member.package];
        root.active = true;
        if member.all_features {
            for name in package.features.keys() {
                root.require(package, &FeatureValue::Feature(name.clone()));
            }
        }
        for value in &member.features {
            root.require(package, value);
        }
        if member.default_features {
            root.require_default(package);
        }
        pass.queue.push((member.package, Role::Root));
    }
    while let Some((package, role)) = pass.queue.pop() {
        pass.follow(package, role);
    }
    pass.edges
        .values()
        .map(|edges| {
            let resolved =
                |(package, declarations): (&PackageIndex, &BTreeSet<usize>)| ResolvedDependency {
                    package: *package,
                    declarations: declarations.iter().copied().collect(),
                };
            edges.iter().map(resolved).collect()
        })
        .collect()
}

/// Returns the packages that take part: the members and what they reach.
pub(crate) fn reached(
    edges: &NarrowedEdges,
    members: impl Iterator<Item = PackageIndex>,
) -> BTreeSet<PackageIndex> {
    let mut reached = BTreeSet::new();
    let mut stack: Vec<PackageIndex> = members.collect();
    while let Some(package) = stack.pop() {
        if reached.insert(package) {
            stack.extend(edges[package].iter().map(|resolved| resolved.package));
        }
    }
    reached
}

/// As what a package is activated: a selected member has its development dependencies.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    Root,
    Dependency,
}

/// What is switched on in a package, in one role.
#[derive(Clone, Default)]
struct Activation {
    active: bool,
    features: BTreeSet<String>,
    /// Dependencies named by features, with the features asked of them.
    dependencies: BTreeMap<String, BTreeSet<String>>,
}

impl Activation {
    /// Switches a feature value on; returns whether anything is new.
    fn require(&mut self, package: &Package, value: &FeatureValue) -> bool {
        match value {
            FeatureValue::Feature(name) => self.require_feature(package, name),
            FeatureValue::Dep(dep) => {
                let new = !self.dependencies.contains_key(dep);
                self.dependencies.entry(dep.clone()).or_default();
                new
            }
            FeatureValue::DepFeature { dep, feature, weak } => {
                let optional = |declared: &crate::packages::Dependency| {
                    declared.optional && declared.name_in_toml == *dep
                };
                let implied = !weak
                    && package.features.contains_key(dep)
                    && package.dependencies.iter().any(optional)
                    && self.require_feature(package, dep);
                let asked = self.dependencies.entry(dep.clone()).or_default();
                asked.insert(feature.clone()) || implied
            }
        }
    }

    fn require_feature(&mut self, package: &Package, name: &str) -> bool {
        if !self.features.insert(name.to_owned()) {
            return false;
        }
        for value in package.features.get(name).into_iter().flatten() {
            self.require(package, value);
        }
        true
    }

    fn require_default(&mut self, package: &Package) -> bool {
        package.features.contains_key("default") && self.require_feature(package, "default")
    }
}

struct Pass<'a> {
    graph: &'a PackageGraph,
    as_root: DenseMap<PackageIndex, Activation>,
    as_dependency: DenseMap<PackageIndex, Activation>,
    edges: DenseMap<PackageIndex, BTreeMap<PackageIndex, BTreeSet<usize>>>,
    queue: Vec<(PackageIndex, Role)>,
}

impl Pass<'_> {
    /// Activates what a package, with the features it now has, depends on.
    fn follow(&mut self, id: PackageIndex, role: Role) {
        let package = &self.graph.packages[id];
        let activation = match role {
            Role::Root => self.as_root[id].clone(),
            Role::Dependency => self.as_dependency[id].clone(),
        };
        for resolved in &package.resolved {
            for &index in &resolved.declarations {
                let declared = &package.dependencies[index];
                let named = activation.dependencies.get(&declared.name_in_toml);
                if (declared.kind == DependencyKind::Development && role == Role::Dependency)
                    || (declared.optional && named.is_none())
                {
                    continue;
                }
                self.edges[id].entry(resolved.package).or_default().insert(index);
                let asked = declared.features.iter().chain(named.into_iter().flatten());
                self.activate(resolved.package, asked, declared.default_features);
            }
        }
    }

    /// Activates a package as a dependency, and queues it if that brought anything new.
    fn activate<'f>(
        &mut self,
        id: PackageIndex,
        features: impl Iterator<Item = &'f String>,
        default_features: bool,
    ) {
        let package = &self.graph.packages[id];
        let activation = &mut self.as_dependency[id];
        let mut new = !std::mem::replace(&mut activation.active, true);
        for feature in features {
            new |= activation.require(package, &FeatureValue::parse(feature));
        }
        if default_features {
            new |= activation.require_default(package);
        }
        if new {
            self.queue.push((id, Role::Dependency));
        }
    }
}
