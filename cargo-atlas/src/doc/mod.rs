//! The words of `doc` and `rustdoc`: their flags, and how pages are opened.

mod args;
mod open;

pub(crate) use args::{DocArgs, RustdocArgs};
pub(crate) use open::open;
