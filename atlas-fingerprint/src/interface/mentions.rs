//! Which names a range of tokens mentions. Knows tokens and strings; resolves nothing.

use std::ops::Range;

use super::encode::{Docs, Shown, after_doc};
use super::names::{NameTable, is_keyword};
use crate::tokens::lexer::Kind;

/// Returns the numbers of all identifiers in a range, and of what looks like one in its literals, in
/// order and each once. The name of a function where it is defined is no mention of it.
pub(super) fn mentions(
    shown: &Shown<'_, '_>,
    range: Range<usize>,
    docs: Docs,
    names: &mut NameTable,
) -> Vec<u32> {
    let tokens = shown.tokens;
    let mut mentions = Vec::new();
    let mut doc_end = 0;
    for index in shown.indices(range) {
        let Some(token) = tokens.at(index) else { break };
        if docs == Docs::Skip {
            doc_end = doc_end.max(after_doc(tokens, index));
        }
        let is_defined = index > 0 && tokens.is_ident(index - 1, "fn");
        if index < doc_end || is_defined {
            continue;
        }
        let text = tokens.text_of(token);
        match token.kind {
            Kind::Ident if is_keyword(text) => {}
            Kind::Ident | Kind::RawIdent => {
                mentions.push(names.number(text.trim_start_matches("r#")));
            }
            Kind::Str | Kind::RawStr | Kind::Literal | Kind::Doc { .. } => {
                let found = identifiers(text);
                mentions.extend(found.map(|name| names.number(name)));
            }
            Kind::Lifetime | Kind::Punct(_) => {}
        }
    }
    mentions.sort_unstable();
    mentions.dedup();
    mentions
}

/// Returns what looks like an identifier in a literal.
fn identifiers(text: &str) -> impl Iterator<Item = &str> {
    let words = text.split(|character: char| !character.is_alphanumeric() && character != '_');
    words.filter(|word| word.starts_with(|first: char| first.is_alphabetic() || first == '_'))
}
