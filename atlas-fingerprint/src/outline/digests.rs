//! Four digests of one source file: how much of it counts for whom. Knows one file; knows no crate.

use serde::{Deserialize, Serialize};

use crate::content::View;
use crate::digest::Digest;
use crate::interface::{
    CrateSource, FileSummary, HarmlessMacros, InterfaceDigests, interface_digests,
};
use crate::tokens::{TokenDigests, token_digests};

/// The digests of a source file.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct SourceDigests {
    /// Its bytes.
    pub bytes: Digest,
    /// Its tokens; `None` if it does not lex.
    pub tokens: Option<TokenDigests>,
    /// What other crates can see of it, if it is looked at alone and without its tests.
    pub interface: InterfaceDigests,
}

impl SourceDigests {
    /// Takes the digests of a file's bytes.
    pub fn of(bytes: &[u8]) -> Self {
        let summary = FileSummary::of(bytes, View::TokensWithoutTests);
        let source = CrateSource { path: "", module: "", summary: &summary };
        SourceDigests {
            bytes: Digest::of_bytes(bytes),
            tokens: token_digests(bytes),
            interface: interface_digests(&[source], &HarmlessMacros::default()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::SourceDigests;

    #[test]
    fn digests_are_those_of_the_text_alone() {
        let [one, same, other] =
            ["fn f() {}", "fn f() {}", "fn g() {}"].map(|text| SourceDigests::of(text.as_bytes()));
        assert_eq!(one, same);
        assert_ne!(one.bytes, other.bytes);
        assert_ne!(one.tokens, other.tokens);
    }

    #[test]
    fn what_does_not_lex_has_no_tokens() {
        assert_eq!(SourceDigests::of(b"fn f() {").tokens, None);
    }
}
