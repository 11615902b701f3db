//! Target directories that are kept from commit to commit. All have the same path while something
//! is built in them, as that path gets into code and diagnostics.

use std::collections::BTreeSet;

use camino::{Utf8Path, Utf8PathBuf};

/// A target directory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// For incremental builds by the program under test.
    Atlas,
    /// For incremental builds by cargo.
    Cargo,
    /// For clean builds by the program under test.
    Clean,
}

/// Where the target directories are.
#[derive(Debug)]
pub(crate) struct Places {
    directory: Utf8PathBuf,
}

impl Places {
    /// Keeps target directories in a directory that may have some already.
    pub(crate) fn new(directory: &Utf8Path) -> Self {
        Places { directory: directory.to_owned() }
    }

    /// Lets something happen in a target directory.
    pub(crate) fn within<T>(&self, place: Place, happen: impl FnOnce(&Utf8Path) -> T) -> T {
        let name = match place {
            Place::Atlas => "target-atlas",
            Place::Cargo => "target-cargo",
            Place::Clean => "target-clean",
        };
        let (kept, used) = (self.directory.join(name), self.directory.join("target"));
        fs_err::create_dir_all(&kept).expect("the directory is writable");
        fs_err::rename(&kept, &used).expect("no other directory is in use");
        let result = happen(&used);
        fs_err::rename(&used, &kept).expect("the directory is ours");
        result
    }
}

/// Removes what the program under test made of some packages.
pub(crate) fn remove_packages(target: &Utf8Path, packages: &BTreeSet<String>) {
    for profile in profiles(&target.join("atlas")) {
        for unit in names(&profile.join("unit")) {
            let Some((package, hash)) = unit.rsplit_once('-') else { continue };
            if !packages.contains(package) {
                continue;
            }
            remove(&profile.join("unit").join(&unit));
            for published in names(&profile.join("deps")) {
                let stem = published.split('.').next().unwrap_or_default();
                if stem.ends_with(&format!("-{hash}")) {
                    remove(&profile.join("deps").join(&published));
                }
            }
        }
    }
}

/// Returns the directories of profiles, with a target triple above them or without.
fn profiles(atlas: &Utf8Path) -> Vec<Utf8PathBuf> {
    let below = |dir: &Utf8Path| {
        names(dir).iter().map(|name| dir.join(name)).filter(|path| path.is_dir()).collect()
    };
    let (profiles, others): (Vec<Utf8PathBuf>, Vec<Utf8PathBuf>) =
        Vec::into_iter(below(atlas)).partition(|dir| dir.join("unit").exists());
    let inner = others.iter().flat_map(|dir| below(dir)).filter(|dir| dir.join("unit").exists());
    profiles.iter().cloned().chain(inner).collect()
}

fn names(directory: &Utf8Path) -> Vec<String> {
    let entries = directory.read_dir_utf8().into_iter().flatten().flatten();
    entries.map(|entry| entry.file_name().to_owned()).collect()
}

fn remove(path: &Utf8Path) {
    let removed =
        if path.is_dir() { fs_err::remove_dir_all(path) } else { fs_err::remove_file(path) };
    removed.expect("the directory is ours");
}

#[cfg(test)]
mod tests {
    use atlas_tests::fixture::Fixture;

    use super::*;

    #[test]
    fn directories_take_turns_at_one_path() {
        let fixture = Fixture::empty();
        let places = Places::new(fixture.root());
        let write = |place| {
            places.within(place, |target| {
                fs_err::write(target.join("file"), "").unwrap();
                target.to_owned()
            })
        };
        assert_eq!(write(Place::Atlas), write(Place::Cargo));
        assert!(places.within(Place::Atlas, |target| target.join("file").exists()));
        assert!(!places.within(Place::Clean, |target| target.join("file").exists()));
    }

    #[test]
    fn packages_go_and_others_stay() {
        let text = "//- /atlas/debug/unit/a-b-12/out/x /atlas/x86/debug/unit/a-b-3/y\n\
                    //- /atlas/debug/deps/liba_b-12.rlib /atlas/debug/deps/libc-34.rlib\n\
                    //- /atlas/debug/unit/a-34/x\n";
        let fixture = Fixture::new(text);
        remove_packages(fixture.root(), &BTreeSet::from(["a-b".to_owned()]));
        let left = |path: &str| names(&fixture.path(path));
        assert_eq!(left("atlas/debug/unit"), ["a-34"]);
        assert_eq!(left("atlas/debug/deps"), ["libc-34.rlib"]);
        assert!(left("atlas/x86/debug/unit").is_empty());
    }
}
