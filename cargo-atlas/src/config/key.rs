//! The keys: a new one is one row of the table below. Knows no file and no variable's value.

use std::fmt;

/// A key that can be set.
#[derive(PartialEq, Eq, Debug)]
pub(crate) struct Key {
    /// Its path in a file, such as `store.path`.
    pub(crate) name: &'static str,
    /// What can be its value.
    pub(crate) kind: Kind,
    /// Its value if nobody sets it.
    pub(crate) default: Value,
    /// What it decides, in half a line.
    pub(crate) doc: &'static str,
}

/// What can be the value of a key.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Kind {
    /// One of these words.
    Word(&'static [&'static str]),
    /// A number, zero included.
    Count,
}

/// The value of a key.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Value {
    /// A word of [`Kind::Word`].
    Word(&'static str),
    /// A number.
    Count(u64),
}

/// What of earlier builds may be used again.
pub(crate) const CACHE: Key = Key {
    name: "cache",
    kind: Kind::Word(&["none", "whole", "incremental"]),
    default: Value::Word("incremental"),
    doc: "what of earlier builds may be used again",
};

/// What has to change in a source file for its crate to be built again.
pub(crate) const FRESHNESS: Key = Key {
    name: "freshness",
    kind: Kind::Word(&["tokens", "bytes"]),
    default: Value::Word("tokens"),
    doc: "what has to change in a source file for its crate to be built again",
};

/// How many earlier results are kept.
pub(crate) const KEEP_RESULTS: Key = Key {
    name: "keep-results",
    kind: Kind::Count,
    default: Value::Count(2),
    doc: "how many earlier results of a unit of a local package are kept beside the last one",
};

/// All keys, in the order in which they are shown.
pub(crate) const KEYS: &[&Key] = &[&CACHE, &FRESHNESS, &KEEP_RESULTS];

impl Key {
    /// Returns the environment variable that sets it: `ATLAS_STORE_PATH` for `store.path`.
    pub(crate) fn variable(&self) -> String {
        format!("ATLAS_{}", self.name.to_uppercase().replace(['.', '-'], "_"))
    }
}

impl Kind {
    /// Returns the value that a file gives, if it is one.
    pub(crate) fn of_toml(self, value: &toml::Value) -> Option<Value> {
        match (self, value) {
            (Kind::Word(_), toml::Value::String(word)) => self.of_text(word),
            (Kind::Count, toml::Value::Integer(count)) => {
                u64::try_from(*count).ok().map(Value::Count)
            }
            _ => None,
        }
    }

    /// Returns the value that a variable gives, if it is one.
    pub(crate) fn of_text(self, text: &str) -> Option<Value> {
        match self {
            Kind::Word(words) => {
                words.iter().find(|word| **word == text).map(|word| Value::Word(word))
            }
            Kind::Count => text.parse().ok().map(Value::Count),
        }
    }

    /// Returns the words that can be its value.
    pub(crate) fn words(self) -> &'static [&'static str] {
        match self {
            Kind::Word(words) => words,
            Kind::Count => &[],
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Kind::Word(words) => {
                for (index, word) in words.iter().enumerate() {
                    let joint = match words.len() - index {
                        _ if index == 0 => "",
                        1 => " or ",
                        _ => ", ",
                    };
                    write!(f, "{joint}`{word}`")?;
                }
                Ok(())
            }
            Kind::Count => f.write_str("a whole number, 0 or more"),
        }
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Word(word) => f.pad(word),
            Value::Count(count) => f.pad(&count.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn defaults_are_values_of_their_keys() {
        for key in KEYS {
            assert_eq!(key.kind.of_text(&key.default.to_string()), Some(key.default));
        }
    }

    #[test]
    fn keys_are_sorted_and_told_apart_by_their_variables() {
        let variables: Vec<String> = KEYS.iter().map(|key| key.variable()).collect();
        assert!(variables.is_sorted_by(|one, other| one < other), "{variables:?}");
    }

    #[test]
    fn variable_follows_the_path_of_the_key() {
        let key = Key { name: "store.max-size", ..KEEP_RESULTS };
        assert_eq!(key.variable(), "ATLAS_STORE_MAX_SIZE");
    }

    #[test]
    fn what_is_allowed_reads_as_a_sentence() {
        assert_eq!(CACHE.kind.to_string(), "`none`, `whole` or `incremental`");
        assert_eq!(FRESHNESS.kind.to_string(), "`tokens` or `bytes`");
    }
}
