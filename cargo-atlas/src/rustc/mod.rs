//! The words of `rustc`: its flags.

mod args;

pub(crate) use args::RustcArgs;
