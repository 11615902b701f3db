//! Where clippy's compiler is.

use atlas_build::process::SpawnError;
use atlas_build::request::Environment;
use atlas_build::workspace::component;
use camino::{Utf8Path, Utf8PathBuf};

/// Clippy's compiler cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DriverError {
    /// It is not part of the toolchain.
    #[error("clippy is not installed for the toolchain: there is no `clippy-driver`")]
    Missing,
    /// Nobody could be asked where it is.
    #[error(transparent)]
    Unknown(#[from] SpawnError),
}

/// Returns where it is: beside the toolchain's rustc, as for `cargo clippy`.
///
/// # Errors
///
/// [`DriverError`] if it is not there.
pub(crate) fn driver(
    environment: &Environment,
    cwd: &Utf8Path,
) -> Result<Utf8PathBuf, DriverError> {
    component("clippy-driver", environment, cwd)?.ok_or(DriverError::Missing)
}
