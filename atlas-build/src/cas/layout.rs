//! Where things are below the root of the store. Knows names only.

use atlas_fingerprint::Digest;
use camino::{Utf8Path, Utf8PathBuf};

/// The directory of this version's form. Another version has another one and leaves this alone.
const VERSION_DIRECTORY: &str = "v1";

/// The paths of a store.
#[derive(Clone, Debug)]
pub(super) struct Layout {
    root: Utf8PathBuf,
    version: Utf8PathBuf,
}

impl Layout {
    /// The paths below a root.
    pub(super) fn new(root: &Utf8Path) -> Self {
        Layout { root: root.to_owned(), version: root.join(VERSION_DIRECTORY) }
    }

    /// The root.
    pub(super) fn root(&self) -> &Utf8Path {
        &self.root
    }

    /// Directory of everything that this version writes.
    pub(super) fn version(&self) -> &Utf8Path {
        &self.version
    }

    /// Tells tools for backups that all of it can be made again.
    pub(super) fn cachedir_tag(&self) -> Utf8PathBuf {
        self.root.join("CACHEDIR.TAG")
    }

    /// Says what the directory is.
    pub(super) fn format(&self) -> Utf8PathBuf {
        self.version.join("format")
    }

    /// Directory of all blobs.
    pub(super) fn blobs(&self) -> Utf8PathBuf {
        self.version.join("blobs")
    }

    /// A blob.
    pub(super) fn blob(&self, digest: &Digest) -> Utf8PathBuf {
        spread(&self.blobs(), digest)
    }

    /// Directory of all results.
    pub(super) fn results(&self) -> Utf8PathBuf {
        self.version.join("results")
    }

    /// The result of a key.
    pub(super) fn result(&self, key: &Digest) -> Utf8PathBuf {
        spread(&self.results(), key)
    }

    /// Directory of all hints.
    pub(super) fn hints(&self) -> Utf8PathBuf {
        self.version.join("hints")
    }

    /// Directory of the hints of a digest.
    pub(super) fn hints_of(&self, base: &Digest) -> Utf8PathBuf {
        spread(&self.hints(), base)
    }

    /// Directory of what the last builds of target directories need.
    pub(super) fn checkouts(&self) -> Utf8PathBuf {
        self.version.join("checkouts")
    }

    /// Directory of files that have no name yet.
    pub(super) fn tmp(&self) -> Utf8PathBuf {
        self.version.join("tmp")
    }

    /// Numbers of the last builds.
    pub(super) fn counts(&self) -> Utf8PathBuf {
        self.version.join("counts")
    }

    /// When collection is due.
    pub(super) fn due(&self) -> Utf8PathBuf {
        self.version.join("due")
    }

    /// Held shared while something is added, alone while something is collected.
    pub(super) fn lock(&self) -> Utf8PathBuf {
        self.version.join("lock")
    }

    /// Held alone while a small file is read and written again.
    pub(super) fn notes_lock(&self) -> Utf8PathBuf {
        self.version.join("notes-lock")
    }
}

/// A file of a digest, in one of 256 directories.
fn spread(directory: &Utf8Path, digest: &Digest) -> Utf8PathBuf {
    let name = digest.to_string();
    directory.join(&name[..2]).join(name)
}
