//! What is shared by all pages in one directory: they are made by one rustdoc. Source: cargo's
//! `RustdocFingerprint`, with which the file that says so is shared.

use std::io;

use atlas_fingerprint::{Disk, FileError, Files};
use camino::Utf8Path;
use serde::{Deserialize, Serialize};

use crate::pipeline::prepare::Prepared;

/// What the file says.
#[derive(Serialize, Deserialize)]
struct Fingerprint {
    /// Output of `rustc -vV`.
    rustc_vv: String,
}

/// Removes pages that another rustdoc has made: scripts and styles have no version in their names.
/// Pages of which nobody knows who made them stay.
///
/// # Errors
///
/// If they cannot be removed, or the file cannot be written.
pub(super) fn remove_pages_of_others(prepared: &Prepared) -> Result<(), FileError> {
    let rustc_vv = prepared.toolchain.verbose_version.clone();
    for kind in &prepared.requested_kinds {
        let path = prepared.layout.rustdoc_fingerprint(kind);
        if let Ok(bytes) = Disk.read(&path) {
            let known = serde_json::from_slice::<Fingerprint>(&bytes).ok();
            if known.is_some_and(|known| known.rustc_vv == rustc_vv) {
                continue;
            }
            let root = prepared.layout.pages(kind);
            let wrap =
                |source| FileError { action: "remove what is in", path: root.clone(), source };
            remove_all(&root).map_err(wrap)?;
        }
        let fingerprint = Fingerprint { rustc_vv: rustc_vv.clone() };
        let text = serde_json::to_string(&fingerprint).expect("text can be written as JSON");
        Disk.write(&path, text.as_bytes())?;
    }
    Ok(())
}

/// Removes what is in a directory; hidden files are none of rustdoc's.
fn remove_all(directory: &Utf8Path) -> io::Result<()> {
    let entries = match fs_err::read_dir(directory) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        entries => entries?,
    };
    for entry in entries {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with('.') {
            continue;
        }
        match entry.file_type()?.is_dir() {
            true => fs_err::remove_dir_all(entry.path())?,
            false => fs_err::remove_file(entry.path())?,
        }
    }
    Ok(())
}
