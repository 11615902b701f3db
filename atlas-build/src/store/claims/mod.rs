//! Several processes in one target directory: only one at a time changes the files of a unit, and what
//! another one has changed is noticed.

mod claim;
mod company;
mod session;

pub use claim::Claims;
pub use company::{Claimed, IsFree};

pub(super) use company::Company;
