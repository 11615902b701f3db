//! The `[env]` table: variables for every process that a build starts.

use std::collections::BTreeMap;

use crate::workspace::config::Error;
use crate::workspace::config::key::Key;
use crate::workspace::config::lookup::{Configuration, type_error};
use crate::workspace::config::value::{Definition, Sourced, Table, Value};

/// Variables that cargo refuses: they decide how cargo and rustup themselves are found.
const REFUSED: &[&str] = &["CARGO_HOME", "RUSTUP_HOME", "RUSTUP_TOOLCHAIN"];

/// Returns the variables to set: those that are forced or that the environment does not have.
///
/// # Errors
///
/// A value is not a string or a table with one, or the variable is one that cargo refuses.
pub(super) fn variables(
    configuration: &Configuration<'_>,
) -> Result<BTreeMap<String, String>, Error> {
    let root = Key::new("env");
    let Some(table) = configuration.table(&root)? else { return Ok(BTreeMap::new()) };
    if let Some(name) = REFUSED.iter().find(|name| table.contains_key(**name)) {
        return Err(Error::Invalid(format!(
            "setting the `{name}` environment variable is not supported in the `[env]` \
             configuration table"
        )));
    }
    let mut variables = BTreeMap::new();
    for name in table.keys() {
        let key = root.named_child(name);
        let Some(entry) = configuration.any(&key)? else { continue };
        let variable = Variable::read(configuration, &key, &entry)?;
        if variable.is_forced || configuration.env.get_os(name).is_none() {
            variables.insert(name.clone(), variable.value);
        }
    }
    Ok(variables)
}

struct Variable {
    value: String,
    is_forced: bool,
}

impl Variable {
    fn read(
        configuration: &Configuration<'_>,
        key: &Key,
        entry: &Sourced<Value>,
    ) -> Result<Self, Error> {
        match &entry.value {
            Value::String(value) => Ok(Variable { value: value.clone(), is_forced: false }),
            Value::Table(table) => from_table(configuration, key, table, &entry.definition),
            _ => Err(type_error(&key.to_string(), "a string or map", entry)),
        }
    }
}

fn from_table(
    configuration: &Configuration<'_>,
    key: &Key,
    table: &Table,
    definition: &Definition,
) -> Result<Variable, Error> {
    let flag = |name: &str| match table.get(name) {
        None => Ok(false),
        Some(Sourced { value: Value::Boolean(flag), .. }) => Ok(*flag),
        Some(other) => Err(type_error(&key.child(name).to_string(), "true/false", other)),
    };
    let value = match table.get("value") {
        Some(Sourced { value: Value::String(value), .. }) => value,
        Some(other) => return Err(type_error(&format!("{key}.value"), "a string", other)),
        None => {
            return Err(Error::Value {
                key: key.to_string(),
                reason: "misses the field `value`".to_owned(),
                definition: definition.clone(),
            });
        }
    };
    let value = if flag("relative")? {
        definition.root(configuration.cwd).join(value).into_string()
    } else {
        value.clone()
    };
    Ok(Variable { value, is_forced: flag("force")? })
}
