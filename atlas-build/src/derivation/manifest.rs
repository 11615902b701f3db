//! Manifests by meaning: comments, white space and the order of keys say nothing. Also the places
//! that a manifest sends cargo to. Knows no file.

use atlas_fingerprint::{Digest, Hasher};
use camino::{Utf8Component, Utf8Path, Utf8PathBuf};
use toml::{Table, Value};

/// Tables of dependencies, with the spellings that cargo still takes.
const DEPENDENCIES: &[&str] = &[
    "dependencies",
    "dev-dependencies",
    "dev_dependencies",
    "build-dependencies",
    "build_dependencies",
];

/// Reads a manifest; `None` if it is not TOML.
pub(super) fn parse(bytes: &[u8]) -> Option<Table> {
    std::str::from_utf8(bytes).ok()?.parse().ok()
}

/// Returns a digest of what a manifest says.
pub(super) fn meaning(table: &Table) -> Digest {
    let mut hasher = Hasher::new("manifest");
    feed_table(&mut hasher, table);
    hasher.finish()
}

fn feed_table(hasher: &mut Hasher, table: &Table) {
    let mut entries: Vec<_> = table.iter().collect();
    entries.sort_by_key(|(key, _)| *key);
    hasher.number(entries.len() as u64);
    for (key, value) in entries {
        hasher.text(key);
        feed(hasher, value);
    }
}

fn feed(hasher: &mut Hasher, value: &Value) {
    match value {
        Value::String(text) => hasher.number(0).text(text),
        Value::Integer(number) => hasher.number(1).bytes(&number.to_le_bytes()),
        Value::Float(number) => hasher.number(2).number(number.to_bits()),
        Value::Boolean(flag) => hasher.number(3).number(u64::from(*flag)),
        Value::Datetime(time) => hasher.number(4).text(&time.to_string()),
        Value::Array(values) => {
            hasher.number(5).number(values.len() as u64);
            for value in values {
                feed(hasher, value);
            }
            hasher
        }
        Value::Table(table) => {
            hasher.number(6);
            feed_table(hasher, table);
            hasher
        }
    };
}

/// The places that a manifest sends cargo to.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Places {
    /// Whether it has a `[workspace]`: the search for the root ends here.
    pub(super) is_root: bool,
    /// Whether it has a `[package]`.
    pub(super) is_package: bool,
    /// Directories of path dependencies, patches and replacements, and the root that
    /// `package.workspace` names; as written.
    pub(super) packages: Vec<String>,
    /// `workspace.members` and `workspace.default-members`.
    pub(super) members: Vec<String>,
}

/// Returns the places that a manifest sends cargo to.
pub(super) fn places(manifest: &Table) -> Places {
    let mut packages = Vec::new();
    add_dependencies(manifest, &mut packages);
    for platform in table(manifest, "target").into_iter().flat_map(Table::values) {
        platform.as_table().into_iter().for_each(|it| add_dependencies(it, &mut packages));
    }
    for registry in table(manifest, "patch").into_iter().flat_map(Table::values) {
        registry.as_table().into_iter().for_each(|it| add_paths(it, &mut packages));
    }
    table(manifest, "replace").into_iter().for_each(|it| add_paths(it, &mut packages));
    for name in ["package", "project"] {
        let pointer = table(manifest, name).and_then(|package| package.get("workspace")?.as_str());
        packages.extend(pointer.map(str::to_owned));
    }
    let workspace = table(manifest, "workspace");
    workspace.into_iter().for_each(|it| add_dependencies(it, &mut packages));
    let members = ["members", "default-members"].into_iter().flat_map(|key| {
        let list = workspace.and_then(|workspace| workspace.get(key)?.as_array());
        list.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned)
    });
    Places {
        is_root: workspace.is_some(),
        is_package: ["package", "project"].iter().any(|key| manifest.contains_key(*key)),
        members: members.collect(),
        packages,
    }
}

fn table<'a>(table: &'a Table, key: &str) -> Option<&'a Table> {
    table.get(key)?.as_table()
}

fn add_dependencies(tables: &Table, paths: &mut Vec<String>) {
    for key in DEPENDENCIES {
        table(tables, key).into_iter().for_each(|it| add_paths(it, paths));
    }
}

fn add_paths(dependencies: &Table, paths: &mut Vec<String>) {
    let paths_of = dependencies.values().filter_map(|it| it.get("path")?.as_str());
    paths.extend(paths_of.map(str::to_owned));
}

/// Returns the manifest in a directory that another directory names, as cargo writes its path:
/// without `.` and `..`, whatever links there are.
pub(super) fn manifest_in(directory: &Utf8Path, named: &str) -> Utf8PathBuf {
    let mut path = Utf8PathBuf::new();
    for component in directory.join(named).components() {
        match component {
            Utf8Component::CurDir => {}
            Utf8Component::ParentDir => {
                path.pop();
            }
            component => path.push(component),
        }
    }
    path.push("Cargo.toml");
    path
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::{manifest_in, meaning, parse, places};

    #[rstest]
    #[case::comment("a = 1", "a = 1 # one\n\n", true)]
    #[case::key_order("a = 1\nb = 2", "b = 2\na = 1", true)]
    #[case::table_order("[a]\nx = 1\n[b]", "[b]\n[a]\nx = 1", true)]
    #[case::notation("a = { b = 'x' }", "[a]\nb = \"x\"", true)]
    #[case::value("a = 1", "a = 2", false)]
    #[case::kind("a = 1", "a = '1'", false)]
    #[case::array_order("a = [1, 2]", "a = [2, 1]", false)]
    #[case::nesting("a = [[1], 2]", "a = [[1, 2]]", false)]
    #[case::empty_table("[a]", "", false)]
    fn meaning_is_what_counts(#[case] one: &str, #[case] other: &str, #[case] same: bool) {
        let of = |text: &str| meaning(&parse(text.as_bytes()).expect("parsed"));
        assert_eq!(of(one) == of(other), same);
    }

    #[test]
    fn places_are_found_in_all_tables() {
        let manifest = "
            [package]
            workspace = '..'
            [dependencies]
            a = { path = 'a' }
            plain = '1'
            [target.'cfg(windows)'.build-dependencies]
            b = { path = 'b' }
            [workspace]
            members = ['crates/*']
            default-members = ['crates/x']
            [workspace.dependencies]
            c = { path = 'c' }
            [patch.crates-io]
            d = { path = 'd' }
        ";
        let places = places(&parse(manifest.as_bytes()).expect("parsed"));
        assert_eq!(places.packages, ["a", "b", "d", "..", "c"]);
        assert_eq!(places.members, ["crates/*", "crates/x"]);
        assert!(places.is_root && places.is_package);
    }

    #[rstest]
    #[case("x", "/ws/a/x/Cargo.toml")]
    #[case("../b/./c", "/ws/b/c/Cargo.toml")]
    #[case("/else", "/else/Cargo.toml")]
    fn named_directory_is_seen_from_the_manifest(#[case] named: &str, #[case] expected: &str) {
        assert_eq!(manifest_in("/ws/a".into(), named), expected);
    }
}
