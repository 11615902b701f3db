//! The two digests of a crate. Knows summaries; opens no file.

use serde::{Deserialize, Serialize};

use super::macros::HarmlessMacros;
use super::summary::FileSummary;
use crate::digest::{Digest, Hasher};

/// A file of a crate.
#[derive(Clone, Copy, Debug)]
pub struct CrateSource<'a> {
    /// Identifies the file, and counts.
    pub path: &'a str,
    /// The module that it is, as `a::b`, for explanations only; empty for the root.
    pub module: &'a str,
    /// What is in it.
    pub summary: &'a FileSummary,
}

/// What other crates can see of a crate.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct InterfaceDigests {
    /// What crates see that are compiled to code.
    pub codegen: Digest,
    /// What crates see that are only checked.
    pub signature: Digest,
}

/// Returns the digests of a crate. The order of its files is of no matter.
pub fn interface_digests(files: &[CrateSource<'_>], _macros: &HarmlessMacros) -> InterfaceDigests {
    let mut files = files.to_vec();
    files.sort_by_key(|file| file.path);
    let mut hasher = Hasher::new("interface");
    for file in files {
        hasher.text(file.path).digest(&file.summary.whole);
    }
    let whole = hasher.finish();
    InterfaceDigests { codegen: whole, signature: whole }
}
