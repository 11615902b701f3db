//! Results in the store that all checkouts share: how they are found, brought here and filed.
//!
//! A result has a key of two halves. The first ([`base`]) is known before a unit runs: command,
//! environment, compiler, what it sees of others, with marks in the place of the directories that do not
//! count ([`places`]). Under it the store has hints ([`hint`]): lists of what such a unit has read. With
//! the present content of that, the second half is known, and the result is looked up. A result that
//! names one of the directories all the same, as far as its bytes tell, can be used with the same
//! directories only. See `docs/store.md`.

mod base;
mod filing;
mod find;
mod foretell;
mod hint;
mod keep;
mod mentions;
mod native;
mod package;
mod payload;
mod places;
mod restore;
mod run;
mod session;
mod state;
mod system;

pub use restore::{Restoration, Restored};
pub(super) use session::Sharing;
pub use state::Settings;
pub(super) use state::Shared;
