//! Where programs are installed.

use atlas_build::request::{BuildRequest, Environment};
use atlas_build::workspace::config::{self, Key};
use camino::{Utf8Path, Utf8PathBuf};

use crate::manifest_path;

/// Returns the root of the installation: `--root`, `CARGO_INSTALL_ROOT`, `install.root`, cargo's home
/// (`common_for_install_and_uninstall.rs`, `resolve_root`). The configuration is that of `request`.
///
/// # Errors
///
/// [`config::Error`] if the configuration cannot be read.
pub(crate) fn root(
    given: Option<&str>,
    environment: &Environment,
    cwd: &Utf8Path,
    request: &BuildRequest,
) -> Result<Option<Utf8PathBuf>, config::Error> {
    let named = given.or_else(|| environment.get("CARGO_INSTALL_ROOT"));
    if let Some(named) = named {
        return Ok(Some(manifest_path::absolute(cwd, named.into())));
    }
    let configuration = config::load(request)?;
    if let Some(text) = configuration.string(&Key::new("install.root"))? {
        let path = configuration.resolve_program(&text.value, &text.definition);
        return Ok(Some(manifest_path::absolute(cwd, &path)));
    }
    let home = environment.get("CARGO_HOME").filter(|home| !home.is_empty());
    let user = environment.get(if cfg!(windows) { "USERPROFILE" } else { "HOME" });
    let usual = user.map(|user| cwd.join(user).join(".cargo"));
    Ok(home.map(|home| cwd.join(home)).or(usual))
}
