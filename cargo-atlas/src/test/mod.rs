//! The words of `test` and `bench`: the flags of `test`, how programs are announced, and what is said
//! of those that fail.

mod args;
mod failure;
mod naming;

pub(crate) use args::TestArgs;
pub(crate) use failure::{Failure, Kind, Run};
pub(crate) use naming::announcement;
