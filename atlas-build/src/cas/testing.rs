//! A store in a temporary directory with results in it, and a disk that fails.

use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use atlas_fingerprint::Digest;
use camino::{Utf8Path, Utf8PathBuf};

use super::medium::{LocalDisk, Medium, Mode};
use super::{Blob, Cas, CasError, ResultKind, StoredResult, Toolchain};

/// A temporary directory with a store and files to be stored.
#[derive(Debug)]
pub(super) struct Place {
    _directory: tempfile::TempDir,
    pub(super) path: Utf8PathBuf,
}

impl Place {
    pub(super) fn new() -> Self {
        let directory = tempfile::tempdir().expect("a directory");
        let path = Utf8Path::from_path(directory.path()).expect("UTF-8").to_owned();
        Place { _directory: directory, path }
    }

    pub(super) fn root(&self) -> Utf8PathBuf {
        self.path.join("store")
    }

    pub(super) fn open(&self) -> Cas {
        Cas::open(&self.root()).expect("it can be made")
    }

    pub(super) fn on(&self, medium: impl Medium + 'static) -> Result<Cas, CasError> {
        Cas::on(Box::new(medium), &self.root())
    }

    /// Writes a file that can be stored.
    pub(super) fn file(&self, name: &str, bytes: &[u8]) -> (Blob, Utf8PathBuf) {
        let path = self.path.join(name);
        fs_err::write(&path, bytes).expect("written");
        (blob(bytes), path)
    }

    /// Adds a result with files of these texts.
    pub(super) fn add(&self, cas: &Cas, name: &str, texts: &[&str]) -> Result<u64, CasError> {
        self.add_result(cas, &result(name, texts), texts)
    }

    /// Adds a result with files of these texts; its key is that of its label.
    pub(super) fn add_result(
        &self,
        cas: &Cas,
        result: &StoredResult,
        texts: &[&str],
    ) -> Result<u64, CasError> {
        let file = |(n, text): (usize, &&str)| {
            self.file(&format!("{}-{n}", result.label), text.as_bytes())
        };
        let files: Vec<_> = texts.iter().enumerate().map(file).collect();
        cas.add(&key(&result.label), result, &files)
    }
}

pub(super) fn key(name: &str) -> Digest {
    Digest::of_bytes(name.as_bytes())
}

pub(super) fn blob(bytes: &[u8]) -> Blob {
    Blob { digest: Digest::of_bytes(bytes), size: bytes.len() as u64, executable: false }
}

pub(super) fn result(name: &str, texts: &[&str]) -> StoredResult {
    StoredResult {
        kind: ResultKind::Library,
        label: name.to_owned(),
        toolchain: Toolchain { sysroot: "/".into(), version: "1.95.0".to_owned() },
        checkout: None,
        duration: Duration::from_secs(2),
        blobs: texts.iter().map(|text| blob(text.as_bytes())).collect(),
        payload: b"payload".to_vec(),
    }
}

/// Makes a file look as if it was modified a time ago.
pub(super) fn age(path: &Utf8Path, age: Duration) {
    let then = SystemTime::now().checked_sub(age).expect("not that long ago");
    LocalDisk.set_modified(path, then).expect("the file is there");
}

/// Returns all files below a directory, sorted.
pub(super) fn tree(directory: &Utf8Path) -> Vec<Utf8PathBuf> {
    let mut files = Vec::new();
    for entry in directory.read_dir_utf8().expect("it is there") {
        let path = entry.expect("it can be listed").into_path();
        if path.is_dir() { files.extend(tree(&path)) } else { files.push(path) }
    }
    files.sort();
    files
}

/// A disk on which changes fail.
#[derive(Clone, Debug)]
pub(super) struct FailingDisk {
    /// How many changes are made before the first that fails.
    pub(super) left: Arc<AtomicU64>,
    pub(super) kind: io::ErrorKind,
    n_failed: Arc<AtomicU64>,
}

impl FailingDisk {
    /// All changes fail after the first `left`.
    pub(super) fn after(left: u64, kind: io::ErrorKind) -> Self {
        let left = Arc::new(AtomicU64::new(left));
        FailingDisk { left, kind, n_failed: Arc::default() }
    }

    /// Returns whether anything has failed.
    pub(super) fn has_failed(&self) -> bool {
        self.n_failed.load(Ordering::SeqCst) > 0
    }

    fn change(&self) -> io::Result<()> {
        let less = |left: u64| left.checked_sub(1);
        if self.left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, less).is_ok() {
            return Ok(());
        }
        self.n_failed.fetch_add(1, Ordering::SeqCst);
        Err(self.kind.into())
    }
}

impl Medium for FailingDisk {
    fn create_directory(&self, path: &Utf8Path) -> io::Result<()> {
        self.change()?;
        LocalDisk.create_directory(path)
    }

    fn write(&self, path: &Utf8Path, source: &mut dyn Read, mode: Mode) -> io::Result<()> {
        if let Err(error) = self.change() {
            // A full disk takes the first half.
            let mut bytes = Vec::new();
            source.read_to_end(&mut bytes)?;
            LocalDisk.write(path, &mut &bytes[..bytes.len() / 2], mode)?;
            return Err(error);
        }
        LocalDisk.write(path, source, mode)
    }

    fn probe(&self, path: &Utf8Path) -> io::Result<()> {
        self.change()?;
        LocalDisk.probe(path)
    }

    fn reflink(&self, _from: &Utf8Path, _to: &Utf8Path) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }

    fn link(&self, from: &Utf8Path, to: &Utf8Path) -> io::Result<()> {
        self.change()?;
        LocalDisk.link(from, to)
    }

    fn rename(&self, from: &Utf8Path, to: &Utf8Path) -> io::Result<()> {
        self.change()?;
        LocalDisk.rename(from, to)
    }

    fn remove(&self, path: &Utf8Path) -> io::Result<()> {
        LocalDisk.remove(path)
    }

    fn set_mode(&self, path: &Utf8Path, mode: Mode) -> io::Result<()> {
        self.change()?;
        LocalDisk.set_mode(path, mode)
    }

    fn set_modified(&self, path: &Utf8Path, time: SystemTime) -> io::Result<()> {
        LocalDisk.set_modified(path, time)
    }
}
