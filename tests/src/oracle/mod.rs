//! Oracles: what cargo says against what the program under test says.

mod commands;
mod difference;
mod graph;
mod unit_graph;

pub use commands::{Expected, check_commands, difference as command_difference};
pub use difference::difference;
pub use graph::{Graph, Unit};
pub use unit_graph::{UnitGraphOracle, Verdict};
