//! The words of `clippy`: its flags, its help, and what it tells its compiler.

mod args;
mod driver;
mod lints;

pub(crate) use args::ClippyArgs;
pub(crate) use driver::{DriverError, driver};
pub(crate) use lints::{Lints, SEPARATOR};
