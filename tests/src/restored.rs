//! A workspace that is built once and had again as it was then, as often as a test likes. Paths
//! stay what they were, so that nothing has a reason to be built anew. Knows files, and that some
//! have several names; only what has changed is copied.
#![cfg(unix)]

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Deref;
use std::os::unix::fs::MetadataExt as _;

use camino::{Utf8Path, Utf8PathBuf};

use crate::repeated::Repeated;

/// A workspace, and a copy of it and of its target directory.
#[derive(Debug)]
pub struct Restored {
    workspace: Repeated,
    /// What there was, with the number of each file's copy and its stamp.
    files: BTreeMap<Utf8PathBuf, (u64, Stamp)>,
    directories: BTreeSet<Utf8PathBuf>,
    /// Where the copies are.
    saved: Utf8PathBuf,
}

/// What changes when a file does.
type Stamp = (u64, i64, i64);

impl Restored {
    /// Saves a workspace as it is now.
    #[must_use]
    pub fn new(workspace: Repeated) -> Self {
        let saved = workspace.fixture.beside("saved");
        fs_err::create_dir(&saved).expect("the temporary directory is writable");
        let (files, directories) = tree(&workspace);
        // Names of one file share a copy, which has the number of that file.
        let files: BTreeMap<_, _> =
            files.into_iter().map(|(path, stamp)| (path, (stamp.0, stamp))).collect();
        for (path, (number, _)) in &files {
            let copy = saved.join(number.to_string());
            if !copy.exists() {
                copy_file(path, &copy);
            }
        }
        Restored { workspace, files, directories, saved }
    }

    /// Makes everything what it was when it was saved.
    pub fn restore(&mut self) {
        let (files, directories) = tree(&self.workspace);
        for path in files.keys().filter(|path| !self.files.contains_key(*path)) {
            fs_err::remove_file(path).expect("the file is ours");
        }
        for path in directories.difference(&self.directories) {
            drop(fs_err::remove_dir_all(path));
        }
        for path in &self.directories {
            fs_err::create_dir_all(path).expect("the directory is ours");
        }
        let changed =
            self.files.iter().filter(|(path, (_, stamp))| files.get(*path) != Some(stamp));
        let changed: BTreeSet<u64> = changed.map(|(_, (number, _))| *number).collect();
        let mut names: BTreeMap<u64, Vec<Utf8PathBuf>> = BTreeMap::new();
        for (path, (number, _)) in &self.files {
            if changed.contains(number) {
                names.entry(*number).or_default().push(path.clone());
            }
        }
        for (number, names) in names {
            self.restore_file(number, &names);
        }
    }

    /// Restores all names of a file, and takes note of its new stamp.
    fn restore_file(&mut self, number: u64, names: &[Utf8PathBuf]) {
        let (first, others) = names.split_first().expect("a file has a name");
        names.iter().for_each(|name| drop(fs_err::remove_file(name)));
        copy_file(&self.saved.join(number.to_string()), first);
        others.iter().for_each(|name| fs_err::hard_link(first, name).expect("it was one before"));
        for name in names {
            self.files.insert(name.clone(), (number, stamp(first)));
        }
    }
}

impl Deref for Restored {
    type Target = Repeated;

    fn deref(&self) -> &Repeated {
        &self.workspace
    }
}

/// Returns the files and the directories of a workspace and of its target directory.
fn tree(workspace: &Repeated) -> (BTreeMap<Utf8PathBuf, Stamp>, BTreeSet<Utf8PathBuf>) {
    let (mut files, mut directories) = (BTreeMap::new(), BTreeSet::new());
    let mut waiting = vec![workspace.fixture.root().to_owned(), workspace.target.clone()];
    while let Some(directory) = waiting.pop() {
        for entry in directory.read_dir_utf8().into_iter().flatten() {
            let entry = entry.expect("the directory can be read");
            if entry.file_type().expect("the entry is there").is_dir() {
                waiting.push(entry.into_path());
            } else {
                let path = entry.into_path();
                let stamp = stamp(&path);
                files.insert(path, stamp);
            }
        }
        directories.insert(directory);
    }
    (files, directories)
}

fn stamp(path: &Utf8Path) -> Stamp {
    let metadata = path.symlink_metadata().expect("the file is there");
    // The links of a file change its other time.
    (metadata.ino(), metadata.mtime(), metadata.mtime_nsec())
}

/// Copies a file with the time at which it was modified.
fn copy_file(from: &Utf8Path, to: &Utf8Path) {
    fs_err::copy(from, to).unwrap_or_else(|error| panic!("{error}"));
    let time = from.metadata().and_then(|metadata| metadata.modified());
    let file = fs_err::OpenOptions::new().append(true).open(to).expect("it was just written");
    file.file().set_modified(time.expect("the system knows")).expect("the owner may set it");
}
