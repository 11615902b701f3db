//! What a plan was derived from: facts on the disk and names of variables, so that a plan that was
//! kept can be used again without starting a process. Knows what cargo and rustup look at while
//! they plan; knows neither the plan's units nor where it is kept.

mod check;
mod derive;
mod environment;
mod looks;
mod manifest;
mod members;
mod question;
mod search;
mod targets;
mod toolchain;

pub use check::{Change, Checked, Derivation, Subject};
pub use derive::derive;
pub use environment::honoured_environment;
