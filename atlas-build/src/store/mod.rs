//! What is kept of each unit from one build to the next, and whether it still holds.

mod after;
mod before;
mod freshness;
mod message;
mod record;
mod script;
mod session;
#[cfg(test)]
mod testing;
mod tree;

pub use freshness::{
    Freshness, FreshnessError, Job, Outcome, Published, Recorded, Verdict, overridden,
};
pub use message::Message;
pub use session::{Session, Sight};
