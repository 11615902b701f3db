//! The journals of all processes that build in one directory. Each process writes its own, and holds
//! the lock beside it for as long as it lives. A journal whose lock is free is that of a process that
//! was killed: whoever writes the state next takes it over. Knows nothing of what entries mean.
//!
//! The lock is a file of its own, since there are systems on which nobody may read what is locked.

use std::collections::{BTreeSet, HashMap};
use std::time::{SystemTime, UNIX_EPOCH};

use camino::{Utf8Path, Utf8PathBuf};

use super::journal::{self, Numbered};
use crate::files::{EntryKind, FileError, Files, Stat};
use crate::lock::FileLock;

/// What the names of files that carry locks end with.
const LOCK: &str = ".lock";

/// A directory of journals, as one process sees it.
#[derive(Debug)]
pub(super) struct Journals {
    directory: Utf8PathBuf,
    /// The journal of this process, once it has something to write.
    own: Option<Journal>,
    /// How many bytes of the others were read, by name.
    read: HashMap<String, u64>,
}

/// A journal that nobody else writes to or takes over.
#[derive(Debug)]
pub(super) struct Journal {
    path: Utf8PathBuf,
    lock: FileLock,
}

impl Journals {
    pub(super) fn new(directory: &Utf8Path) -> Self {
        let directory = directory.to_owned();
        Journals { directory, own: None, read: HashMap::new() }
    }

    /// Returns whether this process has written anything.
    pub(super) fn is_begun(&self) -> bool {
        self.own.is_some()
    }

    /// Returns whether another one has.
    pub(super) fn has_others(&self) -> bool {
        !self.read.is_empty()
    }

    /// Returns whether another process is alive that has written something.
    pub(super) fn has_company(&self, files: &dyn Files) -> Result<bool, FileError> {
        for name in self.others(files)? {
            if files.try_lock(&self.lock_of(&name))?.is_none() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Writes an entry to the journal of this process.
    pub(super) fn append(&mut self, files: &dyn Files, entry: &Numbered) -> Result<(), FileError> {
        let own = match self.own.take() {
            Some(own) => own,
            None => self.begin(files)?,
        };
        let appended = files.append(&own.path, &journal::encode(entry));
        self.own = Some(own);
        appended
    }

    /// Returns what others have written since this was last asked, in no order.
    pub(super) fn news(&mut self, files: &dyn Files) -> Result<Vec<Numbered>, FileError> {
        let mut news = Vec::new();
        for name in self.others(files)? {
            let path = self.directory.join(&name);
            let read = self.read.get(&name).copied().unwrap_or(0);
            let Stat::File(stamp) = files.stat(&path)? else { continue };
            let bytes = match files.tail(&path, read) {
                _ if stamp.size <= read => Vec::new(),
                Ok(bytes) => bytes,
                // Its process has ended meanwhile: the state has it all.
                Err(_) if files.stat(&path)? == Stat::Absent => continue,
                Err(error) => return Err(error),
            };
            let (entries, length) = journal::decode(&bytes);
            news.extend(entries);
            self.read.insert(name, read + length as u64);
        }
        Ok(news)
    }

    /// Takes over the journals of processes that were killed.
    pub(super) fn take_dead(&self, files: &dyn Files) -> Result<Vec<Journal>, FileError> {
        let mut dead = Vec::new();
        for name in self.others(files)? {
            if let Some(lock) = files.try_lock(&self.lock_of(&name))? {
                dead.push(Journal { path: self.directory.join(name), lock });
            }
        }
        Ok(dead)
    }

    /// Removes the journal of this process, and others that were taken over.
    pub(super) fn remove(
        &mut self,
        files: &dyn Files,
        dead: Vec<Journal>,
    ) -> Result<(), FileError> {
        for journal in dead.into_iter().chain(self.own.take()) {
            // The lock goes first: a lock that is left alone is nothing to save, and would stay. A
            // journal that is left alone is taken over once more, and says what the state says.
            drop(journal.lock);
            files.remove(&lock_beside(&journal.path))?;
            files.remove(&journal.path)?;
        }
        // A directory that is not there need not be listed by a build that has nothing to do.
        files.remove_empty(&self.directory)
    }

    /// Begins a journal under a name that nobody has had before.
    fn begin(&self, files: &dyn Files) -> Result<Journal, FileError> {
        let process = std::process::id();
        loop {
            let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
            let path = self.directory.join(format!("{process:x}-{:x}", now.as_nanos()));
            // Somebody who looks whether it is free may have it for a moment.
            if let Some(lock) = files.try_lock(&lock_beside(&path))?
                && files.stat(&path)? == Stat::Absent
            {
                return Ok(Journal { path, lock });
            }
        }
    }

    /// Returns the names of the journals of others, also of those that have only a lock yet.
    fn others(&self, files: &dyn Files) -> Result<BTreeSet<String>, FileError> {
        let Stat::Directory(_) = files.stat(&self.directory)? else {
            return Ok(BTreeSet::new());
        };
        let entries = match files.list(&self.directory) {
            // Nobody builds any longer.
            Err(_) if files.stat(&self.directory)? == Stat::Absent => return Ok(BTreeSet::new()),
            listed => listed?.into_iter(),
        };
        let names = entries.filter(|entry| entry.kind == EntryKind::File).map(|entry| entry.name);
        let mut names: BTreeSet<String> =
            names.map(|name| name.strip_suffix(LOCK).unwrap_or(&name).to_owned()).collect();
        if let Some(own) = self.own.as_ref().and_then(|own| own.path.file_name()) {
            names.remove(own);
        }
        Ok(names)
    }

    fn lock_of(&self, name: &str) -> Utf8PathBuf {
        lock_beside(&self.directory.join(name))
    }
}

/// Returns the file that carries the lock of a journal.
fn lock_beside(journal: &Utf8Path) -> Utf8PathBuf {
    Utf8PathBuf::from(format!("{journal}{LOCK}"))
}

#[cfg(test)]
mod tests {
    use camino::Utf8Path;

    use super::Journals;
    use crate::files::{Disk, Files};
    use crate::memory::MemoryFiles;
    use crate::state::Entry;
    use crate::state::journal::{Numbered, encode};

    fn entry(key: &str, order: u64) -> Numbered {
        let (current, kept, files) = (None, Vec::new(), Vec::new());
        let entry = Entry { key: key.to_owned(), unfinished: true, current, kept, files };
        Numbered { order, entry }
    }

    fn names(files: &dyn Files, directory: &str) -> usize {
        files.list(directory.into()).map_or(0, |entries| entries.len())
    }

    #[test]
    fn others_hear_of_each_entry_once() {
        let files = MemoryFiles::new();
        let [mut one, mut other] = [(); 2].map(|()| Journals::new("/journals".into()));
        assert!(other.news(&files).expect("readable").is_empty());
        for n in 0..2 {
            one.append(&files, &entry("a", n)).expect("written");
            assert_eq!(other.news(&files).expect("readable"), [entry("a", n)]);
            assert!(other.news(&files).expect("readable").is_empty());
            assert!(one.news(&files).expect("readable").is_empty());
        }
        assert!(
            other.has_company(&files).expect("readable")
                && !one.has_company(&files).expect("readable")
        );
    }

    #[test]
    fn journal_of_the_living_is_not_taken_over() {
        let files = MemoryFiles::new();
        let [mut living, mut dead] = [(); 2].map(|()| Journals::new("/journals".into()));
        living.append(&files, &entry("a", 1)).expect("written");
        dead.append(&files, &entry("b", 1)).expect("written");
        drop(dead);
        let mut other = Journals::new("/journals".into());
        let taken = other.take_dead(&files).expect("readable");
        assert_eq!(taken.len(), 1);
        other.remove(&files, taken).expect("removed");
        assert_eq!(other.news(&files).expect("readable"), [entry("a", 1)]);
        living.remove(&files, Vec::new()).expect("removed");
        assert_eq!(names(&files, "/journals"), 0);
    }

    #[test]
    fn rest_of_a_torn_entry_is_read_when_it_is_there() {
        let files = MemoryFiles::new();
        let mut reader = Journals::new("/journals".into());
        let bytes = encode(&entry("a", 1));
        let (first, rest) = bytes.split_at(10);
        files.append("/journals/x".into(), first).expect("written");
        assert!(reader.news(&files).expect("readable").is_empty());
        files.append("/journals/x".into(), rest).expect("written");
        assert_eq!(reader.news(&files).expect("readable"), [entry("a", 1)]);
    }

    #[test]
    fn lock_of_a_process_on_the_disk_is_free_when_it_is_gone() {
        let directory = tempfile::tempdir().expect("a directory");
        let directory = Utf8Path::from_path(directory.path()).expect("UTF-8").join("journals");
        let [mut one, other] = [(); 2].map(|()| Journals::new(&directory));
        one.append(&Disk, &entry("a", 1)).expect("written");
        assert!(other.take_dead(&Disk).expect("readable").is_empty());
        drop(one);
        assert_eq!(other.take_dead(&Disk).expect("readable").len(), 1);
    }
}
