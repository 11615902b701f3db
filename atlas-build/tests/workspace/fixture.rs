//! Directories to read, requests about them, and cargo as the oracle.
#![expect(clippy::disallowed_methods, reason = "tests start cargo and inherit the environment")]

use std::process::{Command, Output};

use atlas_build::request::{BuildRequest, Environment, Resolution};
use camino::{Utf8Path, Utf8PathBuf};

/// Variables of the test run itself that would change the outcome.
const CLEARED: &[&str] = &["CARGO_TARGET_DIR", "CARGO_INCREMENTAL", "CARGO_ENCODED_RUSTFLAGS"];

/// A directory tree made from one string.
pub(crate) struct Fixture {
    directory: tempfile::TempDir,
    env: Environment,
    /// `--config` values.
    pub(crate) config_args: Vec<String>,
    /// Directory to start in, relative to the tree.
    pub(crate) cwd: &'static str,
}

impl Fixture {
    /// Writes the files of a string in which `//- path` starts a file.
    pub(crate) fn new(files: &str) -> Self {
        let directory = tempfile::tempdir().expect("a directory");
        let root = directory.path().canonicalize().expect("it exists");
        for file in files.split("//- ").skip(1) {
            let (path, text) = file.split_once('\n').expect("a path on its own line");
            let path = root.join(path.trim());
            fs_err::create_dir_all(path.parent().expect("a parent")).expect("created");
            fs_err::write(path, text).expect("written");
        }
        let is_foreign = |name: &str| {
            CLEARED.contains(&name) || name.starts_with("CARGO_PKG") || name.contains("RUSTFLAGS")
        };
        let vars = std::env::vars_os()
            .filter(|(name, _)| !name.to_str().is_some_and(is_foreign))
            .collect();
        Fixture { directory, env: Environment { vars }, config_args: Vec::new(), cwd: "" }
    }

    /// Sets a variable; `ROOT` in the value stands for the tree.
    pub(crate) fn env(mut self, name: &str, value: &str) -> Self {
        let value = value.replace("ROOT", self.root().as_str());
        self.env.vars.insert(name.into(), value.into());
        self
    }

    pub(crate) fn root(&self) -> Utf8PathBuf {
        let root = self.directory.path().canonicalize().expect("it exists");
        Utf8PathBuf::from_path_buf(root).expect("UTF-8")
    }

    /// The request of a command without flags.
    pub(crate) fn request(&self) -> BuildRequest {
        BuildRequest {
            resolution: Resolution { offline: true, ..Resolution::default() },
            config_args: self.config_args.clone(),
            ..BuildRequest::new(self.root().join(self.cwd), self.env.clone())
        }
    }

    /// Runs cargo on the same tree.
    pub(crate) fn cargo(&self, args: &[&str], variables: &[(&str, &str)]) -> Output {
        let mut command = Command::new("cargo");
        command.args(args).current_dir(self.root().join(Utf8Path::new(self.cwd)));
        for argument in &self.config_args {
            command.args(["--config", argument]);
        }
        command.env_clear().envs(&self.env.vars).envs(variables.iter().copied());
        command.output().expect("cargo runs")
    }
}
