//! Starting processes: the only caller of `Command::new` in the product. Knows nothing of rustc.
#![expect(clippy::disallowed_methods, reason = "this is the seam through which processes start")]

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::process::{Command, Output, Stdio};

use camino::Utf8PathBuf;
use serde::{Deserialize, Serialize};

/// A command line with its directory and its changes to the environment. A plain value: it can be
/// compared, printed and hashed before anything is run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommandLine {
    /// The executable.
    #[serde(with = "os_text::one")]
    pub program: OsString,
    /// Arguments without the program.
    #[serde(with = "os_text::list")]
    pub args: Vec<OsString>,
    /// Variables to set (`Some`) or remove (`None`) on top of the inherited environment.
    #[serde(with = "os_text::table")]
    pub env: BTreeMap<String, Option<OsString>>,
    /// Directory to run in; absolute.
    pub cwd: Utf8PathBuf,
}

/// Strings of the system as text: serde's own form of them is read byte by byte. What is no text
/// cannot be kept.
mod os_text {
    use std::ffi::{OsStr, OsString};

    use serde::ser::Error;

    fn text<E: Error>(value: &OsStr) -> Result<&str, E> {
        value.to_str().ok_or_else(|| E::custom("a string of the system is not UTF-8"))
    }

    pub(super) mod one {
        use serde::{Deserialize, Deserializer, Serialize, Serializer};

        use super::OsString;

        pub(crate) fn serialize<S: Serializer>(value: &OsString, to: S) -> Result<S::Ok, S::Error> {
            super::text(value)?.serialize(to)
        }

        pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
            from: D,
        ) -> Result<OsString, D::Error> {
            String::deserialize(from).map(OsString::from)
        }
    }

    pub(super) mod list {
        use serde::{Deserialize, Deserializer, Serialize, Serializer};

        use super::OsString;

        pub(crate) fn serialize<S: Serializer>(
            values: &[OsString],
            to: S,
        ) -> Result<S::Ok, S::Error> {
            let texts = values.iter().map(|value| super::text(value));
            texts.collect::<Result<Vec<&str>, S::Error>>()?.serialize(to)
        }

        pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
            from: D,
        ) -> Result<Vec<OsString>, D::Error> {
            let texts = Vec::<String>::deserialize(from)?;
            Ok(texts.into_iter().map(OsString::from).collect())
        }
    }

    pub(super) mod table {
        use std::collections::BTreeMap;

        use serde::{Deserialize, Deserializer, Serialize, Serializer};

        use super::OsString;

        type Table = BTreeMap<String, Option<OsString>>;

        pub(crate) fn serialize<S: Serializer>(values: &Table, to: S) -> Result<S::Ok, S::Error> {
            let text = |(name, value): (&'_ String, &'_ Option<OsString>)| {
                let value = value.as_deref().map(super::text).transpose()?;
                Ok((name.clone(), value.map(str::to_owned)))
            };
            let texts: Result<BTreeMap<String, Option<String>>, S::Error> =
                values.iter().map(text).collect();
            texts?.serialize(to)
        }

        pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Table, D::Error> {
            let texts = BTreeMap::<String, Option<String>>::deserialize(from)?;
            let value = |(name, value): (String, Option<String>)| (name, value.map(OsString::from));
            Ok(texts.into_iter().map(value).collect())
        }
    }
}

impl CommandLine {
    /// Creates a command line without arguments.
    pub fn new(program: impl Into<OsString>, cwd: impl Into<Utf8PathBuf>) -> Self {
        CommandLine {
            program: program.into(),
            args: Vec::new(),
            env: BTreeMap::new(),
            cwd: cwd.into(),
        }
    }

    /// Appends an argument.
    pub fn arg(&mut self, arg: impl Into<OsString>) -> &mut Self {
        self.args.push(arg.into());
        self
    }

    /// Appends arguments.
    pub fn args<I: IntoIterator<Item = S>, S: Into<OsString>>(&mut self, args: I) -> &mut Self {
        self.args.extend(args.into_iter().map(Into::into));
        self
    }

    /// Sets a variable.
    pub fn env(&mut self, name: impl Into<String>, value: impl AsRef<OsStr>) -> &mut Self {
        self.env.insert(name.into(), Some(value.as_ref().to_owned()));
        self
    }

    /// Removes an inherited variable.
    pub fn env_remove(&mut self, name: impl Into<String>) -> &mut Self {
        self.env.insert(name.into(), None);
        self
    }

    /// Turns the value into a command that inherits the environment of this process.
    pub fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        self.complete(&mut command);
        command
    }

    /// Turns the value into a command that inherits `environment` in place of the one of this
    /// process.
    pub fn command_within(&self, environment: &Environment) -> Command {
        let mut command = Command::new(&self.program);
        command.env_clear().envs(&environment.vars);
        self.complete(&mut command);
        command
    }

    fn complete(&self, command: &mut Command) {
        command.args(&self.args).current_dir(&self.cwd);
        for (name, value) in &self.env {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
    }

    /// Runs the command to its end and captures what it prints.
    ///
    /// # Errors
    ///
    /// [`SpawnError`] if it could not be started; a failing exit status is not an error.
    pub fn output(&self) -> Result<Output, SpawnError> {
        self.command().stdin(Stdio::null()).output().map_err(|source| self.spawn_error(source))
    }

    /// Wraps an error of the system with what was to be started.
    pub fn spawn_error(&self, source: std::io::Error) -> SpawnError {
        SpawnError { program: self.program.clone(), cwd: self.cwd.clone(), source }
    }
}

/// A snapshot of the process environment.
#[derive(Clone, Debug, Default)]
pub struct Environment {
    /// Every variable.
    pub vars: BTreeMap<OsString, OsString>,
}

impl Environment {
    /// Returns a variable, if it is set.
    pub fn get_os(&self, name: &str) -> Option<&OsStr> {
        self.vars.get(OsStr::new(name)).map(OsString::as_os_str)
    }

    /// Returns a variable, if it is set and UTF-8.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.get_os(name).and_then(OsStr::to_str)
    }
}

/// A process could not be started.
#[derive(Debug, thiserror::Error)]
#[error("could not execute process `{}` in `{cwd}` (never executed)", program.display())]
pub struct SpawnError {
    /// The executable.
    pub program: OsString,
    /// Directory it was to run in.
    pub cwd: Utf8PathBuf,
    /// The system's reason.
    pub source: std::io::Error,
}

#[cfg(test)]
mod tests {
    use super::CommandLine;

    #[test]
    fn command_lines_are_kept_as_they_are() {
        let mut line = CommandLine::new("/bin/rustc", "/w");
        line.args(["a b", "", "ü"]).env("SET", "x\ny").env_remove("GONE");
        let bytes = postcard::to_stdvec(&line).unwrap();
        assert_eq!(postcard::from_bytes::<CommandLine>(&bytes).unwrap(), line);
    }

    #[cfg(unix)]
    #[test]
    fn what_is_no_text_is_not_kept() {
        use std::os::unix::ffi::OsStringExt;

        let mut line = CommandLine::new("/bin/rustc", "/w");
        line.arg(std::ffi::OsString::from_vec(vec![0xff]));
        assert!(postcard::to_stdvec(&line).is_err());
    }
}
