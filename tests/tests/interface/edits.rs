//! Edits that keep every position: a literal becomes another one of its length, an operator another
//! one. Knows rustc's lexer; knows no item.

use ra_ap_rustc_lexer::{FrontmatterAllowed, LiteralKind, TokenKind, tokenize};

/// An edit of one file.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) struct Edit {
    /// Index of the file.
    pub(crate) file: usize,
    /// Offset of what is replaced.
    pub(crate) offset: usize,
    /// Line, from 1.
    pub(crate) line: usize,
    /// What it becomes, of the same length.
    pub(crate) replacement: String,
    /// Whether it is another value of the same type.
    pub(crate) is_literal: bool,
}

/// Operators and what they become, with the blanks around them: in types they have none.
const OPERATORS: &[(&str, &str)] = &[
    (" + ", " - "),
    (" - ", " + "),
    (" * ", " + "),
    (" < ", " > "),
    (" > ", " < "),
    (" == ", " != "),
    (" != ", " == "),
    (" <= ", " >= "),
    (" >= ", " <= "),
    (" && ", " || "),
    (" || ", " && "),
    (" += ", " -= "),
    (" | ", " & "),
    (" & ", " | "),
];

/// Returns all edits of a text.
pub(crate) fn edits(file: usize, text: &str) -> Vec<Edit> {
    let mut edits = Vec::new();
    let mut offset = 0;
    let mut line = 1;
    for token in tokenize(text, FrontmatterAllowed::No) {
        let piece = &text[offset..offset + token.len as usize];
        let (before, after) = (&text[..offset], &text[offset + piece.len()..]);
        let replaced = match token.kind {
            TokenKind::Literal { kind, suffix_start } => {
                let is_field = before.ends_with('.') && !before.ends_with("..");
                let (value, suffix) = piece.split_at(suffix_start as usize);
                (!is_field).then(|| literal(kind, value)).flatten().map(|value| value + suffix)
            }
            TokenKind::Ident if piece == "false" => None,
            _ => operator(before, piece, after),
        };
        let is_literal = matches!(token.kind, TokenKind::Literal { .. });
        let edit = |replacement| Edit { file, offset, line, replacement, is_literal };
        edits.extend(replaced.map(edit));
        offset += piece.len();
        line += piece.matches('\n').count();
    }
    edits
}

/// Applies edits to the text of their file.
pub(crate) fn apply<'e>(text: &str, edits: impl Iterator<Item = &'e Edit>) -> String {
    let mut edited = text.to_owned();
    for edit in edits {
        edited.replace_range(edit.offset..edit.offset + edit.replacement.len(), &edit.replacement);
    }
    edited
}

fn literal(kind: LiteralKind, value: &str) -> Option<String> {
    match kind {
        LiteralKind::Int { .. } | LiteralKind::Float { .. } => number(value),
        LiteralKind::Char { .. } | LiteralKind::Byte { .. } => letter(value),
        LiteralKind::Str { .. } | LiteralKind::ByteStr { .. } if !value.contains(['{', '\\']) => {
            letter(value)
        }
        _ => None,
    }
}

/// Another last digit.
fn number(value: &str) -> Option<String> {
    let last = value.char_indices().rev().find(|(_, character)| character.is_ascii_digit())?;
    let is_binary = value.starts_with("0b");
    let other = match last.1 {
        '0' => '1',
        '1' if is_binary => '0',
        '7' => '6',
        digit => char::from_digit((digit.to_digit(10)? + 1) % 10, 10)?,
    };
    // The digit of a prefix such as `0x`.
    let is_prefix = last.0 == 0 && value.len() > 1;
    (!is_prefix).then(|| replace_at(value, last.0, other))
}

/// Another last letter.
fn letter(value: &str) -> Option<String> {
    let is_letter = |(at, character): &(usize, char)| *at > 1 && character.is_ascii_alphabetic();
    let found = value.char_indices().rev().find(is_letter);
    let alone = || value.char_indices().find(|(at, _)| *at == 1 && value.len() == 3);
    let (at, character) = found.or_else(alone).filter(|(_, found)| found.is_ascii_alphabetic())?;
    Some(replace_at(value, at, if character == 'q' { 'p' } else { 'q' }))
}

fn replace_at(value: &str, at: usize, character: char) -> String {
    let mut value = value.to_owned();
    value.replace_range(at..=at, character.encode_utf8(&mut [0; 4]));
    value
}

/// An operator begins at `piece`, which is its first character.
fn operator(before: &str, piece: &str, after: &str) -> Option<String> {
    if !before.ends_with(' ') || piece.len() != 1 {
        return None;
    }
    let is_here = |(from, _): &&(&str, &str)| {
        let rest = from[1..].strip_prefix(piece);
        rest.is_some_and(|rest| after.starts_with(rest))
    };
    let (_, to) = OPERATORS.iter().find(is_here)?;
    Some(to.trim().to_owned())
}
