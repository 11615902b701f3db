//! What can be asked for, one short function each.

mod build;
mod unknown;

pub(crate) use build::{BuildCommand, build};
pub(crate) use unknown::unknown;
