//! The words of `doc` and `rustdoc`: their flags, what they tell of pages, and how pages are opened.

mod args;
mod documentation;
mod open;

pub(crate) use args::{DocArgs, RustdocArgs, with_answers, worded_for_doc, worded_for_rustdoc};
pub(crate) use documentation::{Documentation, Extent};
