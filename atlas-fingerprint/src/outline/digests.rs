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
    /// What other crates can see of it, if it is looked at alone and without its tests. `None` if
    /// nobody has asked for it yet: it takes longer than all the rest.
    pub interface: Option<InterfaceDigests>,
}

/// Which digests of a source file are wanted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum DigestExtent {
    /// Bytes and tokens.
    Tokens,
    /// All four.
    Interface,
}

impl SourceDigests {
    /// Takes the digests of a file's bytes.
    pub fn of(bytes: &[u8], extent: DigestExtent) -> Self {
        SourceDigests {
            bytes: Digest::of_bytes(bytes),
            tokens: token_digests(bytes),
            interface: (extent == DigestExtent::Interface).then(|| interface(bytes)),
        }
    }

    /// Whether all digests are there that are wanted.
    pub(super) fn suffice(&self, extent: DigestExtent) -> bool {
        extent == DigestExtent::Tokens || self.interface.is_some()
    }
}

fn interface(bytes: &[u8]) -> InterfaceDigests {
    let summary = FileSummary::of(bytes, View::TokensWithoutTests);
    let source = CrateSource { path: "", module: "", summary: &summary };
    interface_digests(&[source], &HarmlessMacros::default())
}

#[cfg(test)]
mod tests {
    use super::{DigestExtent, SourceDigests};

    #[test]
    fn digests_are_those_of_the_text_alone() {
        let [one, same, other] = ["fn f() {}", "fn f() {}", "fn g() {}"]
            .map(|text| SourceDigests::of(text.as_bytes(), DigestExtent::Interface));
        assert_eq!(one, same);
        assert_ne!(one.bytes, other.bytes);
        assert_ne!(one.tokens, other.tokens);
        assert!(one.interface.is_some());
    }

    #[test]
    fn what_does_not_lex_has_no_tokens() {
        assert_eq!(SourceDigests::of(b"fn f() {", DigestExtent::Tokens).tokens, None);
    }
}
