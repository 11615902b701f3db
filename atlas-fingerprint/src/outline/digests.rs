//! Four digests of one source file: how much of it counts for whom. Knows one file; knows no crate.

use serde::{Deserialize, Serialize};

use crate::digest::Digest;
use crate::tokens::{TokenDigests, token_digests};

/// The digests of a source file.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct SourceDigests {
    /// Its bytes.
    pub bytes: Digest,
    /// Its tokens; `None` if it does not lex.
    pub tokens: Option<TokenDigests>,
    /// What other crates can see of it when they are compiled, if it is looked at alone.
    pub codegen: Digest,
    /// What other crates can see of it when they are checked, if it is looked at alone.
    pub signature: Digest,
}

impl SourceDigests {
    /// Takes the digests of a file's bytes.
    pub fn of(bytes: &[u8]) -> Self {
        let tokens = token_digests(bytes);
        let digest = Digest::of_bytes(bytes);
        // FIXME
        let counted = tokens.map_or(digest, |tokens| tokens.without_tests);
        SourceDigests { bytes: digest, tokens, codegen: counted, signature: counted }
    }
}
