//! Configuration values that remember where they were set, and how two of them become one. Knows
//! no key by meaning, except the lists that replace each other instead of being joined.

use std::collections::BTreeMap;
use std::fmt;

use camino::{Utf8Path, Utf8PathBuf};

use crate::workspace::config::Error;

/// Lists that are never joined, because they are a program with its arguments.
const PROGRAM_LISTS: &[&[&str]] = &[&["host", "runner"], &["target", "*", "runner"]];

/// Where a value was set.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Definition {
    /// Nowhere: the empty root table.
    Default,
    /// A configuration file that was found by its place.
    File(Utf8PathBuf),
    /// An environment variable, by name.
    Environment(String),
    /// `--config KEY=VALUE`, or `--config FILE` with the file.
    CommandLine(Option<Utf8PathBuf>),
}

impl Definition {
    /// Returns the directory that relative paths are relative to: for files the one that holds
    /// `.cargo`, else `cwd`.
    pub fn root<'a>(&'a self, cwd: &'a Utf8Path) -> &'a Utf8Path {
        self.file().and_then(|path| path.parent()?.parent()).unwrap_or(cwd)
    }

    /// Returns the directory that `include` is relative to.
    pub fn include_root<'a>(&'a self, cwd: &'a Utf8Path) -> &'a Utf8Path {
        self.file().and_then(Utf8Path::parent).unwrap_or(cwd)
    }

    fn file(&self) -> Option<&Utf8Path> {
        match self {
            Definition::File(path) | Definition::CommandLine(Some(path)) => Some(path),
            Definition::Default | Definition::Environment(_) | Definition::CommandLine(None) => {
                None
            }
        }
    }

    /// Returns the rank of the source: a higher one wins whatever the order of reading.
    pub fn rank(&self) -> u8 {
        match self {
            Definition::Default => 0,
            Definition::File(_) => 1,
            Definition::Environment(_) => 2,
            Definition::CommandLine(_) => 3,
        }
    }
}

impl fmt::Display for Definition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Definition::Default => f.write_str("default"),
            Definition::File(path) | Definition::CommandLine(Some(path)) => path.fmt(f),
            Definition::Environment(name) => write!(f, "environment variable `{name}`"),
            Definition::CommandLine(None) => f.write_str("--config cli option"),
        }
    }
}

/// A value with its definition.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Sourced<T> {
    /// The value.
    pub value: T,
    /// Where it was set.
    pub definition: Definition,
}

/// A table of the configuration.
pub type Table = BTreeMap<String, Sourced<Value>>;

/// A configuration value.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Value {
    /// A string.
    String(String),
    /// An integer.
    Integer(i64),
    /// A boolean.
    Boolean(bool),
    /// An array.
    List(Vec<Sourced<Value>>),
    /// A table.
    Table(Table),
}

impl Value {
    /// Returns the type's name in messages.
    pub fn kind(&self) -> &'static str {
        match self {
            Value::String(_) => "string",
            Value::Integer(_) => "integer",
            Value::Boolean(_) => "boolean",
            Value::List(_) => "array",
            Value::Table(_) => "table",
        }
    }

    fn is_container(&self) -> bool {
        matches!(self, Value::List(_) | Value::Table(_))
    }
}

/// Which of two values of the same rank wins.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Precedence {
    /// The one that is already there.
    Existing,
    /// The one that comes in.
    Incoming,
}

impl Sourced<Value> {
    /// Creates an empty table.
    pub fn empty_table(definition: Definition) -> Self {
        Sourced { value: Value::Table(Table::new()), definition }
    }

    /// Attaches a definition to every value of a TOML document.
    ///
    /// # Errors
    ///
    /// The document holds a float or a date.
    pub fn from_toml(value: toml::Value, definition: &Definition) -> Result<Self, Error> {
        let value = match value {
            toml::Value::String(text) => Value::String(text),
            toml::Value::Integer(number) => Value::Integer(number),
            toml::Value::Boolean(flag) => Value::Boolean(flag),
            toml::Value::Array(items) => Value::List(
                items
                    .into_iter()
                    .map(|item| Sourced::from_toml(item, definition))
                    .collect::<Result<_, _>>()?,
            ),
            toml::Value::Table(table) => Value::Table(
                table
                    .into_iter()
                    .map(|(key, item)| Ok((key, Sourced::from_toml(item, definition)?)))
                    .collect::<Result<_, Error>>()?,
            ),
            other => {
                return Err(Error::UnsupportedType {
                    kind: other.type_str(),
                    definition: definition.clone(),
                });
            }
        };
        Ok(Sourced { value, definition: definition.clone() })
    }

    /// Drops the definitions.
    pub fn into_toml(self) -> toml::Value {
        match self.value {
            Value::String(text) => toml::Value::String(text),
            Value::Integer(number) => toml::Value::Integer(number),
            Value::Boolean(flag) => toml::Value::Boolean(flag),
            Value::List(items) => {
                toml::Value::Array(items.into_iter().map(Sourced::into_toml).collect())
            }
            Value::Table(table) => toml::Value::Table(
                table.into_iter().map(|(key, item)| (key, item.into_toml())).collect(),
            ),
        }
    }

    /// Merges another value into this one: tables key by key, lists one after the other in order of
    /// rank, everything else by rank and then by `precedence`.
    ///
    /// # Errors
    ///
    /// A table or a list meets something that is not.
    pub fn merge(&mut self, incoming: Self, precedence: Precedence) -> Result<(), Error> {
        self.merge_at(incoming, precedence, &mut Vec::new())
    }

    fn merge_at(
        &mut self,
        incoming: Self,
        precedence: Precedence,
        key: &mut Vec<String>,
    ) -> Result<(), Error> {
        let incoming_wins = precedence == Precedence::Incoming
            || incoming.definition.rank() > self.definition.rank();
        if (self.value.is_container() || incoming.value.is_container())
            && self.value.kind() != incoming.value.kind()
        {
            return Err(Error::Merge {
                key: key.join("."),
                incoming: incoming.definition,
                existing: self.definition.clone(),
                expected: self.value.kind(),
                found: incoming.value.kind(),
            });
        }
        match (&mut self.value, incoming) {
            (Value::Table(table), Sourced { value: Value::Table(new), .. }) => {
                merge_tables(table, new, precedence, key)?;
            }
            (Value::List(list), Sourced { value: Value::List(new), .. }) => {
                if !is_program_list(key) {
                    join_lists(list, new, precedence);
                } else if incoming_wins {
                    *list = new;
                }
            }
            (_, incoming) if incoming_wins => *self = incoming,
            _ => {}
        }
        Ok(())
    }
}

fn merge_tables(
    table: &mut Table,
    incoming: Table,
    precedence: Precedence,
    key: &mut Vec<String>,
) -> Result<(), Error> {
    for (name, value) in incoming {
        match table.get_mut(&name) {
            None => {
                table.insert(name, value);
            }
            Some(existing) => {
                key.push(name);
                existing.merge_at(value, precedence, key)?;
                key.pop();
            }
        }
    }
    Ok(())
}

fn join_lists(
    list: &mut Vec<Sourced<Value>>,
    mut incoming: Vec<Sourced<Value>>,
    precedence: Precedence,
) {
    match precedence {
        Precedence::Incoming => list.append(&mut incoming),
        Precedence::Existing => {
            incoming.append(list);
            *list = incoming;
        }
    }
    list.sort_by_key(|item| item.definition.rank());
}

/// Returns whether lists at this key replace each other.
pub(super) fn is_program_list(key: &[String]) -> bool {
    PROGRAM_LISTS.iter().any(|pattern| {
        pattern.len() == key.len()
            && pattern.iter().zip(key).all(|(part, name)| *part == "*" || part == name)
    })
}
