//! Which manifest a request is about. Reads directories only, no manifest.

use camino::{Utf8Path, Utf8PathBuf};

/// There is no manifest to work on. The texts are cargo's.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum DiscoverError {
    /// Neither the directory nor one above it has a manifest.
    #[error("could not find `Cargo.toml` in `{0}` or any parent directory")]
    NotFound(Utf8PathBuf),
    /// The same, but there is one whose name is in lower case.
    #[error(
        "could not find `Cargo.toml` in `{0}` or any parent directory, but found cargo.toml \
         please try to rename it to Cargo.toml"
    )]
    LowerCase(Utf8PathBuf),
    /// `--manifest-path` names nothing.
    #[error("manifest path `{0}` does not exist")]
    Missing(Utf8PathBuf),
    /// `--manifest-path` names a directory.
    #[error("manifest path `{path}` is a directory but expected a file{}", hint(path))]
    Directory {
        /// The directory.
        path: Utf8PathBuf,
    },
    /// `--manifest-path` names another file.
    #[error("the manifest-path must be a path to a Cargo.toml file: `{0}`")]
    OtherFile(Utf8PathBuf),
}

fn hint(directory: &Utf8Path) -> String {
    let manifest = directory.join("Cargo.toml");
    if manifest.exists() { format!("\nhelp: {manifest} exists") } else { String::new() }
}

/// Returns the manifest that `--manifest-path` names, or the nearest one from `cwd` upwards.
///
/// # Errors
///
/// There is none.
pub(super) fn current_manifest(
    argument: Option<&Utf8Path>,
    cwd: &Utf8Path,
) -> Result<Utf8PathBuf, DiscoverError> {
    match argument {
        Some(path) => named(path),
        None => search(cwd),
    }
}

fn named(path: &Utf8Path) -> Result<Utf8PathBuf, DiscoverError> {
    if !path.exists() {
        Err(DiscoverError::Missing(path.to_owned()))
    } else if path.is_dir() {
        Err(DiscoverError::Directory { path: path.to_owned() })
    } else if !path.ends_with("Cargo.toml") {
        Err(DiscoverError::OtherFile(path.to_owned()))
    } else {
        Ok(path.to_owned())
    }
}

fn search(cwd: &Utf8Path) -> Result<Utf8PathBuf, DiscoverError> {
    let mut lower_case = false;
    for directory in cwd.ancestors() {
        let manifest = directory.join("Cargo.toml");
        if manifest.exists() {
            return Ok(manifest);
        }
        lower_case |= directory.join("cargo.toml").exists();
    }
    let cwd = cwd.to_owned();
    Err(if lower_case { DiscoverError::LowerCase(cwd) } else { DiscoverError::NotFound(cwd) })
}
