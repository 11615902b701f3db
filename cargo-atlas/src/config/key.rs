//! The keys: a new one is one row of the table below. Knows no file and no variable's value.

use std::fmt;
use std::time::Duration;

use atlas_build::cas::DEFAULT_MAX_AGE;
use camino::{Utf8Path, Utf8PathBuf};

use super::quantity;

/// The word for what suits the disk.
const AUTOMATIC: &str = "auto";
/// The word for the usual place.
const ON: &str = "on";
/// The word for nowhere.
const OFF: &str = "off";

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
    /// A list of names in Rust, such as those of macros.
    Words,
    /// A number, zero included.
    Count,
    /// A number of bytes, or one that suits the disk.
    Size,
    /// A span of time.
    Age,
    /// Yes or no.
    Switch,
    /// A directory, the usual one or none.
    Place,
}

/// The value of a key.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Value {
    /// A word of [`Kind::Word`].
    Word(&'static str),
    /// Names.
    Words(Vec<String>),
    /// A number.
    Count(u64),
    /// Bytes; `None` for what suits the disk.
    Size(Option<u64>),
    /// A span of time.
    Age(Duration),
    /// Yes or no.
    Switch(bool),
    /// A directory.
    Place(Place),
}

/// Where something is kept.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Place {
    /// In the usual place.
    Usual,
    /// Nowhere.
    Nowhere,
    /// In a directory.
    At(Utf8PathBuf),
}

/// What of earlier builds may be used again.
pub(crate) const CACHE: Key = Key {
    name: "cache",
    kind: Kind::Word(&["none", "whole", "incremental"]),
    default: Value::Word("incremental"),
    doc: "what of earlier builds may be used again",
};

/// Whether dependents keep their results when nothing that they see has changed.
pub(crate) const CUTOFF: Key = Key {
    name: "cutoff",
    kind: Kind::Word(&["on", "off"]),
    default: Value::Word("on"),
    doc: "whether dependents keep their results when a library changes in nothing that they see",
};

/// What has to change in a source file for its crate to be built again.
pub(crate) const FRESHNESS: Key = Key {
    name: "freshness",
    kind: Kind::Word(&["tokens", "bytes"]),
    default: Value::Word("tokens"),
    doc: "what has to change in a source file for its crate to be built again",
};

/// Macros that the user vouches for.
pub(crate) const HARMLESS_MACROS: Key = Key {
    name: "harmless-macros",
    kind: Kind::Words,
    default: Value::Words(Vec::new()),
    doc: "macros whose calls in the body of a function make nothing that other crates see",
};

/// How many earlier results are kept.
pub(crate) const KEEP_RESULTS: Key = Key {
    name: "keep-results",
    kind: Kind::Count,
    default: Value::Count(2),
    doc: "how many earlier results of a unit of a local package are kept beside the last one",
};

/// Whether results can be used in other checkouts.
pub(crate) const PORTABLE: Key = Key {
    name: "portable",
    kind: Kind::Switch,
    default: Value::Switch(false),
    doc: "whether results of the workspace's own crates can be used in other checkouts of it",
};

/// Where results of all workspaces are kept.
pub(crate) const STORE: Key = Key {
    name: "store",
    kind: Kind::Place,
    default: Value::Place(Place::Usual),
    doc: "where results are kept for all workspaces",
};

/// How long the store keeps what is not used.
pub(crate) const STORE_AGE: Key = Key {
    name: "store-age",
    kind: Kind::Age,
    default: Value::Age(DEFAULT_MAX_AGE),
    doc: "how long the store keeps results after their last use",
};

/// How big the store may be.
pub(crate) const STORE_SIZE: Key = Key {
    name: "store-size",
    kind: Kind::Size,
    default: Value::Size(None),
    doc: "how big the store may be",
};

/// All keys, in the order in which they are shown.
pub(crate) const KEYS: &[&Key] = &[
    &CACHE,
    &CUTOFF,
    &FRESHNESS,
    &HARMLESS_MACROS,
    &KEEP_RESULTS,
    &PORTABLE,
    &STORE,
    &STORE_AGE,
    &STORE_SIZE,
];

impl Key {
    /// Returns the environment variable that sets it: `ATLAS_STORE_PATH` for `store.path`.
    pub(crate) fn variable(&self) -> String {
        format!("ATLAS_{}", self.name.to_uppercase().replace(['.', '-'], "_"))
    }
}

impl Value {
    /// Takes a path as relative to a directory, unless it is absolute.
    pub(super) fn seen_from(self, directory: &Utf8Path) -> Self {
        match self {
            Value::Place(Place::At(path)) => Value::Place(Place::At(directory.join(path))),
            value => value,
        }
    }
}

impl Kind {
    /// Returns the value that a file gives.
    ///
    /// # Errors
    ///
    /// What of it cannot be one.
    pub(crate) fn of_toml(self, value: &toml::Value) -> Result<Value, &toml::Value> {
        match (self, value) {
            (Kind::Word(_), toml::Value::String(word)) => self.of_text(word).map_err(|_| value),
            (Kind::Words, toml::Value::Array(list)) => {
                let name = |value: &toml::Value| match value {
                    toml::Value::String(name) if is_name(name) => Some(name.clone()),
                    _ => None,
                };
                let names = list.iter().map(|value| name(value).ok_or(value));
                names.collect::<Result<_, _>>().map(Value::Words)
            }
            (Kind::Count, toml::Value::Integer(count)) => {
                u64::try_from(*count).map(Value::Count).map_err(|_| value)
            }
            (Kind::Size, toml::Value::Integer(size)) => {
                u64::try_from(*size).map(|size| Value::Size(Some(size))).map_err(|_| value)
            }
            (Kind::Size | Kind::Age | Kind::Place, toml::Value::String(text)) => {
                self.of_text(text).map_err(|_| value)
            }
            (Kind::Switch, toml::Value::Boolean(switch)) => Ok(Value::Switch(*switch)),
            _ => Err(value),
        }
    }

    /// Returns the value that a variable gives; the names of a list are separated by commas.
    ///
    /// # Errors
    ///
    /// What of it cannot be one.
    pub(crate) fn of_text(self, text: &str) -> Result<Value, &str> {
        match self {
            Kind::Word(words) => {
                let word = words.iter().find(|word| **word == text);
                word.map(|word| Value::Word(word)).ok_or(text)
            }
            Kind::Words => {
                let names = text.split(',').map(str::trim).filter(|name| !name.is_empty());
                let names = names.map(|name| is_name(name).then(|| name.to_owned()).ok_or(name));
                names.collect::<Result<_, _>>().map(Value::Words)
            }
            Kind::Count => text.parse().map(Value::Count).map_err(|_| text),
            Kind::Size if text == AUTOMATIC => Ok(Value::Size(None)),
            Kind::Size => quantity::size(text).map(|size| Value::Size(Some(size))).ok_or(text),
            Kind::Age => quantity::age(text).map(Value::Age).ok_or(text),
            Kind::Switch => text.parse().map(Value::Switch).map_err(|_| text),
            Kind::Place => match text {
                "" => Err(text),
                ON => Ok(Value::Place(Place::Usual)),
                OFF => Ok(Value::Place(Place::Nowhere)),
                path => Ok(Value::Place(Place::At(path.into()))),
            },
        }
    }

    /// Returns the words that can be its value.
    pub(crate) fn words(self) -> &'static [&'static str] {
        match self {
            Kind::Word(words) => words,
            Kind::Words | Kind::Count | Kind::Size | Kind::Age | Kind::Switch | Kind::Place => &[],
        }
    }
}

fn is_name(name: &str) -> bool {
    let mut letters = name.chars();
    letters.next().is_some_and(|first| first.is_alphabetic() || first == '_')
        && letters.all(|letter| letter.is_alphanumeric() || letter == '_')
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
            Kind::Words => f.write_str("a list of names without path and `!`"),
            Kind::Count => f.write_str("a whole number, 0 or more"),
            Kind::Size => write!(f, "`{AUTOMATIC}` or a size such as `10GiB`"),
            Kind::Age => f.write_str("a span of time such as `30d`"),
            Kind::Switch => f.write_str("`true` or `false`"),
            Kind::Place => write!(f, "`{ON}`, `{OFF}` or a directory"),
        }
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Word(word) => f.pad(word),
            Value::Words(names) => f.pad(&names.join(",")),
            Value::Count(count) => f.pad(&count.to_string()),
            Value::Size(None) => f.pad(AUTOMATIC),
            Value::Size(Some(size)) => f.pad(&quantity::shown_size(*size)),
            Value::Age(age) => f.pad(&quantity::shown_age(*age)),
            Value::Switch(switch) => f.pad(&switch.to_string()),
            Value::Place(Place::Usual) => f.pad(ON),
            Value::Place(Place::Nowhere) => f.pad(OFF),
            Value::Place(Place::At(path)) => f.pad(path.as_str()),
        }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::nothing("", Ok(""))]
    #[case::one("bail", Ok("bail"))]
    #[case::several("bail, _log ,info2,", Ok("bail,_log,info2"))]
    #[case::exclamation_mark("bail,ensure!", Err("ensure!"))]
    #[case::path("log::info", Err("log::info"))]
    #[case::number("2", Err("2"))]
    fn names_are_identifiers(#[case] text: &str, #[case] expected: Result<&str, &str>) {
        let value = Kind::Words.of_text(text).map(|value| value.to_string());
        assert_eq!(value.as_deref(), expected.as_ref().map(|names| *names));
    }

    #[rstest]
    #[case::size(Kind::Size, "10GiB", Ok("10.0 GiB"))]
    #[case::bytes(Kind::Size, "4096", Ok("4.0 KiB"))]
    #[case::automatic(Kind::Size, "auto", Ok("auto"))]
    #[case::no_size(Kind::Size, "much", Err("much"))]
    #[case::age(Kind::Age, "2 weeks", Ok("14days"))]
    #[case::no_age(Kind::Age, "30", Err("30"))]
    #[case::yes(Kind::Switch, "true", Ok("true"))]
    #[case::neither(Kind::Switch, "1", Err("1"))]
    #[case::usual(Kind::Place, "on", Ok("on"))]
    #[case::directory(Kind::Place, "/cache", Ok("/cache"))]
    #[case::no_directory(Kind::Place, "", Err(""))]
    fn text_becomes_a_value(
        #[case] kind: Kind,
        #[case] text: &str,
        #[case] expected: Result<&str, &str>,
    ) {
        let value = kind.of_text(text).map(|value| value.to_string());
        assert_eq!(value.as_deref(), expected.as_ref().map(|shown| *shown));
    }

    #[rstest]
    #[case::number_of_bytes(Kind::Size, toml::Value::Integer(1 << 20), Some(Value::Size(Some(1 << 20))))]
    #[case::negative_size(Kind::Size, toml::Value::Integer(-1), None)]
    #[case::switch(Kind::Switch, toml::Value::Boolean(true), Some(Value::Switch(true)))]
    #[case::switch_as_text(Kind::Switch, toml::Value::String("true".into()), None)]
    #[case::age(Kind::Age, toml::Value::String("1d".into()), Some(Value::Age(Duration::from_secs(86400))))]
    #[case::age_as_number(Kind::Age, toml::Value::Integer(1), None)]
    fn toml_becomes_a_value(
        #[case] kind: Kind,
        #[case] toml: toml::Value,
        #[case] expected: Option<Value>,
    ) {
        assert_eq!(kind.of_toml(&toml).ok(), expected);
    }

    #[test]
    fn defaults_are_values_of_their_keys() {
        for key in KEYS {
            assert_eq!(key.kind.of_text(&key.default.to_string()), Ok(key.default.clone()));
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
        let expected = "a list of names without path and `!`";
        assert_eq!(HARMLESS_MACROS.kind.to_string(), expected);
    }
}
