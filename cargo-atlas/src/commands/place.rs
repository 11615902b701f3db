//! What every command is started with, and what several of them do with it.

use atlas_build::request::Environment;
use camino::{Utf8Path, Utf8PathBuf};

use crate::args::GlobalArgs;
use crate::config::{ConfigError, Configuration};
use crate::environment::Invocation;
use crate::error::ErrorChain;
use crate::terminal::Shell;
use crate::{exit, manifest_path};

/// Where a command runs, and with what.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place<'a> {
    /// Flags of every command.
    pub(crate) globals: &'a GlobalArgs,
    /// The environment, with the toolchain that was typed.
    pub(crate) environment: &'a Environment,
    /// The current directory.
    pub(crate) cwd: &'a Utf8Path,
    /// The process.
    pub(crate) invocation: &'a Invocation,
}

impl Place<'_> {
    /// Checks `--manifest-path` as cargo does; returns its directory, or the current one.
    pub(crate) fn manifest_directory(
        &self,
        given: Option<&str>,
    ) -> Result<Utf8PathBuf, ErrorChain> {
        let Some(given) = given.map(Utf8Path::new) else { return Ok(self.cwd.to_owned()) };
        let absolute = manifest_path::absolute(self.cwd, given);
        manifest_path::check(given, &absolute).map_err(|error| ErrorChain::of(&error))?;
        Ok(absolute.parent().unwrap_or(&absolute).to_owned())
    }

    /// Reads the configuration of atlas that holds for a directory, and warns of unknown keys.
    pub(crate) fn configuration(
        &self,
        directory: &Utf8Path,
        shell: &mut Shell,
    ) -> Result<Configuration, ErrorChain> {
        let loaded = Configuration::load(directory, self.cwd, self.environment);
        let loaded = loaded.map_err(|error| explained(&error))?;
        loaded.unknown.iter().for_each(|key| shell.warn(key));
        Ok(loaded.configuration)
    }
}

/// Returns what is wrong with the configuration, and the way out.
pub(crate) fn explained(error: &ConfigError) -> ErrorChain {
    let mut chain = ErrorChain::of(error);
    chain.hints.extend(error.hint());
    chain
}

/// Returns the exit code of a command that wrote its answer: a program that reads it must not take
/// half of it for all.
pub(crate) fn written(code: i32, shell: &mut Shell) -> i32 {
    let Some(error) = shell.stdout_error() else { return code };
    let chain = ErrorChain::new("failed to write to standard output").caused_by(error.to_string());
    shell.error_chain(&chain);
    exit::FAILURE
}

/// Returns the exit code of a command that either wrote its answer or has to say why not.
pub(crate) fn answered(result: Result<(), ErrorChain>, shell: &mut Shell) -> i32 {
    match result {
        Ok(()) => written(exit::SUCCESS, shell),
        Err(error) => {
            shell.error_chain(&error);
            exit::FAILURE
        }
    }
}
