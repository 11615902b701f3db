//! Packages: what cargo resolved, as a graph.

mod graph;

pub use graph::{
    CrateType, Dependency, DependencyKind, FeatureValue, Package, PackageFacts, PackageGraph,
    ResolvedDependency, Target, TargetKind,
};
