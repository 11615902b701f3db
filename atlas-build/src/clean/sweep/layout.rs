//! Where plain cargo puts files, and whether a directory is laid out like that.
//!
//! ```text
//! <build directory>/<triple?>/<profile>/
//!   .cargo-lock
//!   .fingerprint/<package>-<hash>/    what each unit was made from
//!   build/<package>-<hash>/           build scripts, and what they wrote
//!   deps/*-<hash>*                    what units have made
//!   examples/*-<hash>*                the same of examples
//!   incremental/<crate>-<hash>/       the compiler's incremental state
//! ```
//!
//! What lies in `deps` without a hash is the newest of its name, and stays.

use std::collections::BTreeMap;

use camino::{Utf8Path, Utf8PathBuf};

use super::super::error::CleanError;
use super::super::site::{directories, entries};
use super::super::units::{hash_in, is_hash};

/// What cargo has built with one profile for one platform.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Place {
    /// The directory.
    pub(super) directory: Utf8PathBuf,
    /// Directories of fingerprints by name.
    pub(super) fingerprints: Vec<String>,
}

/// Lists what cargo has built, for all platforms and profiles.
pub(super) fn places(build: &Utf8Path) -> Result<Vec<Place>, CleanError> {
    let mut places = Vec::new();
    for name in directories(build)? {
        // Atlas's own part.
        if name == "atlas" {
            continue;
        }
        let directory = build.join(&name);
        if is_profile(&directory) {
            places.push(place(directory)?);
            continue;
        }
        for profile in directories(&directory)? {
            let directory = directory.join(profile);
            if is_profile(&directory) {
                places.push(place(directory)?);
            }
        }
    }
    Ok(places)
}

impl Place {
    /// Returns the files of units by the hash in their names.
    pub(super) fn files(&self) -> Result<BTreeMap<String, Vec<Utf8PathBuf>>, CleanError> {
        let mut files: BTreeMap<String, Vec<Utf8PathBuf>> = BTreeMap::new();
        for name in ["build", "deps", "examples"] {
            let directory = self.directory.join(name);
            for (name, _) in entries(&directory)? {
                if let Some(hash) = hash_in(&name) {
                    files.entry(hash.to_owned()).or_default().push(directory.join(&name));
                }
            }
        }
        Ok(files)
    }
}

/// Whoever builds has the lock; directories that were made by hand have none.
fn is_profile(directory: &Utf8Path) -> bool {
    directory.join(".cargo-lock").is_file()
}

fn place(directory: Utf8PathBuf) -> Result<Place, CleanError> {
    let mut fingerprints = Vec::new();
    for part in [".fingerprint", "build"] {
        let part_directory = directory.join(part);
        for (name, is_directory) in entries(&part_directory)? {
            let is_known = name.rsplit_once('-').is_some_and(|(_, hash)| is_hash(hash));
            if !is_directory || !is_known {
                return Err(CleanError::UnknownLayout {
                    path: part_directory.join(name),
                    reason: "a directory `<package>-<hash>` was expected".to_owned(),
                });
            }
            if part == ".fingerprint" {
                fingerprints.push(name);
            }
        }
    }
    Ok(Place { directory, fingerprints })
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn build(paths: &[&str]) -> Result<Vec<Place>, CleanError> {
        let directory = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(directory.path()).unwrap();
        for path in paths {
            let path = root.join(path);
            fs_err::create_dir_all(path.parent().unwrap()).unwrap();
            fs_err::write(path, "").unwrap();
        }
        let mut places = places(root)?;
        for place in &mut places {
            place.directory = place.directory.strip_prefix(root).unwrap().to_owned();
        }
        Ok(places)
    }

    #[test]
    fn profiles_are_known_by_their_lock() {
        let places = build(&[
            "debug/.cargo-lock",
            "debug/.fingerprint/a-b-0123456789abcdef/lib-a_b",
            "wasm32/fat/.cargo-lock",
            "mine/.fingerprint/x",
            "atlas/debug/.cargo-lock",
        ]);
        let expected =
            [("debug", vec!["a-b-0123456789abcdef".to_owned()]), ("wasm32/fat", Vec::new())];
        let expected = expected
            .map(|(directory, fingerprints)| Place { directory: directory.into(), fingerprints });
        assert_eq!(places.unwrap(), expected);
    }

    #[rstest]
    #[case::file_in_the_way("debug/.fingerprint/x")]
    #[case::no_hash("debug/.fingerprint/a/x")]
    #[case::build_directory_of_another_layout("debug/build/a/0123456789abcdef/fingerprint/x")]
    fn other_layouts_are_refused(#[case] path: &str) {
        let error = build(&["debug/.cargo-lock", path]).unwrap_err();
        assert!(matches!(error, CleanError::UnknownLayout { .. }), "{error}");
    }
}
