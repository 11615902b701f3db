//! `[profile]` tables of the configuration, with `CARGO_PROFILE_*` on top.

use std::collections::{BTreeMap, BTreeSet};

use cargo_util_schemas::manifest::TomlProfile;

use crate::workspace::config::Error;
use crate::workspace::config::key::Key;
use crate::workspace::config::lookup::Configuration;
use crate::workspace::config::value::{Definition, Sourced, Value};

/// Profiles that exist without being declared.
const BUILT_IN: &[&str] = &["dev", "release", "test", "bench"];

/// How the text of a setting's variable is read.
#[derive(Clone, Copy)]
enum Kind {
    /// As the boolean or number it looks like.
    Open,
    /// As it is.
    Text,
    Boolean,
    Integer,
    /// As words.
    Words,
}

const SETTINGS: &[(&str, Kind)] = &[
    ("opt-level", Kind::Open),
    ("lto", Kind::Open),
    ("codegen-backend", Kind::Text),
    ("codegen-units", Kind::Integer),
    ("debug", Kind::Open),
    ("split-debuginfo", Kind::Text),
    ("debug-assertions", Kind::Boolean),
    ("rpath", Kind::Boolean),
    ("panic", Kind::Text),
    ("overflow-checks", Kind::Boolean),
    ("incremental", Kind::Boolean),
    ("dir-name", Kind::Text),
    ("inherits", Kind::Text),
    ("strip", Kind::Open),
    ("rustflags", Kind::Words),
    ("trim-paths", Kind::Open),
    ("hint-mostly-unused", Kind::Boolean),
];

/// Returns what the configuration says about the profiles in `names` (the requested one and those
/// of the root manifest), the built-in ones, those of files, and all that these inherit from.
///
/// # Errors
///
/// A setting has the wrong type.
pub fn profiles<'a>(
    configuration: &Configuration<'_>,
    names: impl IntoIterator<Item = &'a str>,
) -> Result<BTreeMap<String, TomlProfile>, Error> {
    let root = Key::new("profile");
    let mut waiting: BTreeSet<String> = names.into_iter().map(str::to_owned).collect();
    waiting.extend(BUILT_IN.iter().map(|name| (*name).to_owned()));
    waiting.extend(configuration.table(&root)?.into_iter().flat_map(|table| table.keys().cloned()));
    let mut profiles = BTreeMap::new();
    while let Some(name) = waiting.pop_first() {
        let key = root.child(&name);
        let Some(profile) = profile(configuration, &key)? else { continue };
        validate(&name, &profile).map_err(|reason| Error::Profile {
            name: name.clone(),
            definition: definition(configuration, &key),
            source: Box::new(Error::Invalid(reason)),
        })?;
        waiting.extend(profile.inherits.clone().filter(|name| !profiles.contains_key(name)));
        profiles.insert(name, profile);
    }
    Ok(profiles)
}

fn profile(configuration: &Configuration<'_>, key: &Key) -> Result<Option<TomlProfile>, Error> {
    let in_table = |error: Error| Error::Key {
        key: key.to_string(),
        definition: definition(configuration, key),
        source: Box::new(error),
    };
    let table = settings(configuration, key, Nesting::Profile).map_err(in_table)?;
    if table.is_empty() {
        return Ok(None);
    }
    let profile: Result<TomlProfile, _> = toml::Value::Table(table).try_into();
    profile.map(Some).map_err(|error| in_table(Error::Invalid(error.message().to_owned())))
}

fn definition(configuration: &Configuration<'_>, key: &Key) -> Definition {
    let table = configuration.raw(key).ok().flatten();
    let variable = || Definition::Environment(key.variable().to_owned());
    table.map_or_else(variable, |table| table.definition.clone())
}

/// Says what a profile may not have. Source: `validate_profile` in cargo's `util/toml/mod.rs`; in
/// manifests, cargo looks by itself.
fn validate(name: &str, profile: &TomlProfile) -> Result<(), String> {
    let packages = profile.package.iter().flat_map(BTreeMap::values).map(|it| (it, "package"));
    let overrides = profile.build_override.as_deref().map(|it| (it, "build-override"));
    for (settings, which) in overrides.into_iter().chain(packages) {
        let never = [
            ("panic", settings.panic.is_some()),
            ("lto", settings.lto.is_some()),
            ("rpath", settings.rpath.is_some()),
        ];
        if let Some((setting, _)) = never.iter().find(|(_, is_set)| *is_set) {
            return Err(format!("`{setting}` may not be specified in a `{which}` profile"));
        }
    }
    if profile.inherits.as_deref() == Some("debug") {
        return Err(format!(
            "profile.{name}.inherits=\"debug\" should be profile.{name}.inherits=\"dev\""
        ));
    }
    Ok(())
}

/// Whether a table of settings may hold further tables.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Nesting {
    Profile,
    Override,
}

fn settings(
    configuration: &Configuration<'_>,
    key: &Key,
    nesting: Nesting,
) -> Result<toml::Table, Error> {
    let mut table = toml::Table::new();
    for (name, kind) in SETTINGS {
        let key = key.child(name);
        if let Some(value) = setting(configuration, &key, *kind)? {
            table.insert((*name).to_owned(), value);
        }
    }
    if nesting == Nesting::Override {
        return Ok(table);
    }
    let build_override = settings(configuration, &key.child("build-override"), Nesting::Override)?;
    if !build_override.is_empty() {
        table.insert("build-override".to_owned(), toml::Value::Table(build_override));
    }
    let packages = packages(configuration, &key.child("package"))?;
    if !packages.is_empty() {
        table.insert("package".to_owned(), toml::Value::Table(packages));
    }
    Ok(table)
}

/// Reads the overrides of packages; only files can name a package.
fn packages(configuration: &Configuration<'_>, key: &Key) -> Result<toml::Table, Error> {
    let mut packages = toml::Table::new();
    for name in configuration.table(key)?.into_iter().flat_map(|table| table.keys()) {
        let package = settings(configuration, &key.named_child(name), Nesting::Override)?;
        packages.insert(name.clone(), toml::Value::Table(package));
    }
    Ok(packages)
}

fn setting(
    configuration: &Configuration<'_>,
    key: &Key,
    kind: Kind,
) -> Result<Option<toml::Value>, Error> {
    Ok(match kind {
        Kind::Open => configuration.any(key)?.map(|value| open(key, value)).transpose()?,
        Kind::Text => configuration.string(key)?.map(|text| toml::Value::String(text.value)),
        Kind::Boolean => configuration.boolean(key)?.map(toml::Value::Boolean),
        Kind::Integer => configuration.integer(key)?.map(toml::Value::Integer),
        Kind::Words => configuration.words(key)?.map(|words| {
            toml::Value::Array(
                words.into_iter().map(|word| toml::Value::String(word.value)).collect(),
            )
        }),
    })
}

/// Checks a value of several types by itself, so that an error names its key and where it is set.
fn open(key: &Key, value: Sourced<Value>) -> Result<toml::Value, Error> {
    let definition = value.definition.clone();
    let value = value.into_toml();
    let name = key.parts().last().cloned().unwrap_or_default();
    let alone = toml::Value::Table([(name, value.clone())].into_iter().collect());
    match alone.try_into::<TomlProfile>() {
        Ok(_) => Ok(value),
        Err(error) => Err(Error::Key {
            key: key.to_string(),
            definition,
            source: Box::new(Error::Invalid(error.message().to_owned())),
        }),
    }
}

/// Returns cargo's warnings about keys of the named profiles that nothing reads.
///
/// # Errors
///
/// A profile is not a table.
pub fn profile_warnings<'a>(
    configuration: &Configuration<'_>,
    names: impl IntoIterator<Item = &'a String>,
) -> Result<Vec<String>, Error> {
    let mut warnings = Vec::new();
    for name in names {
        let key = Key::new("profile").child(name);
        warnings.extend(unused_keys(configuration, &key, &["build-override", "package"])?);
        let build_override = key.child("build-override");
        warnings.extend(unused_keys(configuration, &build_override, &[])?);
        let packages = key.child("package");
        for name in configuration.table(&packages)?.into_iter().flat_map(|table| table.keys()) {
            warnings.extend(unused_keys(configuration, &packages.named_child(name), &[])?);
        }
    }
    Ok(warnings)
}

fn unused_keys(
    configuration: &Configuration<'_>,
    key: &Key,
    tables: &[&str],
) -> Result<Vec<String>, Error> {
    let entries = configuration.table(key)?.into_iter().flatten();
    let unused = entries.filter(|(name, _)| {
        !tables.contains(&name.as_str()) && !SETTINGS.iter().any(|(setting, _)| setting == name)
    });
    let warning = |(name, entry): (&String, &Sourced<Value>)| {
        format!("unused config key `{key}.{name}` in `{}`", entry.definition)
    };
    Ok(unused.map(warning).collect())
}
