//! Tokens as bytes, with or without their places. Knows what of them may leave no trace: doc
//! comments, and white space where no macro reads it; knows no item.
//!
//! | bytes | for |
//! | --- | --- |
//! | `0`, line | the tokens that follow are on this line; only where it changes, and where places count |
//! | `11`, length, text | what is between the token before and the next one, where a procedural macro may read it |
//! | `13` | the next token touches the one after it, where that can tell |
//! | kind | each token |
//! | column in bytes, in characters | then, where places count |
//! | length, text | then, unless the token is a punctuation character, which is its own kind |

use std::ops::Range;

use crate::tokens::lexer::{Kind, Token, Tokens};
use crate::tokens::quoted::{comes_before_negation, quoted};
use crate::tokens::test_items::LeftOut;

const LINE: u8 = 0;
const BETWEEN: u8 = 11;
const TOUCHES: u8 = 13;

/// Whether lines and columns count.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Places {
    Count,
    Skip,
}

/// Whether doc comments count.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Docs {
    Count,
    Skip,
}

/// The first 16 bytes of a digest: what two pieces of one file are told apart by.
pub(super) type Short = [u8; 16];

/// The tokens of a file that a view shows.
pub(super) struct Shown<'a, 't> {
    pub(super) tokens: &'a Tokens<'t>,
    /// In order, not overlapping.
    pub(super) left_out: &'a [LeftOut],
    quoted: Vec<Range<usize>>,
}

impl<'a, 't> Shown<'a, 't> {
    pub(super) fn new(tokens: &'a Tokens<'t>, left_out: &'a [LeftOut]) -> Self {
        Shown { tokens, left_out, quoted: quoted(tokens, left_out) }
    }

    /// Returns the indices in `range` that are not left out.
    pub(super) fn indices(&self, range: Range<usize>) -> impl Iterator<Item = usize> + '_ {
        let first = self.left_out.partition_point(|item| item.range.end <= range.start);
        let mut left_out = self.left_out[first..].iter().peekable();
        let mut next = range.start;
        std::iter::from_fn(move || {
            while let Some(item) = left_out.next_if(|item| item.range.start <= next) {
                next = next.max(item.range.end);
            }
            let index = (next < range.end).then_some(next)?;
            next += 1;
            Some(index)
        })
    }

    /// Returns a digest of the tokens in `range`.
    pub(super) fn digest(&self, range: Range<usize>, places: Places, docs: Docs) -> Short {
        let size = range.len() * 8;
        let mut encoding = Encoding { shown: self, bytes: Vec::with_capacity(size), line: None };
        encoding.push(range, places, docs);
        let hash = blake3::hash(&encoding.bytes);
        let mut short = Short::default();
        short.copy_from_slice(&hash.as_bytes()[..16]);
        short
    }

    /// Returns the first token of what a procedural macro may get together with a token.
    fn read_from(&self, index: usize) -> Option<usize> {
        let next = self.quoted.partition_point(|range| range.end <= index);
        let range = self.quoted.get(next).filter(|range| range.start <= index)?;
        Some(range.start)
    }
}

struct Encoding<'a, 's, 't> {
    shown: &'a Shown<'s, 't>,
    bytes: Vec<u8>,
    /// The line of the last token.
    line: Option<u32>,
}

impl Encoding<'_, '_, '_> {
    fn push(&mut self, range: Range<usize>, places: Places, docs: Docs) {
        let tokens = self.shown.tokens;
        let mut macro_end = 0;
        let mut doc_end = 0;
        let mut end = None;
        for index in self.shown.indices(range) {
            let Some(token) = tokens.at(index) else { return };
            if let Some(arguments) = macro_arguments(tokens, index) {
                macro_end = macro_end.max(arguments.end);
            }
            let read_from = self.shown.read_from(index);
            if docs == Docs::Skip && index >= macro_end && read_from.is_none() {
                doc_end = doc_end.max(after_doc(tokens, index));
            }
            if index < doc_end {
                continue;
            }
            if read_from.is_some_and(|first| first < index)
                && let Some(end) = end
            {
                self.between(tokens.text_between(end, token.start));
            }
            if touches(tokens, index, macro_end) {
                self.bytes.push(TOUCHES);
            }
            self.token(token, tokens.text_of(token), places);
            end = Some(token.end);
        }
    }

    fn between(&mut self, text: &str) {
        self.bytes.push(BETWEEN);
        self.number(text.len() as u32);
        self.bytes.extend_from_slice(text.as_bytes());
    }

    fn token(&mut self, token: &Token, text: &str, places: Places) {
        if places == Places::Count && self.line != Some(token.line) {
            self.line = Some(token.line);
            self.bytes.push(LINE);
            self.number(token.line);
        }
        let (code, has_text) = code(token.kind);
        self.bytes.push(code);
        if places == Places::Count {
            self.number(token.byte_column);
            self.number(token.char_column);
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
}

/// Whether it can tell that a token touches the next: two characters of an operator, and anything
/// that `stringify!` may print.
fn touches(tokens: &Tokens<'_>, index: usize, macro_end: usize) -> bool {
    let (Some(token), Some(next)) = (tokens.at(index), tokens.at(index + 1)) else {
        return false;
    };
    let is_operator = |kind| match kind {
        Kind::Punct(character) => !b"()[]{}".contains(&character),
        _ => false,
    };
    let are_operators = is_operator(token.kind) && is_operator(next.kind);
    token.end == next.start && (are_operators || index < macro_end)
}

/// Returns what is inside the brackets of a macro call or definition whose `!` is at `index`.
pub(super) fn macro_arguments(tokens: &Tokens<'_>, index: usize) -> Option<Range<usize>> {
    if !tokens.is_punct(index, b'!') || index == 0 || !is_macro_name(tokens, index - 1) {
        return None;
    }
    tokens.inside(index + 1 + usize::from(tokens.is_name(index + 1)))
}

/// Whether the name before a `!` can be that of a macro.
fn is_macro_name(tokens: &Tokens<'_>, index: usize) -> bool {
    tokens.is_name(index) && !tokens.ident(index).is_some_and(comes_before_negation)
}

/// Returns the index after the documentation that begins at `index`; `index` if none does.
pub(super) fn after_doc(tokens: &Tokens<'_>, index: usize) -> usize {
    match tokens.at(index).map(|token| token.kind) {
        Some(Kind::Doc { .. }) => return index + 1,
        Some(Kind::Punct(b'#')) => {}
        _ => return index,
    }
    let open = index + 1 + usize::from(tokens.is_punct(index + 1, b'!'));
    let is_doc = tokens.is_punct(open, b'[')
        && tokens.is_ident(open + 1, "doc")
        && tokens.is_punct(open + 2, b'=');
    match tokens.closing(open) {
        Some(close) if is_doc => close + 1,
        _ => index,
    }
}

/// Returns the byte for a kind, and whether it needs the text beside it.
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
