//! Small questions to a list of tokens, by index. Knows tokens; knows no meaning of them.

use super::lexer::{Kind, Token, Tokens};

impl Tokens<'_> {
    /// Returns a token; `None` beyond the end.
    pub(crate) fn at(&self, index: usize) -> Option<&Token> {
        self.all.get(index)
    }

    /// Returns the text of a token if it is an identifier or keyword that is not raw.
    pub(crate) fn ident(&self, index: usize) -> Option<&str> {
        let token = self.at(index)?;
        (token.kind == Kind::Ident).then(|| self.text_of(token))
    }

    /// Returns the text of a token if it is an identifier, without `r#`.
    pub(crate) fn name(&self, index: usize) -> Option<&str> {
        let token = self.at(index)?;
        match token.kind {
            Kind::Ident => Some(self.text_of(token)),
            Kind::RawIdent => Some(self.text_of(token).trim_start_matches("r#")),
            _ => None,
        }
    }

    /// Whether a token is an identifier, raw or not.
    pub(crate) fn is_name(&self, index: usize) -> bool {
        self.name(index).is_some()
    }

    /// Whether a token is this identifier or keyword.
    pub(crate) fn is_ident(&self, index: usize, text: &str) -> bool {
        self.ident(index) == Some(text)
    }

    /// Whether a token is this character.
    pub(crate) fn is_punct(&self, index: usize, character: u8) -> bool {
        self.at(index).is_some_and(|token| token.kind == Kind::Punct(character))
    }

    /// Whether the token before is this character.
    pub(crate) fn follows_punct(&self, index: usize, character: u8) -> bool {
        index > 0 && self.is_punct(index - 1, character)
    }

    /// Returns the index of the bracket that closes the one at `index`; `None` if none opens there.
    pub(crate) fn closing(&self, index: usize) -> Option<usize> {
        let token = self.at(index)?;
        matches!(token.kind, Kind::Punct(b'(' | b'[' | b'{')).then_some(token.partner as usize)
    }

    /// Returns the index of the bracket that opens what `index` closes; `None` if nothing ends there.
    pub(crate) fn opening(&self, index: usize) -> Option<usize> {
        let token = self.at(index)?;
        matches!(token.kind, Kind::Punct(b')' | b']' | b'}')).then_some(token.partner as usize)
    }

    /// Returns the tokens inside a bracket that opens at `index`.
    pub(crate) fn inside(&self, index: usize) -> Option<std::ops::Range<usize>> {
        Some(index + 1..self.closing(index)?)
    }

    /// Returns the parts of `range` between its commas, those in brackets not counted; an empty
    /// last part is left out.
    pub(crate) fn comma_separated(
        &self,
        range: std::ops::Range<usize>,
    ) -> Vec<std::ops::Range<usize>> {
        let mut parts = Vec::new();
        let mut start = range.start;
        let mut index = range.start;
        while index < range.end {
            if self.is_punct(index, b',') {
                parts.push(start..index);
                start = index + 1;
            }
            index = self.closing(index).unwrap_or(index) + 1;
        }
        if start < range.end {
            parts.push(start..range.end);
        }
        parts
    }

    /// Returns the value of a string literal without suffix; `None` if the token is none.
    pub(crate) fn string(&self, index: usize) -> Option<String> {
        let token = self.at(index)?;
        if !matches!(token.kind, Kind::Str | Kind::RawStr) {
            return None;
        }
        let literal: syn::LitStr = syn::parse_str(self.text_of(token)).ok()?;
        Some(literal.value())
    }
}
