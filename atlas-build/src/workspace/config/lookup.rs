//! Typed access to the configuration, with the environment's word where it ranks higher. Knows
//! types and ranks, no key.

use std::fmt;
use std::str::FromStr;

use camino::{Utf8Path, Utf8PathBuf};

use crate::request::Environment;
use crate::workspace::config::Error;
use crate::workspace::config::key::Key;
use crate::workspace::config::value::{Definition, Sourced, Table, Value, is_program_list};

/// The merged configuration.
#[derive(Clone, Debug)]
pub struct Configuration<'a> {
    /// Values of files and of `--config`; always a table.
    pub root: Sourced<Value>,
    /// The environment.
    pub env: &'a Environment,
    /// The directory of the request.
    pub cwd: &'a Utf8Path,
}

impl Configuration<'_> {
    /// Returns a value of files and arguments, without the environment.
    ///
    /// # Errors
    ///
    /// Something on the way to the value is not a table.
    pub fn raw(&self, key: &Key) -> Result<Option<&Sourced<Value>>, Error> {
        let mut value = &self.root;
        for (depth, part) in key.parts().iter().enumerate() {
            let Value::Table(table) = &value.value else {
                return Err(type_error(&key.parts()[..depth].join("."), "table", value));
            };
            match table.get(part) {
                None => return Ok(None),
                Some(entry) => value = entry,
            }
        }
        Ok(Some(value))
    }

    /// Returns a table of files and arguments.
    ///
    /// # Errors
    ///
    /// The value is not a table.
    pub fn table(&self, key: &Key) -> Result<Option<&Table>, Error> {
        match self.raw(key)? {
            None => Ok(None),
            Some(Sourced { value: Value::Table(table), .. }) => Ok(Some(table)),
            Some(other) => Err(type_error(&key.to_string(), "table", other)),
        }
    }

    fn variable(&self, key: &Key) -> Option<(&str, Definition)> {
        let text = self.env.get(key.variable())?;
        Some((text, Definition::Environment(key.variable().to_owned())))
    }

    /// Returns a value whose type is open: a variable's text counts as the boolean or integer it
    /// looks like, and its words are added to a list.
    ///
    /// # Errors
    ///
    /// Something on the way to the value is not a table.
    pub fn any(&self, key: &Key) -> Result<Option<Sourced<Value>>, Error> {
        let configured = self.raw(key)?;
        let Some((text, definition)) = self.variable(key) else {
            return Ok(configured.cloned());
        };
        match configured {
            Some(Sourced { value: Value::List(items), definition: defined }) => {
                let items = self.with_variable_words(key, items.clone());
                Ok(Some(Sourced { value: Value::List(items), definition: defined.clone() }))
            }
            Some(value) if value.definition.rank() >= definition.rank() => Ok(Some(value.clone())),
            _ => Ok(Some(Sourced { value: guess(text), definition })),
        }
    }

    /// Returns a string.
    ///
    /// # Errors
    ///
    /// The configured value is not a string.
    pub fn string(&self, key: &Key) -> Result<Option<Sourced<String>>, Error> {
        self.scalar(
            key,
            "a string",
            |text| Ok(text.to_owned()),
            |value| match value {
                Value::String(text) => Some(text.clone()),
                _ => None,
            },
        )
    }

    /// Returns a boolean.
    ///
    /// # Errors
    ///
    /// The value is not a boolean.
    pub fn boolean(&self, key: &Key) -> Result<Option<bool>, Error> {
        let value = self.scalar(key, "true/false", parsed, |value| match value {
            Value::Boolean(flag) => Some(*flag),
            _ => None,
        })?;
        Ok(value.map(|sourced| sourced.value))
    }

    /// Returns an integer.
    ///
    /// # Errors
    ///
    /// The value is not an integer.
    pub fn integer(&self, key: &Key) -> Result<Option<i64>, Error> {
        let value = self.scalar(key, "an integer", parsed, |value| match value {
            Value::Integer(number) => Some(*number),
            _ => None,
        })?;
        Ok(value.map(|sourced| sourced.value))
    }

    fn scalar<T>(
        &self,
        key: &Key,
        expected: &'static str,
        parse: fn(&str) -> Result<T, String>,
        read: fn(&Value) -> Option<T>,
    ) -> Result<Option<Sourced<T>>, Error> {
        let configured = match self.raw(key)? {
            None => None,
            Some(sourced) => match read(&sourced.value) {
                Some(value) => Some(Sourced { value, definition: sourced.definition.clone() }),
                None => return Err(type_error(&key.to_string(), expected, sourced)),
            },
        };
        let Some((text, definition)) = self.variable(key) else { return Ok(configured) };
        match parse(text) {
            Err(reason) => Err(Error::Variable { definition, reason }),
            Ok(_)
                if configured
                    .as_ref()
                    .is_some_and(|it| it.definition.rank() > definition.rank()) =>
            {
                Ok(configured)
            }
            Ok(value) => Ok(Some(Sourced { value, definition })),
        }
    }

    /// Returns the words of a list, or of a string split at white space; words of the variable are
    /// added in order of rank.
    ///
    /// # Errors
    ///
    /// The value is neither a string nor a list of strings.
    pub fn words(&self, key: &Key) -> Result<Option<Vec<Sourced<String>>>, Error> {
        let configured = self.raw(key)?;
        if configured.is_none() && self.variable(key).is_none() {
            return Ok(None);
        }
        let items = match configured {
            None => Vec::new(),
            Some(Sourced { value: Value::List(items), .. }) => items.clone(),
            Some(Sourced { value: Value::String(text), definition }) => split(text, definition),
            Some(other) => {
                return Err(type_error(&key.to_string(), "string or array of strings", other));
            }
        };
        let items = self.with_variable_words(key, items);
        items.into_iter().map(|item| string_item(key, item)).collect::<Result<_, _>>().map(Some)
    }

    /// Adds the words of the key's variable; for a program's list they replace a file's.
    fn with_variable_words(
        &self,
        key: &Key,
        mut items: Vec<Sourced<Value>>,
    ) -> Vec<Sourced<Value>> {
        let Some((text, definition)) = self.variable(key) else { return items };
        if is_program_list(key.parts()) {
            if items.first().is_some_and(|item| item.definition.rank() > definition.rank()) {
                return items;
            }
            items.clear();
        }
        items.extend(split(text, &definition));
        items.sort_by_key(|item| item.definition.rank());
        items
    }

    /// Returns a path, relative to where it is set.
    ///
    /// # Errors
    ///
    /// The value is not a string.
    pub fn path(&self, key: &Key) -> Result<Option<Sourced<Utf8PathBuf>>, Error> {
        Ok(self.string(key)?.map(|text| Sourced {
            value: text.definition.root(self.cwd).join(&text.value),
            definition: text.definition,
        }))
    }

    /// Returns a program: a path relative to where it is set, or a name to look up on `PATH`.
    ///
    /// # Errors
    ///
    /// The value is not a string.
    pub fn program(&self, key: &Key) -> Result<Option<Utf8PathBuf>, Error> {
        Ok(self.string(key)?.map(|text| self.resolve_program(&text.value, &text.definition)))
    }

    /// Resolves the text of a program that is set at `definition`.
    pub fn resolve_program(&self, text: &str, definition: &Definition) -> Utf8PathBuf {
        if text.contains('/') || (cfg!(windows) && text.contains('\\')) {
            definition.root(self.cwd).join(text)
        } else {
            Utf8PathBuf::from(text)
        }
    }
}

fn parsed<T: FromStr<Err: fmt::Display>>(text: &str) -> Result<T, String> {
    text.parse().map_err(|error: T::Err| error.to_string())
}

/// Returns the value that the text of a variable stands for when the type is open.
fn guess(text: &str) -> Value {
    match (text.parse(), text.parse()) {
        (Ok(flag), _) => Value::Boolean(flag),
        (_, Ok(number)) => Value::Integer(number),
        _ => Value::String(text.to_owned()),
    }
}

fn split(text: &str, definition: &Definition) -> Vec<Sourced<Value>> {
    text.split_whitespace()
        .map(|word| Sourced {
            value: Value::String(word.to_owned()),
            definition: definition.clone(),
        })
        .collect()
}

fn string_item(key: &Key, item: Sourced<Value>) -> Result<Sourced<String>, Error> {
    match item {
        Sourced { value: Value::String(value), definition } => Ok(Sourced { value, definition }),
        other => Err(type_error(&key.to_string(), "a string", &other)),
    }
}

/// Reports a value whose type does not fit its key.
pub(super) fn type_error(key: &str, expected: &'static str, value: &Sourced<Value>) -> Error {
    Error::Type {
        key: key.to_owned(),
        expected,
        found: value.value.kind(),
        definition: value.definition.clone(),
    }
}
