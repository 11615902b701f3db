//! The words of `fix`: its flags.

mod args;

pub(crate) use args::FixFlags;
