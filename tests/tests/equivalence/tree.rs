//! The files of a workspace as a value, with the way it is built; and how it comes to the disk.

use std::collections::BTreeMap;

use atlas_tests::fixture::{Fixture, parse};
use camino::Utf8PathBuf;

use crate::themes::Theme;

/// The text of each file, by its path.
pub(crate) type Files = BTreeMap<String, String>;

/// How the workspace is built.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub(crate) struct Manner {
    /// Variables.
    pub(crate) variables: BTreeMap<&'static str, String>,
    /// Features, profile.
    pub(crate) settings: BTreeMap<&'static str, String>,
    /// What is selected.
    pub(crate) selection: String,
    /// Arguments for atlas alone.
    pub(crate) own: BTreeMap<&'static str, &'static str>,
}

/// A workspace and how it is built.
#[derive(Clone, Debug)]
pub(crate) struct State {
    /// Its files.
    pub(crate) files: Files,
    /// Files as they were after each step.
    pub(crate) history: Vec<Files>,
    /// A file as it was before it was broken.
    pub(crate) mended: Option<Files>,
    /// How it is built.
    pub(crate) manner: Manner,
    /// Where all other files of it are, if others wrote it.
    pub(crate) origin: Option<Utf8PathBuf>,
}

impl State {
    /// Starts with a workspace.
    pub(crate) fn new(theme: &Theme) -> Self {
        Self::of(parse(theme.text).into_iter().map(relative).collect())
    }

    /// Starts with files.
    pub(crate) fn of(files: Files) -> Self {
        let (history, manner) = (vec![files.clone()], Manner::default());
        State { files, history, mended: None, manner, origin: None }
    }
}

fn relative((path, text): (String, String)) -> (String, String) {
    (path.trim_start_matches('/').to_owned(), text)
}

/// Writes a workspace into an empty directory.
pub(crate) fn begin(fixture: &Fixture, state: &State) -> Files {
    if let Some(origin) = &state.origin {
        fixture.copy_tree(origin, "", |path| path.is_file() && !path.as_str().contains("/.git/"));
    }
    let mut on_disk = Files::new();
    write(fixture, &mut on_disk, &state.files);
    on_disk
}

/// Brings the workspace on disk to what it should be; files that have their text already are left
/// alone.
pub(crate) fn write(fixture: &Fixture, on_disk: &mut Files, files: &Files) {
    for path in on_disk.keys().filter(|path| !files.contains_key(*path)) {
        fixture.remove(path);
        let mut directory = fixture.path(path);
        // Cargo takes an empty directory that matches a pattern for a member.
        while directory.pop() && directory != fixture.root() {
            if fs_err::remove_dir(&directory).is_err() {
                break;
            }
        }
    }
    for (path, text) in files {
        if on_disk.get(path) != Some(text) {
            fixture.write(path, text);
        }
    }
    files.clone_into(on_disk);
}
