//! The seam through which files are looked at. Knows nothing of what is in them.

use std::io::{self, Read};
use std::path::Path;

use camino::{Utf8Path, Utf8PathBuf};

use crate::digest::{Digest, Hasher};
use crate::lock::{self, FileLock};
use crate::stamp::{Moment, Stamp};

/// Everything this crate asks of a file system. Links are followed.
pub trait Files: std::fmt::Debug + Sync {
    /// Looks at what a path leads to.
    ///
    /// # Errors
    ///
    /// [`FileError`] if the system does not say whether there is anything.
    fn stat(&self, path: &Utf8Path) -> Result<Stat, FileError>;

    /// Reads a file.
    ///
    /// # Errors
    ///
    /// [`FileError`] if it cannot be read.
    fn read(&self, path: &Utf8Path) -> Result<Vec<u8>, FileError>;

    /// Reads a file from a place on; nothing if there is less of it.
    ///
    /// # Errors
    ///
    /// [`FileError`] if it cannot be read.
    fn tail(&self, path: &Utf8Path, start: u64) -> Result<Vec<u8>, FileError>;

    /// Returns the digest of a file's bytes.
    ///
    /// # Errors
    ///
    /// [`FileError`] if it cannot be read.
    fn digest(&self, path: &Utf8Path) -> Result<Digest, FileError>;

    /// Lists a directory, sorted by name. A name that is not text stands for what `stat` says of the
    /// file, too, or of all files below the directory, since they cannot be looked at by name.
    ///
    /// # Errors
    ///
    /// [`FileError`] if it cannot be read.
    fn list(&self, path: &Utf8Path) -> Result<Vec<DirEntry>, FileError>;

    /// Returns the path with all links resolved.
    ///
    /// # Errors
    ///
    /// [`FileError`] if there is nothing.
    fn resolve(&self, path: &Utf8Path) -> Result<Utf8PathBuf, FileError>;

    /// Writes a file at once: whoever reads it sees its old bytes or the new ones. Creates its
    /// directory.
    ///
    /// # Errors
    ///
    /// [`FileError`] if it cannot be written.
    fn write(&self, path: &Utf8Path, bytes: &[u8]) -> Result<(), FileError>;

    /// Adds bytes to the end of a file, in one piece. Creates it and its directory.
    ///
    /// # Errors
    ///
    /// [`FileError`] if they cannot be written.
    fn append(&self, path: &Utf8Path, bytes: &[u8]) -> Result<(), FileError>;

    /// Returns the bytes of a file, aligned to sixteen bytes; `None` if there is no file. The file
    /// must only ever be replaced as a whole, as [`Files::write`] does.
    ///
    /// # Errors
    ///
    /// [`FileError`] if it cannot be read.
    fn map(&self, path: &Utf8Path) -> Result<Option<Mapped>, FileError>;

    /// Removes a file, if there is one.
    ///
    /// # Errors
    ///
    /// [`FileError`] if it is still there.
    fn remove(&self, path: &Utf8Path) -> Result<(), FileError>;

    /// Removes a directory, if there is one and nothing is in it.
    ///
    /// # Errors
    ///
    /// [`FileError`] if it is still there and something else than what is in it is the reason.
    fn remove_empty(&self, path: &Utf8Path) -> Result<(), FileError>;

    /// Takes the lock that a file carries; `None` if somebody has it. Creates the file and its
    /// directory. On a file system without locks everybody gets it.
    ///
    /// # Errors
    ///
    /// [`FileError`] if the file cannot be written or locked.
    fn try_lock(&self, path: &Utf8Path) -> Result<Option<FileLock>, FileError>;

    /// Returns the present moment as the file system counts it, by writing the file `probe`.
    /// Creates its directory.
    ///
    /// # Errors
    ///
    /// [`FileError`] if the file cannot be written.
    fn moment(&self, probe: &Utf8Path) -> Result<Moment, FileError>;
}

/// What a path leads to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stat {
    /// A file (or a pipe, a socket, a device).
    File(Stamp),
    /// A directory.
    Directory(Stamp),
    /// Nothing.
    Absent,
}

/// The bytes of a file, as they were when it was opened.
#[derive(Debug)]
pub enum Mapped {
    /// Mapped into memory.
    Map(memmap2::Mmap),
    /// Read into memory.
    Memory(rkyv::util::AlignedVec),
}

impl std::ops::Deref for Mapped {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match self {
            Mapped::Map(map) => map,
            Mapped::Memory(bytes) => bytes,
        }
    }
}

/// An entry of a directory.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DirEntry {
    /// Name within the directory.
    pub name: String,
    /// What it leads to.
    pub kind: EntryKind,
    /// Whether it leads there through a link.
    pub linked: bool,
}

/// What an entry of a directory leads to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum EntryKind {
    /// A file.
    File,
    /// A directory.
    Directory,
    /// A pipe, a socket, a device, a link that leads nowhere.
    Other,
}

/// A file could not be looked at or changed.
#[derive(Debug, thiserror::Error)]
#[error("could not {action} `{path}`")]
pub struct FileError {
    /// What was tried, such as `read`.
    pub action: &'static str,
    /// The file.
    pub path: Utf8PathBuf,
    /// The system's reason.
    pub source: io::Error,
}

impl FileError {
    /// Returns a function that wraps an error of the system.
    pub(crate) fn wrap(action: &'static str, path: &Utf8Path) -> impl Fn(io::Error) -> FileError {
        let path = path.to_owned();
        move |source| FileError { action, path: path.clone(), source }
    }
}

/// The disk.
#[derive(Clone, Copy, Debug, Default)]
pub struct Disk;

impl Files for Disk {
    fn stat(&self, path: &Utf8Path) -> Result<Stat, FileError> {
        match path.as_std_path().metadata() {
            Ok(metadata) if metadata.is_dir() => Ok(Stat::Directory(Stamp::of(&metadata))),
            Ok(metadata) => Ok(Stat::File(Stamp::of(&metadata))),
            Err(error) if is_absence(&error) => Ok(Stat::Absent),
            Err(error) => Err(FileError::wrap("look at", path)(error)),
        }
    }

    fn read(&self, path: &Utf8Path) -> Result<Vec<u8>, FileError> {
        let mut bytes = Vec::new();
        open(path)
            .and_then(|mut file| io::Read::read_to_end(&mut file, &mut bytes))
            .map_err(FileError::wrap("read", path))?;
        Ok(bytes)
    }

    fn tail(&self, path: &Utf8Path, start: u64) -> Result<Vec<u8>, FileError> {
        let mut bytes = Vec::new();
        let read = open(path).and_then(|mut file| {
            io::Seek::seek(&mut file, io::SeekFrom::Start(start))?;
            file.read_to_end(&mut bytes)
        });
        read.map_err(FileError::wrap("read", path))?;
        Ok(bytes)
    }

    fn digest(&self, path: &Utf8Path) -> Result<Digest, FileError> {
        let failed = FileError::wrap("read", path);
        let file = open(path).map_err(&failed)?;
        let mut hasher = blake3::Hasher::new();
        match file.metadata() {
            Ok(metadata) if metadata.len() > BIG => update_in_parallel(&mut hasher, file),
            _ => hasher.update_reader(file).map(drop),
        }
        .map_err(&failed)?;
        Ok(Digest::from_hash(hasher.finalize()))
    }

    fn list(&self, path: &Utf8Path) -> Result<Vec<DirEntry>, FileError> {
        let failed = FileError::wrap("list", path);
        let mut entries = Vec::new();
        for entry in path.as_std_path().read_dir().map_err(&failed)? {
            let entry = entry.map_err(&failed)?;
            let file_type = entry.file_type().map_err(&failed)?;
            let linked = file_type.is_symlink();
            let metadata = if linked { fs_err::metadata(entry.path()).ok() } else { None };
            let file_type = metadata.as_ref().map_or(file_type, std::fs::Metadata::file_type);
            let kind = match file_type {
                kind if kind.is_file() => EntryKind::File,
                kind if kind.is_dir() => EntryKind::Directory,
                _ => EntryKind::Other,
            };
            entries.push(match entry.file_name().into_string() {
                Ok(name) => DirEntry { name, kind, linked },
                Err(name) => {
                    let mut hasher = Hasher::new("unnameable");
                    add_unnameable(&entry.path(), linked, &mut hasher).map_err(&failed)?;
                    let name = format!("{name:?} {}", hasher.finish());
                    DirEntry { name, kind: EntryKind::Other, linked }
                }
            });
        }
        entries.sort_by(|one, other| one.name.cmp(&other.name));
        Ok(entries)
    }

    fn resolve(&self, path: &Utf8Path) -> Result<Utf8PathBuf, FileError> {
        path.canonicalize_utf8().map_err(FileError::wrap("resolve", path))
    }

    fn write(&self, path: &Utf8Path, bytes: &[u8]) -> Result<(), FileError> {
        crate::atomic::write(path, bytes)
    }

    fn append(&self, path: &Utf8Path, bytes: &[u8]) -> Result<(), FileError> {
        let failed = FileError::wrap("write", path);
        if let Some(directory) = path.parent() {
            fs_err::create_dir_all(directory).map_err(&failed)?;
        }
        let file = std::fs::File::options().create(true).append(true).open(path);
        file.and_then(|mut file| io::Write::write_all(&mut file, bytes)).map_err(&failed)
    }

    fn map(&self, path: &Utf8Path) -> Result<Option<Mapped>, FileError> {
        let failed = FileError::wrap("read", path);
        let mut file = match open(path) {
            Ok(file) => file,
            Err(error) if is_absence(&error) => return Ok(None),
            Err(error) => return Err(failed(error)),
        };
        // Windows replaces no file that is mapped, and nobody maps nothing.
        if cfg!(windows) || file.metadata().map_err(&failed)?.len() == 0 {
            let mut bytes = rkyv::util::AlignedVec::new();
            bytes.extend_from_reader(&mut file).map_err(&failed)?;
            return Ok(Some(Mapped::Memory(bytes)));
        }
        #[expect(unsafe_code, reason = "the file is replaced as a whole and never written to")]
        let map = unsafe { memmap2::Mmap::map(&file) }.map_err(&failed)?;
        Ok(Some(Mapped::Map(map)))
    }

    fn remove(&self, path: &Utf8Path) -> Result<(), FileError> {
        match fs_err::remove_file(path) {
            Err(error) if !is_absence(&error) => Err(FileError::wrap("remove", path)(error)),
            _ => Ok(()),
        }
    }

    fn remove_empty(&self, path: &Utf8Path) -> Result<(), FileError> {
        match fs_err::remove_dir(path) {
            Err(error) if error.kind() == io::ErrorKind::DirectoryNotEmpty => Ok(()),
            Err(error) if !is_absence(&error) => Err(FileError::wrap("remove", path)(error)),
            _ => Ok(()),
        }
    }

    fn try_lock(&self, path: &Utf8Path) -> Result<Option<FileLock>, FileError> {
        lock::try_lock(path)
    }

    fn moment(&self, probe: &Utf8Path) -> Result<Moment, FileError> {
        let failed = FileError::wrap("write", probe);
        if let Some(directory) = probe.parent() {
            fs_err::create_dir_all(directory).map_err(&failed)?;
        }
        // To cut the file off, or to replace it, would wait for the disk to take what was written last.
        let mut file = fs_err::OpenOptions::new();
        let file = file.write(true).create(true).truncate(false).open(probe).map_err(&failed)?;
        let text = b"the time of this file is what counts\n";
        io::Write::write_all(&mut &file, text).map_err(&failed)?;
        let metadata = file.metadata().map_err(&failed)?;
        Ok(Moment::from_nanos(Stamp::of(&metadata).mtime))
    }
}

/// Adds what `stat` says of a file, and of everything below a directory, to which no link leads.
fn add_unnameable(path: &Path, linked: bool, hasher: &mut Hasher) -> io::Result<()> {
    let metadata = match path.metadata() {
        // A link that leads nowhere.
        Err(error) if is_absence(&error) => path.symlink_metadata()?,
        metadata => metadata?,
    };
    hasher.text(&format!("{:?}", Stamp::of(&metadata)));
    if linked || !metadata.is_dir() {
        return Ok(());
    }
    let mut entries = path.read_dir()?.collect::<io::Result<Vec<_>>>()?;
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        hasher.text(&format!("{:?}", entry.file_name()));
        add_unnameable(&entry.path(), entry.file_type()?.is_symlink(), hasher)?;
    }
    Ok(())
}

/// From how many bytes on a file is worth several threads: programs and libraries.
const BIG: u64 = 4 << 20;

/// Hashes a big file, piece by piece, each in parallel. It is not mapped: somebody else may cut it
/// short meanwhile.
fn update_in_parallel(hasher: &mut blake3::Hasher, file: impl Read) -> io::Result<()> {
    let mut piece = Vec::new();
    let mut file = file.take(BIG);
    loop {
        piece.clear();
        if file.read_to_end(&mut piece)? == 0 {
            return Ok(());
        }
        hasher.update_rayon(&piece);
        file.set_limit(BIG);
    }
}

/// Opens a file for reading. Anything else than a file is refused: reading a pipe may never end.
fn open(path: &Utf8Path) -> io::Result<std::fs::File> {
    if !path.as_std_path().metadata()?.is_file() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "not a regular file"));
    }
    std::fs::File::open(path)
}

/// Returns whether an error means that there is nothing at the path.
fn is_absence(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

#[cfg(test)]
mod tests {
    use camino::{Utf8Path, Utf8PathBuf};

    use super::{Disk, EntryKind, Files, Stat};
    use crate::digest::Digest;

    /// Calls `test` with a directory that has the files `file` and `dir/below`.
    fn with_directory(test: impl FnOnce(&Utf8Path)) {
        let guard = tempfile::tempdir().expect("a directory");
        let directory = Utf8PathBuf::from_path_buf(guard.path().to_owned()).expect("UTF-8");
        Disk.write(&directory.join("file"), b"bytes").expect("written");
        Disk.write(&directory.join("dir/below"), b"").expect("written");
        test(&directory);
    }

    #[test]
    fn files_directories_and_nothing_are_told_apart() {
        with_directory(|directory| {
            let stat = |name: &str| Disk.stat(&directory.join(name)).expect("it can be seen");
            assert!(matches!(stat("file"), Stat::File(stamp) if stamp.size == 5));
            assert!(matches!(stat("dir"), Stat::Directory(_)));
            assert_eq!(stat("nothing"), Stat::Absent);
            assert_eq!(stat("file/below"), Stat::Absent);
        });
    }

    #[test]
    fn digest_is_that_of_the_bytes() {
        with_directory(|directory| {
            let path = directory.join("file");
            assert_eq!(Disk.digest(&path).expect("there"), Digest::of_bytes(b"bytes"));
            assert_eq!(Disk.read(&path).expect("there"), b"bytes");
            let error = Disk.digest(&directory.join("nothing")).expect_err("there is nothing");
            assert!(error.to_string().contains("nothing"));
            assert!(Disk.read(&directory.join("dir")).is_err());
        });
    }

    #[test]
    fn directory_is_listed_by_name() {
        with_directory(|directory| {
            let entries = Disk.list(directory).expect("it is there");
            let entries: Vec<_> =
                entries.iter().map(|entry| (entry.name.as_str(), entry.kind)).collect();
            assert_eq!(entries, [("dir", EntryKind::Directory), ("file", EntryKind::File)]);
        });
    }

    #[cfg(unix)]
    #[test]
    fn links_are_followed_and_said_to_be_links() {
        with_directory(|directory| {
            let link = directory.join("link");
            std::os::unix::fs::symlink("dir", &link).expect("linked");
            let entries = Disk.list(directory).expect("it is there");
            let entry = entries.iter().find(|entry| entry.name == "link").expect("listed");
            assert_eq!((entry.kind, entry.linked), (EntryKind::Directory, true));
            let real = Disk.resolve(&directory.join("dir")).expect("there");
            assert_eq!(Disk.resolve(&link).expect("there"), real);
        });
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn file_whose_name_is_not_text_is_told_from_its_next_version() {
        use std::os::unix::ffi::OsStrExt;
        with_directory(|directory| {
            let name = std::ffi::OsStr::from_bytes(b"b\xffd");
            let path = directory.as_std_path().join(name);
            let write = |text: &str| {
                fs_err::write(&path, text).expect("written");
                Disk.list(directory).expect("it is there")
            };
            let (old, new) = (write("x"), write("xx"));
            assert_eq!((old.len(), new.len()), (3, 3));
            assert_ne!(old, new);
            assert_eq!(new, Disk.list(directory).expect("it is there"));
        });
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn directory_whose_name_is_not_text_stands_for_all_below_it() {
        use std::os::unix::ffi::OsStrExt;
        with_directory(|directory| {
            let name = std::ffi::OsStr::from_bytes(b"b\xffd");
            let path = directory.as_std_path().join(name);
            fs_err::create_dir_all(path.join("below")).expect("created");
            let write = |file: &str, text: &str| {
                fs_err::write(path.join(file), text).expect("written");
                Disk.list(directory).expect("it is there")
            };
            let old = write("below/file", "x");
            assert_eq!(old, Disk.list(directory).expect("it is there"));
            assert_ne!(old, write("below/file", "xx"));
            let old = Disk.list(directory).expect("it is there");
            assert_ne!(old, write("below/other", ""));
            assert!(old.iter().any(|entry| entry.kind == EntryKind::Other));
        });
    }

    #[test]
    fn file_written_after_a_moment_is_not_older() {
        with_directory(|directory| {
            let moment = Disk.moment(&directory.join("new/probe")).expect("written");
            for n in 0..100 {
                let path = directory.join(n.to_string());
                fs_err::write(&path, "x").expect("written");
                let Ok(Stat::File(stamp)) = Disk.stat(&path) else { panic!("it is there") };
                assert!(stamp.is_racy(moment));
            }
        });
    }

    #[test]
    fn removing_nothing_is_no_error() {
        with_directory(|directory| {
            let path = directory.join("file");
            Disk.remove(&path).expect("removed");
            Disk.remove(&path).expect("nothing to do");
            assert_eq!(Disk.stat(&path).expect("it can be seen"), Stat::Absent);
        });
    }
}
