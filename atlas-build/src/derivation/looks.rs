//! Looking at files, with a record of what was seen: while the record holds, looking again would
//! show the same. Knows nothing of what is looked for.

use atlas_fingerprint::{Digest, DirEntry, FileError, Files, Moment, Stamp, Stat};
use camino::{Utf8Path, Utf8PathBuf};
use serde::{Deserialize, Serialize};

/// What a path led to.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
enum Seen {
    /// This version of a file.
    File(Stamp),
    /// A directory with these names.
    Directory(Stamp),
    /// A file, of whatever content.
    AnyFile,
    /// A directory, whatever is in it.
    AnyDirectory,
    /// Nothing, or nothing that may be seen: cargo takes both for the same.
    Absent,
}

/// A path with what it led to.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(super) struct Sight {
    path: Utf8PathBuf,
    seen: Seen,
    /// Whether the stamp vouches for the content. Something modified no earlier than it was looked
    /// at may be modified once more without getting another stamp.
    trusted: bool,
}

impl Sight {
    /// Returns whether the path leads to the same as before, as far as one look can tell.
    pub(super) fn holds(&self, files: &dyn Files) -> bool {
        let stat = files.stat(&self.path).unwrap_or(Stat::Absent);
        self.trusted
            && match (self.seen, stat) {
                (Seen::File(seen), Stat::File(stamp))
                | (Seen::Directory(seen), Stat::Directory(stamp)) => seen == stamp,
                (Seen::AnyFile, Stat::File(_))
                | (Seen::AnyDirectory, Stat::Directory(_))
                | (Seen::Absent, Stat::Absent) => true,
                _ => false,
            }
    }

    /// Returns whether the stamp, if there is one, vouches for the content.
    pub(super) fn is_trusted(&self) -> bool {
        self.trusted
    }
}

/// What a path leads to, whatever its content.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kind {
    File,
    Directory,
    Absent,
}

impl Kind {
    /// Returns a number for a digest.
    pub(super) fn number(self) -> u64 {
        match self {
            Kind::File => 0,
            Kind::Directory => 1,
            Kind::Absent => 2,
        }
    }
}

impl From<Stat> for Kind {
    fn from(stat: Stat) -> Self {
        match stat {
            Stat::File(_) => Kind::File,
            Stat::Directory(_) => Kind::Directory,
            Stat::Absent => Kind::Absent,
        }
    }
}

/// Looks at files and records what was seen.
#[derive(Debug)]
pub(super) struct Looks<'a> {
    files: &'a dyn Files,
    /// A moment before the first look.
    moment: Moment,
    sights: Vec<Sight>,
}

impl<'a> Looks<'a> {
    /// Starts a record. `moment` must have been taken before.
    pub(super) fn new(files: &'a dyn Files, moment: Moment) -> Self {
        Looks { files, moment, sights: Vec::new() }
    }

    /// Returns the record.
    pub(super) fn into_sights(self) -> Vec<Sight> {
        self.sights
    }

    /// Looks at a path. What is read after it is vouched for by the stamp: a later change gives the
    /// path another one.
    pub(super) fn stat(&mut self, path: &Utf8Path) -> Stat {
        let stat = self.peek(path);
        let (seen, trusted) = match stat {
            Stat::File(stamp) => (Seen::File(stamp), !stamp.is_racy(self.moment)),
            Stat::Directory(stamp) => (Seen::Directory(stamp), !stamp.is_racy(self.moment)),
            Stat::Absent => (Seen::Absent, true),
        };
        self.sights.push(Sight { path: path.to_owned(), seen, trusted });
        stat
    }

    /// Looks whether a path leads to a file or a directory.
    pub(super) fn kind(&mut self, path: &Utf8Path) -> Kind {
        let kind = Kind::from(self.peek(path));
        let seen = match kind {
            Kind::File => Seen::AnyFile,
            Kind::Directory => Seen::AnyDirectory,
            Kind::Absent => Seen::Absent,
        };
        self.sights.push(Sight { path: path.to_owned(), seen, trusted: true });
        kind
    }

    /// Looks at a path without recording it: something else vouches for it.
    pub(super) fn peek(&self, path: &Utf8Path) -> Stat {
        self.files.stat(path).unwrap_or(Stat::Absent)
    }

    /// Returns the entries of a directory; `None` if there is none.
    pub(super) fn list(&mut self, path: &Utf8Path) -> Result<Option<Vec<DirEntry>>, FileError> {
        match self.stat(path) {
            Stat::Directory(_) => self.files.list(path).map(Some),
            Stat::File(_) | Stat::Absent => Ok(None),
        }
    }

    /// Returns the bytes of a file; `None` if there is none.
    pub(super) fn read(&mut self, path: &Utf8Path) -> Result<Option<Vec<u8>>, FileError> {
        match self.stat(path) {
            Stat::File(_) => self.files.read(path).map(Some),
            Stat::Directory(_) | Stat::Absent => Ok(None),
        }
    }

    /// Returns the digest of a file's bytes; `None` if there is none.
    pub(super) fn digest(&mut self, path: &Utf8Path) -> Result<Option<Digest>, FileError> {
        match self.stat(path) {
            Stat::File(_) => self.files.digest(path).map(Some),
            Stat::Directory(_) | Stat::Absent => Ok(None),
        }
    }
}
