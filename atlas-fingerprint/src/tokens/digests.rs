//! Digests of a file's tokens. Knows how tokens become bytes; knows no item.
//!
//! Each token counts with kind, text, line, and column in bytes and in characters (spans have the
//! former, panics and `column!` the latter). The form is a function of the tokens that count, and
//! no two lists of tokens have the same one:
//!
//! | bytes | for |
//! | --- | --- |
//! | `0`, line | the tokens that follow are on this line; only where it changes |
//! | `1` | here something was left out whose attributes stayed |
//! | kind, column | each token; the kind has its high bit set if columns in bytes and characters differ |
//! | difference | then, if that bit is set |
//! | length, text | then, unless the token is a punctuation character, which is its own kind |
//!
//! Numbers have seven bits a byte, the last one with the high bit clear.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::lexer::{Kind, Token, Tokens};
use super::source::normalized;
use super::test_items;
use crate::digest::{Digest, Hasher};

const LINE: u8 = 0;
const LEFT_OUT: u8 = 1;
const COLUMNS_DIFFER: u8 = 0x80;

/// Digests of the tokens of a source file, in which comments and white space leave no trace.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct TokenDigests {
    /// All tokens: for a build with `--test`.
    pub all: Digest,
    /// Those of a build without `--test`. Equal to `all` where nothing is left out.
    pub without_tests: Digest,
}

/// Returns the digests of a file's tokens. `None` if only its bytes can count: it is not UTF-8, does
/// not lex, or has what rustc reports even in comments.
///
/// That two files have an equal digest means that they compile alike only if both parse: see
/// [`super::parses`]. What reads comments counts bytes: clippy, and procedural macros that ask for
/// the text of a span.
pub fn token_digests(bytes: &[u8]) -> Option<TokenDigests> {
    let text = normalized(bytes)?;
    let tokens = Tokens::new(&text)?;
    let mut encoding = Encoding::with_capacity(text.len());
    encoding.push(&tokens, 0..tokens.all.len());
    let all = encoding.digest();
    let left_out = test_items::left_out(&tokens);
    if left_out.is_empty() {
        let without_tests = all;
        return Some(TokenDigests { all, without_tests });
    }
    encoding.clear();
    let mut start = 0;
    for item in left_out {
        encoding.push(&tokens, start..item.range.start);
        if item.attributes_stay {
            encoding.bytes.push(LEFT_OUT);
        }
        start = item.range.end;
    }
    encoding.push(&tokens, start..tokens.all.len());
    Some(TokenDigests { all, without_tests: encoding.digest() })
}

struct Encoding {
    bytes: Vec<u8>,
    /// The line of the last token.
    line: Option<u32>,
}

impl Encoding {
    fn with_capacity(text_len: usize) -> Self {
        let bytes = Vec::with_capacity(text_len + text_len / 4);
        Encoding { bytes, line: None }
    }

    fn clear(&mut self) {
        self.bytes.clear();
        self.line = None;
    }

    fn push(&mut self, tokens: &Tokens<'_>, range: Range<usize>) {
        for token in &tokens.all[range] {
            self.token(token, tokens.text_of(token));
        }
    }

    fn token(&mut self, token: &Token, text: &str) {
        if self.line != Some(token.line) {
            self.line = Some(token.line);
            self.bytes.push(LINE);
            self.number(token.line);
        }
        let difference = token.byte_column - token.char_column;
        let (code, has_text) = code(token.kind);
        match difference {
            0 => self.bytes.push(code),
            _ => self.bytes.push(code | COLUMNS_DIFFER),
        }
        self.number(token.byte_column);
        if difference != 0 {
            self.number(difference);
        }
        if has_text {
            self.number(text.len() as u32);
            self.bytes.extend_from_slice(text.as_bytes());
        }
    }

    fn number(&mut self, mut number: u32) {
        while number >= 0x80 {
            self.bytes.push(number as u8 | 0x80);
            number >>= 7;
        }
        self.bytes.push(number as u8);
    }

    fn digest(&self) -> Digest {
        Hasher::new("tokens").bytes(&self.bytes).finish()
    }
}

/// Returns the byte for a kind, and whether it needs the text beside it. Punctuation is ASCII and
/// printable: no other kind may be.
fn code(kind: Kind) -> (u8, bool) {
    match kind {
        Kind::Ident => (2, true),
        Kind::RawIdent => (3, true),
        Kind::Lifetime => (4, true),
        Kind::Str => (5, true),
        Kind::RawStr => (6, true),
        Kind::Literal => (7, true),
        Kind::Doc { inner: false } => (8, true),
        Kind::Doc { inner: true } => (9, true),
        Kind::Punct(character) => (character, false),
    }
}
