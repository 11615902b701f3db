//! Packages: what cargo resolved, as a graph.

mod graph;
#[cfg(test)]
pub(crate) mod testing;

pub use graph::{
    CrateType, Dependency, DependencyKind, FeatureValue, Package, PackageFacts, PackageGraph,
    ResolvedDependency, Target, TargetKind,
};
