//! Packages: what cargo resolved, as a graph, and which of them a request is about.

mod build;
mod describe;
mod graph;
mod member_features;
mod select;
mod spec;
#[cfg(test)]
pub(crate) mod testing;

pub use build::build;
pub use graph::{
    CrateType, Dependency, DependencyKind, FeatureValue, Package, PackageFacts, PackageGraph,
    ResolvedDependency, Target, TargetKind,
};
pub use member_features::MemberFeatures;
pub use select::{SelectError, Selection, select};
pub(crate) use select::{is_glob, parse_glob, selected_members};
pub use spec::{is_similar, matches_spec, similar_name};
