//! The digests of files, hashed only when their stamps do not vouch for them. The only place that
//! knows the racy rule: a file modified no earlier than the moment at which its stamp was taken may
//! have been modified once more since, without getting another stamp; it is hashed whatever its
//! stamp says.

use std::collections::HashMap;
use std::num::NonZero;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use camino::{Utf8Path, Utf8PathBuf};
use serde::{Deserialize, Serialize};

use crate::digest::Digest;
use crate::files::{FileError, Files, Stat};
use crate::stamp::{Moment, Stamp};

/// Files for which another thread is worth its start.
const FILES_PER_THREAD: usize = 8;
/// How often a file is hashed again that changes while it is hashed.
const ATTEMPTS: usize = 4;

/// A file as it was.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct FileRecord {
    /// The file; absolute.
    pub path: Utf8PathBuf,
    /// What `stat` said.
    pub stamp: Stamp,
    /// Digest of its bytes.
    pub digest: Digest,
}

/// A place in the order in which a [`FileTable`] has seen files.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Sequence(u64);

/// A file as it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Observed {
    /// What `stat` says.
    pub stamp: Stamp,
    /// Digest of its bytes.
    pub digest: Digest,
    /// When the file was first seen with this stamp and these bytes (and not with others since).
    pub since: Sequence,
}

/// How a file differs from its record.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum FileChange {
    /// It is not there, or cannot be read.
    Missing(Utf8PathBuf),
    /// It has other bytes.
    Content(Utf8PathBuf),
}

/// What is known of files during one build.
#[derive(Debug)]
pub struct FileTable<'a> {
    /// The files.
    files: &'a dyn Files,
    /// A moment before anything in the table was seen.
    moment: Moment,
    /// Grows with each [`FileTable::mark`].
    sequence: AtomicU64,
    /// What was seen.
    seen: Mutex<HashMap<Utf8PathBuf, Observed>>,
}

impl<'a> FileTable<'a> {
    /// Creates an empty table. `moment` must be taken just before.
    pub fn new(files: &'a dyn Files, moment: Moment) -> Self {
        FileTable { files, moment, sequence: AtomicU64::new(1), seen: Mutex::default() }
    }

    /// Returns the moment that the table starts at: all its stamps were taken later.
    pub fn moment(&self) -> Moment {
        self.moment
    }

    /// Returns a place in the order: what was seen so far is before it, what is seen from now on is
    /// not.
    pub fn mark(&self) -> Sequence {
        Sequence(self.sequence.fetch_add(1, Ordering::SeqCst) + 1)
    }

    /// Looks at a file, and hashes it unless the table knows its stamp; `None` if it is not a file.
    ///
    /// # Errors
    ///
    /// [`FileError`] if it cannot be looked at or read.
    pub fn observe(&self, path: &Utf8Path) -> Result<Option<Observed>, FileError> {
        let Stat::File(stamp) = self.files.stat(path)? else { return Ok(None) };
        let seen = self.seen().get(path).copied();
        match seen {
            Some(seen) if seen.stamp == stamp && !stamp.is_racy(self.moment) => Ok(Some(seen)),
            _ => self.hash(path, stamp),
        }
    }

    /// Looks at a file of which a record was made when all stamps were later than `taken`, and
    /// hashes it unless the record or the table vouches for it; `None` if it is not a file.
    ///
    /// # Errors
    ///
    /// [`FileError`] if it cannot be looked at or read.
    pub fn observe_recorded(
        &self,
        record: &FileRecord,
        taken: Moment,
    ) -> Result<Option<Observed>, FileError> {
        let Stat::File(stamp) = self.files.stat(&record.path)? else { return Ok(None) };
        if stamp == record.stamp && !stamp.is_racy(taken) {
            return Ok(Some(self.note(&record.path, stamp, record.digest)));
        }
        self.observe(&record.path)
    }

    /// Looks at many files; hashes in parallel.
    pub fn observe_all(&self, paths: &[Utf8PathBuf]) -> Vec<Result<Option<Observed>, FileError>> {
        in_parallel(paths, |path| self.observe(path))
    }

    /// Compares many files with their records, which were made when all stamps were later than
    /// `taken`. Returns the records with present stamps if all files have the recorded bytes; they
    /// differ from `records` if something had to be hashed.
    ///
    /// # Errors
    ///
    /// The first file that differs.
    pub fn verify(
        &self,
        records: &[FileRecord],
        taken: Moment,
    ) -> Result<Vec<FileRecord>, FileChange> {
        let observed = in_parallel(records, |record| self.observe_recorded(record, taken));
        let present =
            |(record, observed): (&FileRecord, Result<Option<Observed>, FileError>)| match observed
            {
                Ok(Some(observed)) if observed.digest == record.digest => {
                    Ok(FileRecord { stamp: observed.stamp, ..record.clone() })
                }
                Ok(Some(_)) => Err(FileChange::Content(record.path.clone())),
                Ok(None) | Err(_) => Err(FileChange::Missing(record.path.clone())),
            };
        records.iter().zip(observed).map(present).collect()
    }

    /// Hashes a file whose stamp was just taken.
    fn hash(&self, path: &Utf8Path, mut stamp: Stamp) -> Result<Option<Observed>, FileError> {
        for _ in 0..ATTEMPTS {
            let digest = self.files.digest(path)?;
            match self.files.stat(path)? {
                Stat::File(after) if after == stamp => {
                    return Ok(Some(self.note(path, stamp, digest)));
                }
                Stat::File(after) => stamp = after,
                Stat::Directory(_) | Stat::Absent => return Ok(None),
            }
        }
        let busy = std::io::ErrorKind::ResourceBusy.into();
        Err(FileError::wrap("read", path)(busy))
    }

    /// Takes note of what a file is.
    fn note(&self, path: &Utf8Path, stamp: Stamp, digest: Digest) -> Observed {
        let mut seen = self.seen();
        let since = match seen.get(path) {
            Some(earlier) if earlier.digest == digest && earlier.stamp == stamp => earlier.since,
            _ => Sequence(self.sequence.load(Ordering::SeqCst)),
        };
        let observed = Observed { stamp, digest, since };
        seen.insert(path.to_owned(), observed);
        observed
    }

    /// Locks the table.
    fn seen(&self) -> MutexGuard<'_, HashMap<Utf8PathBuf, Observed>> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Returns what `look` gives for each item, in order; many items are shared among threads.
pub fn in_parallel<T: Sync, R: Send>(items: &[T], look: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let n_processors = std::thread::available_parallelism().map_or(1, NonZero::get);
    let n_threads = n_processors.min(items.len() / FILES_PER_THREAD);
    if n_threads < 2 {
        return items.iter().map(look).collect();
    }
    let next = AtomicUsize::new(0);
    let work = || {
        let take = || next.fetch_add(1, Ordering::Relaxed);
        let mut results = Vec::new();
        let mut index = take();
        while let Some(item) = items.get(index) {
            results.push((index, look(item)));
            index = take();
        }
        results
    };
    let mut results: Vec<(usize, R)> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..n_threads).map(|_| scope.spawn(work)).collect();
        let join = |thread: std::thread::ScopedJoinHandle<'_, _>| {
            thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        };
        threads.into_iter().flat_map(join).collect()
    });
    results.sort_by_key(|(index, _)| *index);
    results.into_iter().map(|(_, result)| result).collect()
}

#[cfg(test)]
mod tests {
    use camino::Utf8PathBuf;
    use rstest::rstest;

    use super::{FileChange, FileRecord, FileTable};
    use crate::files::Files;
    use crate::memory::MemoryFiles;
    use crate::stamp::Moment;

    fn moment(files: &MemoryFiles) -> Moment {
        files.moment("/probe".into()).expect("memory can be written")
    }

    fn record(files: &MemoryFiles, path: &str) -> (FileRecord, Moment) {
        let taken = moment(files);
        let observed = FileTable::new(files, taken).observe(path.into());
        let observed = observed.expect("readable").expect("there");
        files.take_opened();
        (FileRecord { path: path.into(), stamp: observed.stamp, digest: observed.digest }, taken)
    }

    /// What is done to `/f`.
    #[derive(Clone, Copy)]
    enum Act {
        Tick,
        TurnBack,
        Put(&'static str),
        Touch,
        Delete,
        MakeDirectory,
    }

    use Act::{Delete, MakeDirectory, Put, Tick, Touch, TurnBack};

    fn act(files: &MemoryFiles, acts: &[Act]) {
        for act in acts {
            match act {
                Tick => files.tick(),
                TurnBack => files.turn_back(5),
                Put(text) => files.put("/f", text),
                Touch => files.touch("/f"),
                Delete => files.delete("/f"),
                MakeDirectory => files.put("/f/g", ""),
            }
        }
    }

    fn content() -> FileChange {
        FileChange::Content("/f".into())
    }

    fn missing() -> FileChange {
        FileChange::Missing("/f".into())
    }

    #[rstest]
    #[case::untouched(&[Tick], &[], Ok(()), 0)]
    #[case::untouched_but_racy(&[], &[], Ok(()), 1)]
    #[case::edited_in_the_same_tick(&[], &[Put("new")], Err(content()), 1)]
    #[case::edited(&[Tick], &[Tick, Put("new")], Err(content()), 1)]
    #[case::edited_right_after(&[Tick], &[Put("new")], Err(content()), 1)]
    #[case::touched(&[Tick], &[Tick, Touch], Ok(()), 1)]
    #[case::edited_and_back(&[Tick], &[Put("new"), Put("old")], Ok(()), 1)]
    #[case::deleted(&[Tick], &[Delete], Err(missing()), 0)]
    #[case::now_a_directory(&[Tick], &[Delete, MakeDirectory], Err(missing()), 0)]
    #[case::clock_set_back(&[Tick], &[TurnBack, Put("new")], Err(content()), 1)]
    fn stamps_vouch_unless_racy(
        #[case] before: &[Act],
        #[case] after: &[Act],
        #[case] expected: Result<(), FileChange>,
        #[case] n_opened: usize,
    ) {
        let files = MemoryFiles::new();
        files.put("/f", "old");
        act(&files, before);
        let (record, taken) = record(&files, "/f");
        act(&files, after);
        let table = FileTable::new(&files, moment(&files));
        assert_eq!(table.verify(&[record], taken).map(drop), expected);
        assert_eq!(files.take_opened().len(), n_opened);
    }

    #[test]
    fn file_seen_twice_is_hashed_once() {
        let files = MemoryFiles::new();
        files.put("/f", "x");
        files.tick();
        let table = FileTable::new(&files, moment(&files));
        for _ in 0..2 {
            table.observe("/f".into()).expect("readable");
        }
        assert_eq!(files.take_opened().len(), 1);
    }

    #[test]
    fn since_tells_what_was_seen_before_a_mark() {
        let files = MemoryFiles::new();
        files.put("/same", "x");
        files.put("/touched", "x");
        files.put("/edited", "x");
        files.tick();
        let table = FileTable::new(&files, moment(&files));
        let observe =
            |path: &str| table.observe(path.into()).expect("readable").expect("there").since;
        observe("/same");
        observe("/touched");
        observe("/edited");
        let mark = table.mark();
        files.tick();
        files.touch("/touched");
        files.put("/edited", "y");
        files.put("/new", "z");
        assert!(observe("/same") < mark);
        assert!(observe("/touched") >= mark);
        assert!(observe("/edited") >= mark);
        assert!(observe("/new") >= mark);
    }

    #[test]
    fn many_files_keep_their_order() {
        let files = MemoryFiles::new();
        let paths: Vec<Utf8PathBuf> = (0..100).map(|n| format!("/{n}").into()).collect();
        for path in &paths {
            files.put(path, path.as_str());
        }
        files.delete("/7");
        let table = FileTable::new(&files, moment(&files));
        for (path, observed) in paths.iter().zip(table.observe_all(&paths)) {
            let digest = observed.expect("readable").map(|observed| observed.digest);
            let expected = super::Digest::of_bytes(path.as_str().as_bytes());
            assert_eq!(digest, (path != "/7").then_some(expected));
        }
    }
}
