//! What is kept from build to build: one file for all of it, a journal of each process of what has
//! happened since that file was written, and all of them together while a build runs.

mod file;
mod image;
mod journal;
mod journals;
mod ledger;
mod read;
#[cfg(test)]
pub(crate) mod testing;
mod write;

pub use file::{State, VERSION as STATE_VERSION};
pub use journal::{Entry, SeenFile};
pub use ledger::{KeptPlan, Ledger, PlanChange};
pub use read::{KnownFile, KnownPlan, KnownResult, KnownUnit};
