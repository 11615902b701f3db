//! What has to be done, in which order, and whether it has to be done at all.

mod additions;
mod collisions;
mod doctests;
mod linkable;
mod native;
mod needs;
mod programs;
mod schedule;
mod state;
mod step;
mod steps;

pub(crate) use additions::without_kind;
pub use additions::{complete_build_script, complete_compile};
pub use collisions::{Collision, PageCollision, check_pages, collisions};
pub use doctests::{DoctestCommand, complete_doctest};
pub use linkable::unlinkable_dependency;
pub use needs::{Need, Needs};
pub use programs::{Program, complete_program, programs};
pub use schedule::{Priorities, Priority};
pub use state::{Ending, Gives, State, UnitState};
pub use step::{BuildScriptAdditions, BuildScriptStep, CompileStep, DoctestStep, Pages, Step};
pub use steps::steps;

pub use crate::rustc::{Output, OutputFlavor};
