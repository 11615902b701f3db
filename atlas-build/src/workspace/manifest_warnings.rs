//! What cargo warns about in the manifests of a workspace when it compiles; `cargo metadata` does
//! not. The texts are cargo's. Knows no file.

use std::collections::{BTreeMap, BTreeSet};

use cargo_util_schemas::manifest::{
    InheritableDependency, InheritableField, PackageName, RustVersion, TomlLints, TomlManifest,
    TomlProfile,
};
use serde_ignored::Path;

/// Tools whose lints rustc knows.
const LINT_TOOLS: &[&str] = &["cargo", "clippy", "rust", "rustdoc"];

/// Top-level keys that people put into manifests although they belong into the configuration.
const CONFIG_KEYS: &[&str] = &[
    "paths",
    "alias",
    "build",
    "credential-alias",
    "doc",
    "env",
    "future-incompat-report",
    "cache",
    "cargo-new",
    "http",
    "install",
    "net",
    "patch",
    "profile",
    "resolver",
    "registries",
    "registry",
    "source",
    "target",
    "term",
];

/// Returns the warnings about a manifest, in cargo's order. One that is not valid has none: cargo
/// has said so already.
pub(super) fn warnings(text: &str) -> Vec<String> {
    let mut unused = BTreeSet::new();
    let Ok(deserializer) = toml::Deserializer::parse(text) else { return Vec::new() };
    let manifest: Result<TomlManifest, _> = serde_ignored::deserialize(deserializer, |path| {
        unused.insert(key(&path));
    });
    let Ok(manifest) = manifest else { return Vec::new() };
    let mut warnings = Vec::new();
    if let Some(workspace) = &manifest.workspace {
        warnings.extend(workspace.lints.iter().flat_map(lints));
    }
    warnings.extend(edition(&manifest));
    warnings.extend(dependencies(&manifest));
    if let Some(table) = &manifest.lints
        && !table.workspace
    {
        warnings.extend(lints(&table.lints));
    }
    let profiles = manifest.profile.as_ref().map(|profiles| profiles.get_all());
    warnings.extend(profiles.into_iter().flatten().filter_map(|(name, it)| profile(name, it)));
    warnings.extend(unused.iter().map(|key| unused_key(key)));
    warnings
}

/// Writes the path of a key that nothing reads.
fn key(path: &Path<'_>) -> String {
    let (parent, name) = match path {
        Path::Root => return String::new(),
        Path::Seq { parent, index } => (key(parent), index.to_string()),
        Path::Map { parent, key: name } => (key(parent), name.clone()),
        Path::Some { parent }
        | Path::NewtypeVariant { parent }
        | Path::NewtypeStruct { parent } => return key(parent),
    };
    if parent.is_empty() { name } else { format!("{parent}.{name}") }
}

fn unused_key(key: &str) -> String {
    let warning = format!("unused manifest key: {key}");
    if CONFIG_KEYS.contains(&key) {
        format!("{warning}\nhelp: {key} is a valid .cargo/config.toml key")
    } else {
        warning
    }
}

/// Names the newest edition that the package may use; none if that is the default.
fn edition(manifest: &TomlManifest) -> Option<String> {
    let package = manifest.package.as_ref().or(manifest.project.as_ref())?;
    if package.edition.is_some() {
        return None;
    }
    let tip = match &package.rust_version {
        None => "the latest is 2024".to_owned(),
        // Inherited: the workspace knows the version, and cargo the edition.
        Some(InheritableField::Inherit(_)) => return None,
        Some(InheritableField::Value(version)) => match newest_edition(version)? {
            "2024" => "the latest is 2024".to_owned(),
            edition => format!("{edition} is compatible with `rust-version`"),
        },
    };
    Some(format!("no edition set: defaulting to the 2015 edition while {tip}"))
}

/// Returns the newest edition of a compiler version; `None` if that is 2015.
fn newest_edition(version: &RustVersion) -> Option<&'static str> {
    let text = version.to_string();
    let minor: u32 = text.split('.').nth(1).and_then(|minor| minor.parse().ok()).unwrap_or(0);
    [(85, "2024"), (56, "2021"), (31, "2018")]
        .into_iter()
        .find(|(first, _)| minor >= *first)
        .map(|(_, edition)| edition)
}

fn dependencies(manifest: &TomlManifest) -> Vec<String> {
    let tables = |platform: Option<&str>, list: [(&str, Table<'_>); 3]| {
        let prefix = platform.map(|platform| format!("target.{platform}.")).unwrap_or_default();
        list.into_iter()
            .flat_map(|(kind, table)| unused_in(&format!("{prefix}{kind}"), table))
            .collect::<Vec<_>>()
    };
    let mut warnings = tables(
        None,
        [
            ("dependencies", manifest.dependencies.as_ref()),
            ("dev-dependencies", manifest.dev_dependencies()),
            ("build-dependencies", manifest.build_dependencies()),
        ],
    );
    for (platform, table) in manifest.target.iter().flatten() {
        warnings.extend(tables(
            Some(platform),
            [
                ("dependencies", table.dependencies.as_ref()),
                ("build-dependencies", table.build_dependencies()),
                ("dev-dependencies", table.dev_dependencies()),
            ],
        ));
    }
    warnings
}

type Table<'a> = Option<&'a BTreeMap<PackageName, InheritableDependency>>;

fn unused_in(table: &str, dependencies: Table<'_>) -> Vec<String> {
    let unused = dependencies.into_iter().flatten().flat_map(|(name, dependency)| {
        dependency.unused_keys().into_iter().map(move |key| (name, key))
    });
    unused.map(|(name, key)| format!("unused manifest key: {table}.{name}.{key}")).collect()
}

fn lints(tables: &TomlLints) -> Vec<String> {
    let mut warnings = Vec::new();
    for (tool, lints) in tables {
        if !LINT_TOOLS.contains(&tool.as_str()) {
            warnings.push(format!(
                "unrecognized lint tool `lints.{tool}`, specifying unrecognized tools may break \
                 in the future.\nsupported tools: {}",
                LINT_TOOLS.join(", ")
            ));
            continue;
        }
        for (name, lint) in lints {
            let keys = lint.config().into_iter().flat_map(|config| config.keys());
            let unused = keys.filter(|key| {
                (tool.as_str(), name.as_str(), key.as_str())
                    != ("rust", "unexpected_cfgs", "check-cfg")
            });
            warnings.extend(
                unused.map(|key| format!("unused manifest key: `lints.{tool}.{name}.{key}`")),
            );
        }
    }
    warnings
}

fn profile(name: &str, profile: &TomlProfile) -> Option<String> {
    match name {
        "doc" => Some("profile `doc` is deprecated and has no effect".to_owned()),
        "test" | "bench" if profile.panic.is_some() => {
            Some(format!("`panic` setting is ignored for `{name}` profile"))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::warnings;

    #[test]
    fn valid_manifest_has_none() {
        let manifest = "[package]\nname = 'a'\nedition = '2024'\n[package.metadata.x]\ny = 1\n";
        assert!(warnings(manifest).is_empty());
        assert!(warnings("not a manifest").is_empty());
    }

    #[test]
    fn every_kind_is_told_in_order() {
        let manifest = "[package]\nname = 'a'\nrust-version = '1.60'\nfoo = 1\n\
                        [dependencies]\nb = { path = 'b', bar = 1 }\n\
                        [target.'cfg(unix)'.dev-dependencies]\nc = { path = 'c', baz = 1 }\n\
                        [lints.rust]\nunused = { level = 'warn', x = 1 }\n[lints.y]\n\
                        [profile.doc]\n[profile.test]\npanic = 'abort'\n[env]\n";
        assert_eq!(
            warnings(manifest),
            [
                "no edition set: defaulting to the 2015 edition while 2021 is compatible with \
                 `rust-version`",
                "unused manifest key: dependencies.b.bar",
                "unused manifest key: target.cfg(unix).dev-dependencies.c.baz",
                "unused manifest key: `lints.rust.unused.x`",
                "unrecognized lint tool `lints.y`, specifying unrecognized tools may break in the \
                 future.\nsupported tools: cargo, clippy, rust, rustdoc",
                "profile `doc` is deprecated and has no effect",
                "`panic` setting is ignored for `test` profile",
                "unused manifest key: env\nhelp: env is a valid .cargo/config.toml key",
                "unused manifest key: package.foo",
            ]
        );
    }
}
