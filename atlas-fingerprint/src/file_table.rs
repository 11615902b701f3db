//! The digests of files, hashed only when their stamps do not vouch for them. With
//! `outline/sources.rs`, the only place that knows the racy rule: a file modified no earlier than
//! the moment at which its stamp was taken may have been modified once more since, without getting
//! another stamp; it is hashed whatever its stamp says.

use std::collections::HashMap;
use std::num::NonZero;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use camino::{Utf8Path, Utf8PathBuf};

use crate::content::Content;
use crate::digest::Digest;
use crate::files::{FileError, Files, Stat};
use crate::stamp::{Moment, Stamp};
use crate::state::{SeenFile, State};
use crate::tokens::token_digests;

/// Files for which another thread is worth its start.
const FILES_PER_THREAD: usize = 8;
/// From how many bytes on it is worth to look for a file under another name.
const SHARED_SIZE: u64 = 1 << 16;
/// How often a file is hashed again that changes while it is hashed.
const ATTEMPTS: usize = 4;

/// A place in the order in which a [`FileTable`] has seen files.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Sequence(u64);

/// A file as it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Observed {
    /// What `stat` says.
    pub stamp: Stamp,
    /// What is in it.
    pub content: Content,
    /// When the file was first seen with this stamp and these bytes (and not with others since).
    pub since: Sequence,
}

/// How a file of the state looks now.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Look {
    /// Its stamp vouches for it.
    Same,
    /// It was hashed, and has the same bytes.
    SameBytes,
    /// It has another content.
    Changed(Box<Content>),
    /// It is not there, or cannot be read.
    Missing,
}

/// What is known of files during one build.
#[derive(Debug)]
pub struct FileTable<'a> {
    /// The files.
    files: &'a dyn Files,
    /// What earlier builds knew.
    known: State<'a>,
    /// A file that may be written, on the file system of the target directory: its time is the
    /// present moment.
    probe: Utf8PathBuf,
    /// Directories of source files whose tokens count.
    sources: Vec<Utf8PathBuf>,
    /// The last moment that was taken.
    latest: Mutex<Option<Moment>>,
    /// Grows with each [`FileTable::mark`].
    sequence: AtomicU64,
    /// What was seen.
    seen: Mutex<HashMap<Utf8PathBuf, Seen>>,
    /// What was hashed of big files, by their numbers on the device.
    by_inode: Mutex<HashMap<u64, (Stamp, Content)>>,
}

/// A file that was seen.
#[derive(Clone, Copy, Debug)]
struct Seen {
    observed: Observed,
    /// Whether the stamp vouches for the content.
    trusted: bool,
    /// Whether that is news.
    is_new: bool,
}

impl<'a> FileTable<'a> {
    /// Creates a table of which nothing is known but what is in `known`. `probe` is a file that may
    /// be written; `sources` are the directories of source files whose tokens count.
    pub fn new(
        files: &'a dyn Files,
        known: State<'a>,
        probe: Utf8PathBuf,
        sources: Vec<Utf8PathBuf>,
    ) -> Self {
        let (latest, seen, by_inode) = (Mutex::default(), Mutex::default(), Mutex::default());
        let sequence = AtomicU64::new(1);
        FileTable { files, known, probe, sources, latest, sequence, seen, by_inode }
    }

    /// Returns the present moment.
    ///
    /// # Errors
    ///
    /// [`FileError`] if the probe cannot be written.
    pub fn moment(&self) -> Result<Moment, FileError> {
        let moment = self.files.moment(&self.probe)?;
        *self.latest() = Some(moment);
        Ok(moment)
    }

    /// Returns a place in the order: what was seen so far is before it, what is seen from now on is
    /// not.
    pub fn mark(&self) -> Sequence {
        Sequence(self.sequence.fetch_add(1, Ordering::SeqCst) + 1)
    }

    /// Looks at a file, and hashes it unless a known stamp vouches for it; `None` if it is not a
    /// file.
    ///
    /// # Errors
    ///
    /// [`FileError`] if it cannot be looked at or read.
    pub fn observe(&self, path: &Utf8Path) -> Result<Option<Observed>, FileError> {
        let Stat::File(stamp) = self.files.stat(path)? else { return Ok(None) };
        self.observe_stamped(path, stamp)
    }

    /// Looks at many files; hashes in parallel.
    pub fn observe_all(&self, paths: &[Utf8PathBuf]) -> Vec<Result<Option<Observed>, FileError>> {
        in_parallel(paths, |path| self.observe(path))
    }

    /// Looks at files of the state, given by their indices, in parallel.
    pub fn look(&self, files: &[u32]) -> Vec<Look> {
        in_parallel(files, |file| self.look_at(*file).unwrap_or(Look::Missing))
    }

    /// Takes note of a file that was made just now from bytes whose digest is known, so that it need
    /// not be hashed. Where its stamp does not vouch for it yet, it is hashed all the same when it is
    /// looked at.
    ///
    /// # Errors
    ///
    /// [`FileError`] if it cannot be looked at.
    pub fn adopt(&self, path: &Utf8Path, bytes: Digest) -> Result<(), FileError> {
        if let Stat::File(stamp) = self.files.stat(path)? {
            let vouched = match self.moment_after(&stamp) {
                Some(moment) if !stamp.is_racy(moment) => Vouched::New,
                _ => Vouched::No,
            };
            self.note(path, stamp, Content { bytes, tokens: None }, vouched);
        }
        Ok(())
    }

    /// Returns what later builds should know of files and do not know yet.
    pub fn news(&self) -> Vec<SeenFile> {
        let seen = self.seen();
        let news = seen.iter().filter(|(_, seen)| seen.is_new);
        news.map(|(path, seen)| seen_file(path, seen)).collect()
    }

    /// Returns what was seen of a file.
    pub fn seen_file(&self, path: &Utf8Path) -> Option<SeenFile> {
        self.seen().get(path).map(|seen| seen_file(path, seen))
    }

    fn look_at(&self, file: u32) -> Option<Look> {
        let (path, known) = (Utf8Path::new(self.known.path(file)?), self.known.known(file)?);
        let Stat::File(stamp) = self.files.stat(path).ok()? else { return None };
        if known.trusted && known.stamp == stamp {
            return Some(Look::Same);
        }
        let content = self.observe_stamped(path, stamp).ok()??.content;
        let before = self.known.content(known.content);
        let is_same = before.is_some_and(|before| before.bytes == content.bytes);
        Some(if is_same { Look::SameBytes } else { Look::Changed(Box::new(content)) })
    }

    fn observe_stamped(
        &self,
        path: &Utf8Path,
        stamp: Stamp,
    ) -> Result<Option<Observed>, FileError> {
        let seen = self.seen().get(path).copied();
        if let Some(seen) = seen {
            if seen.observed.stamp == stamp && seen.trusted {
                return Ok(Some(seen.observed));
            }
        } else if let Some(known) =
            self.known.file(path.as_str()).and_then(|it| self.known.known(it))
            && known.stamp == stamp
            && known.trusted
            && let Some(content) = self.known.content(known.content)
        {
            return Ok(Some(self.note(path, stamp, content, Vouched::Known)));
        }
        self.hash(path, stamp)
    }

    /// Hashes a file whose stamp was just taken.
    fn hash(&self, path: &Utf8Path, mut stamp: Stamp) -> Result<Option<Observed>, FileError> {
        for _ in 0..ATTEMPTS {
            let moment = self.moment_after(&stamp);
            let content = match self.other_name(path, &stamp) {
                Some(content) => content,
                None => self.content(path)?,
            };
            match self.files.stat(path)? {
                Stat::File(after) if after == stamp => {
                    let vouched = match moment {
                        Some(moment) if !stamp.is_racy(moment) => Vouched::New,
                        _ => Vouched::No,
                    };
                    return Ok(Some(self.note(path, stamp, content, vouched)));
                }
                Stat::File(after) => stamp = after,
                Stat::Directory(_) | Stat::Absent => return Ok(None),
            }
        }
        let busy = std::io::ErrorKind::ResourceBusy.into();
        Err(FileError::wrap("read", path)(busy))
    }

    /// Returns a moment that has passed, after the stamp if that is possible. Without a moment no
    /// stamp is trusted, which costs time and nothing else.
    fn moment_after(&self, stamp: &Stamp) -> Option<Moment> {
        let latest = *self.latest();
        match latest {
            Some(moment) if !stamp.is_racy(moment) => Some(moment),
            _ => self.moment().ok(),
        }
    }

    /// Returns the content of a file that was seen under another name: programs have three.
    fn other_name(&self, path: &Utf8Path, stamp: &Stamp) -> Option<Content> {
        if stamp.inode == 0 || stamp.size < SHARED_SIZE || path.extension() == Some("rs") {
            return None;
        }
        let content = self.by_inode().get(&stamp.inode).copied();
        content.filter(|(known, _)| known == stamp).map(|(_, content)| content)
    }

    fn content(&self, path: &Utf8Path) -> Result<Content, FileError> {
        let is_source = path.extension() == Some("rs")
            && self.sources.iter().any(|directory| path.starts_with(directory));
        if !is_source {
            return Ok(Content { bytes: self.files.digest(path)?, tokens: None });
        }
        let bytes = self.files.read(path)?;
        Ok(Content { bytes: Digest::of_bytes(&bytes), tokens: token_digests(&bytes) })
    }

    /// Takes note of what a file is.
    fn note(&self, path: &Utf8Path, stamp: Stamp, content: Content, vouched: Vouched) -> Observed {
        let mut seen = self.seen();
        let since = match seen.get(path) {
            Some(Seen { observed, .. })
                if observed.content.bytes == content.bytes && observed.stamp == stamp =>
            {
                observed.since
            }
            _ => Sequence(self.sequence.load(Ordering::SeqCst)),
        };
        let observed = Observed { stamp, content, since };
        let (trusted, is_new) = (vouched != Vouched::No, vouched != Vouched::Known);
        if trusted && is_new && stamp.size >= SHARED_SIZE {
            self.by_inode().insert(stamp.inode, (stamp, content));
        }
        seen.insert(path.to_owned(), Seen { observed, trusted, is_new });
        observed
    }

    /// Locks what was seen of big files, whatever their names.
    fn by_inode(&self) -> MutexGuard<'_, HashMap<u64, (Stamp, Content)>> {
        self.by_inode.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Locks what was seen.
    fn seen(&self) -> MutexGuard<'_, HashMap<Utf8PathBuf, Seen>> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Locks the last moment.
    fn latest(&self) -> MutexGuard<'_, Option<Moment>> {
        self.latest.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether a stamp vouches for a content.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Vouched {
    /// The state says so.
    Known,
    /// It was found out just now.
    New,
    /// It does not.
    No,
}

fn seen_file(path: &Utf8Path, seen: &Seen) -> SeenFile {
    let Observed { stamp, content, .. } = seen.observed;
    SeenFile { path: path.to_owned(), stamp, trusted: seen.trusted, content }
}

/// Returns how many threads can run at once. To find out, files are read: once is enough.
fn n_processors() -> usize {
    static N_PROCESSORS: OnceLock<usize> = OnceLock::new();
    *N_PROCESSORS.get_or_init(|| std::thread::available_parallelism().map_or(1, NonZero::get))
}

/// Returns what `look` gives for each item, in order; many items are shared among threads.
pub fn in_parallel<T: Sync, R: Send>(items: &[T], look: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let n_threads = n_processors().min(items.len() / FILES_PER_THREAD);
    if n_threads < 2 {
        return items.iter().map(look).collect();
    }
    // Small enough that all threads end at about the same time.
    let size = (items.len() / (n_threads * 16)).max(1);
    let next = AtomicUsize::new(0);
    let work = || {
        let take = || next.fetch_add(size, Ordering::Relaxed);
        let mut parts = Vec::new();
        let mut start = take();
        while let Some(part) = items.get(start..(start + size).min(items.len())) {
            if part.is_empty() {
                break;
            }
            parts.push((start, part.iter().map(&look).collect()));
            start = take();
        }
        parts
    };
    let mut parts: Vec<(usize, Vec<R>)> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..n_threads).map(|_| scope.spawn(work)).collect();
        let join = |thread: std::thread::ScopedJoinHandle<'_, _>| {
            thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        };
        threads.into_iter().flat_map(join).collect()
    });
    parts.sort_by_key(|(start, _)| *start);
    let mut results = Vec::with_capacity(items.len());
    parts.into_iter().for_each(|(_, part)| results.extend(part));
    results
}

#[cfg(test)]
mod tests {
    use camino::Utf8PathBuf;
    use rstest::rstest;

    use super::{FileTable, Look};
    use crate::files::{Files, Mapped};
    use crate::memory::MemoryFiles;
    use crate::state::State;
    use crate::state::testing::remember;

    const STATE: &str = "/state.bin";

    /// A table in a build of its own.
    fn table<'a>(files: &'a MemoryFiles, known: State<'a>) -> FileTable<'a> {
        FileTable::new(files, known, "/probe".into(), vec!["/src".into()])
    }

    /// Looks at a file and writes down what it is.
    fn see(files: &MemoryFiles, path: &str) -> Mapped {
        let table = table(files, State::empty());
        let observed = table.observe(path.into()).expect("readable").expect("there");
        remember(files, STATE, &[(path, observed.content)], table.news());
        files.take_opened();
        files.map(STATE.into()).expect("readable").expect("written")
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

    /// What a look at a file says, without its content.
    #[derive(PartialEq, Debug)]
    enum Said {
        Same,
        SameBytes,
        Changed,
        Missing,
    }

    use Said::{Changed, Missing, Same, SameBytes};

    #[rstest]
    #[case::untouched(&[Tick], &[], Same, 0)]
    #[case::untouched_but_racy(&[], &[], SameBytes, 1)]
    #[case::edited_in_the_same_tick(&[], &[Put("new")], Changed, 1)]
    #[case::edited(&[Tick], &[Tick, Put("new")], Changed, 1)]
    #[case::edited_right_after(&[Tick], &[Put("new")], Changed, 1)]
    #[case::touched(&[Tick], &[Tick, Touch], SameBytes, 1)]
    #[case::edited_and_back(&[Tick], &[Put("new"), Put("old")], SameBytes, 1)]
    #[case::deleted(&[Tick], &[Delete], Missing, 0)]
    #[case::now_a_directory(&[Tick], &[Delete, MakeDirectory], Missing, 0)]
    #[case::clock_set_back(&[Tick], &[TurnBack, Put("new")], Changed, 1)]
    fn stamps_vouch_unless_racy(
        #[case] before: &[Act],
        #[case] after: &[Act],
        #[case] expected: Said,
        #[case] n_opened: usize,
    ) {
        let files = MemoryFiles::new();
        files.put("/f", "old");
        act(&files, before);
        let state = see(&files, "/f");
        act(&files, after);
        let known = State::parse(&state).expect("just written");
        files.take_opened();
        let file = known.file("/f").expect("remembered");
        let said = match table(&files, known).look(&[file])[..] {
            [Look::Same] => Same,
            [Look::SameBytes] => SameBytes,
            [Look::Changed(_)] => Changed,
            _ => Missing,
        };
        assert_eq!(said, expected);
        assert_eq!(files.take_opened().len(), n_opened);
    }

    #[test]
    fn file_seen_twice_is_hashed_once() {
        let files = MemoryFiles::new();
        files.put("/f", "x");
        files.tick();
        let table = table(&files, State::empty());
        for _ in 0..2 {
            table.observe("/f".into()).expect("readable");
        }
        assert_eq!(files.take_opened(), ["/f"]);
    }

    #[test]
    fn file_hashed_in_the_tick_in_which_it_was_written_is_hashed_again() {
        let files = MemoryFiles::new();
        files.put("/f", "x");
        let table = table(&files, State::empty());
        for _ in 0..2 {
            table.observe("/f".into()).expect("readable");
        }
        assert_eq!(files.take_opened(), ["/f", "/f"]);
        assert!(table.news().iter().all(|file| !file.trusted));
    }

    #[test]
    fn what_the_state_vouches_for_is_no_news() {
        let files = MemoryFiles::new();
        files.put("/f", "x");
        files.tick();
        let state = see(&files, "/f");
        let table = table(&files, State::parse(&state).expect("just written"));
        files.take_opened();
        table.observe("/f".into()).expect("readable");
        assert!(table.news().is_empty());
        assert!(files.take_opened().is_empty());
    }

    #[test]
    fn since_tells_what_was_seen_before_a_mark() {
        let files = MemoryFiles::new();
        files.put("/same", "x");
        files.put("/touched", "x");
        files.put("/edited", "x");
        files.tick();
        let table = table(&files, State::empty());
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
        let table = table(&files, State::empty());
        for (path, observed) in paths.iter().zip(table.observe_all(&paths)) {
            let digest = observed.expect("readable").map(|observed| observed.content.bytes);
            let expected = super::Digest::of_bytes(path.as_str().as_bytes());
            assert_eq!(digest, (path != "/7").then_some(expected));
        }
    }

    #[test]
    fn only_sources_have_tokens() {
        let files = MemoryFiles::new();
        let table = table(&files, State::empty());
        for path in ["/src/a.rs", "/src/a.txt", "/registry/a.rs"] {
            files.put(path, "fn f() {}");
            let observed = table.observe(path.into()).expect("readable").expect("there");
            assert_eq!(observed.content.tokens.is_some(), path == "/src/a.rs", "{path}");
        }
    }
}
