//! What is in a file, and how much of it counts for whoever reads it. Knows no path.

use serde::{Deserialize, Serialize};

use crate::digest::Digest;
use crate::tokens::TokenDigests;

/// What is in a file.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct Content {
    /// Digest of its bytes.
    pub bytes: Digest,
    /// Digests of its tokens, if it is a source file that has them.
    pub tokens: Option<TokenDigests>,
}

/// How much of a file counts.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub enum View {
    /// Every byte.
    Bytes,
    /// Every token and its position.
    Tokens,
    /// The same, without code that is compiled for tests only.
    TokensWithoutTests,
}

impl View {
    /// Returns whether two contents look the same.
    pub fn sees_same(self, one: &Content, other: &Content) -> bool {
        let digest = |content: &Content| match self {
            View::Bytes => None,
            View::Tokens => content.tokens.map(|tokens| tokens.all),
            View::TokensWithoutTests => content.tokens.map(|tokens| tokens.without_tests),
        };
        one.bytes == other.bytes || digest(one).is_some() && digest(one) == digest(other)
    }

    /// Returns a number that stands for it in a file.
    pub(crate) fn code(self) -> u8 {
        match self {
            View::Bytes => 0,
            View::Tokens => 1,
            View::TokensWithoutTests => 2,
        }
    }

    /// Returns what a number stands for: the strictest for one that nothing stands for.
    pub(crate) fn from_code(code: u8) -> Self {
        match code {
            1 => View::Tokens,
            2 => View::TokensWithoutTests,
            _ => View::Bytes,
        }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::{Content, View};
    use crate::digest::Digest;
    use crate::tokens::TokenDigests;

    /// A content with a byte, tokens, and tokens that count when tests are left out.
    fn content(bytes: &str, tokens: Option<(&str, &str)>) -> Content {
        let digest = |text: &str| Digest::of_bytes(text.as_bytes());
        let tokens = tokens.map(|(all, without_tests)| TokenDigests {
            all: digest(all),
            without_tests: digest(without_tests),
        });
        Content { bytes: digest(bytes), tokens }
    }

    #[rstest]
    #[case::same_bytes("a", Some(("t", "u")), [true, true, true])]
    #[case::comment("b", Some(("t", "u")), [false, true, true])]
    #[case::test("b", Some(("v", "u")), [false, false, true])]
    #[case::code("b", Some(("v", "w")), [false, false, false])]
    #[case::no_tokens("b", None, [false, false, false])]
    fn views(
        #[case] bytes: &str,
        #[case] tokens: Option<(&str, &str)>,
        #[case] expected: [bool; 3],
    ) {
        let old = content("a", Some(("t", "u")));
        let views = [View::Bytes, View::Tokens, View::TokensWithoutTests];
        let seen = views.map(|view| view.sees_same(&old, &content(bytes, tokens)));
        assert_eq!(seen, expected);
        assert_eq!(views.map(|view| View::from_code(view.code())), views);
    }

    #[test]
    fn two_files_without_tokens_do_not_look_the_same() {
        assert!(!View::Tokens.sees_same(&content("a", None), &content("b", None)));
    }
}
