//! Which tokens a build without `--test` has no use for. Knows attributes and items; knows no digest.
//!
//! rustc takes an item under `#[cfg(test)]` out of the syntax tree before anything looks at it, with
//! all its attributes, and leaves its neighbours as they are. So two files that parse and are equal
//! outside of such items compile alike, if what is left out is whole items and nothing has seen
//! their tokens earlier. Earlier come macros: those called with the tokens as arguments, and
//! attribute macros on an enclosing item, module or file. Also earlier is rustc's gallery of
//! identifiers, for the lints of look-alike characters: items with identifiers that are not ASCII stay.
//!
//! What a condition says is evaluated even if the item is gone, and can be a warning of its own
//! (`unexpected_cfgs`): beside another condition the attributes stay, and only the rest is left out.
//!
//! `#[test]` is a macro of the standard prelude, which an import can hide. It counts as the standard
//! one in a file that has the word `test` nowhere else and imports no globs. (What is out of sight is
//! `#[macro_use] extern crate` in another file, of a crate with an attribute macro of this name.)

use std::ops::Range;

use super::attributes::{self, Effect, Run};
use super::items;
use super::lexer::{Kind, Token, Tokens};

/// Tokens that are left out.
pub(super) struct LeftOut {
    pub(super) range: Range<usize>,
    /// Whether attributes of the item stay before it.
    pub(super) attributes_stay: bool,
}

/// Returns the tokens to leave out, in order, not overlapping.
pub(super) fn left_out(tokens: &Tokens<'_>) -> Vec<LeftOut> {
    if !tokens.has_test || is_opaque(tokens) {
        return Vec::new();
    }
    let mut walk =
        Walk { tokens, test_is_std: test_is_std(tokens), groups: Vec::new(), left_out: Vec::new() };
    let mut index = 0;
    while index < tokens.all.len() {
        index = walk.step(index);
    }
    walk.left_out
}

/// Whether nothing can be left out of the whole file: an inner attribute that may be a macro or
/// takes away what encloses it, or a macro defined with `macro`, whose body looks like a block.
fn is_opaque(tokens: &Tokens<'_>) -> bool {
    (0..tokens.all.len()).any(|index| {
        tokens.is_ident(index, "macro")
            || attributes::inner(tokens, index).is_some_and(|content| {
                !matches!(attributes::effect(tokens, &content), Effect::Inert | Effect::Condition)
            })
    })
}

/// Whether `#[test]` can be no other macro than the standard one, as far as this file tells.
fn test_is_std(tokens: &Tokens<'_>) -> bool {
    let indices = 0..tokens.all.len();
    let words = indices.clone().filter(|index| tokens.name(*index) == Some("test"));
    let attributes = indices.clone().filter(|index| {
        attributes::outer(tokens, *index).is_some_and(|content| {
            matches!(
                attributes::effect(tokens, &content),
                Effect::CfgTest | Effect::CfgAllTest | Effect::Test
            )
        })
    });
    words.count() == attributes.count() && !indices.into_iter().any(|index| is_glob(tokens, index))
}

fn is_glob(tokens: &Tokens<'_>, index: usize) -> bool {
    let ends = |character| tokens.is_punct(index + 1, character);
    let follows = |character| tokens.follows_punct(index, character);
    tokens.is_punct(index, b'*')
        && (ends(b';') || ends(b',') || ends(b'}'))
        && (follows(b':')
            || follows(b'{')
            || follows(b',')
            || index > 0 && tokens.is_ident(index - 1, "use"))
}

struct Walk<'a, 't> {
    tokens: &'a Tokens<'t>,
    test_is_std: bool,
    /// The closing brackets of the groups around the current token.
    groups: Vec<usize>,
    left_out: Vec<LeftOut>,
}

impl Walk<'_, '_> {
    /// Deals with what begins at `index`; returns where to go on.
    fn step(&mut self, index: usize) -> usize {
        if self.groups.last() == Some(&index) {
            self.groups.pop();
            return index + 1;
        }
        if let Some(content) = attributes::inner(self.tokens, index) {
            return content.end + 1;
        }
        if let Some(run) = attributes::run(self.tokens, index, self.test_is_std) {
            return self.attributed(index, &run);
        }
        match self.tokens.closing(index) {
            Some(close) if self.is_macro(index) => close + 1,
            Some(close) => {
                self.groups.push(close);
                index + 1
            }
            None => index + 1,
        }
    }

    /// Deals with what has attributes.
    fn attributed(&mut self, start: usize, run: &Run) -> usize {
        let limit = self.limit();
        let end =
            self.is_place_of_items().then(|| items::end(self.tokens, run.end, limit)).flatten();
        match end {
            Some(end) if run.has(Effect::Macro) => end + 1,
            None if run.has(Effect::Macro) => limit,
            Some(end) if self.may_go(run, start..end + 1) => {
                let attributes_stay = attributes_stay(run);
                let start = if attributes_stay { run.end } else { start };
                self.left_out.push(LeftOut { range: start..end + 1, attributes_stay });
                end + 1
            }
            _ => run.end,
        }
    }

    fn may_go(&self, run: &Run, item: Range<usize>) -> bool {
        let is_test =
            run.has(Effect::CfgTest) || run.has(Effect::CfgAllTest) || run.has(Effect::Test);
        let is_plain = |token: &Token| {
            !matches!(token.kind, Kind::Ident | Kind::RawIdent | Kind::Lifetime)
                || self.tokens.text_of(token).is_ascii()
        };
        is_test && self.tokens.all[item].iter().all(is_plain)
    }

    /// Returns the end of the innermost group.
    fn limit(&self) -> usize {
        self.groups.last().copied().unwrap_or(self.tokens.all.len())
    }

    /// Whether items can be here: in a file or directly in braces.
    fn is_place_of_items(&self) -> bool {
        self.groups.last().is_none_or(|close| self.tokens.is_punct(*close, b'}'))
    }

    /// Whether the group that opens at `index` may be a macro's arguments, or defines a macro.
    fn is_macro(&self, index: usize) -> bool {
        self.tokens.follows_punct(index, b'!')
            || index >= 3
                && self.tokens.is_name(index - 1)
                && self.tokens.is_punct(index - 2, b'!')
                && self.tokens.is_name(index - 3)
    }
}

/// Whether the attributes can be errors or warnings of their own.
fn attributes_stay(run: &Run) -> bool {
    let n_conditions = run.effects.iter().filter(|effect| **effect != Effect::Inert).count();
    n_conditions > 1 || run.has(Effect::CfgAllTest)
}
