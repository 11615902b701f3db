//! What has to be done, in which order, and whether it has to be done at all.

mod needs;
mod schedule;
mod state;
mod step;

pub use needs::{Need, Needs};
pub use schedule::{Priorities, Priority};
pub use state::{Ending, State, UnitState};
pub use step::{BuildScriptAdditions, BuildScriptStep, CompileStep, Output, OutputFlavor, Step};
