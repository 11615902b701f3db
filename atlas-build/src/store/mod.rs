//! What is kept of each unit from one build to the next, what is written beside results, and the
//! lock on all of it.

mod after;
mod before;
mod dep_info;
mod dep_info_files;
mod freshness;
mod lock;
mod message;
mod published;
mod record;
#[cfg(test)]
mod scenarios;
mod script;
mod session;
#[cfg(test)]
mod testing;
mod tree;

pub use dep_info_files::write_dep_info_files;
pub use freshness::{Freshness, FreshnessError, Job, Outcome, Recorded, Verdict, overridden};
pub use lock::{DirectoryLock, LockError};
pub use message::Message;
pub use published::{Published, Sight};
pub use session::Session;
