//! The store: results of units and the files they consist of, found by digest, shared by all
//! workspaces of a user. Knows digests, files and bytes, and no unit, no package and no rustc.
//!
//! There is no daemon. Any number of processes read and write at once, and any of them may be killed
//! at any moment: what has its name is whole, because it got the name by a rename, and what is whole
//! is verified again when it is read, because nothing is synced to the disk. See `docs/store.md`.

mod amount;
mod checkouts;
mod collect;
mod counts;
mod error;
mod hashing;
mod hints;
mod layout;
mod lock;
mod medium;
mod put;
mod restore;
mod result;
mod results;
#[cfg(test)]
mod scenarios;
mod stats;
mod store;
mod survey;
#[cfg(test)]
mod testing;
mod verify;

pub use amount::Amount;
pub use checkouts::Checkout;
pub use collect::{
    Collected, DEFAULT_MAX_AGE, Limits, Phase, Progress, Reason, ToolchainRule, collect,
    collect_if_due, default_max_size,
};
pub use counts::{BuildCounts, MAX_BUILDS};
pub use error::{CasError, RestoreError, Trouble};
pub use hints::MAX_HINTS;
pub use restore::Sharing;
pub use result::{Blob, ResultKind, StoredResult, Toolchain};
pub use stats::{AgeClass, Stats, stats};
pub use store::{Access, Cas};
pub use verify::{IncompleteResult, Verification, verify};
