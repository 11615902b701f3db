//! Temporary files and claims of processes that were killed, by their names: those of files that are written
//! in whole, of files that are published or restored, and of directories that are marked as caches.

use atlas_fingerprint::{Disk, Files};
use camino::{Utf8Path, Utf8PathBuf};

use super::error::CleanError;
use super::limits::Limits;
use super::site::{Place, directories, entries};
use super::units::modified;

/// The file that carries the claim of a unit.
const CLAIM: &str = ".claim";
/// Letters that make a temporary name unique.
const LETTERS: usize = 6;

/// Lists what was left in the target directory itself and in what belongs to all profiles.
pub(super) fn of_target(
    target: &Utf8Path,
    limits: &Limits,
) -> Result<Vec<Utf8PathBuf>, CleanError> {
    let atlas = target.join("atlas");
    let mut found = Vec::new();
    for directory in [&atlas, &atlas.join("used")] {
        add(directory, limits, &mut found)?;
    }
    for name in directories(target)? {
        let path = target.join(&name);
        if is_made_of("atlas", &name) && is_old(&path, limits) {
            // It is marked, and nothing else, before it gets its name.
            if entries(&path)?.iter().all(|(name, _)| name == "CACHEDIR.TAG") {
                found.push(path);
            }
        }
    }
    Ok(found)
}

/// Lists what was left where one profile was built for one platform.
pub(super) fn of_place(place: &Place, limits: &Limits) -> Result<Vec<Utf8PathBuf>, CleanError> {
    let mut found = Vec::new();
    let Place { directory, results, .. } = place;
    for shared in [directory, &directory.join("deps"), &directory.join("examples")] {
        add(shared, limits, &mut found)?;
    }
    for shared in [results, &results.join("examples")] {
        add(shared, limits, &mut found)?;
    }
    let units = directory.join("unit");
    for unit in directories(&units)? {
        let unit = units.join(unit);
        add(&unit, limits, &mut found)?;
        add(&unit.join("interfaces"), limits, &mut found)?;
        restored(&unit.join("out"), limits, &mut found)?;
    }
    Ok(found)
}

fn add(
    directory: &Utf8Path,
    limits: &Limits,
    found: &mut Vec<Utf8PathBuf>,
) -> Result<(), CleanError> {
    for (name, _) in entries(directory)? {
        let path = directory.join(&name);
        if is_temporary(&name) && is_old(&path, limits) && is_nobodys(&path) {
            found.push(path);
        }
    }
    Ok(())
}

/// Returns whether nobody needs a file. A compiler goes on when the build that started it is killed, and
/// has the claim of its unit meanwhile.
fn is_nobodys(path: &Utf8Path) -> bool {
    path.file_name() != Some(CLAIM) || matches!(Disk.try_lock(path), Ok(Some(_)))
}

/// Adds files that were being restored. Other names in this directory belong to compilers and to build
/// scripts.
fn restored(
    directory: &Utf8Path,
    limits: &Limits,
    found: &mut Vec<Utf8PathBuf>,
) -> Result<(), CleanError> {
    for (name, _) in entries(directory)? {
        let path = directory.join(&name);
        if name.starts_with(".restoring-") && is_old(&path, limits) {
            found.push(path);
        }
    }
    Ok(())
}

fn is_old(path: &Utf8Path, limits: &Limits) -> bool {
    !limits.is_recent(modified(path))
}

fn is_temporary(name: &str) -> bool {
    is_made_of(".writing-", name)
        || (name.starts_with('.') && name.ends_with(".new"))
        || name == CLAIM
}

fn is_made_of(prefix: &str, name: &str) -> bool {
    name.strip_prefix(prefix).is_some_and(|letters| {
        letters.len() == LETTERS && letters.bytes().all(|it| it.is_ascii_alphanumeric())
    })
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(".writing-aB3dE6", true)]
    #[case(".libfoo-0123456789abcdef.rlib.new", true)]
    #[case(".claim", true)]
    #[case(".writing-", false)]
    #[case("foo.new", false)]
    #[case(".atlas-lock", false)]
    fn temporary_names_are_told_from_others(#[case] name: &str, #[case] expected: bool) {
        assert_eq!(is_temporary(name), expected);
    }
}
