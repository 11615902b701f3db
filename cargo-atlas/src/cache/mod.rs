//! What `cargo atlas cache` says of the store: its words, its tables, its JSON. Knows no flag but its
//! own, and changes nothing.

mod args;
mod columns;
mod json;
mod words;

pub(crate) use args::{CacheArgs, CacheQuestion};
pub(crate) use columns::{Column, columns};
pub(crate) use json::{path_json, stats_json, verification_json};
pub(crate) use words::{damage, stats_text, whole};

use atlas_build::cas::Limits;
use camino::Utf8Path;

/// A store and what it may hold.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Kept<'a> {
    /// Its directory.
    pub(crate) root: &'a Utf8Path,
    /// What it may hold.
    pub(crate) limits: &'a Limits,
}
