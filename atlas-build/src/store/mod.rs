//! Where files are, what is written beside them, and what is kept of each unit from one build to
//! the next.

mod after;
mod before;
mod dep_info;
mod freshness;
mod layout;
mod message;
mod record;
mod script;
mod session;
#[cfg(test)]
mod testing;
mod tree;

pub use dep_info::{dep_info_inputs, dep_info_text};
pub use freshness::{
    Freshness, FreshnessError, Job, Outcome, Published, Recorded, Verdict, overridden,
};
pub use layout::{Layout, LayoutError};
pub use message::Message;
pub use session::{Session, Sight};
