//! What of one file counts. Knows the file's text alone.

use serde::{Deserialize, Serialize};

use crate::content::View;
use crate::digest::Digest;
use crate::tokens::token_digests;

/// What of one source file counts for other crates; a function of its text alone.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct FileSummary {
    pub(super) whole: Digest,
}

impl FileSummary {
    /// Reads a file. What does not lex or parse counts by its tokens, else by its bytes.
    pub fn of(bytes: &[u8], view: View) -> Self {
        let whole = match (view, token_digests(bytes)) {
            (View::Tokens, Some(tokens)) => tokens.all,
            (View::TokensWithoutTests, Some(tokens)) => tokens.without_tests,
            _ => Digest::of_bytes(bytes),
        };
        FileSummary { whole }
    }
}
