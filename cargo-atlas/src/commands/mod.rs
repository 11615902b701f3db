//! What can be asked for, one short function each.

mod build;
mod config;
mod place;
mod trouble;
mod unknown;
mod why;

pub(crate) use build::{BuildCommand, build};
pub(crate) use config::config;
pub(crate) use place::Place;
pub(crate) use unknown::unknown;
pub(crate) use why::why;
