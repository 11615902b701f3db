//! The words of `nextest`: which of its flags are about the build, and in what form it is told of
//! programs that are built already.

mod args;
mod binaries;
mod recording;

pub(crate) use args::{NextestArgs, Split};
pub(crate) use binaries::binaries;
pub(crate) use recording::Recording;
