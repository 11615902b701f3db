//! The seam through which the store changes files: the disk, and in tests one that fails. Knows no
//! layout and no digest.

use std::fmt::Debug;
use std::io::{self, Read, Write};
use std::time::SystemTime;

use camino::Utf8Path;

/// Everything that changes a file of the store, or one that is restored.
pub(super) trait Medium: Debug + Send + Sync {
    /// Creates a directory and those above it.
    fn create_directory(&self, path: &Utf8Path) -> io::Result<()>;

    /// Creates a file with the bytes of `source`. [`io::ErrorKind::NotFound`] means that nothing of
    /// `source` was read.
    fn write(&self, path: &Utf8Path, source: &mut dyn Read, mode: Mode) -> io::Result<()>;

    /// Finds out whether a file can be written; creates it.
    fn probe(&self, path: &Utf8Path) -> io::Result<()>;

    /// Makes `to` share the bytes of `from` until one of them is written to.
    fn reflink(&self, from: &Utf8Path, to: &Utf8Path) -> io::Result<()>;

    /// Makes `to` another name of `from`.
    fn link(&self, from: &Utf8Path, to: &Utf8Path) -> io::Result<()>;

    /// Gives a file its name; what had it before is gone.
    fn rename(&self, from: &Utf8Path, to: &Utf8Path) -> io::Result<()>;

    /// Removes a file.
    fn remove(&self, path: &Utf8Path) -> io::Result<()>;

    /// Says who may do what with a file.
    fn set_mode(&self, path: &Utf8Path, mode: Mode) -> io::Result<()>;

    /// Sets the time at which a file or a directory was last modified.
    fn set_modified(&self, path: &Utf8Path, time: SystemTime) -> io::Result<()>;
}

/// Who may do what with a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    /// All may read it.
    ReadOnly,
    /// All may read it, its owner may write it.
    Writable,
    /// All may read and run it, its owner may write it.
    Executable,
}

/// The disk.
#[derive(Clone, Copy, Debug)]
pub(super) struct LocalDisk;

/// How many bytes are read at once, at first.
const PIECE: usize = 64 << 10;
/// The same once there are more than that.
const BIG_PIECE: usize = 1 << 20;

impl Medium for LocalDisk {
    fn create_directory(&self, path: &Utf8Path) -> io::Result<()> {
        fs_err::create_dir_all(path)
    }

    fn write(&self, path: &Utf8Path, source: &mut dyn Read, mode: Mode) -> io::Result<()> {
        let mut file = create(path, mode)?;
        let mut piece = vec![0; PIECE];
        loop {
            match source.read(&mut piece) {
                Ok(0) => return Ok(()),
                Ok(n) => {
                    file.write_all(&piece[..n])?;
                    if n == PIECE {
                        piece.resize(BIG_PIECE, 0);
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }

    fn probe(&self, path: &Utf8Path) -> io::Result<()> {
        let mut options = fs_err::OpenOptions::new();
        options.create(true).truncate(false).write(true).open(path).map(drop)
    }

    fn reflink(&self, from: &Utf8Path, to: &Utf8Path) -> io::Result<()> {
        reflink_copy::reflink(from, to)
    }

    fn link(&self, from: &Utf8Path, to: &Utf8Path) -> io::Result<()> {
        fs_err::hard_link(from, to)
    }

    fn rename(&self, from: &Utf8Path, to: &Utf8Path) -> io::Result<()> {
        fs_err::rename(from, to)
    }

    fn remove(&self, path: &Utf8Path) -> io::Result<()> {
        fs_err::remove_file(path)
    }

    fn set_mode(&self, path: &Utf8Path, mode: Mode) -> io::Result<()> {
        set_mode(path, mode)
    }

    fn set_modified(&self, path: &Utf8Path, time: SystemTime) -> io::Result<()> {
        fs_err::File::open(path)?.file().set_modified(time)
    }
}

impl Mode {
    #[cfg(unix)]
    fn bits(self) -> u32 {
        match self {
            Mode::ReadOnly => 0o444,
            Mode::Writable => 0o644,
            Mode::Executable => 0o755,
        }
    }
}

/// Creates a file, which can be written until it is closed whatever its mode is.
#[cfg(unix)]
fn create(path: &Utf8Path, mode: Mode) -> io::Result<fs_err::File> {
    use fs_err::os::unix::fs::OpenOptionsExt;
    fs_err::OpenOptions::new().write(true).create_new(true).mode(mode.bits()).open(path)
}

#[cfg(unix)]
fn set_mode(path: &Utf8Path, mode: Mode) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs_err::set_permissions(path, PermissionsExt::from_mode(mode.bits()))
}

/// Elsewhere a file that may not be written cannot be removed or replaced either.
#[cfg(not(unix))]
fn create(path: &Utf8Path, _mode: Mode) -> io::Result<fs_err::File> {
    fs_err::File::create_new(path)
}

#[cfg(not(unix))]
fn set_mode(_path: &Utf8Path, _mode: Mode) -> io::Result<()> {
    Ok(())
}
