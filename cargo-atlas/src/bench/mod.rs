//! The words of `bench`: its flags.

mod args;

pub(crate) use args::BenchArgs;
