//! What can be wrong with a configuration.

use camino::Utf8PathBuf;

use crate::workspace::config::Definition;

/// The configuration cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file exists but cannot be read.
    #[error("failed to read configuration file `{path}`")]
    Read {
        /// The file.
        path: Utf8PathBuf,
        /// The reason.
        source: std::io::Error,
    },
    /// A file is not TOML.
    #[error("could not parse TOML configuration in `{path}`")]
    Parse {
        /// The file.
        path: Utf8PathBuf,
        /// Where and why.
        source: Box<toml::de::Error>,
    },
    /// A `--config` value is not `KEY=VALUE`.
    #[error("failed to parse value from --config argument `{argument}` as a dotted key expression")]
    ParseArgument {
        /// As typed.
        argument: String,
        /// Where and why.
        source: Box<toml::de::Error>,
    },
    /// A value is of a type that configurations do not have.
    #[error("unsupported TOML configuration type `{kind}` in {definition}")]
    UnsupportedType {
        /// Such as `datetime`.
        kind: &'static str,
        /// Where it is set.
        definition: Definition,
    },
    /// Two sources disagree about the type of a value.
    #[error(
        "failed to merge config value `{key}` from `{incoming}` into `{existing}`: \
         expected {expected}, but found {found}"
    )]
    Merge {
        /// The key.
        key: String,
        /// Where the later value is set.
        incoming: Definition,
        /// Where the earlier value is set.
        existing: Definition,
        /// Type of the earlier value.
        expected: &'static str,
        /// Type of the later value.
        found: &'static str,
    },
    /// Files include each other.
    #[error("config `include` cycle detected with path `{path}`")]
    IncludeCycle {
        /// The file met twice.
        path: Utf8PathBuf,
    },
    /// An `include` that is not a list of paths.
    #[error("invalid `include` in {definition}: {reason}")]
    Include {
        /// Where it is set.
        definition: Definition,
        /// What was expected.
        reason: String,
    },
    /// A profile has a setting that it may not have.
    #[error("config profile `{name}` is not valid (defined in `{definition}`)")]
    Profile {
        /// The profile.
        name: String,
        /// Where it is set.
        definition: Definition,
        /// What is wrong.
        source: Box<Error>,
    },
    /// A value is of another type than its key needs.
    #[error("error in {definition}: `{key}` expected {expected}, but found a {found}")]
    Type {
        /// The key.
        key: String,
        /// The type needed.
        expected: &'static str,
        /// The type found.
        found: &'static str,
        /// Where it is set.
        definition: Definition,
    },
    /// The text of a variable does not fit its key.
    #[error("error in {definition}: {reason}")]
    Variable {
        /// The variable.
        definition: Definition,
        /// What is wrong with the text.
        reason: String,
    },
    /// A table holds something wrong.
    #[error("error in {definition}: could not load config key `{key}`")]
    Key {
        /// The key of the table.
        key: String,
        /// Where the table is set.
        definition: Definition,
        /// What is wrong.
        source: Box<Error>,
    },
    /// A value is of the right type but makes no sense.
    #[error("error in {definition}: `{key}` {reason}")]
    Value {
        /// The key.
        key: String,
        /// Why not, as a phrase that follows the key.
        reason: String,
        /// Where it is set.
        definition: Definition,
    },
    /// A value that is wrong wherever it comes from, in cargo's words.
    #[error("{0}")]
    Invalid(String),
}
