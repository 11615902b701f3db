//! What is known of source files, kept from one look to the next: a file is read again only if its
//! stamp does not vouch for it, and its outline is made anew only if its bytes are new. What is kept
//! is a cache: one that cannot be used is made anew.

use std::collections::BTreeMap;

use camino::{Utf8Path, Utf8PathBuf};
use serde::{Deserialize, Serialize};

use super::digests::{DigestExtent, SourceDigests};
use super::outlined::Outline;
use super::read::outline;
use crate::digest::Digest;
use crate::file_table::in_parallel;
use crate::files::{FileError, Files, Stat};
use crate::sealed;
use crate::stamp::{Moment, Stamp};

/// What the file with the cache is.
const KIND: &str = "atlas-modules";
/// Version of its format.
const VERSION: u32 = 1;

/// What is in a source file.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct SourceContent {
    /// Its digests.
    pub digests: SourceDigests,
    /// What it says of modules; `None` if it does not lex.
    pub outline: Option<Outline>,
}

/// What a path leads to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Source {
    /// Nothing.
    Absent,
    /// A file that cannot be read, for this reason.
    Unreadable(String),
    /// A file.
    Read(Box<SourceContent>),
}

/// A file that was read, with its stamp.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Kept {
    stamp: Stamp,
    /// Whether the stamp vouches for the content.
    is_trusted: bool,
    content: Box<SourceContent>,
}

impl Kept {
    /// Whether it has all that is wanted of a file with this stamp.
    fn vouches(&self, stamp: Stamp, extent: DigestExtent) -> bool {
        self.is_trusted && self.stamp == stamp && self.content.digests.suffice(extent)
    }
}

/// Source files that were looked at, now and earlier.
#[derive(Debug)]
pub struct SourceTable<'a> {
    files: &'a dyn Files,
    /// Where the cache is.
    path: Utf8PathBuf,
    /// A file that may be written to learn the present moment.
    probe: Utf8PathBuf,
    /// Which program it is: another one may make outlines and digests in another way.
    maker: String,
    /// Which digests are wanted.
    extent: DigestExtent,
    /// What was known before.
    known: BTreeMap<Utf8PathBuf, Kept>,
    /// What was looked at, with what is to be kept of it.
    seen: BTreeMap<Utf8PathBuf, (Source, Option<Kept>)>,
    /// The moment before the first file was read.
    moment: Option<Option<Moment>>,
    n_read: usize,
    n_parsed: usize,
}

/// What a look at a file gave.
struct Looked {
    source: Source,
    kept: Option<Kept>,
    is_parsed: bool,
}

impl<'a> SourceTable<'a> {
    /// Opens the cache at `path`. `probe` is a file on the same file system that may be written;
    /// `maker` identifies the program, since what another one has made is not used. A file of which
    /// digests are wanted that are not known is read and parsed once more.
    pub fn open(
        files: &'a dyn Files,
        path: Utf8PathBuf,
        probe: Utf8PathBuf,
        maker: String,
        extent: DigestExtent,
    ) -> Self {
        let known = read(files, &path, &maker).unwrap_or_default();
        let (seen, moment) = (BTreeMap::new(), None);
        SourceTable {
            files,
            path,
            probe,
            maker,
            extent,
            known,
            seen,
            moment,
            n_read: 0,
            n_parsed: 0,
        }
    }

    /// Looks at files, in parallel.
    pub fn look(&mut self, paths: &[Utf8PathBuf]) {
        let new: Vec<&Utf8PathBuf> =
            paths.iter().filter(|path| !self.seen.contains_key(*path)).collect();
        let stamps = in_parallel(&new, |path| self.files.stat(path));
        let mut changed = Vec::new();
        for (path, stat) in new.into_iter().zip(stamps) {
            let source = match stat {
                Ok(Stat::File(stamp)) => match self.known.get(path) {
                    Some(kept) if kept.vouches(stamp, self.extent) => {
                        let kept = kept.clone();
                        (Source::Read(kept.content.clone()), Some(kept))
                    }
                    _ => {
                        changed.push((path, stamp));
                        continue;
                    }
                },
                Ok(Stat::Directory(_) | Stat::Absent) => (Source::Absent, None),
                Err(error) => (unreadable(&error), None),
            };
            self.seen.insert(path.clone(), source);
        }
        self.read(&changed);
    }

    /// Returns what was seen at a path; `None` if it was not looked at.
    pub fn get(&self, path: &Utf8Path) -> Option<&Source> {
        self.seen.get(path).map(|(source, _)| source)
    }

    /// Returns what was seen at a path, with the path; `None` if it was not looked at.
    pub fn entry(&self, path: &Utf8Path) -> Option<(&Utf8Path, &Source)> {
        self.seen.get_key_value(path).map(|(path, (source, _))| (path.as_path(), source))
    }

    /// Returns how many files were read.
    pub fn n_read(&self) -> usize {
        self.n_read
    }

    /// Returns how many files had new bytes and were parsed.
    pub fn n_parsed(&self) -> usize {
        self.n_parsed
    }

    /// Keeps what was seen, if that is news, in place of what was known before.
    ///
    /// # Errors
    ///
    /// [`FileError`] if it cannot be written. The next look takes longer then.
    pub fn save(&self) -> Result<(), FileError> {
        let kept: BTreeMap<&Utf8PathBuf, &Kept> = self
            .seen
            .iter()
            .filter_map(|(path, (_, kept))| kept.as_ref().map(|kept| (path, kept)))
            .collect();
        let is_known = self.n_read == 0 && kept.len() == self.known.len();
        let Some(payload) =
            (!is_known).then(|| postcard::to_stdvec(&(&self.maker, &kept)).ok()).flatten()
        else {
            return Ok(());
        };
        self.files.write(&self.path, &sealed::seal(KIND, VERSION, &payload))
    }

    /// Reads files whose stamps were just taken.
    fn read(&mut self, changed: &[(&Utf8PathBuf, Stamp)]) {
        if changed.is_empty() {
            return;
        }
        // Without a moment no stamp is trusted, which costs time and nothing else.
        let moment = *self.moment.get_or_insert_with(|| self.files.moment(&self.probe).ok());
        let looked = in_parallel(changed, |(path, stamp)| {
            look(self.files, path, *stamp, self.known.get(*path), moment, self.extent)
        });
        for ((path, _), looked) in changed.iter().zip(looked) {
            self.n_read += 1;
            self.n_parsed += usize::from(looked.is_parsed);
            self.seen.insert((*path).clone(), (looked.source, looked.kept));
        }
    }
}

fn look(
    files: &dyn Files,
    path: &Utf8Path,
    stamp: Stamp,
    known: Option<&Kept>,
    moment: Option<Moment>,
    extent: DigestExtent,
) -> Looked {
    let bytes = match files.read(path) {
        Ok(bytes) => bytes,
        Err(error) => return Looked { source: unreadable(&error), kept: None, is_parsed: false },
    };
    let digest = Digest::of_bytes(&bytes);
    let known = known.filter(|known| {
        let known = &known.content.digests;
        known.bytes == digest && known.suffice(extent)
    });
    let is_parsed = known.is_none();
    let content = match known {
        Some(known) => known.content.clone(),
        None => Box::new(SourceContent {
            digests: SourceDigests::of(&bytes, extent),
            outline: outline(&bytes),
        }),
    };
    let is_same = files.stat(path).is_ok_and(|after| after == Stat::File(stamp));
    let is_trusted = is_same && moment.is_some_and(|moment| !stamp.is_racy(moment));
    let kept = Some(Kept { stamp, is_trusted, content: content.clone() });
    Looked { source: Source::Read(content), kept, is_parsed }
}

fn unreadable(error: &FileError) -> Source {
    Source::Unreadable(error.source.to_string())
}

fn read(files: &dyn Files, path: &Utf8Path, maker: &str) -> Option<BTreeMap<Utf8PathBuf, Kept>> {
    let bytes = files.read(path).ok()?;
    let (made_by, kept): (String, _) =
        postcard::from_bytes(sealed::open(KIND, VERSION, &bytes).ok()?).ok()?;
    (made_by == maker).then_some(kept)
}

#[cfg(test)]
mod tests {
    use camino::Utf8PathBuf;
    use rstest::rstest;

    use super::{DigestExtent, Source, SourceTable};
    use crate::memory::MemoryFiles;

    const CACHE: &str = "/target/modules";
    const FILES: [&str; 3] = ["/a.rs", "/b.rs", "/none.rs"];

    /// Two files that are older than the present moment.
    fn files() -> MemoryFiles {
        let files = MemoryFiles::new();
        files.put("/a.rs", "mod b;");
        files.put("/b.rs", "fn f() {}");
        files.tick();
        files
    }

    /// Looks at all files and keeps what is there; returns how many were read and parsed.
    fn look(files: &MemoryFiles) -> (usize, usize) {
        look_as("this program", DigestExtent::Tokens, files)
    }

    fn look_as(maker: &str, extent: DigestExtent, files: &MemoryFiles) -> (usize, usize) {
        let probe = "/target/probe".into();
        let mut table = SourceTable::open(files, CACHE.into(), probe, maker.to_owned(), extent);
        table.look(&FILES.map(Utf8PathBuf::from));
        assert_eq!(table.get("/none.rs".into()), Some(&Source::Absent));
        let Some(Source::Read(content)) = table.get("/a.rs".into()) else { panic!("it is there") };
        assert!(content.outline.is_some());
        table.save().expect("it can be written");
        (table.n_read(), table.n_parsed())
    }

    #[test]
    fn only_what_changed_is_parsed_again() {
        let files = files();
        assert_eq!(look(&files), (2, 2));
        files.take_opened();
        assert_eq!(look(&files), (0, 0));
        assert_eq!(files.take_opened(), [CACHE]);
        files.put("/b.rs", "fn g() {}");
        files.tick();
        assert_eq!(look(&files), (1, 1));
        assert_eq!(look(&files), (0, 0));
        files.touch("/b.rs");
        files.tick();
        assert_eq!(look(&files), (1, 0));
        assert_eq!(look(&files), (0, 0));
    }

    #[test]
    fn file_that_is_as_new_as_the_look_is_read_again() {
        let files = files();
        files.put("/b.rs", "fn g() {}");
        assert_eq!(look(&files), (2, 2));
        files.put("/b.rs", "fn h() {}");
        assert_eq!(look(&files), (1, 1));
    }

    #[rstest]
    #[case::cut(|bytes: &mut Vec<u8>| bytes.truncate(40))]
    #[case::flipped(|bytes: &mut Vec<u8>| *bytes.last_mut().expect("some") ^= 1)]
    #[case::other(|bytes: &mut Vec<u8>| *bytes = b"something else".to_vec())]
    fn damaged_cache_is_made_anew(#[case] damage: fn(&mut Vec<u8>)) {
        let files = files();
        look(&files);
        let mut bytes = crate::files::Files::read(&files, CACHE.into()).expect("it is there");
        damage(&mut bytes);
        files.put(CACHE, bytes);
        assert_eq!(look(&files), (2, 2));
        assert_eq!(look(&files), (0, 0));
    }

    #[test]
    fn what_another_program_has_made_is_not_used() {
        let files = files();
        look(&files);
        let look_as = || look_as("another program", DigestExtent::Tokens, &files);
        assert_eq!(look_as(), (2, 2));
        assert_eq!(look_as(), (0, 0));
    }

    #[test]
    fn interface_is_looked_at_once_it_is_wanted() {
        let files = files();
        look(&files);
        let look_closely = || look_as("this program", DigestExtent::Interface, &files);
        assert_eq!(look_closely(), (2, 2));
        assert_eq!(look_closely(), (0, 0));
        assert_eq!(look(&files), (0, 0));
    }

    #[test]
    fn file_that_is_gone_is_forgotten() {
        let files = files();
        look(&files);
        files.delete("/b.rs");
        assert_eq!(look(&files), (0, 0));
        files.put("/b.rs", "fn f() {}");
        files.tick();
        assert_eq!(look(&files), (1, 1));
    }
}
