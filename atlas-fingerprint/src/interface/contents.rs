//! What is in the body of a function, or in the definition of a macro, that may reach out of it.
//! Knows tokens; knows no types and expands nothing.

use std::ops::Range;

use super::attributes::Attributes;
use super::encode::{Shown, macro_arguments};
use crate::tokens::attributes::{inner, outer};
use crate::tokens::lexer::{Kind, Tokens};
use crate::tokens::names::Names;

/// What is in a range of tokens.
#[derive(Default, Debug)]
pub(super) struct Contents {
    /// Something that other crates may see, whatever the macros mean.
    pub(super) reaches_out: bool,
    /// Macros that are called: the first and the last segment of their paths, as `log::debug`.
    pub(super) calls: Vec<String>,
    /// `line!()` and what else makes a value out of a place.
    pub(super) reads_place: bool,
}

/// Looks through a range of tokens.
pub(super) fn contents(shown: &Shown<'_, '_>, range: Range<usize>, names: &Names<'_>) -> Contents {
    let tokens = shown.tokens;
    let mut contents = Contents::default();
    for index in shown.indices(range) {
        contents.reaches_out |= reaches_out(tokens, index, names);
        contents.reads_place |= reads_place(tokens, index);
        if macro_arguments(tokens, index).is_some() {
            contents.call(tokens, index - 1, names);
        }
    }
    contents.calls.sort_unstable();
    contents.calls.dedup();
    contents
}

impl Contents {
    /// Adds a call of the macro whose path ends at `last`.
    fn call(&mut self, tokens: &Tokens<'_>, last: usize, names: &Names<'_>) {
        let Some(name) = tokens.name(last) else { return };
        let start = names.path_start(last);
        if start == last {
            self.reaches_out |= tokens.follows_punct(last, b'$');
            self.calls.push(name.to_owned());
            return;
        }
        let first = if tokens.is_name(start) { start } else { start + 2 };
        match tokens.name(first) {
            Some("crate") => self.calls.push(format!("crate::{name}")),
            Some(_) if first > 0 && tokens.follows_punct(first, b'$') => self.reaches_out = true,
            Some(first) => self.calls.push(format!("{first}::{name}")),
            None => self.reaches_out = true,
        }
    }
}

fn reaches_out(tokens: &Tokens<'_>, index: usize, names: &Names<'_>) -> bool {
    let Some(token) = tokens.at(index) else { return false };
    match token.kind {
        Kind::Ident => is_item_word(tokens, index),
        Kind::Punct(b'#') => {
            let content = outer(tokens, index).or_else(|| inner(tokens, index));
            content.is_some_and(|content| {
                let mut attributes = Attributes::default();
                attributes.add(tokens, &content, names);
                attributes.reach_out_of_a_body()
            })
        }
        Kind::Punct(b'[') => is_array(tokens, index),
        Kind::Punct(b'<') => is_constant_argument(tokens, index),
        Kind::Punct(b',') => is_constant_argument(tokens, index),
        Kind::Punct(b'!') => is_call_of_a_variable(tokens, index),
        _ => false,
    }
}

/// Whether a word begins an item that other crates may see, or code that is evaluated when it is
/// compiled: rustc puts that into metadata wherever it is.
fn is_item_word(tokens: &Tokens<'_>, index: usize) -> bool {
    let next = index + 1;
    match tokens.ident(index).unwrap_or_default() {
        "async" | "derive" | "enum" | "extern" | "impl" | "macro" | "macro_rules" | "mod"
        | "static" | "struct" | "trait" => true,
        "const" => {
            let is_pointer =
                tokens.follows_punct(index, b'*') || index > 0 && tokens.is_ident(index - 1, "raw");
            !is_pointer || tokens.is_punct(next, b'{')
        }
        "gen" => tokens.is_punct(next, b'{') || tokens.is_ident(next, "move"),
        "union" => tokens.is_name(next),
        _ => false,
    }
}

/// `[value; length]` as an expression or a type.
fn is_array(tokens: &Tokens<'_>, open: usize) -> bool {
    if tokens.follows_punct(open, b'!') || tokens.follows_punct(open, b'#') {
        return false;
    }
    let Some(inside) = tokens.inside(open) else { return false };
    let mut index = inside.start;
    while index < inside.end {
        if tokens.is_punct(index, b';') {
            return true;
        }
        index = tokens.closing(index).unwrap_or(index) + 1;
    }
    false
}

/// Whether what is after a `<` or `,` looks like a constant among generic arguments.
fn is_constant_argument(tokens: &Tokens<'_>, before: usize) -> bool {
    let is_list = tokens.is_punct(before, b',');
    let first = before + 1;
    if tokens.is_punct(first, b'{') {
        // A block after a comma is an operand or an argument, unless the list ends with `>`.
        let after = tokens.closing(first).map_or(first, |close| close + 1);
        return tokens.is_punct(after, b'>') || !is_list && tokens.is_punct(after, b',');
    }
    let value = first + usize::from(tokens.is_punct(first, b'-'));
    let is_value = tokens.at(value).is_some_and(|token| token.kind == Kind::Literal)
        || matches!(tokens.ident(value), Some("true" | "false"));
    let ends = tokens.is_punct(value + 1, b'>') || tokens.is_punct(value + 1, b',') && !is_list;
    is_value && ends
}

/// Whether a `!` calls a macro whose path comes from a variable: `$($path)::*!()`.
fn is_call_of_a_variable(tokens: &Tokens<'_>, index: usize) -> bool {
    let is_after_repetition =
        [b'*', b'+', b'?', b')'].iter().any(|character| tokens.follows_punct(index, *character));
    is_after_repetition && tokens.closing(index + 1).is_some()
}

fn reads_place(tokens: &Tokens<'_>, index: usize) -> bool {
    match tokens.ident(index) {
        Some("line" | "column") => tokens.is_punct(index + 1, b'!'),
        Some("caller" | "Location") => true,
        _ => false,
    }
}

/// Whether there is code in a type or a definition: array lengths that are no plain number or name,
/// constants among generic arguments and parameters.
pub(super) fn has_constant_code(shown: &Shown<'_, '_>, range: Range<usize>) -> bool {
    let tokens = shown.tokens;
    shown.indices(range).any(|index| match tokens.at(index).map(|token| token.kind) {
        Some(Kind::Punct(b'[')) => is_array(tokens, index) && !is_plain_length(tokens, index),
        Some(Kind::Punct(b'<' | b',')) => {
            tokens.is_punct(index + 1, b'{') && is_constant_argument(tokens, index)
        }
        Some(Kind::Punct(b'=')) => tokens.is_punct(index + 1, b'{'),
        _ => false,
    })
}

fn is_plain_length(tokens: &Tokens<'_>, open: usize) -> bool {
    let Some(inside) = tokens.inside(open) else { return false };
    inside.len() >= 2
        && tokens.is_punct(inside.end - 2, b';')
        && !tokens.at(inside.end - 1).is_some_and(|token| matches!(token.kind, Kind::Punct(_)))
}
