//! The directories of units in one place. Knows their names, and not what is in them.

use std::time::SystemTime;

use camino::{Utf8Path, Utf8PathBuf};

use super::error::CleanError;
use super::site::{Place, directories};

/// Digits of the hash in names.
const DIGITS: usize = 16;

/// The directory of a unit.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct UnitDirectory {
    /// Where it is.
    pub(super) path: Utf8PathBuf,
    /// The same below the target directory: the name under which results are kept.
    pub(super) key: String,
    /// Name of the package.
    pub(super) package: String,
    /// What tells the unit from others, as it stands in names of its files.
    pub(super) hash: String,
}

/// Lists the units of a place.
pub(super) fn units(target: &Utf8Path, place: &Place) -> Result<Vec<UnitDirectory>, CleanError> {
    let all = place.directory.join("unit");
    let unit = |name: String| {
        let (package, hash) = name.rsplit_once('-').filter(|(_, hash)| is_hash(hash))?;
        let path = all.join(&name);
        let key = path.strip_prefix(target).unwrap_or(&path).to_string();
        Some(UnitDirectory { key, package: package.to_owned(), hash: hash.to_owned(), path })
    };
    Ok(directories(&all)?.into_iter().filter_map(unit).collect())
}

/// Returns the hash in the name of a file, such as that of `libfoo-0123456789abcdef.rlib`.
pub(super) fn hash_in(name: &str) -> Option<&str> {
    let stem = name.split('.').next()?;
    let (_, hash) = stem.rsplit_once('-')?;
    is_hash(hash).then_some(hash)
}

/// Returns whether a text can be a hash in a name.
pub(super) fn is_hash(text: &str) -> bool {
    text.len() == DIGITS && text.bytes().all(|it| matches!(it, b'0'..=b'9' | b'a'..=b'f'))
}

/// Returns the time of the last change of a file or directory itself; the epoch if that is not
/// there.
pub(super) fn modified(path: &Utf8Path) -> SystemTime {
    let modified = path.symlink_metadata().and_then(|metadata| metadata.modified());
    modified.unwrap_or(SystemTime::UNIX_EPOCH)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::library("libfoo-0123456789abcdef.rlib", Some("0123456789abcdef"))]
    #[case::program("foo-bar-0123456789abcdef", Some("0123456789abcdef"))]
    #[case::object("foo-0123456789abcdef.foo.1-cgu.0.rcgu.o", Some("0123456789abcdef"))]
    #[case::none("libfoo.so", None)]
    #[case::hidden(".libfoo-0123456789abcdef.rlib.new", None)]
    #[case::short("foo-0123456789abcde", None)]
    #[case::capital("foo-0123456789ABCDEF", None)]
    fn hash_is_before_the_first_dot(#[case] name: &str, #[case] expected: Option<&str>) {
        assert_eq!(hash_in(name), expected);
    }
}
