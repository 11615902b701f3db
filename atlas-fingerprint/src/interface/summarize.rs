//! From a text to its summary. Knows the rules as far as one file tells; decides nothing that
//! depends on others.

use std::ops::Range;

use super::attributes::Attributes;
use super::changes::ItemKind;
use super::contents::{contents, has_constant_code};
use super::encode::{Docs, Places, Short, Shown, macro_arguments};
use super::functions::{Surroundings, function};
use super::imports::{bound_names, has_glob, imports};
use super::mentions::mentions;
use super::names::NameTable;
use super::outline::{self, Group, Node, Shape, Visibility, outline};
use super::summary::{
    Code, Edge, FileSummary, Form, Glob, Header, Includes, Part, Piece, Pieces, Placing,
};
use crate::content::View;
use crate::digest::Digest;
use crate::tokens::items::after_visibility;
use crate::tokens::lexer::Tokens;
use crate::tokens::names::Names;
use crate::tokens::quoted::marks;
use crate::tokens::source::normalized;
use crate::tokens::test_items::left_out;
use crate::tokens::token_digests;

impl FileSummary {
    /// Reads a file. What does not lex or parse counts by its tokens, else by its bytes.
    ///
    /// With [`View::TokensWithoutTests`], items that are compiled for tests only are not part of it.
    /// With [`View::Bytes`], every byte counts.
    pub fn of(bytes: &[u8], view: View) -> Self {
        let whole = whole(bytes, view);
        let by_pieces = (view != View::Bytes).then(|| normalized(bytes)).flatten();
        let pieces = by_pieces.and_then(|text| pieces(&text, view));
        match pieces {
            Some((names, pieces)) => {
                FileSummary { names: names.into_names(), whole, form: Form::Pieces(pieces) }
            }
            None => FileSummary { names: Vec::new(), whole, form: Form::Whole },
        }
    }

    /// Reads a file that is no module: one that a macro includes somewhere, where its items may
    /// mean something else. It counts as a whole.
    pub fn of_included(bytes: &[u8], view: View) -> Self {
        FileSummary { names: Vec::new(), whole: whole(bytes, view), form: Form::Whole }
    }
}

fn whole(bytes: &[u8], view: View) -> Digest {
    match (view, token_digests(bytes)) {
        (View::Tokens, Some(tokens)) => tokens.all,
        (View::TokensWithoutTests, Some(tokens)) => tokens.without_tests,
        _ => Digest::of_bytes(bytes),
    }
}

/// Returns the pieces of a text; `None` if it does not parse, or tokens and parser disagree.
fn pieces(text: &str, view: View) -> Option<(NameTable, Pieces)> {
    let tokens = Tokens::new(text)?;
    let nodes = outline(text)?;
    let left_out = if view == View::TokensWithoutTests { left_out(&tokens) } else { Vec::new() };
    let shown = Shown::new(&tokens, &left_out);
    let std_names = Names::new(&tokens, marks(&tokens, &left_out));
    let mut names = NameTable::default();
    let imports = imports(&shown, &mut names);
    let includes = includes(&shown, &mut names);
    let mut walk =
        Walk { shown: &shown, std_names: &std_names, names, next: 0, pieces: Vec::new() };
    walk.file(&nodes)?;
    Some((walk.names, Pieces { all: walk.pieces, imports, includes }))
}

/// Finds `include!`: what it reads is no module.
fn includes(shown: &Shown<'_, '_>, names: &mut NameTable) -> Includes {
    let tokens = shown.tokens;
    let mut files = Vec::new();
    for index in shown.indices(0..tokens.all.len()) {
        if !tokens.is_ident(index, "include") {
            continue;
        }
        let Some(arguments) = macro_arguments(tokens, index + 1) else { continue };
        // Of `concat!(env!("OUT_DIR"), "/name.rs")` too it is the last string that has the name.
        let last = arguments.rev().find_map(|index| tokens.string(index));
        match last.as_deref().and_then(|path| path.rsplit(['/', '\\']).next()) {
            Some(name) if name.contains('.') => files.push(names.number(name)),
            _ => return Includes::Any,
        }
    }
    Includes::Named(files)
}

/// Reads items one after the other.
pub(super) struct Walk<'a, 't> {
    pub(super) shown: &'a Shown<'a, 't>,
    pub(super) std_names: &'a Names<'a>,
    pub(super) names: NameTable,
    /// Index of the first token that belongs to no piece yet.
    next: usize,
    pieces: Vec<Piece>,
}

/// An item and its tokens.
pub(super) struct Item<'n> {
    pub(super) node: &'n Node,
    /// All of its tokens, attributes included.
    pub(super) range: Range<usize>,
    /// Index after its outer attributes.
    pub(super) start: usize,
    pub(super) attributes: Attributes,
}

impl Walk<'_, '_> {
    fn file(&mut self, nodes: &[Node]) -> Option<()> {
        let tokens = self.shown.tokens;
        let mut attributes = Attributes::default();
        let end = attributes.add_inner(tokens, 0, self.std_names);
        if attributes.is_macro_input {
            return None;
        }
        let is_unusual = attributes.is_unusual && self.hides_bodies(end);
        if end > 0 {
            let header = self.header(0..end, Docs::Skip, Placing::Never);
            self.push(ItemKind::Mod, Edge::None, None, header);
            self.next = end;
        }
        let surroundings = Surroundings { is_unusual, ..Surroundings::default() };
        for node in nodes {
            self.node(node, surroundings)?;
        }
        (self.next == tokens.all.len()).then_some(())
    }

    /// Whether one of the attributes of the file, which end at `end`, says more than those that
    /// files have: a coverage or a sanitizer for all functions.
    fn hides_bodies(&self, end: usize) -> bool {
        let tokens = self.shown.tokens;
        (0..end).any(|index| {
            matches!(
                tokens.ident(index),
                Some("coverage" | "optimize" | "sanitize" | "no_builtins")
            )
        })
    }

    /// Reads an item; `None` if it does not end where a token does.
    fn node(&mut self, node: &Node, surroundings: Surroundings) -> Option<()> {
        let tokens = self.shown.tokens;
        let end = self.index_after(node.end)?;
        let range = self.next..end;
        if range.is_empty() {
            return None;
        }
        let mut attributes = Attributes::default();
        let start = attributes.add_outer(tokens, range.start, self.std_names);
        self.next = range.end;
        if self.leave_out(&range) {
            return Some(());
        }
        let mut item = Item { node, range, start, attributes };
        match &node.shape {
            Shape::Group(group) => {
                let open = self.index_at(group.open)?;
                let first = item.attributes.add_inner(tokens, open + 1, self.std_names);
                if item.attributes.is_macro_input {
                    self.opaque(&item);
                    return Some(());
                }
                self.group(&item, group, first, surroundings)
            }
            Shape::Fn(signature) => {
                let piece = function(self, &mut item, signature, surroundings)?;
                self.pieces.push(piece);
                Some(())
            }
            Shape::Leaf(_) if item.attributes.is_macro_input => {
                self.opaque(&item);
                Some(())
            }
            Shape::Leaf(parts) => self.leaf(&item, parts, surroundings),
        }
    }

    /// Whether an item is left out, but for attributes that stay.
    fn leave_out(&mut self, range: &Range<usize>) -> bool {
        let left_out = self.shown.left_out;
        let Some(found) = left_out
            .iter()
            .find(|item| item.range.end == range.end && item.range.start >= range.start)
        else {
            return false;
        };
        if found.range.start > range.start {
            let header = self.header(range.clone(), Docs::Skip, Placing::Never);
            self.push(ItemKind::Other, Edge::None, None, header);
        }
        true
    }

    fn group(
        &mut self,
        item: &Item<'_>,
        group: &Group,
        first: usize,
        around: Surroundings,
    ) -> Option<()> {
        let tokens = self.shown.tokens;
        let node = item.node;
        let open = self.index_at(group.open)?;
        let close = item.range.end.checked_sub(1)?;
        let head = item.range.start..first;
        let has_code = has_constant_code(self.shown, item.start..first);
        let placing = if has_code { Placing::Always } else { Placing::Never };
        let mut header = self.header(head, Docs::Skip, placing);
        header.attributes = self.attributes(item);
        self.push(node.kind, Edge::Open, node.name.as_deref(), header);
        let calls_macro = (item.start..open).any(|index| macro_arguments(tokens, index).is_some());
        let inner = Surroundings {
            is_generic: group.is_generic && node.kind == ItemKind::Impl,
            is_trait: node.kind == ItemKind::Trait,
            is_unusual: around.is_unusual || item.attributes.is_unusual || calls_macro,
        };
        self.next = first;
        for node in &group.items {
            self.node(node, inner)?;
        }
        (self.next == close).then_some(())?;
        self.next = item.range.end;
        self.push(node.kind, Edge::Close, None, Header::default());
        Some(())
    }

    /// An item that a macro gets: all of it counts.
    pub(super) fn opaque(&mut self, item: &Item<'_>) {
        let piece = self.opaque_piece(item);
        self.pieces.push(piece);
    }

    pub(super) fn opaque_piece(&mut self, item: &Item<'_>) -> Piece {
        let mut header = self.header(item.range.clone(), Docs::Count, Placing::Always);
        header.code = Code::MacroInput;
        header.attributes = self.attributes(item);
        let found = contents(self.shown, item.range.clone(), self.std_names);
        header.calls = found.calls.iter().map(|call| self.names.number(call)).collect();
        let parts = match &item.node.shape {
            Shape::Leaf(parts) => self.parts(item, parts, Docs::Count),
            _ => Some(Vec::new()),
        };
        let mut piece = self.piece(item.node.kind, Edge::None, item.node.name.as_deref(), header);
        piece.parts = parts.unwrap_or_default();
        piece
    }

    fn leaf(
        &mut self,
        item: &Item<'_>,
        parts: &[outline::Part],
        around: Surroundings,
    ) -> Option<()> {
        let node = item.node;
        let tokens = self.shown.tokens;
        let inside = macro_arguments(tokens, item.start + 1)
            .filter(|_| node.kind == ItemKind::MacroDefinition)
            .unwrap_or(item.start..item.range.end);
        let found = contents(self.shown, inside, self.std_names);
        let has_value = parts.iter().any(|part| part.has_value);
        let has_code = has_value || has_constant_code(self.shown, item.start..item.range.end);
        let is_code = matches!(
            node.kind,
            ItemKind::Const
                | ItemKind::Static
                | ItemKind::MacroCall
                | ItemKind::MacroDefinition
                | ItemKind::Other
        );
        let calls_macro = !found.calls.is_empty();
        let placing = match is_code || has_code || calls_macro || item.attributes.derives_code {
            true if found.reads_place && node.kind != ItemKind::MacroDefinition => Placing::Value,
            true => Placing::Always,
            false => Placing::Never,
        };
        let mut header = self.header(item.range.clone(), Docs::Skip, placing);
        header.attributes = self.attributes(item);
        header.calls = found.calls.iter().map(|call| self.names.number(call)).collect();
        header.code = match node.kind {
            ItemKind::MacroDefinition if found.reaches_out => Code::ReachesOut,
            ItemKind::MacroDefinition => Code::None,
            _ if calls_macro || self.has_paths(item, is_code || has_code) => Code::Some,
            _ => Code::None,
        };
        let is_plain = !item.attributes.is_unusual && !around.is_unusual;
        let mut piece = self.piece(node.kind, Edge::None, node.name.as_deref(), header);
        if node.kind == ItemKind::Use {
            let tree = after_visibility(tokens, item.start) + 1;
            let is_public = node.visibility == Visibility::Public;
            if is_plain && !is_public {
                piece.goes_unless = bound_names(tokens, tree, &mut self.names).unwrap_or_default();
            }
            piece.glob = match (has_glob(tokens, tree), node.visibility) {
                (false, _) => Glob::No,
                (true, Visibility::Private) => Glob::Private,
                (true, _) => Glob::Export,
            };
        }
        if node.kind == ItemKind::Other && self.is_macro_definition(item) {
            piece.kind = ItemKind::MacroDefinition;
            piece.header.code = Code::ReachesOut;
            let keyword = after_visibility(tokens, item.start);
            piece.name = tokens.name(keyword + 1).map(|name| self.names.number(name));
        }
        piece.parts = self.parts(item, parts, Docs::Skip)?;
        self.pieces.push(piece);
        Some(())
    }

    /// `macro name …`, which the parser does not know.
    fn is_macro_definition(&self, item: &Item<'_>) -> bool {
        let tokens = self.shown.tokens;
        tokens.is_ident(after_visibility(tokens, item.start), "macro")
    }

    /// Whether there are paths or method calls in an item that has code.
    fn has_paths(&self, item: &Item<'_>, has_code: bool) -> bool {
        let tokens = self.shown.tokens;
        has_code
            && item.node.kind != ItemKind::MacroDefinition
            && (item.start..item.range.end).any(|index| {
                tokens.is_punct(index, b'.')
                    || tokens.is_punct(index, b':') && tokens.is_punct(index + 1, b':')
            })
    }

    fn parts(&mut self, item: &Item<'_>, parts: &[outline::Part], docs: Docs) -> Option<Vec<Part>> {
        let tokens = self.shown.tokens;
        let mut all = Vec::with_capacity(parts.len());
        let mut start = None;
        for part in parts {
            let after = tokens.all.partition_point(|token| (token.start as usize) < part.end);
            // The first one begins after the bracket, which is not known: its tokens are enough.
            let first = start.unwrap_or_else(|| self.opening_before(item, after));
            let digest = self.shown.digest(first..after, Places::Skip, docs);
            let name = self.names.number(part.name.trim_start_matches("r#"));
            all.push(Part { name, digest: head(&digest) });
            start = Some(after + 1);
        }
        Some(all)
    }

    /// Returns the index after the bracket around the token at `index`.
    fn opening_before(&self, item: &Item<'_>, index: usize) -> usize {
        let tokens = self.shown.tokens;
        let mut at = index;
        while at > item.start {
            match tokens.opening(at - 1) {
                Some(open) => at = open,
                None if tokens.closing(at - 1).is_some() => return at,
                None => at -= 1,
            }
        }
        at
    }

    /// Digests the tokens of a header.
    pub(super) fn header(&mut self, range: Range<usize>, docs: Docs, placing: Placing) -> Header {
        let plain = self.shown.digest(range.clone(), Places::Skip, docs);
        let placed = (placing != Placing::Never)
            .then(|| self.shown.digest(range.clone(), Places::Count, docs));
        let mentions = mentions(self.shown, range, docs, &mut self.names);
        Header { plain, placed, placing, mentions, ..Header::default() }
    }

    /// Digests the attributes of an item.
    pub(super) fn attributes(&self, item: &Item<'_>) -> u64 {
        head(&self.shown.digest(item.range.start..item.start, Places::Skip, Docs::Skip))
    }

    pub(super) fn piece(
        &mut self,
        kind: ItemKind,
        edge: Edge,
        name: Option<&str>,
        header: Header,
    ) -> Piece {
        Piece {
            kind,
            edge,
            name: name.map(|name| self.names.number(name.trim_start_matches("r#"))),
            header,
            body: None,
            goes_unless: Vec::new(),
            glob: Glob::No,
            parts: Vec::new(),
        }
    }

    fn push(&mut self, kind: ItemKind, edge: Edge, name: Option<&str>, header: Header) {
        let piece = self.piece(kind, edge, name, header);
        self.pieces.push(piece);
    }

    /// Returns the index of the token that begins at an offset.
    pub(super) fn index_at(&self, offset: usize) -> Option<usize> {
        let all = &self.shown.tokens.all;
        let index = all.partition_point(|token| (token.start as usize) < offset);
        all.get(index).filter(|token| token.start as usize == offset).map(|_| index)
    }

    /// Returns the index after the token that ends at an offset.
    pub(super) fn index_after(&self, offset: usize) -> Option<usize> {
        let all = &self.shown.tokens.all;
        let index = all.partition_point(|token| (token.end as usize) < offset);
        all.get(index).filter(|token| token.end as usize == offset).map(|_| index + 1)
    }
}

/// Returns a number for explanations out of a digest.
pub(super) fn head(digest: &Short) -> u64 {
    let mut bytes = [0; 8];
    bytes.copy_from_slice(&digest[..8]);
    u64::from_le_bytes(bytes)
}
