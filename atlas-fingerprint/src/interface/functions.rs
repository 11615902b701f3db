//! How much of a function counts. Knows its signature, its attributes and what is around it; knows
//! no meaning of a macro.

use std::ops::Range;

use super::attributes::Attributes;
use super::changes::ItemKind;
use super::contents::{contents, has_constant_code};
use super::encode::{Docs, Places, macro_arguments};
use super::macros::is_built_in;
use super::mentions::mentions;
use super::outline::{Function, Visibility};
use super::summarize::{Item, Walk};
use super::summary::{Body, Code, Edge, Piece, Placing, Stays};

/// What is around an item.
#[derive(Clone, Copy, Default, Debug)]
pub(super) struct Surroundings {
    /// An `impl` with parameters that are types or constants.
    pub(super) is_generic: bool,
    /// A trait: what is in it can be inherited.
    pub(super) is_trait: bool,
    /// Something whose effect on bodies is not known.
    pub(super) is_unusual: bool,
}

/// Reads a function; `None` if tokens and parser disagree.
pub(super) fn function(
    walk: &mut Walk<'_, '_>,
    item: &mut Item<'_>,
    signature: &Function,
    around: Surroundings,
) -> Option<Piece> {
    let tokens = walk.shown.tokens;
    let body = match &signature.body {
        Some(body) => walk.index_at(body.start)?..walk.index_after(body.end)?,
        None => item.range.end..item.range.end,
    };
    let mut inner = Attributes::default();
    let after_inner = inner.add_inner(tokens, body.start + 1, walk.std_names);
    let has_inner = body.start < body.end && after_inner > body.start + 1;
    item.attributes.is_macro_input |= has_inner && inner.is_macro_input;
    if item.attributes.is_macro_input {
        return Some(walk.opaque_piece(item));
    }
    let head = item.range.start..body.start;
    let stays = stays(walk, item, signature, around, body.start).max(match has_inner {
        true => Stays::Everywhere,
        false => Stays::No,
    });
    let body = signature.body.as_ref().map(|_| read_body(walk, body, stays));
    let may_stay = body.as_ref().is_some_and(|body| body.placed.is_some());
    let is_placed = item.attributes.tracks_caller
        || has_constant_code(walk.shown, item.start..head.end)
        || calls_macro(walk, item.start..head.end);
    let placing = match (is_placed, may_stay) {
        (true, _) => Placing::Always,
        (false, true) => Placing::WithBody,
        (false, false) => Placing::Never,
    };
    let mut header = walk.header(head, Docs::Skip, placing);
    header.attributes = walk.attributes(item);
    header.code = if is_placed { Code::Some } else { Code::None };
    let name = item.node.name.as_deref();
    let mut piece = walk.piece(ItemKind::Fn, Edge::None, name, header);
    let is_plain = !item.attributes.is_symbol && !item.attributes.is_unusual && !around.is_unusual;
    if item.node.visibility != Visibility::Public && is_plain {
        piece.goes_unless.extend(piece.name);
    }
    piece.body = body;
    Some(piece)
}

/// Returns what keeps a body apart from what is in it. `open` is where it begins.
fn stays(
    walk: &Walk<'_, '_>,
    item: &Item<'_>,
    signature: &Function,
    around: Surroundings,
    open: usize,
) -> Stays {
    let tokens = walk.shown.tokens;
    let has_impl = |range: Range<usize>| range.into_iter().any(|at| tokens.is_ident(at, "impl"));
    let after_parameters = walk.index_after(signature.parameters_end).unwrap_or(item.start);
    let attributes = &item.attributes;
    let is_everywhere = signature.is_constant
        || signature.is_async
        || has_impl(after_parameters..open)
        || attributes.is_unusual
        || around.is_unusual
        || calls_macro(walk, item.start..open);
    let is_in_code = signature.is_generic
        || has_impl(item.start..open)
        || attributes.is_inline
        || around.is_generic
        || around.is_trait;
    match (is_everywhere, is_in_code) {
        (true, _) => Stays::Everywhere,
        (false, true) => Stays::InCode,
        (false, false) => Stays::No,
    }
}

fn calls_macro(walk: &Walk<'_, '_>, range: Range<usize>) -> bool {
    range.into_iter().any(|index| macro_arguments(walk.shown.tokens, index).is_some())
}

fn read_body(walk: &mut Walk<'_, '_>, range: Range<usize>, outside: Stays) -> Body {
    let found = contents(walk.shown, range.clone(), walk.std_names);
    let stays = if found.reaches_out { Stays::Everywhere } else { outside };
    let may_stay = stays != Stays::No || !found.calls.is_empty();
    let is_told_here = found.calls.iter().all(|call| is_built_in(call));
    let digest = |places| walk.shown.digest(range.clone(), places, Docs::Skip);
    let (plain, placed) = (digest(Places::Skip), may_stay.then(|| digest(Places::Count)));
    // Built-in names have another meaning so rarely that what such bodies mention is not kept.
    let has_mentions = stays != Stays::No || !is_told_here;
    let mentions = has_mentions.then(|| mentions(walk.shown, range, Docs::Skip, &mut walk.names));
    let calls = found.calls.iter().map(|call| walk.names.number(call)).collect();
    Body { plain, placed, stays, reads_place: found.reads_place, calls, mentions }
}
