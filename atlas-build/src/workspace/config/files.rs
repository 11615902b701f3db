//! Finding and merging configuration files and `--config` values. Knows no key by meaning, except
//! `include`.

use camino::{Utf8Path, Utf8PathBuf};

use crate::request::{BuildRequest, Environment};
use crate::workspace::config::value::{Definition, Precedence, Sourced, Value};
use crate::workspace::config::{Configuration, Error, include};
use crate::workspace::directories;

/// Reads the configuration that holds in the directory of the request: files from there upwards,
/// then the one in cargo's home, then `--config` in order.
///
/// # Errors
///
/// A file or an argument cannot be read, parsed or merged.
pub fn load(request: &BuildRequest) -> Result<Configuration<'_>, Error> {
    let mut root = Sourced::empty_table(Definition::Default);
    for path in discover(&request.cwd, &request.env) {
        let mut reader = Reader { cwd: &request.cwd, seen: Vec::new() };
        let file = reader.read(&path, Definition::File)?;
        root.merge(file, Precedence::Existing)?;
    }
    let mut arguments = Sourced::empty_table(Definition::CommandLine(None));
    for argument in &request.config_args {
        let mut reader = Reader { cwd: &request.cwd, seen: Vec::new() };
        let table = reader.argument(argument)?;
        arguments.merge(table, Precedence::Incoming)?;
    }
    root.merge(arguments, Precedence::Incoming)?;
    Ok(Configuration { root, env: &request.env, cwd: &request.cwd })
}

/// Lists the files that exist, nearest first.
fn discover(cwd: &Utf8Path, env: &Environment) -> Vec<Utf8PathBuf> {
    let mut files = Vec::new();
    let mut seen = Vec::new();
    for directory in cwd.ancestors() {
        let directory = directory.join(".cargo");
        files.extend(file_in(&directory));
        seen.push(canonical(directory));
    }
    if let Some(home) = directories::cargo_home(env, cwd)
        && !seen.contains(&canonical(home.clone()))
    {
        files.extend(file_in(&home));
    }
    files
}

/// Returns the configuration file of a directory; the old name without extension comes first.
fn file_in(directory: &Utf8Path) -> Option<Utf8PathBuf> {
    let candidates = ["config", "config.toml"].map(|name| directory.join(name));
    candidates.into_iter().find(|path| path.exists())
}

fn canonical(path: Utf8PathBuf) -> Utf8PathBuf {
    path.canonicalize_utf8().unwrap_or(path)
}

/// Reads one file with everything it includes.
struct Reader<'a> {
    cwd: &'a Utf8Path,
    /// Files read for the same root; cargo calls it a cycle when one comes up twice.
    seen: Vec<Utf8PathBuf>,
}

impl Reader<'_> {
    fn read(
        &mut self,
        path: &Utf8Path,
        definition: fn(Utf8PathBuf) -> Definition,
    ) -> Result<Sourced<Value>, Error> {
        if self.seen.iter().any(|file| file == path) {
            return Err(Error::IncludeCycle { path: path.to_owned() });
        }
        self.seen.push(path.to_owned());
        let text = fs_err::read_to_string(path)
            .map_err(|source| Error::Read { path: path.to_owned(), source })?;
        let document: toml::Table = text
            .parse()
            .map_err(|source| Error::Parse { path: path.to_owned(), source: Box::new(source) })?;
        let defined = definition(path.to_owned());
        let value = Sourced::from_toml(toml::Value::Table(document), &defined)?;
        self.with_includes(value, definition)
    }

    fn argument(&mut self, argument: &str) -> Result<Sourced<Value>, Error> {
        let on_command_line = |path| Definition::CommandLine(Some(path));
        let path = self.cwd.join(argument);
        if !argument.is_empty() && path.exists() {
            return self.read(&path, on_command_line);
        }
        let document: toml::Table = argument.parse().map_err(|source| Error::ParseArgument {
            argument: argument.to_owned(),
            source: Box::new(source),
        })?;
        let definition = Definition::CommandLine(None);
        let value = Sourced::from_toml(toml::Value::Table(document), &definition)?;
        self.with_includes(value, on_command_line)
    }

    /// Puts the included files below the values of the file that includes them.
    fn with_includes(
        &mut self,
        mut value: Sourced<Value>,
        definition: fn(Utf8PathBuf) -> Definition,
    ) -> Result<Sourced<Value>, Error> {
        let Value::Table(table) = &mut value.value else { return Ok(value) };
        let mut merged = Sourced::empty_table(value.definition.clone());
        for path in include::take(table, self.cwd)? {
            let included = self.read(&path, definition)?;
            merged.merge(included, Precedence::Incoming)?;
        }
        merged.merge(value, Precedence::Incoming)?;
        Ok(merged)
    }
}
