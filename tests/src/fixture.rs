//! Workspaces written as one string, in a temporary directory.
//!
//! ```text
//! //- /Cargo.toml
//! [package]
//! name = "a"
//! //- /src/lib.rs /src/main.rs
//! ```
//!
//! A header with several paths gives each file the same content, which is handy for empty sources.
//! `%20` in a path stands for a blank.

use std::time::SystemTime;

use camino::{Utf8Path, Utf8PathBuf};
use tempfile::TempDir;

/// A workspace on disk; gone when dropped.
#[derive(Debug)]
pub struct Fixture {
    dir: TempDir,
    root: Utf8PathBuf,
}

impl Fixture {
    /// Writes a workspace.
    pub fn new(text: &str) -> Self {
        let fixture = Self::empty();
        for (path, content) in parse(text) {
            fixture.write(&path, &content);
        }
        fixture
    }

    /// Makes an empty workspace directory.
    pub fn empty() -> Self {
        let dir = tempfile::Builder::new().prefix("atlas-test-").tempdir();
        let dir = dir.expect("the temporary directory is writable");
        let real = dir.path().canonicalize().expect("the directory exists");
        let base = Utf8PathBuf::from_path_buf(real).expect("the temporary directory is UTF-8");
        let root = base.join("ws");
        fs_err::create_dir(&root).expect("the temporary directory is writable");
        Fixture { dir, root }
    }

    /// Returns the directory of the workspace.
    pub fn root(&self) -> &Utf8Path {
        &self.root
    }

    /// Returns a directory beside the workspace, for target directories and records.
    pub fn beside(&self, name: &str) -> Utf8PathBuf {
        self.root.with_file_name(name)
    }

    /// Writes a file, and the directories above it.
    pub fn write(&self, path: &str, content: &str) {
        let path = self.path(path);
        let parent = path.parent().expect("a file is in a directory");
        fs_err::create_dir_all(parent).expect("the fixture is writable");
        fs_err::write(&path, content).expect("the fixture is writable");
    }

    /// Writes a shell script beside the workspace and returns its path.
    #[cfg(unix)]
    pub fn script(&self, name: &str, body: &str) -> Utf8PathBuf {
        use std::os::unix::fs::PermissionsExt;
        let path = self.beside(name);
        fs_err::write(&path, format!("#!/bin/sh\n{body}\n")).expect("the fixture is writable");
        let mode = std::fs::Permissions::from_mode(0o755);
        fs_err::set_permissions(&path, mode).expect("the fixture is ours");
        path
    }

    /// Replaces text that occurs in a file.
    pub fn replace(&self, path: &str, old: &str, new: &str) {
        let text = self.read(path);
        assert!(text.contains(old), "no `{old}` in {path}:\n{text}");
        self.write(path, &text.replace(old, new));
    }

    /// Returns the text of a file.
    pub fn read(&self, path: &str) -> String {
        let path = self.path(path);
        fs_err::read_to_string(&path).unwrap_or_else(|error| panic!("{error}"))
    }

    /// Removes a file.
    pub fn remove(&self, path: &str) {
        fs_err::remove_file(self.path(path)).unwrap_or_else(|error| panic!("{error}"));
    }

    /// Gives a file another name.
    pub fn rename(&self, from: &str, to: &str) {
        let renamed = fs_err::rename(self.path(from), self.path(to));
        renamed.unwrap_or_else(|error| panic!("{error}"));
    }

    /// Returns when a file was modified.
    pub fn modified(&self, path: &str) -> SystemTime {
        let metadata = fs_err::metadata(self.path(path)).unwrap_or_else(|error| panic!("{error}"));
        metadata.modified().expect("the system knows")
    }

    /// Sets when a file was modified.
    pub fn set_modified(&self, path: &str, time: SystemTime) {
        let file = fs_err::OpenOptions::new().append(true).open(self.path(path));
        let file = file.unwrap_or_else(|error| panic!("{error}"));
        file.file().set_modified(time).expect("the owner may set it");
    }

    /// Returns where a file of the workspace is.
    pub fn path(&self, path: &str) -> Utf8PathBuf {
        self.root.join(path.trim_start_matches('/'))
    }

    /// Copies the wanted files of a directory tree into the workspace.
    pub fn copy_tree(&self, from: &Utf8Path, to: &str, wanted: fn(&Utf8Path) -> bool) {
        copy_tree(from, &self.root.join(to), wanted);
    }

    /// Leaves the directory on disk and returns it, for looking at a failure.
    pub fn keep(self) -> Utf8PathBuf {
        let _kept = self.dir.keep();
        self.root
    }
}

/// Splits a fixture string into files.
pub fn parse(text: &str) -> Vec<(String, String)> {
    let mut files: Vec<(String, String)> = Vec::new();
    let mut open = 0..0;
    for line in text.lines() {
        if let Some(header) = line.strip_prefix("//- ") {
            open.start = files.len();
            files.extend(
                header.split_whitespace().map(|path| (path.replace("%20", " "), String::new())),
            );
            open.end = files.len();
            continue;
        }
        assert!(!open.is_empty() || line.trim().is_empty(), "text before the first header: {line}");
        for (_, content) in &mut files[open.clone()] {
            content.push_str(line);
            content.push('\n');
        }
    }
    files
}

/// Copies the wanted files of a directory tree.
pub fn copy_tree(from: &Utf8Path, to: &Utf8Path, wanted: fn(&Utf8Path) -> bool) {
    fs_err::create_dir_all(to).expect("the fixture is writable");
    for entry in from.read_dir_utf8().unwrap_or_else(|e| panic!("cannot read {from}: {e}")) {
        let entry = entry.unwrap_or_else(|e| panic!("cannot read {from}: {e}"));
        let target = to.join(entry.file_name());
        let kind = entry.file_type().unwrap_or_else(|e| panic!("cannot read {from}: {e}"));
        if kind.is_dir() {
            copy_tree(entry.path(), &target, wanted);
        } else if wanted(entry.path()) {
            fs_err::copy(entry.path(), &target).expect("the fixture is writable");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn several_paths_share_a_body() {
        let files = parse("\n//- /a /b\nx\n//- /c\n");
        let expected = [("/a", "x\n"), ("/b", "x\n"), ("/c", "")];
        assert_eq!(files, expected.map(|(p, c)| (p.to_owned(), c.to_owned())));
    }

    #[test]
    fn files_land_below_the_root() {
        let fixture = Fixture::new("//- /a/b.txt\nhello\n");
        let text = fs_err::read_to_string(fixture.root().join("a/b.txt")).unwrap();
        assert_eq!(text, "hello\n");
    }
}
