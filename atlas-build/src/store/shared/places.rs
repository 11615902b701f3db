//! Directories that differ from checkout to checkout, and marks that stand for them: what is made of
//! the same things below other directories then looks the same. Knows no unit.

use camino::{Utf8Path, Utf8PathBuf};
use memchr::memmem;

/// Stands for the target directory. No argument and no variable can have such a byte.
const TARGET: &str = "\0target\0";
/// Stands for the directory of the workspace.
const WORKSPACE: &str = "\0workspace\0";

/// The directories of a build, the longest first.
#[derive(Clone, Debug)]
pub(super) struct Places(Vec<(Utf8PathBuf, String)>);

impl Places {
    /// Creates it; the workspace has a mark only where it does not count, and so have packages
    /// elsewhere, which are given with what they are called.
    pub(super) fn new(
        target: &Utf8Path,
        workspace: Option<&Utf8Path>,
        packages: &[(&Utf8Path, String)],
    ) -> Self {
        let mut places = vec![(target.to_owned(), TARGET.to_owned())];
        places.extend(workspace.map(|it| (it.to_owned(), WORKSPACE.to_owned())));
        let mark = |name: &str| format!("\0package {name}\0");
        places.extend(packages.iter().map(|(path, name)| ((*path).to_owned(), mark(name))));
        places.sort_by_key(|(path, _)| std::cmp::Reverse(path.as_str().len()));
        Places(places)
    }

    /// Returns bytes with marks in the place of directories; `None` if they hold what could be taken
    /// for a mark.
    pub(super) fn marked(&self, bytes: &[u8]) -> Option<Vec<u8>> {
        if memchr::memchr(0, bytes).is_some() {
            return None;
        }
        let mut bytes = bytes.to_vec();
        for (path, mark) in &self.0 {
            bytes = replaced(&bytes, path.as_str().as_bytes(), mark.as_bytes(), is_end_of_name);
        }
        Some(bytes)
    }

    /// Returns text with marks in the place of directories.
    pub(super) fn marked_text(&self, text: &str) -> Option<String> {
        // What is replaced are whole strings.
        String::from_utf8(self.marked(text.as_bytes())?).ok()
    }

    /// Returns bytes with directories in the place of marks.
    pub(super) fn located(&self, bytes: &[u8]) -> Vec<u8> {
        let mut bytes = bytes.to_vec();
        for (path, mark) in &self.0 {
            bytes = replaced(&bytes, mark.as_bytes(), path.as_str().as_bytes(), |_| true);
        }
        bytes
    }

    /// Returns text with directories in the place of marks.
    pub(super) fn located_text(&self, text: &str) -> String {
        String::from_utf8(self.located(text.as_bytes())).unwrap_or_default()
    }

    /// Returns whether one of the directories is named anywhere in `bytes`, however it goes on.
    pub(super) fn are_named_in(&self, bytes: &[u8]) -> bool {
        self.0.iter().any(|(path, _)| memmem::find(bytes, path.as_str().as_bytes()).is_some())
    }

    /// Returns the directories as one text, for what can be used nowhere else.
    pub(super) fn identity(&self) -> Vec<&str> {
        self.0.iter().map(|(path, _)| path.as_str()).collect()
    }
}

/// Returns whether a name that ends before `next` is a whole one.
fn is_end_of_name(next: Option<&u8>) -> bool {
    !next
        .is_some_and(|byte| byte.is_ascii_alphanumeric() || b"._-+~@".contains(byte) || *byte > 127)
}

/// Replaces each occurrence of `from` after which `is_end` holds of the next byte.
fn replaced(bytes: &[u8], from: &[u8], to: &[u8], is_end: impl Fn(Option<&u8>) -> bool) -> Vec<u8> {
    let mut result = Vec::with_capacity(bytes.len());
    let mut rest = 0;
    for start in memmem::find_iter(bytes, from) {
        let end = start + from.len();
        if start >= rest && is_end(bytes.get(end)) {
            result.extend_from_slice(&bytes[rest..start]);
            result.extend_from_slice(to);
            rest = end;
        }
    }
    result.extend_from_slice(&bytes[rest..]);
    result
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::Places;

    fn places() -> Places {
        Places::new("/w/target".into(), Some("/w".into()), &[])
    }

    #[rstest]
    #[case::whole("/w/target", "\0target\0")]
    #[case::below("a=/w/target/debug:/w/src", "a=\0target\0/debug:\0workspace\0/src")]
    #[case::other_name("/w/target2/x", "\0workspace\0/target2/x")]
    #[case::longer_name("/workspace", "/workspace")]
    #[case::quoted("\"/w\"", "\"\0workspace\0\"")]
    #[case::nothing("abc", "abc")]
    fn directories_get_marks_and_come_back(#[case] text: &str, #[case] marked: &str) {
        assert_eq!(places().marked_text(text).as_deref(), Some(marked));
        assert_eq!(places().located_text(marked), text);
        let other = Places::new("/elsewhere/t".into(), Some("/v".into()), &[]);
        let moved = other.located_text(marked);
        assert_eq!(other.marked_text(&moved).as_deref(), Some(marked));
    }

    #[test]
    fn what_looks_like_a_mark_is_refused() {
        assert_eq!(places().marked(b"a\0target\0"), None);
    }

    #[test]
    fn longer_names_count_as_named() {
        assert!(places().are_named_in(b"xx/w/target-2xx"));
        assert!(!places().are_named_in(b"/v/target"));
    }
}
