//! Writing a file such that a crash leaves the old bytes or the new ones, never a mixture.

use std::io::Write;

use camino::Utf8Path;

use crate::files::FileError;

/// Writes `bytes` to a temporary file beside `path`, syncs it and renames it to `path`. Creates the
/// directory.
///
/// # Errors
///
/// [`FileError`] if the file cannot be written; what was at `path` is still there then.
pub fn write(path: &Utf8Path, bytes: &[u8]) -> Result<(), FileError> {
    let failed = FileError::wrap("write", path);
    let directory = path.parent().unwrap_or(Utf8Path::new("."));
    fs_err::create_dir_all(directory).map_err(&failed)?;
    let mut file =
        tempfile::Builder::new().prefix(".writing-").tempfile_in(directory).map_err(&failed)?;
    file.write_all(bytes).map_err(&failed)?;
    file.as_file().sync_all().map_err(&failed)?;
    file.persist(path).map_err(|error| failed(error.error))?;
    sync_directory(directory);
    Ok(())
}

/// Asks the system to write the directory's entries to the disk. A failure costs no more than the
/// new file after a loss of power, which is the state before the write.
#[cfg(unix)]
fn sync_directory(directory: &Utf8Path) {
    if let Ok(directory) = std::fs::File::open(directory) {
        drop(directory.sync_all());
    }
}

/// Directories cannot be synced here.
#[cfg(not(unix))]
fn sync_directory(_directory: &Utf8Path) {}

#[cfg(test)]
mod tests {
    use camino::Utf8Path;

    use super::write;

    #[test]
    fn replaces_a_file_and_leaves_nothing_beside_it() {
        let directory = tempfile::tempdir().expect("a directory");
        let directory = Utf8Path::from_path(directory.path()).expect("UTF-8");
        let path = directory.join("a/b/file");
        write(&path, b"old").expect("written");
        write(&path, b"new").expect("written again");
        assert_eq!(fs_err::read(&path).expect("there"), b"new");
        let n_entries = directory.join("a/b").read_dir_utf8().expect("there").count();
        assert_eq!(n_entries, 1);
    }
}
