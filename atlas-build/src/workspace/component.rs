//! Programs of a toolchain that a build does not need, such as `clippy-driver`.

use camino::{Utf8Path, Utf8PathBuf};

use super::directories;
use crate::process::SpawnError;
use crate::request::Environment;
use crate::toolchain::locate;

/// Returns where a program of the toolchain is that a build in `cwd` uses: beside rustc; without
/// rustup, on the `PATH`. `None` if the toolchain has no such program.
///
/// # Errors
///
/// The proxy of rustup could not be started.
pub fn component(
    name: &str,
    env: &Environment,
    cwd: &Utf8Path,
) -> Result<Option<Utf8PathBuf>, SpawnError> {
    let rustup_home = directories::rustup_home(env, cwd);
    let located = locate(None, None, env, rustup_home.as_deref(), cwd)?;
    let directory = located.rustc.parent().filter(|directory| directory.is_absolute());
    if let Some(directory) = directory {
        let path = directory.join(name).with_extension(std::env::consts::EXE_EXTENSION);
        return Ok(path.exists().then_some(path));
    }
    let path = which::which_in(name, env.get_os("PATH"), cwd).ok();
    Ok(path.and_then(|path| Utf8PathBuf::from_path_buf(path).ok()))
}
