//! The tokens of a file and their places, from rustc's own lexer. Knows the differences between
//! editions; knows no grammar but that of brackets.

use memchr::{memchr_iter, memrchr};
use ra_ap_rustc_lexer::{Cursor, FrontmatterAllowed, LiteralKind, TokenKind, strip_shebang};

/// What a token is; punctuation is its own character.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Kind {
    /// An identifier, a keyword or `_`.
    Ident,
    /// `r#name`.
    RawIdent,
    /// `'name`.
    Lifetime,
    /// `"…"`.
    Str,
    /// `r"…"`.
    RawStr,
    /// Any other literal.
    Literal,
    /// A doc comment.
    Doc {
        /// `//!` or `/*! */`.
        inner: bool,
    },
    /// One character.
    Punct(u8),
}

/// A token and its place.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Token {
    pub(crate) kind: Kind,
    /// Offset of its first byte.
    pub(crate) start: u32,
    /// Offset after its last byte.
    pub(crate) end: u32,
    /// Line, from 0.
    pub(crate) line: u32,
    /// Bytes before it on its line.
    pub(crate) byte_column: u32,
    /// Characters before it on its line.
    pub(crate) char_column: u32,
    /// Of a bracket: the index of the one that belongs to it. Of others: 0.
    pub(crate) partner: u32,
}

/// A `#` or `!`, or one of the words `macro`, `macro_use`, `mod` and `use`: what tells of attributes,
/// macros and imports begins with one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mark {
    index: u32,
    /// Index of the innermost open bracket.
    enclosing: Option<u32>,
}

impl Mark {
    /// Returns the index of the token.
    pub(crate) fn index(self) -> usize {
        self.index as usize
    }

    /// Returns the index of the bracket that closes the innermost group around it; outside of all
    /// groups, the number of tokens.
    pub(crate) fn limit(self, tokens: &Tokens<'_>) -> usize {
        let close = self.enclosing.and_then(|open| tokens.closing(open as usize));
        close.unwrap_or(tokens.all.len())
    }
}

/// The tokens of a file.
#[derive(Debug)]
pub(crate) struct Tokens<'a> {
    text: &'a str,
    pub(crate) all: Vec<Token>,
    pub(crate) marks: Vec<Mark>,
    /// Whether the identifier `test` is among them: most files that lack it have nothing to leave out.
    pub(crate) has_test: bool,
}

impl<'a> Tokens<'a> {
    /// Lexes text; see [`super::source::normalized`]. `None` if rustc's lexer has an error, or may
    /// have one in some edition.
    pub(crate) fn new(text: &'a str) -> Option<Self> {
        u32::try_from(text.len()).ok()?;
        let all = Vec::with_capacity(text.len() / 5);
        let mut tokens = Tokens { text, all, marks: Vec::new(), has_test: false };
        let mut place = Place::default();
        let mut open = Vec::new();
        let shebang = shebang_len(text);
        let mut cursor = Cursor::new(text.get(shebang..)?, FrontmatterAllowed::Yes);
        place.offset = shebang;
        place.has_wide = !text.is_ascii();
        loop {
            let token = cursor.advance_token();
            if token.kind == TokenKind::Eof {
                return open.is_empty().then_some(tokens);
            }
            let mut len = token.len as usize;
            if token.kind == TokenKind::GuardedStrPrefix {
                // The first `#` alone: what follows it depends on the edition, and 2024 takes no
                // other reading than an error.
                len = 1;
                cursor = Cursor::new(text.get(place.offset + 1..)?, FrontmatterAllowed::No);
            }
            let piece = text.get(place.offset..place.offset + len)?;
            match classify(token.kind, piece) {
                Class::Trivia => {}
                Class::Error => return None,
                Class::Token(kind) => tokens.push(kind, piece, &place, &mut open)?,
            }
            place.pass(piece);
        }
    }

    fn push(&mut self, kind: Kind, piece: &str, place: &Place, open: &mut Vec<u32>) -> Option<()> {
        let index = self.all.len() as u32;
        let mut partner = 0;
        match kind {
            Kind::Ident => match piece {
                "test" => self.has_test = true,
                "macro" | "macro_use" | "mod" | "use" => self.mark(open),
                _ => {}
            },
            Kind::Punct(b'#' | b'!') => self.mark(open),
            Kind::Punct(b'(' | b'[' | b'{') => open.push(index),
            Kind::Punct(close @ (b')' | b']' | b'}')) => {
                partner = open.pop()?;
                let opening = self.all.get_mut(partner as usize)?;
                if opening.kind != Kind::Punct(opening_of(close)) {
                    return None;
                }
                opening.partner = index;
            }
            _ => {}
        }
        let byte_column = (place.offset - place.line_start) as u32;
        self.all.push(Token {
            kind,
            start: place.offset as u32,
            end: (place.offset + piece.len()) as u32,
            line: place.line,
            byte_column,
            char_column: byte_column - place.continuation_bytes,
            partner,
        });
        Some(())
    }

    /// Marks the token that comes next.
    fn mark(&mut self, open: &[u32]) {
        let index = self.all.len() as u32;
        self.marks.push(Mark { index, enclosing: open.last().copied() });
    }

    /// Returns the text between two offsets where tokens end or begin.
    pub(crate) fn text_between(&self, start: u32, end: u32) -> &'a str {
        &self.text[start as usize..end as usize]
    }

    /// Returns the text of a token.
    pub(crate) fn text_of(&self, token: &Token) -> &'a str {
        &self.text[token.start as usize..token.end as usize]
    }
}

/// Returns the length of a first line that is for the system, and for rustc is none.
pub(crate) fn shebang_len(text: &str) -> usize {
    strip_shebang(text).unwrap_or(0)
}

/// How far lexing has come.
#[derive(Default)]
struct Place {
    offset: usize,
    line: u32,
    line_start: usize,
    /// Of the bytes since `line_start`, those that do not begin a character.
    continuation_bytes: u32,
    /// Whether the file has any such byte.
    has_wide: bool,
}

impl Place {
    fn pass(&mut self, piece: &str) {
        let bytes = piece.as_bytes();
        // Half of all pieces: spaces and punctuation.
        if let [byte] = bytes
            && *byte != b'\n'
        {
            self.offset += 1;
            return;
        }
        let mut last_line = bytes;
        // Short pieces, which nearly all are, are not worth a call.
        let newlines = if bytes.len() < 16 {
            bytes.iter().filter(|byte| **byte == b'\n').count()
        } else {
            memchr_iter(b'\n', bytes).count()
        };
        if newlines > 0
            && let Some(newline) = memrchr(b'\n', bytes)
        {
            self.line += newlines as u32;
            self.line_start = self.offset + newline + 1;
            self.continuation_bytes = 0;
            last_line = &bytes[newline + 1..];
        }
        if self.has_wide && !last_line.is_ascii() {
            let continuation = last_line.iter().filter(|byte| (**byte as i8) < -0x40);
            self.continuation_bytes += continuation.count() as u32;
        }
        self.offset += bytes.len();
    }
}

fn opening_of(close: u8) -> u8 {
    match close {
        b')' => b'(',
        b']' => b'[',
        _ => b'{',
    }
}

enum Class {
    Trivia,
    Token(Kind),
    Error,
}

fn classify(kind: TokenKind, piece: &str) -> Class {
    match kind {
        TokenKind::Whitespace
        | TokenKind::LineComment { doc_style: None }
        | TokenKind::BlockComment { doc_style: None, terminated: true } => Class::Trivia,
        TokenKind::LineComment { doc_style: Some(style) }
        | TokenKind::BlockComment { doc_style: Some(style), terminated: true } => {
            Class::Token(Kind::Doc { inner: style == ra_ap_rustc_lexer::DocStyle::Inner })
        }
        // A prefix that is unknown is an identifier before 2021, and an error since.
        TokenKind::Ident | TokenKind::UnknownPrefix => Class::Token(Kind::Ident),
        TokenKind::RawIdent => Class::Token(Kind::RawIdent),
        TokenKind::Lifetime { starts_with_number: false }
        | TokenKind::UnknownPrefixLifetime
        | TokenKind::RawLifetime => Class::Token(Kind::Lifetime),
        TokenKind::Literal { kind, suffix_start } => {
            literal(kind, &piece[..suffix_start as usize], piece)
        }
        // Unstable, or no Rust: `---` at the start, emoji, stray characters, what has no end.
        TokenKind::Frontmatter { .. }
        | TokenKind::InvalidIdent
        | TokenKind::Unknown
        | TokenKind::BlockComment { terminated: false, .. }
        | TokenKind::Lifetime { starts_with_number: true }
        | TokenKind::Eof => Class::Error,
        _ => match piece.as_bytes() {
            [character] => Class::Token(Kind::Punct(*character)),
            _ => Class::Error,
        },
    }
}

fn literal(kind: LiteralKind, unsuffixed: &str, whole: &str) -> Class {
    let is_suffixed = unsuffixed.len() < whole.len();
    let literal = match kind {
        LiteralKind::Int { empty_int, .. } if !empty_int => Kind::Literal,
        LiteralKind::Float { empty_exponent, .. } if !empty_exponent => Kind::Literal,
        LiteralKind::Char { terminated: true } | LiteralKind::Byte { terminated: true } => {
            Kind::Literal
        }
        LiteralKind::Str { terminated: true } if is_suffixed => Kind::Literal,
        LiteralKind::RawStr { n_hashes: Some(_) } if is_suffixed => Kind::Literal,
        LiteralKind::Str { terminated: true } => Kind::Str,
        LiteralKind::RawStr { n_hashes: Some(_) } => Kind::RawStr,
        LiteralKind::ByteStr { terminated: true }
        | LiteralKind::CStr { terminated: true }
        | LiteralKind::RawByteStr { n_hashes: Some(_) } => Kind::Literal,
        // Before 2021 this is `cr` and a string that is not raw: it ends elsewhere if it has an
        // escape or a quote, and what is a comment behind it may not be one.
        LiteralKind::RawCStr { n_hashes: Some(_) }
            if !unsuffixed.contains('\\') && unsuffixed.matches('"').count() == 2 =>
        {
            Kind::Literal
        }
        _ => return Class::Error,
    };
    Class::Token(literal)
}
