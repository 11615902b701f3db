//! Files in memory, with a clock that stands still until it is told to tick, and a list of what was
//! opened. For tests.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use camino::{Utf8Path, Utf8PathBuf};

use crate::digest::Digest;
use crate::files::{DirEntry, EntryKind, FileError, Files, Mapped, Stat};
use crate::lock::FileLock;
use crate::stamp::{Moment, Stamp};

/// Files in memory. Directories exist where a file is below them.
#[derive(Debug)]
pub struct MemoryFiles(Mutex<Inner>);

/// What the lock guards.
#[derive(Debug)]
struct Inner {
    files: BTreeMap<Utf8PathBuf, (Vec<u8>, Stamp)>,
    /// When something was last added to or removed from each directory.
    directories: BTreeMap<Utf8PathBuf, i64>,
    now: i64,
    next_inode: u64,
    opened: Vec<Utf8PathBuf>,
    locked: Locked,
}

/// Files whose lock somebody has.
type Locked = Arc<Mutex<BTreeSet<Utf8PathBuf>>>;

/// A lock that is given back when it is dropped.
#[derive(Debug)]
struct Held(Locked, Utf8PathBuf);

impl Drop for Held {
    fn drop(&mut self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.1);
    }
}

impl Default for MemoryFiles {
    fn default() -> Self {
        MemoryFiles::new()
    }
}

impl MemoryFiles {
    /// Creates an empty file system.
    pub fn new() -> Self {
        let (files, directories, opened) = (BTreeMap::new(), BTreeMap::new(), Vec::new());
        // Not a whole second: such stamps are taken for coarse ones.
        MemoryFiles(Mutex::new(Inner {
            files,
            directories,
            now: 1_000_000_001,
            next_inode: 1,
            opened,
            locked: Locked::default(),
        }))
    }

    /// Lets a little time pass.
    pub fn tick(&self) {
        self.inner().now += 10;
    }

    /// Turns the clock back by some ticks.
    pub fn turn_back(&self, ticks: i64) {
        self.inner().now -= 10 * ticks;
    }

    /// Writes a file in place: it keeps its inode.
    pub fn put(&self, path: impl AsRef<Utf8Path>, bytes: impl AsRef<[u8]>) {
        let mut inner = self.inner();
        let (path, bytes) = (path.as_ref(), bytes.as_ref().to_vec());
        let inode = match inner.files.get(path) {
            Some((_, stamp)) => stamp.inode,
            None => inner.add(path),
        };
        let (size, now) = (bytes.len() as u64, inner.now);
        let stamp = Stamp { size, mtime: now, ctime: now, inode };
        inner.files.insert(path.to_owned(), (bytes, stamp));
    }

    /// Sets a file's times to now.
    pub fn touch(&self, path: impl AsRef<Utf8Path>) {
        let mut inner = self.inner();
        let now = inner.now;
        let (_, stamp) = inner.files.get_mut(path.as_ref()).expect("the file exists");
        (stamp.mtime, stamp.ctime) = (now, now);
    }

    /// Gives a file a second name, as hard links do.
    pub fn link(&self, from: impl AsRef<Utf8Path>, to: impl AsRef<Utf8Path>) {
        let mut inner = self.inner();
        let now = inner.now;
        let (bytes, stamp) = inner.files.get_mut(from.as_ref()).expect("the file exists");
        stamp.ctime = now;
        let file = (bytes.clone(), *stamp);
        inner.files.insert(to.as_ref().to_owned(), file);
    }

    /// Removes a file, or all files below a directory.
    pub fn delete(&self, path: impl AsRef<Utf8Path>) {
        let mut inner = self.inner();
        inner.files.retain(|other, _| !other.starts_with(path.as_ref()));
        inner.directories.retain(|other, _| !other.starts_with(path.as_ref()));
        inner.change_above(path.as_ref());
    }

    /// Returns the files that were opened since this was last asked.
    pub fn take_opened(&self) -> Vec<Utf8PathBuf> {
        std::mem::take(&mut self.inner().opened)
    }

    /// Locks the files.
    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    /// Notes that a name was added to or removed from the directory above it.
    fn change_above(&mut self, path: &Utf8Path) {
        if let Some(directory) = path.parent() {
            self.directories.insert(directory.to_owned(), self.now);
        }
    }

    /// Notes a new file and the directories that it needs; returns a number that no file has had.
    fn add(&mut self, path: &Utf8Path) -> u64 {
        let mut path = path;
        while let Some(directory) = path.parent() {
            let is_new = !self.directories.contains_key(directory);
            self.change_above(path);
            if !is_new {
                break;
            }
            path = directory;
        }
        self.next_inode += 1;
        self.next_inode
    }

    /// Returns a file's bytes and takes note of it.
    fn open(&mut self, path: &Utf8Path) -> Result<Vec<u8>, FileError> {
        let (bytes, _) = self.files.get(path).ok_or_else(|| absent("read", path))?;
        self.opened.push(path.to_owned());
        Ok(bytes.clone())
    }

    /// Returns whether there is a file below the path.
    fn is_directory(&self, path: &Utf8Path) -> bool {
        self.files.keys().any(|file| file != path && file.starts_with(path))
    }
}

/// The error for a file that is not there.
fn absent(action: &'static str, path: &Utf8Path) -> FileError {
    FileError::wrap(action, path)(io::ErrorKind::NotFound.into())
}

impl Files for MemoryFiles {
    fn stat(&self, path: &Utf8Path) -> Result<Stat, FileError> {
        let inner = self.inner();
        Ok(match inner.files.get(path) {
            Some((_, stamp)) => Stat::File(*stamp),
            None if inner.is_directory(path) => {
                let time = inner.directories.get(path).copied().unwrap_or(inner.now);
                Stat::Directory(Stamp { size: 0, mtime: time, ctime: time, inode: 0 })
            }
            None => Stat::Absent,
        })
    }

    fn read(&self, path: &Utf8Path) -> Result<Vec<u8>, FileError> {
        self.inner().open(path)
    }

    fn tail(&self, path: &Utf8Path, start: u64) -> Result<Vec<u8>, FileError> {
        let bytes = self.inner().open(path)?;
        let start = usize::try_from(start).unwrap_or(usize::MAX).min(bytes.len());
        Ok(bytes[start..].to_vec())
    }

    fn digest(&self, path: &Utf8Path) -> Result<Digest, FileError> {
        self.inner().open(path).map(|bytes| Digest::of_bytes(&bytes))
    }

    fn list(&self, path: &Utf8Path) -> Result<Vec<DirEntry>, FileError> {
        let inner = self.inner();
        let mut entries = BTreeMap::new();
        for file in inner.files.keys() {
            let Ok(below) = file.strip_prefix(path) else { continue };
            let mut components = below.components();
            if let Some(name) = components.next() {
                let is_file = components.next().is_none();
                let kind = if is_file { EntryKind::File } else { EntryKind::Directory };
                entries.insert(name.as_str().to_owned(), kind);
            }
        }
        if entries.is_empty() {
            return Err(absent("list", path));
        }
        let entry = |(name, kind)| DirEntry { name, kind, linked: false };
        Ok(entries.into_iter().map(entry).collect())
    }

    fn resolve(&self, path: &Utf8Path) -> Result<Utf8PathBuf, FileError> {
        match self.stat(path)? {
            Stat::Absent => Err(absent("resolve", path)),
            _ => Ok(path.to_owned()),
        }
    }

    fn write(&self, path: &Utf8Path, bytes: &[u8]) -> Result<(), FileError> {
        // A rename gives the name to another file.
        self.inner().files.remove(path);
        self.put(path, bytes);
        Ok(())
    }

    fn append(&self, path: &Utf8Path, bytes: &[u8]) -> Result<(), FileError> {
        let mut present = match self.inner().files.get(path) {
            Some((present, _)) => present.clone(),
            None => Vec::new(),
        };
        present.extend_from_slice(bytes);
        self.put(path, present);
        Ok(())
    }

    fn map(&self, path: &Utf8Path) -> Result<Option<Mapped>, FileError> {
        if self.stat(path)? == Stat::Absent {
            return Ok(None);
        }
        let mut aligned = rkyv::util::AlignedVec::new();
        aligned.extend_from_slice(&self.inner().open(path)?);
        Ok(Some(Mapped::Memory(aligned)))
    }

    fn remove(&self, path: &Utf8Path) -> Result<(), FileError> {
        let mut inner = self.inner();
        if inner.files.remove(path).is_some() {
            inner.change_above(path);
        }
        Ok(())
    }

    fn remove_empty(&self, _: &Utf8Path) -> Result<(), FileError> {
        Ok(())
    }

    fn try_lock(&self, path: &Utf8Path) -> Result<Option<FileLock>, FileError> {
        let locked = Arc::clone(&self.inner().locked);
        let is_free = locked.lock().unwrap_or_else(PoisonError::into_inner).insert(path.to_owned());
        if is_free && self.stat(path)? == Stat::Absent {
            self.put(path, "");
        }
        Ok(is_free.then(|| FileLock::new(Held(locked, path.to_owned()))))
    }

    fn moment(&self, probe: &Utf8Path) -> Result<Moment, FileError> {
        self.put(probe, "");
        Ok(Moment::from_nanos(self.inner().now))
    }
}
