//! The words of `clean`: its flags, what it counts, and how a collection is told.

mod answer;
mod args;
mod human_bytes;
mod json;
mod summary;
mod table;

pub(crate) use answer::{Answer, Section};
pub(crate) use args::CleanArgs;
pub(crate) use json::json;
pub(crate) use summary::Summary;
pub(crate) use table::table;
