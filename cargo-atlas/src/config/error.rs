//! What is wrong with the configuration of atlas, in words like cargo's about its own.

use atlas_build::packages::similar_name;
use camino::Utf8PathBuf;

use super::key::{HARMLESS_MACROS, KEYS, Key, Kind};

/// A configuration that cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ConfigError {
    /// A file is there, but cannot be read.
    #[error("could not read a configuration file")]
    Read(#[source] std::io::Error),
    /// A file is no TOML.
    #[error("could not parse TOML configuration in `{path}`")]
    Syntax {
        /// The file.
        path: Utf8PathBuf,
        /// What is wrong, and where.
        #[source]
        source: Box<toml::de::Error>,
    },
    /// A key has a value that it cannot have.
    #[error("error in {place}: `{key}` expected {expected}, but found {found}")]
    Value {
        /// The file or the variable.
        place: String,
        /// The key.
        key: String,
        /// What is allowed.
        expected: String,
        /// What stands there.
        found: String,
    },
    /// A key was asked for that does not exist.
    #[error(transparent)]
    UnknownKey(#[from] UnknownKey),
}

impl ConfigError {
    /// Creates the error of a value that its key cannot have.
    pub(super) fn value(place: String, key: &str, expected: Kind, found: String) -> Self {
        ConfigError::Value { place, key: key.to_owned(), expected: expected.to_string(), found }
    }

    /// Returns what the user may do about it, if that is not plain from the message.
    pub(crate) fn hint(&self) -> Option<String> {
        match self {
            ConfigError::UnknownKey(unknown) if unknown.nearest.is_none() => {
                Some("`cargo atlas config` lists all keys".to_owned())
            }
            ConfigError::Value { key, found, .. } if key == HARMLESS_MACROS.name => {
                macro_name(found)
            }
            _ => None,
        }
    }
}

/// Says how a macro is to be named that stands with its path or its `!`.
fn macro_name(found: &str) -> Option<String> {
    let found = found.trim_matches(['`', '"']);
    let name = found.trim_end_matches('!').rsplit("::").next()?;
    (name != found && !name.is_empty()).then(|| format!("write `{name}` for the macro `{found}`"))
}

/// A key that does not exist.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("unknown configuration key `{name}`{}{}", in_file(self), meant(self))]
pub(crate) struct UnknownKey {
    /// The key.
    pub(crate) name: String,
    /// The file it stands in, if it does.
    pub(crate) file: Option<Utf8PathBuf>,
    /// The key that may have been meant.
    pub(crate) nearest: Option<&'static str>,
}

impl UnknownKey {
    /// Creates the error of a name that no key has.
    pub(crate) fn new(name: &str, file: Option<Utf8PathBuf>) -> Self {
        UnknownKey::among(KEYS, name, file)
    }

    /// As [`UnknownKey::new`], for other keys than those of this program.
    pub(super) fn among(
        keys: &[&'static Key],
        name: &str,
        file: Option<Utf8PathBuf>,
    ) -> UnknownKey {
        let nearest = similar_name(name, keys.iter().map(|key| key.name));
        let nearest = keys.iter().map(|key| key.name).find(|name| Some(*name) == nearest);
        UnknownKey { name: name.to_owned(), file, nearest }
    }
}

fn in_file(unknown: &UnknownKey) -> String {
    unknown.file.as_ref().map(|file| format!(" in `{file}`")).unwrap_or_default()
}

fn meant(unknown: &UnknownKey) -> String {
    unknown.nearest.map(|key| format!("; did you mean `{key}`?")).unwrap_or_default()
}
