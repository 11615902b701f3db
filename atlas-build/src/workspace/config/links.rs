//! `[target.<triple>.<links>]`: what a build script would say, so that it need not run.

use std::collections::BTreeMap;

use crate::script::{BuildScriptOutput, LibraryPath, LinkArgTarget};
use crate::workspace::config::Error;
use crate::workspace::config::key::Key;
use crate::workspace::config::lookup::{Configuration, type_error};
use crate::workspace::config::value::{Sourced, Table, Value};

/// Keys of a target table that are settings and not the name of a library.
const SETTINGS: &[&str] = &["ar", "linker", "runner", "rustflags", "rustdocflags"];

/// Reads every override of a target's table.
///
/// # Errors
///
/// A value has the wrong type, or a directive cannot be given this way.
pub(super) fn overrides(
    configuration: &Configuration<'_>,
    target: &Key,
) -> Result<BTreeMap<String, BuildScriptOutput>, Error> {
    let mut overrides = BTreeMap::new();
    for (name, value) in configuration.table(target)?.into_iter().flatten() {
        if SETTINGS.contains(&name.as_str()) {
            continue;
        }
        let Value::Table(table) = &value.value else {
            return Err(type_error(&format!("{target}.{name}"), "table", value));
        };
        overrides.insert(name.clone(), output(table, target)?);
    }
    Ok(overrides)
}

fn output(table: &Table, target: &Key) -> Result<BuildScriptOutput, Error> {
    let mut output = BuildScriptOutput::default();
    for (key, value) in table {
        match key.as_str() {
            "rustc-flags" => add_flags(&mut output, &text(key, value)?, target)?,
            "rustc-link-lib" => output.library_links.extend(list(key, value)?),
            "rustc-link-search" => output.library_paths.extend(
                list(key, value)?.into_iter().map(|value| LibraryPath { value, in_out_dir: false }),
            ),
            "rustc-cfg" => output.cfgs.extend(list(key, value)?),
            "rustc-check-cfg" => output.check_cfgs.extend(list(key, value)?),
            "rustc-env" => {
                let Value::Table(variables) = &value.value else {
                    return Err(type_error(key, "table", value));
                };
                for (name, value) in variables {
                    output.env.push((name.clone(), text(name, value)?));
                }
            }
            "warning" | "rerun-if-changed" | "rerun-if-env-changed" => {
                return Err(Error::Invalid(format!(
                    "`{key}` is not supported in build script overrides"
                )));
            }
            _ => match link_arg_target(key) {
                Some(kind) => output
                    .linker_args
                    .extend(list(key, value)?.into_iter().map(|arg| (kind.clone(), arg))),
                None => output.metadata.push((key.clone(), text(key, value)?)),
            },
        }
    }
    Ok(output)
}

fn link_arg_target(key: &str) -> Option<LinkArgTarget> {
    Some(match key {
        "rustc-link-arg" => LinkArgTarget::All,
        "rustc-link-arg-cdylib" | "rustc-cdylib-link-arg" => LinkArgTarget::Cdylib,
        "rustc-link-arg-bins" => LinkArgTarget::Bins,
        "rustc-link-arg-tests" => LinkArgTarget::Tests,
        "rustc-link-arg-benches" => LinkArgTarget::Benches,
        "rustc-link-arg-examples" => LinkArgTarget::Examples,
        _ => return None,
    })
}

/// Takes `-l` and `-L`, with the value in the same word or in the next.
fn add_flags(output: &mut BuildScriptOutput, flags: &str, target: &Key) -> Result<(), Error> {
    let mut words = flags.split_whitespace();
    while let Some(word) = words.next() {
        let (flag, attached) = word.split_at_checked(2).unwrap_or((word, ""));
        if flag != "-l" && flag != "-L" {
            return Err(Error::Invalid(format!(
                "only `-l` and `-L` flags are allowed in target config `{target}.rustc-flags`: \
                 `{flags}`"
            )));
        }
        let value = if attached.is_empty() { words.next() } else { Some(attached) };
        let Some(value) = value.map(str::to_owned) else {
            return Err(Error::Invalid(format!(
                "flag in rustc-flags has no value in target config `{target}.rustc-flags`"
            )));
        };
        match flag {
            "-l" => output.library_links.push(value),
            _ => output.library_paths.push(LibraryPath { value, in_out_dir: false }),
        }
    }
    Ok(())
}

fn text(key: &str, value: &Sourced<Value>) -> Result<String, Error> {
    match &value.value {
        Value::String(text) => Ok(text.clone()),
        _ => Err(type_error(key, "string", value)),
    }
}

fn list(key: &str, value: &Sourced<Value>) -> Result<Vec<String>, Error> {
    match &value.value {
        Value::List(items) => items.iter().map(|item| text(key, item)).collect(),
        _ => Err(type_error(key, "list", value)),
    }
}
