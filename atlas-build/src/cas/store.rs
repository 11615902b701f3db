//! The store as a value: opened, read, and closed for writing once something could not be written.
//! Knows the root and its troubles; what is in it is known by the modules beside.

use std::collections::BTreeSet;
use std::io::{self, Read};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::SystemTime;

use camino::{Utf8Path, Utf8PathBuf};

use super::error::{CasError, Trouble};
use super::layout::Layout;
use super::medium::{LocalDisk, Medium, Mode};
use super::results::is_absence;

/// What is written into `CACHEDIR.TAG`.
const CACHEDIR_TAG: &str = "Signature: 8a477f597d28d172789f06886806bc55\n\
    # Results of cargo atlas. May be deleted at any time.\n";
/// What is written into `format`.
const FORMAT: &str = "cargo-atlas store, version 1\n";

/// A store. Any number of threads may use it at once, and so may any number of processes.
#[derive(Debug)]
pub struct Cas {
    pub(super) layout: Layout,
    pub(super) medium: Box<dyn Medium>,
    writable: AtomicBool,
    /// Whether the file systems may share bytes between files; tried until they do not.
    pub(super) reflinks: AtomicBool,
    /// Bytes that this process has added.
    pub(super) added: AtomicU64,
    n_temporary: AtomicU64,
    troubles: Mutex<Troubles>,
}

/// What can be done with a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Read and written.
    ReadWrite,
    /// Read only: it may not be written, or it could not be any longer.
    ReadOnly,
}

#[derive(Debug, Default)]
struct Troubles {
    told: BTreeSet<Trouble>,
    new: Vec<Trouble>,
}

impl Cas {
    /// Opens a store; creates it if it is not there.
    ///
    /// # Errors
    ///
    /// [`CasError`] if it can be neither written nor read.
    pub fn open(root: &Utf8Path) -> Result<Self, CasError> {
        Cas::on(Box::new(LocalDisk), root)
    }

    /// As [`Cas::open`], on a medium.
    pub(super) fn on(medium: Box<dyn Medium>, root: &Utf8Path) -> Result<Self, CasError> {
        let cas = Cas {
            layout: Layout::new(root),
            medium,
            writable: AtomicBool::new(true),
            reflinks: AtomicBool::new(true),
            added: AtomicU64::new(0),
            n_temporary: AtomicU64::new(0),
            troubles: Mutex::default(),
        };
        if let Err(error) = cas.look() {
            if cas.layout.version().read_dir_utf8().is_err() {
                return Err(error);
            }
            cas.writable.store(false, Ordering::Relaxed);
            // That a store may only be read is nothing to be told of in each build.
            if !is_denial(&error) {
                cas.close(&error);
            }
        }
        Ok(cas)
    }

    /// Returns the directory of the store.
    pub fn root(&self) -> &Utf8Path {
        self.layout.root()
    }

    /// Returns a file whose lock is the right to be the one who makes what is filed under a digest.
    pub fn claim_file(&self, base: &atlas_fingerprint::Digest) -> Utf8PathBuf {
        self.layout.tmp().join(format!("claim-{base}"))
    }

    /// Returns what can be done with it at present.
    pub fn access(&self) -> Access {
        match self.writable.load(Ordering::Relaxed) {
            true => Access::ReadWrite,
            false => Access::ReadOnly,
        }
    }

    /// Returns what the user should know and was not told yet.
    pub fn take_troubles(&self) -> Vec<Trouble> {
        self.troubles
            .lock()
            .map(|mut troubles| std::mem::take(&mut troubles.new))
            .unwrap_or_default()
    }

    /// Notes what the user should know, once.
    pub(super) fn tell(&self, trouble: Trouble) {
        if let Ok(mut troubles) = self.troubles.lock()
            && troubles.told.insert(trouble.clone())
        {
            troubles.new.push(trouble);
        }
    }

    /// Finds out whether the store is there and can be written; makes it if it is not there.
    fn look(&self) -> Result<(), CasError> {
        let format = fs_err::read(self.layout.format());
        if format.is_ok_and(|format| format == FORMAT.as_bytes()) {
            let lock = self.layout.lock();
            return self.medium.probe(&lock).map_err(CasError::wrap("write", &lock));
        }
        self.prepare()
    }

    /// Makes the directories and the files that say what they are.
    pub(super) fn prepare(&self) -> Result<(), CasError> {
        let layout = &self.layout;
        for directory in [layout.blobs(), layout.results(), layout.hints(), layout.checkouts()] {
            self.create_directory(&directory)?;
        }
        self.create_directory(&layout.tmp())?;
        if !layout.cachedir_tag().is_file() {
            self.write_file(&layout.cachedir_tag(), CACHEDIR_TAG.as_bytes())?;
        }
        self.write_file(&layout.format(), FORMAT.as_bytes())
    }

    fn create_directory(&self, path: &Utf8Path) -> Result<(), CasError> {
        self.medium.create_directory(path).map_err(CasError::wrap("create", path))
    }

    /// Does something that writes. What fails is told, and nothing is written after it.
    pub(super) fn writing<T>(
        &self,
        write: impl FnOnce() -> Result<T, CasError>,
    ) -> Result<T, CasError> {
        if self.access() == Access::ReadOnly {
            return Err(CasError::ReadOnly { root: self.root().to_owned() });
        }
        let result = write();
        if let Err(error) = &result {
            self.close(error);
        }
        result
    }

    /// Writes nothing any longer. If something is missing, somebody has just deleted the store or a
    /// part of it, and the next write makes it again.
    fn close(&self, error: &CasError) {
        if let CasError::File { path, source, .. } = error
            && source.kind() != io::ErrorKind::NotFound
        {
            self.writable.store(false, Ordering::Relaxed);
            self.tell(Trouble::Unwritable { path: path.clone(), reason: source.to_string() });
        }
    }

    /// Writes a file of the store at once.
    pub(super) fn write_file(&self, path: &Utf8Path, mut bytes: &[u8]) -> Result<(), CasError> {
        let temporary = self.write_temporary(&mut bytes)?;
        self.publish(&temporary, path)
    }

    /// Writes a file that has no name yet.
    pub(super) fn write_temporary(&self, source: &mut dyn Read) -> Result<Utf8PathBuf, CasError> {
        self.write_temporary_as(Mode::Writable, source)
    }

    /// As [`Cas::write_temporary`], with a mode.
    pub(super) fn write_temporary_as(
        &self,
        mode: Mode,
        source: &mut dyn Read,
    ) -> Result<Utf8PathBuf, CasError> {
        let path = self.temporary();
        let mut written = self.medium.write(&path, source, mode);
        if written.as_ref().is_err_and(is_absence) {
            // Somebody has deleted the store.
            self.create_directory(&self.layout.tmp())?;
            written = self.medium.write(&path, source, mode);
        }
        written.map(|()| path.clone()).map_err(|error| {
            self.forget(&path);
            CasError::wrap("write", &path)(error)
        })
    }

    /// Returns a path for a file that has no name yet.
    pub(super) fn temporary(&self) -> Utf8PathBuf {
        // Another process may have had the same number before and have been killed.
        let now = SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default().as_nanos();
        let n = self.n_temporary.fetch_add(1, Ordering::Relaxed);
        self.layout.tmp().join(format!("{:x}-{n:x}-{now:x}", std::process::id()))
    }

    /// Gives a temporary file its name.
    pub(super) fn publish(&self, temporary: &Utf8Path, path: &Utf8Path) -> Result<(), CasError> {
        let renamed = match self.medium.rename(temporary, path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let directory = path.parent().unwrap_or(path);
                let created = self.medium.create_directory(directory);
                created.and_then(|()| self.medium.rename(temporary, path))
            }
            renamed => renamed,
        };
        renamed.map_err(|error| {
            self.forget(temporary);
            CasError::wrap("write", path)(error)
        })
    }

    /// Removes a file that nobody needs; if it stays, collection removes it.
    pub(super) fn forget(&self, path: &Utf8Path) {
        let _ = self.medium.remove(path);
    }
}

fn is_denial(error: &CasError) -> bool {
    let denials = [io::ErrorKind::PermissionDenied, io::ErrorKind::ReadOnlyFilesystem];
    matches!(error, CasError::File { source, .. } if denials.contains(&source.kind()))
}
