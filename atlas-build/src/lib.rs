//! The build engine of cargo-atlas: reads a workspace, plans its units, runs them, keeps what came
//! of it. Knows cargo and rustc; never prints and never reads the environment by itself.

pub mod account;
pub mod cas;
pub mod clean;
pub mod derivation;
pub mod event;
pub mod execute;
pub mod fingerprints;
pub mod ids;
pub mod interrupt;
pub mod layout;
pub mod modules;
pub mod packages;
mod pipeline;
pub mod plan;
pub mod platform;
pub mod process;
pub mod request;
pub mod rustc;
pub mod script;
pub mod splice;
pub mod store;
pub mod toolchain;
pub mod units;
pub mod workspace;

pub use pipeline::{
    Built, Doctest, Error, Executable, GraphExtent, Graphs, PackageLink, Passed, Planned, Products,
    Site, Surroundings, build, graph, last_account, plan, predict, unit_graph,
};
