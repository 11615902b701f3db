//! Changes of one text in one file, none of which was ever made before: what was compiled once might
//! be taken from where it was put aside.

use atlas_tests::timing;
use camino::{Utf8Path, Utf8PathBuf};

/// Where a workspace is edited.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    /// The file, from the workspace.
    pub(crate) file: Utf8PathBuf,
    /// What is replaced.
    pub(crate) old: String,
    /// What replaces it, by turns; `{n}` stands for a number.
    pub(crate) new: Vec<String>,
}

/// A text that is changed again and again.
#[derive(Debug)]
pub(crate) struct Edits {
    file: Utf8PathBuf,
    before: String,
    after: String,
    new: Vec<String>,
    n_made: usize,
}

impl Edits {
    /// Prepares to edit a copy of a workspace; the text is taken from the workspace itself, as the
    /// copy may have been edited before.
    pub(crate) fn new(place: &Place, original: &str, copy: &Utf8Path) -> Self {
        let (before, after) = original
            .split_once(&place.old)
            .unwrap_or_else(|| panic!("no `{}` in {}", place.old, place.file));
        Edits {
            file: copy.join(&place.file),
            before: before.to_owned(),
            after: after.to_owned(),
            new: place.new.clone(),
            n_made: 0,
        }
    }

    /// Makes the next change.
    pub(crate) fn make(&mut self) {
        let text = self.next(timing::now().as_micros());
        fs_err::write(&self.file, text).expect("the copy is writable");
    }

    fn next(&mut self, number: u128) -> String {
        let new = &self.new[self.n_made % self.new.len()];
        self.n_made += 1;
        format!("{}{}{}", self.before, new.replace("{n}", &number.to_string()), self.after)
    }
}
