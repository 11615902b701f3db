//! Oracles: what cargo says against what the program under test says.

mod difference;
mod graph;
mod unit_graph;

pub use difference::difference;
pub use graph::{Graph, Unit};
pub use unit_graph::{UnitGraphOracle, Verdict};
