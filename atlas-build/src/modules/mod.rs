//! The modules of path packages: files, the `mod` tree of each target, and who uses what.

mod build;
mod graph;
mod names;
mod query;
mod scan;
#[cfg(test)]
mod testing;
mod uses;
mod verify;

pub use atlas_fingerprint::{Condition, SourceDigests};
pub use build::build;
pub use graph::{
    Crate, Declaration, FileState, Module, ModuleBody, ModuleGraph, SourceFile, Use, UseTarget,
};
pub use scan::{ScanCounts, scan};
pub use verify::GraphFault;
