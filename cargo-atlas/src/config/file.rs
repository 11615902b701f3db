//! Configuration files: where they are, and what they set. Knows no variable and no default.

use std::io::ErrorKind;

use atlas_build::request::Environment;
use camino::{Utf8Path, Utf8PathBuf};

use super::error::{ConfigError, UnknownKey};
use super::key::{Key, Value};

/// A file of a workspace, relative to a directory of it.
const IN_WORKSPACE: &str = ".config/atlas.toml";
/// The file of a user, relative to cargo's home.
const OF_USER: &str = "atlas.toml";

/// What a file says.
#[derive(Debug)]
pub(super) struct File {
    /// The file.
    pub(super) path: Utf8PathBuf,
    /// What it sets.
    pub(super) values: Vec<(&'static Key, Value)>,
    /// Keys in it that do not exist.
    pub(super) unknown: Vec<UnknownKey>,
}

/// Returns where files may be, the one that wins first: from the directory upwards to the farthest
/// one with a manifest, then the user's.
pub(super) fn places(
    directory: &Utf8Path,
    cwd: &Utf8Path,
    environment: &Environment,
) -> Vec<Utf8PathBuf> {
    let above: Vec<&Utf8Path> = directory.ancestors().collect();
    let n_inside = above.iter().rposition(|path| path.join("Cargo.toml").is_file());
    let inside = &above[..n_inside.map_or(0, |index| index + 1)];
    let mut places: Vec<_> = inside.iter().map(|path| path.join(IN_WORKSPACE)).collect();
    places.extend(cargo_home(cwd, environment).map(|home| home.join(OF_USER)));
    places
}

/// Returns the directory that relative paths in a file are seen from: that of the workspace, or that
/// of the user's file.
pub(super) fn base(file: &Utf8Path) -> &Utf8Path {
    let inside = Utf8Path::new(IN_WORKSPACE);
    let n_up = if file.ends_with(inside) { inside.components().count() } else { 1 };
    file.ancestors().nth(n_up).unwrap_or(file)
}

fn cargo_home(cwd: &Utf8Path, environment: &Environment) -> Option<Utf8PathBuf> {
    let get = |name| environment.get(name).filter(|path| !path.is_empty());
    let user = if cfg!(windows) { "USERPROFILE" } else { "HOME" };
    let named = get("CARGO_HOME").map(|path| cwd.join(path));
    named.or_else(|| Some(cwd.join(get(user)?).join(".cargo")))
}

/// Reads a file, if it is there.
///
/// # Errors
///
/// [`ConfigError`] if it cannot be read or sets something to what it cannot be.
pub(super) fn read(path: &Utf8Path, keys: &[&'static Key]) -> Result<Option<File>, ConfigError> {
    let text = match fs_err::read_to_string(path) {
        Ok(text) => text,
        Err(error) if is_absent(error.kind()) => return Ok(None),
        Err(error) => return Err(ConfigError::Read(error)),
    };
    parse(path, &text, keys).map(Some)
}

/// `.config` may be a file.
fn is_absent(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::NotFound | ErrorKind::NotADirectory)
}

fn parse(path: &Utf8Path, text: &str, keys: &[&'static Key]) -> Result<File, ConfigError> {
    let table: toml::Table = text.parse().map_err(|source| ConfigError::Syntax {
        path: path.to_owned(),
        source: Box::new(source),
    })?;
    let mut file = File { path: path.to_owned(), values: Vec::new(), unknown: Vec::new() };
    collect(&mut file, &table, "", keys)?;
    Ok(file)
}

fn collect(
    file: &mut File,
    table: &toml::Table,
    prefix: &str,
    keys: &[&'static Key],
) -> Result<(), ConfigError> {
    for (name, value) in table {
        let name = format!("{prefix}{name}");
        let inner = format!("{name}.");
        let place = file.path.to_string();
        let wrong = |expected: String, value: &toml::Value| ConfigError::Value {
            place,
            key: name.clone(),
            expected,
            found: shown(value),
        };
        if let Some(key) = keys.iter().find(|key| key.name == name) {
            let value = key.kind.of_toml(value);
            let value = value.map_err(|found| wrong(key.kind.to_string(), found))?;
            file.values.push((key, value));
        } else if keys.iter().any(|key| key.name.starts_with(&inner)) {
            let table = value.as_table().ok_or_else(|| wrong("a table".to_owned(), value))?;
            collect(file, table, &inner, keys)?;
        } else {
            let path = file.path.clone();
            file.unknown.push(UnknownKey::among(keys, &name, Some(path)));
        }
    }
    Ok(())
}

fn shown(value: &toml::Value) -> String {
    match value {
        toml::Value::Array(_) => "an array".to_owned(),
        toml::Value::Table(_) => "a table".to_owned(),
        value => format!("`{value}`"),
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::super::key::{CACHE, HARMLESS_MACROS, KEEP_RESULTS, Kind};
    use super::*;

    const PATH: Key = Key { name: "store.size", kind: Kind::Count, ..KEEP_RESULTS };
    const KEYS: &[&Key] = &[&CACHE, &HARMLESS_MACROS, &PATH];

    fn file(text: &str) -> Result<File, ConfigError> {
        parse("/ws/.config/atlas.toml".into(), text, KEYS)
    }

    #[rstest]
    #[case::dotted("cache = \"whole\"\nstore.size = 3\n")]
    #[case::table("cache = 'whole'\n[store]\nsize = 3\n")]
    fn keys_are_paths(#[case] text: &str) {
        let file = file(text).unwrap();
        assert_eq!(file.values, [(&CACHE, Value::Word("whole")), (&PATH, Value::Count(3))]);
        assert_eq!(file.unknown, []);
    }

    #[rstest]
    #[case::typing_error(
        "cahce = \"none\"",
        "unknown configuration key `cahce` in `/ws/.config/atlas.toml`; did you mean `cache`?"
    )]
    #[case::inner(
        "[store]\nsise = 1",
        "unknown configuration key `store.sise` in `/ws/.config/atlas.toml`; did you mean \
         `store.size`?"
    )]
    #[case::foreign("[x]\ny = 1", "unknown configuration key `x` in `/ws/.config/atlas.toml`")]
    fn unknown_keys_are_told(#[case] text: &str, #[case] expected: &str) {
        let unknown: Vec<String> =
            file(text).unwrap().unknown.iter().map(ToString::to_string).collect();
        assert_eq!(unknown, [expected]);
    }

    #[rstest]
    #[case::value(
        "cache = 'some'",
        "`cache` expected `none`, `whole` or `incremental`, but found `\"some\"`"
    )]
    #[case::wrong_type(
        "cache = true",
        "`cache` expected `none`, `whole` or `incremental`, but found `true`"
    )]
    #[case::negative(
        "store.size = -1",
        "`store.size` expected a whole number, 0 or more, but found `-1`"
    )]
    #[case::array(
        "store.size = [1]",
        "`store.size` expected a whole number, 0 or more, but found an array"
    )]
    #[case::no_list(
        "harmless-macros = 'bail'",
        "`harmless-macros` expected a list of names without path and `!`, but found `\"bail\"`"
    )]
    #[case::entry(
        "harmless-macros = ['bail', 'log::info']",
        "`harmless-macros` expected a list of names without path and `!`, but found `\"log::info\"`"
    )]
    #[case::no_table("store = 1", "`store` expected a table, but found `1`")]
    fn wrong_values_are_errors(#[case] text: &str, #[case] expected: &str) {
        let error = file(text).unwrap_err().to_string();
        assert_eq!(error, format!("error in /ws/.config/atlas.toml: {expected}"));
    }

    #[test]
    fn syntax_errors_have_a_position() {
        let ConfigError::Syntax { source, .. } = file("cache =\n").unwrap_err() else { panic!() };
        assert!(source.to_string().contains("line 1, column 8"), "{source}");
    }
}
