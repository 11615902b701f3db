//! Collection: what of a store may go, and letting it go while others use the store.

mod due;
mod limits;
mod plan;
mod remove;
mod report;

pub use due::{collect_if_due, default_max_size};
pub use limits::{DEFAULT_MAX_AGE, Limits, ToolchainRule};
pub use remove::collect;
pub use report::{Collected, Phase, Progress, Reason};
