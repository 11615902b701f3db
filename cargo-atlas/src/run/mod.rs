//! The words of `run`: its flags.

mod args;

pub(crate) use args::RunArgs;
