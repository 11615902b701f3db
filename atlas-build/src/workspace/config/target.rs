//! Settings of one platform: flags, linker, runner, and what stands in for build scripts.

use std::collections::BTreeMap;

use camino::Utf8PathBuf;
use cargo_platform::{Cfg, CfgExpr};

use crate::platform::CompileKind;
use crate::script::BuildScriptOutput;
use crate::toolchain::Runner;
use crate::workspace::config::key::Key;
use crate::workspace::config::lookup::Configuration;
use crate::workspace::config::value::{Definition, Sourced};
use crate::workspace::config::{Error, links};

/// What `[target.<triple>]` and the `[target.'cfg(…)']` that fit say about one platform.
#[derive(Clone, Debug, Default)]
pub struct TargetSettings {
    /// `linker`.
    pub linker: Option<Utf8PathBuf>,
    /// `runner`.
    pub runner: Option<Runner>,
    /// `<links>`: what build scripts would say, by `links` name.
    pub links_overrides: BTreeMap<String, BuildScriptOutput>,
}

/// Returns linker, runner and overrides of a platform.
///
/// # Errors
///
/// A setting has the wrong type, or several `cfg` tables that fit set the same program.
pub fn target_settings(
    configuration: &Configuration<'_>,
    triple: &str,
    cfgs: &[Cfg],
) -> Result<TargetSettings, Error> {
    let linker = program(configuration, triple, cfgs, "linker", |key| {
        let text = configuration.string(key)?;
        Ok(text.map(|text| Sourced {
            value: configuration.resolve_program(&text.value, &text.definition),
            definition: text.definition,
        }))
    })?;
    let runner = program(configuration, triple, cfgs, "runner", |key| runner(configuration, key))?;
    let table = Key::new(&format!("target.{triple}"));
    let links_overrides = links::overrides(configuration, &table)?;
    Ok(TargetSettings { linker, runner, links_overrides })
}

/// Returns a program of the triple's own table, else of the only `cfg` table that fits and has it.
fn program<T>(
    configuration: &Configuration<'_>,
    triple: &str,
    cfgs: &[Cfg],
    name: &str,
    read: impl Fn(&Key) -> Result<Option<Sourced<T>>, Error>,
) -> Result<Option<T>, Error> {
    if let Some(program) = read(&Key::new(&format!("target.{triple}.{name}")))? {
        return Ok(Some(program.value));
    }
    let mut found: Option<(String, Sourced<T>)> = None;
    for (table, key) in cfg_tables(configuration, cfgs)? {
        let Some(program) = read(&key.child(name))? else { continue };
        if let Some((first, program_before)) = &found {
            return Err(Error::Invalid(format!(
                "several matching instances of `target.'cfg(..)'.{name}` in configurations\n\
                 first match `{first}` located in {}\n\
                 second match `{table}` located in {}",
                program_before.definition, program.definition
            )));
        }
        found = Some((table, program));
    }
    Ok(found.map(|(_, program)| program.value))
}

/// Lists the `[target.'cfg(…)']` tables that fit, by name.
fn cfg_tables(
    configuration: &Configuration<'_>,
    cfgs: &[Cfg],
) -> Result<Vec<(String, Key)>, Error> {
    let root = Key::new("target");
    let names = configuration.table(&root)?.into_iter().flat_map(|table| table.keys());
    Ok(names
        .filter(|name| CfgExpr::matches_key(name, cfgs))
        .map(|name| (name.clone(), root.named_child(name)))
        .collect())
}

fn runner(configuration: &Configuration<'_>, key: &Key) -> Result<Option<Sourced<Runner>>, Error> {
    let Some(words) = configuration.words(key)? else { return Ok(None) };
    let mut words = words.into_iter();
    let Some(first) = words.next() else {
        return Err(Error::Value {
            key: key.to_string(),
            reason: "needs at least one element".to_owned(),
            definition: Definition::Default,
        });
    };
    let value = Runner {
        program: configuration.resolve_program(&first.value, &first.definition),
        args: words.map(|word| word.value).collect(),
    };
    Ok(Some(Sourced { value, definition: first.definition }))
}

/// The program that flags are for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Flags {
    /// rustc.
    Rust,
    /// rustdoc.
    Rustdoc,
}

impl Flags {
    /// Returns the key in tables of the configuration.
    fn key(self) -> &'static str {
        match self {
            Flags::Rust => "rustflags",
            Flags::Rustdoc => "rustdocflags",
        }
    }

    /// Returns the variable.
    fn variable(self) -> &'static str {
        match self {
            Flags::Rust => "RUSTFLAGS",
            Flags::Rustdoc => "RUSTDOCFLAGS",
        }
    }
}

/// Returns the user's flags for a compile kind: the first source that has any. `cfgs` is `None`
/// as long as they are not known; tables for them are then left out. Host units get no flags when
/// targets were asked for. In tables for `cfg`s, cargo looks for flags of rustc only
/// (`rustflags_from_target` in its `target_info.rs`).
///
/// # Errors
///
/// A setting has the wrong type.
pub fn user_flags(
    configuration: &Configuration<'_>,
    flags: Flags,
    kind: &CompileKind,
    requested: &[CompileKind],
    host: &str,
    cfgs: Option<&[Cfg]>,
) -> Result<Vec<String>, Error> {
    if kind.is_host() && requested != [CompileKind::Host] {
        return Ok(Vec::new());
    }
    if let Some(flags) = from_environment(configuration, flags.variable()) {
        return Ok(flags);
    }
    let triple = kind.triple().map_or(host, |triple| triple.as_str());
    let name = flags.key();
    let mut words = flag_words(configuration, &Key::new(&format!("target.{triple}.{name}")))?;
    if let Some(cfgs) = cfgs.filter(|_| flags == Flags::Rust) {
        for (_, key) in cfg_tables(configuration, cfgs)? {
            words.extend(flag_words(configuration, &key.child(name))?);
        }
    }
    if words.is_empty() {
        words = flag_words(configuration, &Key::new(&format!("build.{name}")))?;
    }
    Ok(words)
}

fn from_environment(configuration: &Configuration<'_>, variable: &str) -> Option<Vec<String>> {
    if let Some(encoded) = configuration.env.get(&format!("CARGO_ENCODED_{variable}")) {
        let flags = encoded.split('\u{1f}').map(str::to_owned);
        return Some(if encoded.is_empty() { Vec::new() } else { flags.collect() });
    }
    let flags = configuration.env.get(variable)?;
    Some(flags.split(' ').map(str::trim).filter(|it| !it.is_empty()).map(str::to_owned).collect())
}

fn flag_words(configuration: &Configuration<'_>, key: &Key) -> Result<Vec<String>, Error> {
    let words = configuration.words(key)?.unwrap_or_default();
    Ok(words.into_iter().map(|word| word.value).collect())
}
