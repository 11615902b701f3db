//! The stages in order: what the engine does with a request.

mod accountant;
mod build;
mod cache;
mod documentation;
mod error;
mod graph;
mod planned;
mod predict;
mod prepare;
mod products;
mod read_only;
mod sharing;

pub use build::{Surroundings, build};
pub use error::Error;
pub use graph::{GraphExtent, Graphs, PackageLink, graph};
pub use planned::{Planned, plan, unit_graph};
pub use predict::{last_account, predict};
pub use products::{Built, Doctest, Executable, Products};
