//! The stages in order: what the engine does with a request.

mod accountant;
mod build;
mod cache;
mod documentation;
mod error;
mod graph;
mod passed;
mod planned;
mod predict;
mod prepare;
mod products;
mod read_only;
mod sharing;
mod site;

pub use build::{Surroundings, build};
pub use error::Error;
pub use graph::{GraphExtent, Graphs, PackageLink, graph};
pub use passed::Passed;
pub use planned::{Planned, plan, unit_graph};
pub use predict::{last_account, predict};
pub use products::{Built, Doctest, Executable, Products};
pub use site::Site;
