//! What attributes do to how much of an item counts. Knows rustc's built-in attributes; knows no
//! items.

use std::ops::Range;

use crate::tokens::attributes::{Effect, effect, inner, outer};
use crate::tokens::lexer::{Kind, Tokens};
use crate::tokens::names::Names;

/// Attributes that say nothing about a body and add no code.
const PLAIN: &[&str] = &[
    "allow",
    "automatically_derived",
    "cold",
    "deny",
    "deprecated",
    "doc",
    "expect",
    "forbid",
    "macro_use",
    "must_use",
    "non_exhaustive",
    "path",
    "target_feature",
    "warn",
];

/// Attributes that make a linker see the item.
const SYMBOL: &[&str] = &["export_name", "link_section", "no_mangle", "used"];

/// What the attributes of one item do.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub(super) struct Attributes {
    /// May be a macro, or hand the item to one: every token of the item counts, and its docs.
    pub(super) is_macro_input: bool,
    /// Adds code at the place of the attribute.
    pub(super) derives_code: bool,
    /// `#[inline]`, but not `#[inline(never)]`.
    pub(super) is_inline: bool,
    /// `#[track_caller]`.
    pub(super) tracks_caller: bool,
    /// Gives the item a name for linkers.
    pub(super) is_symbol: bool,
    /// Built in, with an effect on bodies that nothing here knows.
    pub(super) is_unusual: bool,
}

impl Attributes {
    /// Adds the outer attributes that begin at `start`; returns the index after them.
    pub(super) fn add_outer(
        &mut self,
        tokens: &Tokens<'_>,
        start: usize,
        names: &Names<'_>,
    ) -> usize {
        let mut end = start;
        loop {
            if let Some(content) = outer(tokens, end) {
                self.add(tokens, &content, names);
                end = content.end + 1;
            } else if is_doc(tokens, end) {
                end += 1;
            } else {
                return end;
            }
        }
    }

    /// Adds the inner attributes that begin at `start`; returns the index after them.
    pub(super) fn add_inner(
        &mut self,
        tokens: &Tokens<'_>,
        start: usize,
        names: &Names<'_>,
    ) -> usize {
        let mut end = start;
        loop {
            if let Some(content) = inner(tokens, end) {
                self.add(tokens, &content, names);
                end = content.end + 1;
            } else if is_inner_doc(tokens, end) {
                end += 1;
            } else {
                return end;
            }
        }
    }

    /// Adds the attribute with this content.
    pub(super) fn add(&mut self, tokens: &Tokens<'_>, content: &Range<usize>, names: &Names<'_>) {
        match effect(tokens, content) {
            Effect::Macro => self.is_macro_input = true,
            Effect::Test => self.is_unusual = true,
            Effect::CfgTest | Effect::CfgAllTest => {}
            Effect::Inert | Effect::Condition => self.add_built_in(tokens, content, names),
        }
    }

    fn add_built_in(&mut self, tokens: &Tokens<'_>, content: &Range<usize>, names: &Names<'_>) {
        let arguments = || tokens.inside(content.start + 1).unwrap_or(content.end..content.end);
        if tokens.is_punct(content.start + 1, b':') {
            // That of a tool, which rustc ignores.
            return;
        }
        match tokens.ident(content.start).unwrap_or_default() {
            "cfg" => {}
            "cfg_attr" => {
                for attribute in tokens.comma_separated(arguments()).iter().skip(1) {
                    self.add(tokens, attribute, names);
                }
            }
            "derive" => {
                let derives = tokens.comma_separated(arguments());
                self.is_macro_input |=
                    !derives.iter().all(|path| names.is_std_derive_or_error(path));
                let adds_none = |path: &Range<usize>| {
                    matches!(tokens.ident(path.end.saturating_sub(1)), Some("Copy" | "Eq"))
                };
                self.derives_code |= !derives.iter().all(adds_none);
            }
            "inline" => {
                let is_never = tokens.is_ident(content.start + 2, "never");
                self.is_inline |= !is_never;
            }
            "track_caller" => self.tracks_caller = true,
            "unsafe" => self.add(tokens, &arguments(), names),
            name if PLAIN.contains(&name) => {}
            name if SYMBOL.contains(&name) => self.is_symbol = true,
            _ => self.is_unusual = true,
        }
    }

    /// Whether an item with them in a body can be seen from outside, or is nothing known.
    pub(super) fn reach_out_of_a_body(&self) -> bool {
        self.is_macro_input || self.derives_code || self.is_symbol || self.is_unusual
    }
}

fn is_doc(tokens: &Tokens<'_>, index: usize) -> bool {
    tokens.at(index).is_some_and(|token| token.kind == Kind::Doc { inner: false })
}

fn is_inner_doc(tokens: &Tokens<'_>, index: usize) -> bool {
    tokens.at(index).is_some_and(|token| token.kind == Kind::Doc { inner: true })
}
