//! Puts what rustc wrote where others find it. Knows nothing of when.
//!
//! rustc writes into the unit's own directory. From there files are *published* to the directory
//! where dependents look, and *uplifted* to where the user looks. Every file appears under its name
//! at once: it is linked under another name first and then renamed. Before a compile the files of
//! the last one are removed from the unit's directory, because a linker may write into a file that
//! is there, and with it into all names of it.

use std::io;
use std::path::{Path, PathBuf};

use atlas_fingerprint::Digest;
use camino::{Utf8Path, Utf8PathBuf};

use crate::event::Failure;
use crate::plan::{CompileStep, Output, OutputFlavor};

/// A file could not be put in place or taken away.
#[derive(Debug, thiserror::Error)]
#[error("{error}")]
pub struct PublishError {
    /// The file.
    pub path: PathBuf,
    /// What was done, and the system's reason.
    pub error: io::Error,
}

impl From<PublishError> for Failure {
    fn from(error: PublishError) -> Self {
        Failure::Io { path: error.path, error: error.error.to_string() }
    }
}

/// Makes the unit's directory ready for a compile: directories are there, files of the last compile
/// are not.
///
/// # Errors
///
/// If the system refuses.
pub fn prepare(step: &CompileStep) -> Result<(), PublishError> {
    create_directory(&step.out_dir)?;
    // Cargo, too, creates what it promises to tests in this variable.
    if let Some(Some(directory)) = step.command.env.get("CARGO_TARGET_TMPDIR") {
        at(Path::new(directory), fs_err::create_dir_all(directory))?;
    }
    for output in &step.outputs {
        remove(&output.path)?;
    }
    if let Some(pages) = &step.pages {
        // Several rustdocs that create it at once are in each other's way, and none removes the pages
        // of what is not there any longer.
        create_directory(&pages.root)?;
        remove_directory(&pages.directory)?;
    }
    remove(&step.dep_info)
}

fn remove_directory(path: &Utf8Path) -> Result<(), PublishError> {
    match fs_err::remove_dir_all(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        result => at(path.as_std_path(), result),
    }
}

/// Publishes the metadata of a unit whose objects are yet to come. The published objects of an
/// earlier compile are removed first: they do not fit the new metadata.
///
/// # Errors
///
/// If the system refuses.
pub fn publish_metadata(step: &CompileStep) -> Result<(), PublishError> {
    for output in step.outputs.iter().filter(|output| output.flavor == OutputFlavor::Linkable) {
        if output.published.extension() == Some("rlib") {
            remove(&output.published)?;
        }
    }
    for output in step.outputs.iter().filter(|output| output.flavor == OutputFlavor::Metadata) {
        put(output, &output.path, &output.published)?;
    }
    Ok(())
}

/// Publishes and uplifts everything that a compile wrote. What it did not write is not published
/// any longer either: flags may tell rustc to write something else.
///
/// # Errors
///
/// If the system refuses.
pub fn publish_all(step: &CompileStep) -> Result<(), PublishError> {
    step.outputs.iter().try_for_each(publish_if_written)?;
    uplift(&step.outputs)
}

/// Like [`publish_all`] after [`publish_metadata`]: leaves the metadata alone, since dependents have
/// taken its stamp by now.
///
/// # Errors
///
/// If the system refuses.
pub fn publish_objects(step: &CompileStep) -> Result<(), PublishError> {
    let objects = step.outputs.iter().filter(|output| output.flavor != OutputFlavor::Metadata);
    objects.into_iter().try_for_each(publish_if_written)?;
    uplift(&step.outputs)
}

fn publish_if_written(output: &Output) -> Result<(), PublishError> {
    if exists(&output.path) {
        put(output, &output.path, &output.published)
    } else {
        remove(&output.published)
    }
}

/// Puts published files where the user finds them.
///
/// # Errors
///
/// If the system refuses.
pub fn uplift(outputs: &[Output]) -> Result<(), PublishError> {
    for output in outputs {
        let Some(uplifted) = &output.uplifted else { continue };
        if exists(&output.published) {
            put(output, &output.published, uplifted)?;
        }
    }
    Ok(())
}

/// Returns where the files of a unit are to be found, for those who ask cargo: where the user finds
/// them, else where other units do. Files that were not written are left out.
pub fn destinations(step: &CompileStep) -> Vec<Utf8PathBuf> {
    if let Some(pages) = &step.pages {
        return vec![pages.index()];
    }
    let written = step.outputs.iter().filter(|output| exists(&output.published));
    written.map(|output| output.uplifted.as_ref().unwrap_or(&output.published).clone()).collect()
}

/// Puts a file of a unit where another one, or an old one, may be. Renaming one name of a file to
/// another name of it would leave both.
fn put(output: &Output, from: &Utf8Path, to: &Utf8Path) -> Result<(), PublishError> {
    let directory = to.parent().expect("the path of a file has a parent");
    let name = to.file_name().expect("the path of a file has a name");
    // The leading dot keeps rustc from taking it for a crate. Units may share a destination, but not
    // this name, and one process at a time has the claim of a unit: what is there was left by one that
    // was killed.
    let mut mark = Digest::of_bytes(output.path.as_str().as_bytes()).to_string();
    mark.truncate(16);
    let temporary = directory.join(format!(".{name}.{mark}.new"));
    remove(&temporary)?;
    if is_same_file(from, to) {
        return Ok(());
    }
    create_directory(directory)?;
    if from.is_dir() {
        return put_directory(from, to);
    }
    at(&temporary, link_or_copy(from, &temporary))?;
    let renamed = at(to, fs_err::rename(&temporary, to));
    if renamed.is_err() {
        // A directory of the user has the name: it stays, as it does in cargo.
        remove(&temporary)?;
    }
    renamed
}

/// Links a file, or copies it where that is not possible. On macOS a linked executable may be
/// killed, since the system has not yet seen its signature under the new name; a copy is cheap
/// there, see <https://github.com/rust-lang/cargo/issues/10060>.
fn link_or_copy(from: &Utf8Path, to: &Utf8Path) -> io::Result<()> {
    if cfg!(target_os = "macos") && fs_err::copy(from, to).is_ok() {
        return Ok(());
    }
    match fs_err::hard_link(from, to) {
        Ok(()) => Ok(()),
        Err(_) => fs_err::copy(from, to).map(drop),
    }
}

/// Debug info on Apple systems is a directory: others refer to it, as cargo has it.
fn put_directory(from: &Utf8Path, to: &Utf8Path) -> Result<(), PublishError> {
    if to.is_symlink() || !to.is_dir() {
        remove(to)?;
    }
    let directory = to.parent().expect("the path of a file has a parent");
    let target = from.strip_prefix(directory).unwrap_or(from);
    #[cfg(unix)]
    let linked = fs_err::os::unix::fs::symlink(target, to);
    #[cfg(windows)]
    let linked = fs_err::os::windows::fs::symlink_dir(target, to);
    #[cfg(not(any(unix, windows)))]
    let linked: io::Result<()> = Err(io::ErrorKind::Unsupported.into());
    at(to, linked)
}

fn create_directory(path: &Utf8Path) -> Result<(), PublishError> {
    at(path, fs_err::create_dir_all(path))
}

/// Removes a file, a symbolic link or a directory, if it is there.
fn remove(path: &Utf8Path) -> Result<(), PublishError> {
    let removed = match path.symlink_metadata() {
        Err(_) => return Ok(()),
        Ok(metadata) if metadata.is_dir() => fs_err::remove_dir_all(path),
        Ok(_) => fs_err::remove_file(path),
    };
    match removed {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        removed => at(path, removed),
    }
}

fn exists(path: &Utf8Path) -> bool {
    path.symlink_metadata().is_ok()
}

fn at<T>(path: impl AsRef<Path>, result: io::Result<T>) -> Result<T, PublishError> {
    result.map_err(|error| PublishError { path: path.as_ref().to_owned(), error })
}

/// Returns whether two names lead to the same file, through symbolic links; `false` where the
/// system does not tell.
#[cfg(unix)]
fn is_same_file(one: &Utf8Path, other: &Utf8Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    match (one.metadata(), other.metadata()) {
        (Ok(one), Ok(other)) => one.dev() == other.dev() && one.ino() == other.ino(),
        _ => false,
    }
}

/// Returns whether two names lead to the same file; `false` where the system does not tell.
#[cfg(not(unix))]
fn is_same_file(_one: &Utf8Path, _other: &Utf8Path) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::execute::testing::compile_step;

    /// A directory with a unit that has files of these names and flavors in `out`, `deps` and `top`.
    struct Fixture {
        directory: tempfile::TempDir,
        step: CompileStep,
    }

    impl Fixture {
        fn new(files: &[(&str, OutputFlavor)]) -> Self {
            let directory = tempfile::tempdir().unwrap();
            let root = Utf8Path::from_path(directory.path()).unwrap();
            let step = compile_step("foo", root, files);
            prepare(&step).unwrap();
            Fixture { directory, step }
        }

        fn write(&self, path: &str, content: &str) {
            let path = self.directory.path().join(path);
            fs_err::create_dir_all(path.parent().unwrap()).unwrap();
            fs_err::write(path, content).unwrap();
        }

        fn read(&self, path: &str) -> Option<String> {
            fs_err::read_to_string(self.directory.path().join(path)).ok()
        }

        /// Names of the files in a directory, sorted.
        fn list(&self, path: &str) -> Vec<String> {
            let entries = fs_err::read_dir(self.directory.path().join(path)).unwrap();
            let mut names: Vec<String> =
                entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
            names.sort();
            names
        }
    }

    const RLIB: (&str, OutputFlavor) = ("libfoo.rlib", OutputFlavor::Linkable);
    const RMETA: (&str, OutputFlavor) = ("libfoo.rmeta", OutputFlavor::Metadata);
    const EXECUTABLE: (&str, OutputFlavor) = ("foo", OutputFlavor::Normal);
    const DEBUG_INFO: (&str, OutputFlavor) = ("foo.dwp", OutputFlavor::DebugInfo);

    #[test]
    fn files_are_published_and_uplifted() {
        let fixture = Fixture::new(&[RLIB, RMETA]);
        fixture.write("foo/out/libfoo.rlib", "objects");
        fixture.write("foo/out/libfoo.rmeta", "metadata");
        publish_all(&fixture.step).unwrap();
        assert_eq!(fixture.read("deps/libfoo.rlib").unwrap(), "objects");
        assert_eq!(fixture.read("top/libfoo.rmeta").unwrap(), "metadata");
        assert_eq!(fixture.list("deps"), ["libfoo.rlib", "libfoo.rmeta"]);
        assert_eq!(fixture.list("top"), ["libfoo.rlib", "libfoo.rmeta"]);
        assert_eq!(destinations(&fixture.step).len(), 2);
        publish_all(&fixture.step).unwrap();
        assert_eq!(fixture.list("deps"), ["libfoo.rlib", "libfoo.rmeta"]);
    }

    #[test]
    fn next_compile_does_not_write_into_published_files() {
        let fixture = Fixture::new(&[EXECUTABLE]);
        fixture.write("foo/out/foo", "old");
        publish_all(&fixture.step).unwrap();
        prepare(&fixture.step).unwrap();
        assert_eq!(fixture.list("foo/out"), [""; 0]);
        fixture.write("foo/out/foo", "new");
        assert_eq!(fixture.read("deps/foo").unwrap(), "old");
        publish_all(&fixture.step).unwrap();
        assert_eq!(fixture.read("deps/foo").unwrap(), "new");
        assert_eq!(fixture.read("top/foo").unwrap(), "new");
    }

    #[test]
    fn old_objects_go_when_new_metadata_comes() {
        let fixture = Fixture::new(&[RLIB, RMETA]);
        fixture.write("deps/libfoo.rlib", "old");
        fixture.write("foo/out/libfoo.rmeta", "new");
        publish_metadata(&fixture.step).unwrap();
        assert_eq!(fixture.list("deps"), ["libfoo.rmeta"]);
        assert_eq!(fixture.read("deps/libfoo.rmeta").unwrap(), "new");
    }

    #[cfg(unix)]
    #[test]
    fn metadata_is_published_once() {
        use std::os::unix::fs::MetadataExt;
        let fixture = Fixture::new(&[RLIB, RMETA]);
        fixture.write("foo/out/libfoo.rmeta", "metadata");
        publish_metadata(&fixture.step).unwrap();
        let published = fixture.directory.path().join("deps/libfoo.rmeta");
        let before = fs_err::metadata(&published).unwrap();
        fixture.write("foo/out/libfoo.rlib", "objects");
        publish_objects(&CompileStep {
            outputs: fixture.step.outputs.iter().cloned().map(not_uplifted).collect(),
            ..fixture.step.clone()
        })
        .unwrap();
        let after = fs_err::metadata(&published).unwrap();
        let stamp =
            |it: &std::fs::Metadata| (it.ino(), it.mtime_nsec(), it.ctime(), it.ctime_nsec());
        assert_eq!(stamp(&before), stamp(&after));
        assert_eq!(fixture.read("deps/libfoo.rlib").unwrap(), "objects");
    }

    fn not_uplifted(output: Output) -> Output {
        Output { uplifted: None, ..output }
    }

    #[test]
    fn what_was_not_written_is_not_published() {
        let fixture = Fixture::new(&[EXECUTABLE, DEBUG_INFO]);
        fixture.write("deps/foo.dwp", "of an earlier compile");
        fixture.write("foo/out/foo", "new");
        publish_all(&fixture.step).unwrap();
        assert_eq!(fixture.list("deps"), ["foo"]);
        assert_eq!(fixture.list("top"), ["foo"]);
        assert_eq!(
            destinations(&fixture.step),
            [fixture.step.outputs[0].uplifted.clone().unwrap()]
        );
    }

    #[test]
    fn foreign_files_in_the_way_are_replaced() {
        let fixture = Fixture::new(&[EXECUTABLE]);
        fixture.write("top/foo", "of another build");
        fixture.write("foo/out/foo", "new");
        publish_all(&fixture.step).unwrap();
        assert_eq!(fixture.read("top/foo").unwrap(), "new");
    }

    #[test]
    fn directories_in_the_way_stay() {
        let fixture = Fixture::new(&[EXECUTABLE]);
        fixture.write("top/foo/of-the-user", "kept");
        fixture.write("foo/out/foo", "new");
        assert!(publish_all(&fixture.step).is_err());
        assert_eq!(fixture.read("top/foo/of-the-user").unwrap(), "kept");
        assert_eq!(fs_err::read_dir(fixture.directory.path().join("top")).unwrap().count(), 1);
    }

    #[test]
    fn removed_file_is_uplifted_again() {
        let fixture = Fixture::new(&[EXECUTABLE]);
        fixture.write("deps/foo", "built earlier");
        uplift(&fixture.step.outputs).unwrap();
        assert_eq!(fixture.read("top/foo").unwrap(), "built earlier");
    }

    #[cfg(unix)]
    #[test]
    fn debug_info_may_be_a_directory() {
        let fixture = Fixture::new(&[("foo.dSYM", OutputFlavor::DebugInfo)]);
        for content in ["one", "two"] {
            fixture.write("foo/out/foo.dSYM/info", content);
            publish_all(&fixture.step).unwrap();
            assert_eq!(fixture.read("deps/foo.dSYM/info").unwrap(), content);
            assert_eq!(fixture.read("top/foo.dSYM/info").unwrap(), content);
        }
    }

    #[test]
    fn error_names_the_file() {
        let fixture = Fixture::new(&[EXECUTABLE]);
        fixture.write("foo/out/foo", "new");
        fixture.write("deps", "a file where a directory should be");
        let error = publish_all(&fixture.step).unwrap_err();
        assert!(error.path.ends_with("deps"), "{}", error.path.display());
    }
}
