//! Removing what builds have left: all of it, a part that was asked for, or what nobody needs any
//! longer; in atlas's part of a target directory, and (`sweep`) in plain cargo's.

mod collect;
mod due;
mod error;
mod leftovers;
mod limits;
mod locate;
mod marks;
mod partial;
mod published;
mod records;
mod removal;
mod results;
mod site;
mod sweep;
mod units;

pub use collect::collect;
pub use due::collect_if_due;
pub use error::CleanError;
pub use limits::{Collected, Group, Limits, Progress, Reason, What};
pub use locate::{Located, locate};
pub use marks::mark;
pub use partial::{Locks, Part, clean, lock};
pub use removal::{Effect, Removal, Tally};
pub use sweep::{KnownToolchains, installed_toolchains, sweep};
