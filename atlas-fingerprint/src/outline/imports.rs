//! The paths of `use` and `extern crate`. Knows their grammar; knows no scope.

use crate::tokens::lexer::Tokens;

use super::outlined::{Mention, Start};

/// A path of an import, with all that is before it in the braces around it.
#[derive(Clone, Debug)]
pub(super) struct Imported {
    /// Index of its last token.
    pub(super) index: usize,
    pub(super) start: Start,
    pub(super) segments: Vec<String>,
    pub(super) mention: Mention,
}

/// Returns the paths of the `use` or `extern crate` at `index`, and the index of the `;` after it.
/// `None` if there is none, or if a macro makes it up.
pub(super) fn imports(
    tokens: &Tokens<'_>,
    index: usize,
    is_reexport: bool,
) -> Option<(Vec<Imported>, usize)> {
    let mut tree = Tree { tokens, is_reexport, found: Vec::new() };
    let end = match tokens.ident(index)? {
        "use" => {
            let start = if is_separator(tokens, index + 1) { Start::Global } else { Start::Here };
            let first = index + if start == Start::Global { 3 } else { 1 };
            tree.branch(first, start, &[])?
        }
        "extern" if tokens.is_ident(index + 1, "crate") => {
            let name = tokens.name(index + 2)?.to_owned();
            tree.leaf(index + 2, Start::ExternCrate, vec![name])?
        }
        _ => return None,
    };
    tokens.is_punct(end, b';').then_some((tree.found, end))
}

/// Whether `::` is at `index`.
pub(super) fn is_separator(tokens: &Tokens<'_>, index: usize) -> bool {
    let is_colon = |index| tokens.is_punct(index, b':');
    let ends = |index: usize| tokens.at(index).map(|token| token.end);
    let starts = |index: usize| tokens.at(index).map(|token| token.start);
    is_colon(index) && is_colon(index + 1) && ends(index) == starts(index + 1)
}

/// The branches of a `use` while they are read.
struct Tree<'a> {
    tokens: &'a Tokens<'a>,
    is_reexport: bool,
    found: Vec<Imported>,
}

impl Tree<'_> {
    /// Reads what begins at `index` after `::`, `{` or `,`; returns the index of what follows it.
    fn branch(&mut self, mut index: usize, start: Start, prefix: &[String]) -> Option<usize> {
        let mut segments = prefix.to_vec();
        loop {
            if self.tokens.is_punct(index, b'*') {
                let mention = Mention::Glob { is_reexport: self.is_reexport };
                self.found.push(Imported { index, start, segments, mention });
                return Some(index + 1);
            }
            if self.tokens.is_punct(index, b'{') {
                self.group(index, start, &segments)?;
                return Some(self.tokens.closing(index)? + 1);
            }
            // `$crate`
            index += usize::from(self.tokens.is_punct(index, b'$'));
            let name = self.tokens.name(index)?;
            if self.tokens.follows_punct(index, b'$') && name != "crate" {
                return None;
            }
            segments.push(name.to_owned());
            if !is_separator(self.tokens, index + 1) {
                return self.leaf(index, start, segments);
            }
            index += 3;
        }
    }

    fn group(&mut self, open: usize, start: Start, prefix: &[String]) -> Option<()> {
        for part in self.tokens.comma_separated(self.tokens.inside(open)?) {
            let is_global = prefix.is_empty() && is_separator(self.tokens, part.start);
            let (first, start) =
                if is_global { (part.start + 2, Start::Global) } else { (part.start, start) };
            let end = self.branch(first, start, prefix)?;
            if end != part.end {
                return None;
            }
        }
        Some(())
    }

    /// Ends a path at `index`, or at the other name that follows it.
    fn leaf(&mut self, index: usize, start: Start, mut segments: Vec<String>) -> Option<usize> {
        if segments.len() > 1 && segments.last().is_some_and(|last| last == "self") {
            segments.pop();
        }
        let (name, last) = if self.tokens.is_ident(index + 1, "as") {
            (self.tokens.name(index + 2)?.to_owned(), index + 2)
        } else {
            (segments.last()?.clone(), index)
        };
        let name = Some(name).filter(|name| name != "_");
        let mention = Mention::Import { name, is_reexport: self.is_reexport };
        self.found.push(Imported { index, start, segments, mention });
        Some(last + 1)
    }
}
