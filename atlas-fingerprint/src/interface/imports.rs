//! What gives names a meaning in a file: imports, crates and modules, anywhere in it. Knows tokens;
//! resolves nothing.

use super::encode::Shown;
use super::names::NameTable;
use super::summary::Import;
use crate::tokens::attributes;
use crate::tokens::lexer::Tokens;
use crate::tokens::quoted::marks;

/// Returns the imports of a file in their order.
pub(super) fn imports(shown: &Shown<'_, '_>, names: &mut NameTable) -> Vec<Import> {
    let tokens = shown.tokens;
    let mut reader = Reader { tokens, names, imports: Vec::new(), is_nested: false };
    for mark in marks(tokens, shown.left_out) {
        let index = mark.index();
        reader.is_nested = mark.limit(tokens) < tokens.all.len();
        match tokens.ident(index) {
            // `use<'a>` captures lifetimes.
            Some("use") if !tokens.is_punct(index + 1, b'<') => {
                reader.tree(index + 1, None);
            }
            Some("mod") => {
                if let Some(name) = tokens.name(index + 1) {
                    let name = reader.names.number(name);
                    reader.imports.push(Import::Module { name });
                }
            }
            Some("macro_use") => reader.all_macros(index),
            _ => {}
        }
    }
    for index in shown.indices(0..tokens.all.len()) {
        if tokens.is_ident(index, "extern") && tokens.is_ident(index + 1, "crate") {
            reader.extern_crate(index + 2);
        }
    }
    reader.imports
}

struct Reader<'a, 't> {
    tokens: &'a Tokens<'t>,
    names: &'a mut NameTable,
    imports: Vec<Import>,
    /// Whether the import is in braces.
    is_nested: bool,
}

impl Reader<'_, '_> {
    /// Reads a tree of names; `prefix` has the first and the last segment before it.
    fn tree(&mut self, start: usize, prefix: Option<(usize, usize)>) {
        let tokens = self.tokens;
        let mut at = start;
        let mut prefix = prefix;
        loop {
            while tokens.is_punct(at, b':') || tokens.is_punct(at, b'$') {
                at += 1;
            }
            if tokens.is_punct(at, b'*') {
                self.glob(prefix);
                return;
            }
            if let Some(inside) = tokens.inside(at) {
                for part in tokens.comma_separated(inside) {
                    self.tree(part.start, prefix);
                }
                return;
            }
            if !tokens.is_name(at) {
                return;
            }
            if !tokens.is_punct(at + 1, b':') {
                self.leaf(at, prefix);
                return;
            }
            prefix = Some((prefix.map_or(at, |(root, _)| root), at));
            at += 1;
        }
    }

    fn glob(&mut self, prefix: Option<(usize, usize)>) {
        let (root, last) = prefix.unwrap_or_default();
        let last = prefix.and_then(|_| self.tokens.name(last)).unwrap_or_default();
        // An enum has no macros.
        if last.starts_with(char::is_uppercase) {
            return;
        }
        let root = prefix.and_then(|_| self.tokens.name(root)).unwrap_or("crate");
        let root = self.names.number(root);
        self.imports.push(Import::Glob { root, is_nested: self.is_nested });
    }

    fn leaf(&mut self, at: usize, prefix: Option<(usize, usize)>) {
        let tokens = self.tokens;
        let own = match (tokens.ident(at), prefix) {
            (Some("self"), Some((_, last))) => last,
            _ => at,
        };
        let is_renamed = tokens.is_ident(at + 1, "as");
        let bound = if is_renamed { at + 2 } else { own };
        let root = prefix.map_or(at, |(root, _)| root);
        let (Some(root), Some(bound)) = (tokens.name(root), tokens.name(bound)) else { return };
        let (root, bound) = (self.names.number(root), self.names.number(bound));
        self.imports.push(Import::Name { root, bound });
    }

    /// `#[macro_use]`, with or without names, on an `extern crate`.
    fn all_macros(&mut self, index: usize) {
        let tokens = self.tokens;
        let Some(open) = index.checked_sub(1) else { return };
        let after = tokens.closing(open).map_or(index + 1, |close| close + 1);
        let item = attributes::end(tokens, after);
        let item = item + usize::from(tokens.is_ident(item, "pub"));
        if tokens.is_ident(item, "mod") {
            return;
        }
        let is_crate = tokens.is_ident(item, "extern") && tokens.is_ident(item + 1, "crate");
        // Under a condition, or not at a place that is known.
        let name = tokens.name(item + 2).filter(|_| is_crate).unwrap_or("_");
        let name = self.names.number(name);
        self.imports.push(Import::AllMacros { name });
    }

    fn extern_crate(&mut self, index: usize) {
        let tokens = self.tokens;
        let bound = if tokens.is_ident(index + 1, "as") { index + 2 } else { index };
        let (Some(name), Some(bound)) = (tokens.name(index), tokens.name(bound)) else { return };
        let (name, bound) = (self.names.number(name), self.names.number(bound));
        self.imports.push(Import::Crate { name, bound });
    }
}

/// Returns the names that the import at `start`, after `use`, binds, if it is neither a glob nor
/// `as _`.
pub(super) fn bound_names(
    tokens: &Tokens<'_>,
    start: usize,
    names: &mut NameTable,
) -> Option<Vec<u32>> {
    let nothing = names.number("_");
    let mut reader = Reader { tokens, names, imports: Vec::new(), is_nested: false };
    reader.tree(start, None);
    let has_glob = has_glob(tokens, start);
    let bound = reader.imports.iter().map(|import| match import {
        Import::Name { bound, .. } if *bound != nothing => Some(*bound),
        _ => None,
    });
    bound.collect::<Option<Vec<u32>>>().filter(|bound| !bound.is_empty() && !has_glob)
}

/// Whether the import at `start`, after `use`, has a glob.
pub(super) fn has_glob(tokens: &Tokens<'_>, start: usize) -> bool {
    let rest = start..tokens.all.len();
    rest.take_while(|index| !tokens.is_punct(*index, b';'))
        .any(|index| tokens.is_punct(index, b'*'))
}
