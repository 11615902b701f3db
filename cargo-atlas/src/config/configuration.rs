//! The value of each key, and where it came from: variables before files of the workspace before
//! the user's file. What is typed goes before all of them and is up to `request`.

use std::fmt;

use atlas_build::request::Environment;
use camino::{Utf8Path, Utf8PathBuf};

use super::error::{ConfigError, UnknownKey};
use super::file::{self, File};
use super::key::{KEYS, Key, Value};

/// Where a value came from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Origin {
    /// Nobody set it.
    Default,
    /// A configuration file.
    File(Utf8PathBuf),
    /// An environment variable.
    Variable(String),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Origin::Default => f.write_str("default"),
            Origin::File(path) => path.fmt(f),
            Origin::Variable(name) => write!(f, "environment variable `{name}`"),
        }
    }
}

/// A key with its value.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Setting {
    /// The key.
    pub(crate) key: &'static Key,
    /// Its value.
    pub(crate) value: Value,
    /// Where that came from.
    pub(crate) origin: Origin,
}

/// A value for each key.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Configuration(Vec<Setting>);

/// A configuration that was read.
#[derive(Debug)]
pub(crate) struct Loaded {
    /// The configuration.
    pub(crate) configuration: Configuration,
    /// Keys in files that do not exist.
    pub(crate) unknown: Vec<UnknownKey>,
}

impl Configuration {
    /// Reads the files and variables that hold for a workspace; `directory` is that of its
    /// manifest, or the current one.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] for a file that cannot be read and for a value that a key cannot have.
    pub(crate) fn load(
        directory: &Utf8Path,
        cwd: &Utf8Path,
        environment: &Environment,
    ) -> Result<Loaded, ConfigError> {
        let mut files = Vec::new();
        for place in file::places(directory, cwd, environment) {
            files.extend(file::read(&place, KEYS)?);
        }
        let settings = KEYS.iter().map(|&key| setting(key, cwd, environment, &files));
        let configuration = Configuration(settings.collect::<Result<_, _>>()?);
        let unknown = files.into_iter().flat_map(|file| file.unknown).collect();
        Ok(Loaded { configuration, unknown })
    }

    /// Returns the settings, in the order of the keys.
    pub(crate) fn settings(&self) -> &[Setting] {
        &self.0
    }

    /// Returns the setting of a key by its name.
    pub(crate) fn get(&self, name: &str) -> Option<&Setting> {
        self.0.iter().find(|setting| setting.key.name == name)
    }

    /// Returns the value of a key.
    pub(crate) fn value(&self, key: &Key) -> Value {
        self.get(key.name).map_or(key.default.clone(), |setting| setting.value.clone())
    }
}

#[cfg(test)]
impl Default for Configuration {
    fn default() -> Self {
        let setting = |key: &&'static Key| Setting {
            key,
            value: key.default.clone(),
            origin: Origin::Default,
        };
        Configuration(KEYS.iter().map(setting).collect())
    }
}

fn setting(
    key: &'static Key,
    cwd: &Utf8Path,
    environment: &Environment,
    files: &[File],
) -> Result<Setting, ConfigError> {
    let variable = key.variable();
    if let Some(text) = environment.get(&variable) {
        let value = key.kind.of_text(text).map_err(|wrong| {
            let place = format!("environment variable `{variable}`");
            ConfigError::value(place, key.name, key.kind, format!("`{wrong}`"))
        })?;
        let value = value.seen_from(cwd);
        return Ok(Setting { key, value, origin: Origin::Variable(variable) });
    }
    let set = files.iter().find_map(|file| {
        let (_, value) = file.values.iter().find(|(set, _)| *set == key)?;
        let value = value.clone().seen_from(file::base(&file.path));
        Some(Setting { key, value, origin: Origin::File(file.path.clone()) })
    });
    Ok(set.unwrap_or(Setting { key, value: key.default.clone(), origin: Origin::Default }))
}

#[cfg(test)]
mod tests {
    use super::super::key::{CACHE, FRESHNESS, HARMLESS_MACROS, KEEP_RESULTS, Place, STORE};
    use super::*;

    struct Workspace {
        _directory: tempfile::TempDir,
        root: Utf8PathBuf,
        environment: Environment,
    }

    impl Workspace {
        fn new(files: &[(&str, &str)]) -> Self {
            let directory = tempfile::tempdir().unwrap();
            let root = Utf8Path::from_path(directory.path()).unwrap().to_owned();
            for (path, text) in files {
                let path = root.join(path);
                fs_err::create_dir_all(path.parent().unwrap()).unwrap();
                fs_err::write(path, text).unwrap();
            }
            let home = root.join("home").into_string();
            let vars = [("CARGO_HOME".into(), home.into())];
            let environment = Environment { vars: vars.into_iter().collect() };
            Workspace { _directory: directory, root, environment }
        }

        fn set(mut self, name: &str, value: &str) -> Self {
            self.environment.vars.insert(name.into(), value.into());
            self
        }

        fn load(&self, directory: &str) -> Result<Loaded, ConfigError> {
            Configuration::load(&self.root.join(directory), &self.root, &self.environment)
        }

        #[track_caller]
        fn check(&self, directory: &str, key: &Key, value: Value, origin: &str) {
            let loaded = self.load(directory).unwrap();
            let setting = loaded.configuration.get(key.name).unwrap();
            let shown = setting.origin.to_string().replace(&format!("{}/", self.root), "");
            assert_eq!((setting.value.clone(), shown.as_str()), (value, origin));
        }
    }

    #[test]
    fn nearest_file_wins_key_by_key() {
        let workspace = Workspace::new(&[
            ("home/atlas.toml", "cache = 'none'\nfreshness = 'bytes'\nkeep-results = 9\n"),
            ("ws/Cargo.toml", ""),
            ("ws/.config/atlas.toml", "cache = 'whole'\nkeep-results = 5\n"),
            ("ws/a/Cargo.toml", ""),
            ("ws/a/.config/atlas.toml", "keep-results = 7\n"),
        ]);
        workspace.check("ws/a", &CACHE, Value::Word("whole"), "ws/.config/atlas.toml");
        workspace.check("ws/a", &KEEP_RESULTS, Value::Count(7), "ws/a/.config/atlas.toml");
        workspace.check("ws", &KEEP_RESULTS, Value::Count(5), "ws/.config/atlas.toml");
        workspace.check("ws", &FRESHNESS, Value::Word("bytes"), "home/atlas.toml");
    }

    #[test]
    fn directories_above_the_outermost_manifest_do_not_count() {
        let workspace = Workspace::new(&[
            (".config/atlas.toml", "cache = 'none'\n"),
            ("ws/Cargo.toml", ""),
            ("ws/src/.config/atlas.toml", "keep-results = 1\n"),
        ]);
        workspace.check("ws/src", &CACHE, Value::Word("incremental"), "default");
        workspace.check("ws/src", &KEEP_RESULTS, Value::Count(1), "ws/src/.config/atlas.toml");
    }

    #[test]
    fn variable_goes_before_files() {
        let files = [("ws/Cargo.toml", ""), ("ws/.config/atlas.toml", "keep-results = 5\n")];
        let workspace = Workspace::new(&files).set("ATLAS_KEEP_RESULTS", "0");
        let origin = "environment variable `ATLAS_KEEP_RESULTS`";
        workspace.check("ws", &KEEP_RESULTS, Value::Count(0), origin);
    }

    #[test]
    fn value_of_a_variable_is_checked() {
        let workspace = Workspace::new(&[]).set("ATLAS_FRESHNESS", "").set("ATLAS_OTHER", "x");
        assert_eq!(
            workspace.load("").unwrap_err().to_string(),
            "error in environment variable `ATLAS_FRESHNESS`: `freshness` expected `tokens` or \
             `bytes`, but found ``"
        );
    }

    #[test]
    fn list_replaces_the_list_of_a_file_that_is_farther_away() {
        let workspace = Workspace::new(&[
            ("home/atlas.toml", "harmless-macros = ['a']\n"),
            ("ws/Cargo.toml", ""),
            ("ws/.config/atlas.toml", "harmless-macros = ['b', 'c']\n"),
        ]);
        let names = |names: &[&str]| Value::Words(names.iter().map(ToString::to_string).collect());
        workspace.check("ws", &HARMLESS_MACROS, names(&["b", "c"]), "ws/.config/atlas.toml");
        let workspace = workspace.set("ATLAS_HARMLESS_MACROS", "d,e");
        let origin = "environment variable `ATLAS_HARMLESS_MACROS`";
        workspace.check("ws", &HARMLESS_MACROS, names(&["d", "e"]), origin);
        let error = workspace.set("ATLAS_HARMLESS_MACROS", "d,e!").load("ws").unwrap_err();
        assert_eq!(
            error.to_string(),
            "error in environment variable `ATLAS_HARMLESS_MACROS`: `harmless-macros` expected a \
             list of names without path and `!`, but found `e!`"
        );
        assert_eq!(error.hint().as_deref(), Some("write `e` for the macro `e!`"));
    }

    #[test]
    fn relative_path_is_seen_from_where_it_stands() {
        let at = |path: Utf8PathBuf| Value::Place(Place::At(path));
        let workspace = Workspace::new(&[
            ("home/atlas.toml", "store = 'x'\n"),
            ("ws/Cargo.toml", ""),
            ("ws/.config/atlas.toml", "store = 'target/store'\n"),
        ]);
        let expected = at(workspace.root.join("ws/target/store"));
        workspace.check("ws", &STORE, expected, "ws/.config/atlas.toml");
        let expected = at(workspace.root.join("home/x"));
        workspace.check("other", &STORE, expected, "home/atlas.toml");
        let workspace = workspace.set("ATLAS_STORE", "y");
        let expected = at(workspace.root.join("y"));
        workspace.check("ws", &STORE, expected, "environment variable `ATLAS_STORE`");
    }

    #[test]
    fn file_that_is_none_is_an_error() {
        let workspace = Workspace::new(&[("home/atlas.toml/x", "")]);
        let ConfigError::Read(error) = workspace.load("").unwrap_err() else { panic!() };
        assert!(error.to_string().contains("home/atlas.toml`"), "{error}");
        // `.config` itself may be anything.
        assert!(Workspace::new(&[("Cargo.toml", ""), (".config", "")]).load("").is_ok());
    }
}
