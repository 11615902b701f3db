//! What is in a directory, all the way down. Knows nothing of why somebody wants to know.

use atlas_fingerprint::{
    Digest, DirEntry, Directory, EntryKind, FileError, FileTable, Files, Hasher, Stamp, Stat,
};
use camino::{Utf8Path, Utf8PathBuf};

/// Says whether something in a directory is left out: called with its path and what it is.
pub(super) type Skip<'a> = &'a dyn Fn(&Utf8Path, EntryKind) -> bool;

/// The files and directories below a directory, which is the first of the directories.
#[derive(Clone, Debug, Default)]
pub(super) struct Tree {
    /// The files.
    pub(super) files: Vec<Utf8PathBuf>,
    /// The directories.
    pub(super) directories: Vec<Directory>,
}

impl Tree {
    /// Adds everything below `root`. Links are followed, except to a directory that they lie in, or that
    /// the links before them lie in.
    ///
    /// # Errors
    ///
    /// [`FileError`] if a directory cannot be read.
    pub(super) fn add(
        &mut self,
        files: &dyn Files,
        root: &Utf8Path,
        skip: Skip<'_>,
    ) -> Result<(), FileError> {
        // With each directory goes what the links that lead to it lie in.
        let mut waiting = vec![(root.to_owned(), Vec::new())];
        while let Some((path, above)) = waiting.pop() {
            let stamp = vouching(files, &path)?;
            let entries = entries(files, &path, skip)?;
            for entry in &entries {
                let below = path.join(&entry.name);
                match entry.kind {
                    EntryKind::File => self.files.push(below),
                    EntryKind::Directory if entry.linked => {
                        let leads_to = files.resolve(&below)?;
                        let mut above = above.clone();
                        above.push(files.resolve(&path)?);
                        if !above.iter().any(|directory| directory.starts_with(&leads_to)) {
                            waiting.push((below, above));
                        }
                    }
                    EntryKind::Directory => waiting.push((below, above.clone())),
                    EntryKind::Other => {}
                }
            }
            let digest = names(&entries);
            let stamp = stamp.filter(|_| entries.iter().all(|entry| !is_no_text(entry)));
            self.directories.push(Directory { path, digest, stamp });
        }
        Ok(())
    }
}

/// Returns the digest of the names in a directory.
///
/// # Errors
///
/// [`FileError`] if it cannot be read.
pub(super) fn listing(
    files: &dyn Files,
    path: &Utf8Path,
    skip: Skip<'_>,
) -> Result<Digest, FileError> {
    Ok(names(&entries(files, path, skip)?))
}

/// Returns the digest of everything below a directory: names and bytes.
///
/// # Errors
///
/// [`FileError`] if something cannot be read, or is gone before it is.
pub(super) fn content(
    files: &dyn Files,
    table: &FileTable<'_>,
    root: &Utf8Path,
) -> Result<Digest, FileError> {
    let mut tree = Tree::default();
    tree.add(files, root, &|_, _| false)?;
    tree.files.sort();
    let mut below = Vec::with_capacity(tree.files.len());
    for (path, observed) in tree.files.iter().zip(table.observe_all(&tree.files)) {
        let bytes = observed?.map(|observed| observed.content.bytes);
        below.push((path.strip_prefix(root).unwrap_or(path), bytes));
    }
    Ok(digest(below.into_iter()))
}

/// Returns the same for files that are known, sorted by path, with the digests of their bytes.
pub(super) fn digest<'a>(files: impl Iterator<Item = (&'a Utf8Path, Option<Digest>)>) -> Digest {
    let mut hasher = Hasher::new("tree");
    for (path, bytes) in files {
        hasher.text(path.as_str());
        match bytes {
            Some(bytes) => hasher.number(1).digest(&bytes),
            None => hasher.number(0),
        };
    }
    hasher.finish()
}

/// Returns the stamp of a directory before it is listed: names that come or go later change it.
fn vouching(files: &dyn Files, path: &Utf8Path) -> Result<Option<Stamp>, FileError> {
    match files.stat(path)? {
        Stat::Directory(stamp) => Ok(Some(stamp)),
        Stat::File(_) | Stat::Absent => Ok(None),
    }
}

/// Returns whether an entry may be a file whose name stands for what `stat` says of it, which the
/// stamp of the directory does not tell.
fn is_no_text(entry: &DirEntry) -> bool {
    entry.kind == EntryKind::Other
}

/// Lists what is not left out.
fn entries(files: &dyn Files, path: &Utf8Path, skip: Skip<'_>) -> Result<Vec<DirEntry>, FileError> {
    let mut entries = files.list(path)?;
    entries.retain(|entry| !skip(&path.join(&entry.name), entry.kind));
    Ok(entries)
}

/// Returns the digest of names and of what they lead to.
fn names(entries: &[DirEntry]) -> Digest {
    let mut hasher = Hasher::new("names");
    for entry in entries {
        hasher.text(&entry.name).number(entry.kind as u64);
    }
    hasher.finish()
}

#[cfg(all(test, unix))]
mod tests {
    use atlas_fingerprint::{Disk, Files};
    use camino::Utf8PathBuf;

    use super::Tree;

    #[test]
    fn links_to_directories_above_are_not_followed() {
        let guard = tempfile::tempdir().expect("a directory");
        let root = Utf8PathBuf::from_path_buf(guard.path().to_owned()).expect("UTF-8");
        Disk.write(&root.join("a/file"), b"").expect("written");
        Disk.write(&root.join("b/file"), b"").expect("written");
        for (to, link) in
            [("..", "a/up"), (".", "a/here"), ("../b", "a/beside"), ("../a", "b/back")]
        {
            std::os::unix::fs::symlink(to, root.join(link)).expect("linked");
        }
        let mut tree = Tree::default();
        tree.add(&Disk, &root, &|_, _| false).expect("readable");
        tree.files.sort();
        let expected =
            ["a/beside/file", "a/file", "b/back/file", "b/file"].map(|file| root.join(file));
        assert_eq!(tree.files, expected);
    }
}
