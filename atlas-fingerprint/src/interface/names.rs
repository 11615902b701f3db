//! Names by number, and the words that a macro can build others from. Knows strings only.

use std::collections::HashMap;

/// Names, each once.
#[derive(Default)]
pub(super) struct NameTable {
    numbers: HashMap<String, u32>,
    names: Vec<String>,
}

impl NameTable {
    /// Returns the number of a name.
    pub(super) fn number(&mut self, name: &str) -> u32 {
        if let Some(number) = self.numbers.get(name) {
            return *number;
        }
        let number = self.names.len() as u32;
        self.names.push(name.to_owned());
        self.numbers.insert(name.to_owned(), number);
        number
    }

    /// Returns all names by their number.
    pub(super) fn into_names(self) -> Vec<String> {
        self.names
    }
}

/// Returns the words of a name in small letters, and the name without what separates them: macros
/// build names out of them.
pub(super) fn words(name: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut characters = name.chars().peekable();
    let mut before_is_lower = false;
    while let Some(character) = characters.next() {
        let is_letter = character.is_alphanumeric();
        let next_is_lower = characters.peek().is_some_and(|next| next.is_lowercase());
        let begins = character.is_uppercase() && (before_is_lower || next_is_lower);
        if (begins || !is_letter) && !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
        if is_letter {
            word.extend(character.to_lowercase());
        }
        before_is_lower = !character.is_uppercase() && is_letter;
    }
    words.extend((!word.is_empty()).then_some(word));
    if words.len() > 1 {
        words.push(words.concat());
    }
    words
}

/// Whether it is a keyword in all editions, which no item has as its name.
pub(super) fn is_keyword(name: &str) -> bool {
    matches!(
        name,
        "as" | "break"
            | "const"
            | "continue"
            | "crate"
            | "else"
            | "enum"
            | "extern"
            | "false"
            | "fn"
            | "for"
            | "if"
            | "impl"
            | "in"
            | "let"
            | "loop"
            | "match"
            | "mod"
            | "move"
            | "mut"
            | "pub"
            | "ref"
            | "return"
            | "self"
            | "Self"
            | "static"
            | "struct"
            | "super"
            | "trait"
            | "true"
            | "type"
            | "unsafe"
            | "use"
            | "where"
            | "while"
            | "_"
    )
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::words;

    #[rstest]
    #[case::one("port", &["port"])]
    #[case::snake("default_port", &["default", "port", "defaultport"])]
    #[case::camel("DefaultPort", &["default", "port", "defaultport"])]
    #[case::mixed("from_HTTPServer2", &["from", "http", "server2", "fromhttpserver2"])]
    #[case::underscores("__a__b", &["a", "b", "ab"])]
    #[case::nothing("__", &[])]
    fn name_has_words(#[case] name: &str, #[case] expected: &[&str]) {
        assert_eq!(words(name), expected);
    }
}
