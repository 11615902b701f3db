//! Reads the manifests of all packages of a build, in parallel.

use std::collections::BTreeMap;
use std::thread;

use camino::{Utf8Path, Utf8PathBuf};
use cargo_metadata::{Metadata, Package};
use cargo_util_schemas::manifest::TomlLints;

use crate::workspace::declared::{self, Declared};
use crate::workspace::lints;
use crate::workspace::manifest::{ManifestExtras, ManifestFile};

/// What a manifest has to contain for anything of it to be kept.
const KEPT: &[&str] = &["[lints", "harness =", "bench =", "proc-macro =", "cargo-features"];

/// A manifest could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ManifestError {
    /// The file cannot be read.
    #[error("failed to read `{path}`")]
    Read {
        /// The manifest.
        path: Utf8PathBuf,
        /// The reason.
        source: std::io::Error,
    },
    /// The file is not a manifest.
    #[error("failed to parse manifest at `{path}`")]
    Parse {
        /// The manifest.
        path: Utf8PathBuf,
        /// Where and why.
        source: Box<toml::de::Error>,
    },
    /// A pattern of `package.metadata.atlas.inputs` is none.
    #[error("invalid pattern `{pattern}` in `package.metadata.atlas.inputs` of `{path}`")]
    Pattern {
        /// The manifest.
        path: Utf8PathBuf,
        /// The pattern.
        pattern: String,
        /// What is wrong with it.
        source: glob::PatternError,
    },
}

/// A package's manifest.
#[derive(Clone, Debug)]
pub(super) struct LoadedManifest {
    /// The file.
    pub(super) path: Utf8PathBuf,
    /// What it says.
    pub(super) file: ManifestFile,
    /// What is kept of it.
    pub(super) extras: ManifestExtras,
    /// What is wrong with the part that is for atlas; each names the file.
    pub(super) own_warnings: Vec<String>,
}

/// Reads one manifest.
///
/// # Errors
///
/// It cannot be read, or is not a manifest.
pub(super) fn read(path: &Utf8Path) -> Result<ManifestFile, ManifestError> {
    parse(path, &read_text(path)?)
}

fn read_text(path: &Utf8Path) -> Result<String, ManifestError> {
    fs_err::read_to_string(path)
        .map_err(|source| ManifestError::Read { path: path.to_owned(), source })
}

fn parse(path: &Utf8Path, text: &str) -> Result<ManifestFile, ManifestError> {
    toml::from_str(text)
        .map_err(|source| ManifestError::Parse { path: path.to_owned(), source: Box::new(source) })
}

/// Reads the manifests of the packages, except those of registry packages without anything to
/// keep. `root` is the workspace's own manifest, from which members inherit.
///
/// # Errors
///
/// The first manifest, in order of packages, that cannot be read.
pub(super) fn read_all(
    metadata: &Metadata,
    root: &Utf8Path,
    root_file: &ManifestFile,
) -> Result<Vec<LoadedManifest>, ManifestError> {
    let packages = &metadata.packages;
    let n_threads = thread::available_parallelism().map_or(1, Into::into);
    let per_thread = packages.len().div_ceil(n_threads).max(1);
    let source = Source { root, root_file };
    let loaded = thread::scope(|scope| {
        let threads: Vec<_> = packages
            .chunks(per_thread)
            .map(|chunk| scope.spawn(move || source.load_chunk(chunk)))
            .collect();
        let results = threads
            .into_iter()
            .map(|thread| thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        results.collect::<Result<Vec<_>, _>>()
    })?;
    Ok(loaded.into_iter().flatten().collect())
}

/// Returns what is kept of each manifest, by path.
pub(super) fn extras(manifests: Vec<LoadedManifest>) -> BTreeMap<Utf8PathBuf, ManifestExtras> {
    manifests.into_iter().map(|manifest| (manifest.path, manifest.extras)).collect()
}

#[derive(Clone, Copy)]
struct Source<'a> {
    root: &'a Utf8Path,
    root_file: &'a ManifestFile,
}

impl Source<'_> {
    fn load_chunk(self, packages: &[Package]) -> Result<Vec<LoadedManifest>, ManifestError> {
        let loaded = packages.iter().map(|package| self.load(package));
        loaded.filter_map(Result::transpose).collect()
    }

    fn load(self, package: &Package) -> Result<Option<LoadedManifest>, ManifestError> {
        let path = &package.manifest_path;
        let text = read_text(path)?;
        let is_registry = package.source.as_ref().is_some_and(|it| !it.repr.starts_with("git+"));
        if is_registry && !KEPT.iter().any(|key| text.contains(key)) {
            return Ok(None);
        }
        let file = parse(path, &text)?;
        let lint_flags = self.lints(path, &file)?.map(|lints| lints::flags(&lints));
        let own = match package.source {
            None => declared::table(path, &file)?,
            Some(_) => Declared::default(),
        };
        let extras = ManifestExtras {
            lint_flags: lint_flags.unwrap_or_default(),
            targets: file.target_extras(),
            inputs: own.inputs,
        };
        let own_warnings = own.warnings;
        Ok(Some(LoadedManifest { path: path.clone(), file, extras, own_warnings }))
    }

    /// Returns the lints of a package: its own, or those of the workspace that it belongs to.
    fn lints(
        self,
        path: &Utf8Path,
        file: &ManifestFile,
    ) -> Result<Option<TomlLints>, ManifestError> {
        let Some(lints) = &file.lints else { return Ok(None) };
        if !lints.workspace {
            return Ok(Some(lints.lints.clone()));
        }
        let of = |file: &ManifestFile| file.workspace.as_ref().and_then(|it| it.lints.clone());
        if let Some(own) = of(file) {
            return Ok(Some(own));
        }
        match workspace_root(path, file, self.root)? {
            Some(root) if root != self.root => Ok(of(&read(&root)?)),
            _ => Ok(of(self.root_file)),
        }
    }
}

/// Finds the root manifest of the workspace that a package belongs to: the one it names, else the
/// nearest above it that has a `[workspace]`.
fn workspace_root(
    path: &Utf8Path,
    file: &ManifestFile,
    root: &Utf8Path,
) -> Result<Option<Utf8PathBuf>, ManifestError> {
    let directory = path.parent().unwrap_or(path);
    let named = file.package().and_then(|package| package.workspace.as_deref());
    if let Some(named) = named {
        let named = directory.join(named).join("Cargo.toml");
        return Ok(Some(named.canonicalize_utf8().unwrap_or(named)));
    }
    for directory in directory.ancestors().skip(1) {
        let candidate = directory.join("Cargo.toml");
        if candidate == root {
            return Ok(Some(candidate));
        }
        if candidate.exists() && read(&candidate)?.workspace.is_some() {
            return Ok(Some(candidate));
        }
    }
    Ok(None)
}
