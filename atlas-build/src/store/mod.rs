//! What is kept of each unit from one build to the next, what is written beside results, and who may
//! change it.

mod after;
mod aside;
mod before;
mod claims;
mod cutoff;
mod declared;
mod dep_info;
mod dep_info_files;
mod expected;
mod freshness;
mod kept;
mod lock;
mod message;
mod pages;
mod published;
mod record;
#[cfg(test)]
mod scenarios;
mod script;
mod sees;
mod session;
mod settled;
mod shared;
#[cfg(test)]
mod testing;
mod tool;
mod tree;
mod views;

pub use claims::{Claimed, Claims, IsFree};
pub use cutoff::{Foreseen, Foresight};
pub use dep_info_files::{Known, dep_info_paths, write_dep_info_files};
pub use freshness::{
    Aside, Finished, Freshness, FreshnessError, Job, Outcome, Recorded, Rules, Verdict, overridden,
};
pub use kept::Kept;
pub use lock::{Company as LockCompany, LockError, ProfileLock};
pub use message::Message;
pub use published::{Published, Sight};
pub use sees::Sees;
pub use session::Session;
pub use shared::{Restoration, Restored, Settings as SharedSettings};
