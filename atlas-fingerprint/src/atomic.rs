//! Writing a file such that whoever reads it sees the old bytes or the new ones, never a mixture.
//!
//! Nothing is synced: syncing one small file makes a file system write out everything that
//! compilers have just written, and a build would wait for that. After a loss of power a file may
//! hold anything; what is written here has checksums, so that this is noticed.

use std::io::Write;

use camino::Utf8Path;

use crate::files::FileError;

/// Writes `bytes` to a temporary file beside `path` and renames it to `path`. Creates the directory.
///
/// # Errors
///
/// [`FileError`] if the file cannot be written; what was at `path` is still there then.
pub(crate) fn write(path: &Utf8Path, bytes: &[u8]) -> Result<(), FileError> {
    let failed = FileError::wrap("write", path);
    let directory = path.parent().unwrap_or(Utf8Path::new("."));
    fs_err::create_dir_all(directory).map_err(&failed)?;
    let mut file =
        tempfile::Builder::new().prefix(".writing-").tempfile_in(directory).map_err(&failed)?;
    file.write_all(bytes).map_err(&failed)?;
    file.persist(path).map_err(|error| failed(error.error))?;
    Ok(())
}

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
