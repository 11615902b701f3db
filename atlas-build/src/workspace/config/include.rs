//! The `include` key: files that a configuration file takes in below its own values.

use camino::{Utf8Path, Utf8PathBuf};

use crate::workspace::config::Error;
use crate::workspace::config::value::{Sourced, Table, Value};

/// Removes `include` from a table and returns the files it names, in order; optional files that do
/// not exist are left out.
///
/// # Errors
///
/// The value is not a list of paths or of tables with a path.
pub(super) fn take(table: &mut Table, cwd: &Utf8Path) -> Result<Vec<Utf8PathBuf>, Error> {
    let Some(include) = table.remove("include") else { return Ok(Vec::new()) };
    let Value::List(items) = include.value else {
        return Err(Error::Include {
            reason: format!(
                "expected a list of strings or a list of tables, but found {}",
                include.value.kind()
            ),
            definition: include.definition,
        });
    };
    let mut paths = Vec::new();
    for item in items {
        let (path, is_optional) = parse(&item)?;
        let absolute = item.definition.include_root(cwd).join(path);
        if !is_optional || absolute.exists() {
            paths.push(absolute);
        }
    }
    Ok(paths)
}

fn parse(item: &Sourced<Value>) -> Result<(&str, bool), Error> {
    let error = |reason: String| Error::Include { definition: item.definition.clone(), reason };
    let (path, is_optional) = match &item.value {
        Value::String(path) => (path.as_str(), false),
        Value::Table(table) => {
            let Some(Value::String(path)) = table.get("path").map(|entry| &entry.value) else {
                return Err(error("missing field `path`".to_owned()));
            };
            let optional = table.get("optional").map(|entry| &entry.value);
            (path.as_str(), optional == Some(&Value::Boolean(true)))
        }
        other => {
            return Err(error(format!("expected a string or table, but found {}", other.kind())));
        }
    };
    if !path.ends_with(".toml") || path.contains(['{', '}', '*', '?', '[', ']']) {
        return Err(error(format!(
            "expected a path ending with `.toml` without patterns or braces, but found `{path}`"
        )));
    }
    Ok((path, is_optional))
}
