//! Removes files and directories and counts them, or only counts. Knows nothing of what they are
//! for, and follows no link.

#[cfg(unix)]
use std::collections::HashSet;
use std::fmt;
use std::fs::Metadata;
use std::io::ErrorKind;
use std::ops::AddAssign;
use std::path::Path;

use super::error::CleanError;

/// Whether anything is removed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Effect {
    /// It is.
    Remove,
    /// It is only counted.
    Count,
}

/// How much was removed.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub struct Tally {
    /// Files, links among them.
    pub files: u64,
    /// Directories.
    pub directories: u64,
    /// Lengths of the files; of several names of one file, the first counts.
    pub bytes: u64,
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.files += other.files;
        self.directories += other.directories;
        self.bytes += other.bytes;
    }
}

/// Removes, and keeps count.
pub struct Removal<'a> {
    effect: Effect,
    told: &'a mut dyn FnMut(&Path),
    /// Files with several names that were counted.
    #[cfg(unix)]
    seen: HashSet<(u64, u64)>,
    total: Tally,
}

impl fmt::Debug for Removal<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Removal").field("total", &self.total).finish_non_exhaustive()
    }
}

impl<'a> Removal<'a> {
    /// Starts to count. `told` is called with each path that is removed, once for a whole directory;
    /// if none is removed, with each directory on the way, as cargo lists them.
    pub fn new(effect: Effect, told: &'a mut dyn FnMut(&Path)) -> Self {
        Removal {
            effect,
            told,
            #[cfg(unix)]
            seen: HashSet::new(),
            total: Tally::default(),
        }
    }

    /// Returns whether anything is removed.
    pub fn effect(&self) -> Effect {
        self.effect
    }

    /// Returns what was removed so far.
    pub fn total(&self) -> Tally {
        self.total
    }

    /// Removes a file or directory; one that is not there is no error.
    pub(super) fn remove(&mut self, path: impl AsRef<Path>) -> Result<Tally, CleanError> {
        self.remove_but(path.as_ref(), None)
    }

    /// Removes a directory of which a part has been removed, or counted, before.
    pub(super) fn remove_rest(&mut self, path: &Path, part: &Path) -> Result<Tally, CleanError> {
        self.remove_but(path, Some(part))
    }

    fn remove_but(&mut self, path: &Path, part: Option<&Path>) -> Result<Tally, CleanError> {
        let metadata = match path.symlink_metadata() {
            Ok(metadata) => metadata,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Tally::default()),
            Err(error) => return Err(CleanError::read(path)(error)),
        };
        if self.effect == Effect::Remove {
            (self.told)(path);
        }
        let mut tally = Tally::default();
        self.remove_known(path, &metadata, part, &mut tally)?;
        self.total += tally;
        Ok(tally)
    }

    fn remove_known(
        &mut self,
        path: &Path,
        metadata: &Metadata,
        part: Option<&Path>,
        tally: &mut Tally,
    ) -> Result<(), CleanError> {
        if part == Some(path) {
            return Ok(());
        }
        if !metadata.is_dir() {
            tally.files += 1;
            if self.is_first_name(metadata) {
                tally.bytes += metadata.len();
            }
            return self.apply(path, |path| fs_err::remove_file(path));
        }
        for entry in fs_err::read_dir(path).map_err(CleanError::read(path))? {
            let entry = entry.map_err(CleanError::read(path))?;
            let metadata = match entry.metadata() {
                Ok(metadata) => metadata,
                // Somebody else was faster.
                Err(error) if error.kind() == ErrorKind::NotFound => continue,
                Err(error) => return Err(CleanError::read(entry.path())(error)),
            };
            self.remove_known(&entry.path(), &metadata, part, tally)?;
        }
        tally.directories += 1;
        if self.effect == Effect::Count {
            (self.told)(path);
        }
        // Whatever has come into it meanwhile goes, too.
        self.apply(path, |path| fs_err::remove_dir_all(path))
    }

    fn apply(
        &self,
        path: &Path,
        remove: impl Fn(&Path) -> std::io::Result<()>,
    ) -> Result<(), CleanError> {
        if self.effect == Effect::Count {
            return Ok(());
        }
        match remove(path) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                Err(CleanError::remove(path)(error))
            }
            _ => Ok(()),
        }
    }

    #[cfg(unix)]
    fn is_first_name(&mut self, metadata: &Metadata) -> bool {
        use std::os::unix::fs::MetadataExt;
        let file = (metadata.dev(), metadata.ino());
        // The last name is the only one by the time that its turn comes.
        if metadata.nlink() > 1 { self.seen.insert(file) } else { !self.seen.contains(&file) }
    }

    #[cfg(not(unix))]
    fn is_first_name(&mut self, _: &Metadata) -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::counted(Effect::Count)]
    #[case::removed(Effect::Remove)]
    fn what_is_counted_is_what_is_removed(#[case] effect: Effect) {
        let directory = tempfile::tempdir().unwrap();
        let root = directory.path().join("a");
        fs_err::create_dir_all(root.join("b/c")).unwrap();
        fs_err::write(root.join("x"), "12345").unwrap();
        fs_err::hard_link(root.join("x"), root.join("b/y")).unwrap();
        let mut told = Vec::new();
        let mut note = |path: &Path| told.push(path.to_owned());
        let mut removal = Removal::new(effect, &mut note);
        let tally = removal.remove(&root).unwrap();
        removal.remove(root.join("not there")).unwrap();
        let bytes = if cfg!(unix) { 5 } else { 10 };
        assert_eq!(tally, Tally { files: 2, directories: 3, bytes });
        assert_eq!(removal.total(), tally);
        assert_eq!(root.exists(), effect == Effect::Count);
        let expected = if effect == Effect::Remove { 1 } else { 3 };
        assert_eq!(told.len(), expected);
    }

    #[cfg(unix)]
    #[test]
    fn links_are_not_followed() {
        let directory = tempfile::tempdir().unwrap();
        let (root, other) = (directory.path().join("a"), directory.path().join("other"));
        fs_err::create_dir_all(&root).unwrap();
        fs_err::create_dir_all(&other).unwrap();
        fs_err::os::unix::fs::symlink(&other, root.join("link")).unwrap();
        let mut note = |_: &Path| ();
        let tally = Removal::new(Effect::Remove, &mut note).remove(&root).unwrap();
        assert_eq!((tally.files, tally.directories), (1, 1));
        assert!(other.is_dir());
    }
}
