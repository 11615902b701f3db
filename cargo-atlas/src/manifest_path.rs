//! `--manifest-path`: made absolute, and checked as cargo checks it.

use camino::{Utf8Component, Utf8Path, Utf8PathBuf};

/// A path that cannot be a manifest, in cargo's words.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub(crate) enum ManifestPathError {
    /// There is nothing.
    #[error("manifest path `{0}` does not exist")]
    Missing(Utf8PathBuf),
    /// It is a directory.
    #[error("manifest path `{0}` is a directory but expected a file")]
    Directory(Utf8PathBuf),
    /// It is a directory that holds a manifest.
    #[error("manifest path `{given}` is a directory but expected a file\nhelp: {manifest} exists")]
    DirectoryOfManifest {
        /// As typed.
        given: Utf8PathBuf,
        /// The manifest in it.
        manifest: Utf8PathBuf,
    },
    /// It has another name.
    #[error("the manifest-path must be a path to a Cargo.toml file: `{0}`")]
    NotCargoToml(Utf8PathBuf),
    /// It is a single-file package.
    #[error("embedded manifest `{0}` requires `-Zscript`")]
    Embedded(Utf8PathBuf),
}

/// Returns the path made absolute, without `.` and `..`; symbolic links stay.
pub(crate) fn absolute(cwd: &Utf8Path, given: &Utf8Path) -> Utf8PathBuf {
    let mut normal = Utf8PathBuf::new();
    for component in cwd.join(given).components() {
        match component {
            Utf8Component::CurDir => {}
            Utf8Component::ParentDir => {
                normal.pop();
            }
            other => normal.push(other),
        }
    }
    normal
}

/// Checks that a manifest can be read from there.
///
/// # Errors
///
/// [`ManifestPathError`] for what cargo refuses as well.
pub(crate) fn check(given: &Utf8Path, absolute: &Utf8Path) -> Result<(), ManifestPathError> {
    if !absolute.exists() {
        return Err(ManifestPathError::Missing(given.to_owned()));
    }
    if absolute.is_dir() {
        let manifest = absolute.join("Cargo.toml");
        let given = given.to_owned();
        return Err(if manifest.exists() {
            ManifestPathError::DirectoryOfManifest { given, manifest }
        } else {
            ManifestPathError::Directory(given)
        });
    }
    match absolute.extension() {
        None | Some("rs") => Err(ManifestPathError::Embedded(absolute.to_owned())),
        Some(_) if absolute.ends_with("Cargo.toml") => Ok(()),
        Some(_) => Err(ManifestPathError::NotCargoToml(absolute.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::relative("a/Cargo.toml", "/ws/a/Cargo.toml")]
    #[case::dots("./a/../b/Cargo.toml", "/ws/b/Cargo.toml")]
    #[case::above("../Cargo.toml", "/Cargo.toml")]
    #[case::far_above("../../../Cargo.toml", "/Cargo.toml")]
    #[case::absolute("/x/Cargo.toml", "/x/Cargo.toml")]
    #[cfg(unix)]
    fn path_becomes_absolute(#[case] given: &str, #[case] expected: &str) {
        assert_eq!(absolute("/ws".into(), given.into()), Utf8Path::new(expected));
    }

    #[rstest]
    #[case::manifest("Cargo.toml", None)]
    #[case::missing("nope/Cargo.toml", Some("manifest path `nope/Cargo.toml` does not exist"))]
    #[case::directory("src", Some("manifest path `src` is a directory but expected a file"))]
    #[case::directory_of_manifest(
        ".",
        Some(
            "manifest path `.` is a directory but expected a file\nhelp: {cwd}/Cargo.toml exists"
        )
    )]
    #[case::script(
        "src/main.rs",
        Some("embedded manifest `{cwd}/src/main.rs` requires `-Zscript`")
    )]
    #[cfg(unix)]
    fn path_is_checked_as_cargo_does(#[case] given: &str, #[case] expected: Option<&str>) {
        let cwd = Utf8Path::new(env!("CARGO_MANIFEST_DIR"));
        let result = check(given.into(), &absolute(cwd, given.into()));
        let expected = expected.map(|text| text.replace("{cwd}", cwd.as_str()));
        assert_eq!(result.err().map(|error| error.to_string()), expected);
    }
}
