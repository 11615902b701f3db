//! The files of a local package, as far as nobody says who reads or writes them. Knows no key.

use atlas_fingerprint::{Digest, EntryKind, Hasher, Moment, Stat};
use camino::{Utf8Path, Utf8PathBuf};

use super::super::freshness::Freshness;
use super::super::tree::Tree;

/// Directories of other tools, which change without a meaning or hold what is no part of a package.
const TOOLS: [&str; 9] =
    [".direnv", ".git", ".hg", ".idea", ".jj", ".svn", ".venv", ".vscode", "node_modules"];

impl Freshness<'_> {
    /// Returns the digest of what macros may read of a package without a word: names and bytes of the
    /// files that are no Rust source, and the names of those that are. Other packages and artifacts are
    /// no part of it.
    ///
    /// With `until`, files must be older than that moment; `None` if one is not.
    pub(super) fn other_files(&self, root: &Utf8Path, until: Option<Moment>) -> Option<Digest> {
        let mut tree = self.package_tree(root)?;
        tree.files.retain(|path| path.file_name() != Some("Cargo.lock"));
        tree.files.sort();
        let (sources, others): (Vec<_>, Vec<_>) =
            tree.files.into_iter().partition(|path| path.extension() == Some("rs"));
        let below = |path: &Utf8Path| path.strip_prefix(root).unwrap_or(path).to_string();
        let mut hasher = Hasher::new("other files of a package");
        hasher.texts(&sources.iter().map(|path| below(path)).collect::<Vec<_>>());
        for (path, observed) in others.iter().zip(self.table.observe_all(&others)) {
            let observed = observed.ok()??;
            if until.is_some_and(|moment| observed.stamp.is_racy(moment)) {
                return None;
            }
            hasher.text(&below(path)).digest(&observed.content.bytes);
        }
        Some(hasher.finish())
    }

    /// Returns whether no file of a package was written since a moment: a build script that writes
    /// into its package has to run wherever that is not there.
    pub(super) fn is_untouched(&self, root: &Utf8Path, since: Moment) -> bool {
        let is_older = |path: &Utf8PathBuf| match self.files.stat(path) {
            Ok(Stat::File(stamp)) => !stamp.is_racy(since),
            _ => true,
        };
        self.package_tree(root).is_some_and(|tree| tree.files.iter().all(is_older))
    }

    fn package_tree(&self, root: &Utf8Path) -> Option<Tree> {
        let exists = |path: &Utf8Path| !matches!(self.files.stat(path), Ok(Stat::Absent));
        let skip = |path: &Utf8Path, kind| {
            kind == EntryKind::Directory
                && (path == self.target_directory
                    || path.file_name().is_some_and(|name| TOOLS.contains(&name))
                    || exists(&path.join("Cargo.toml"))
                    || exists(&path.join("CACHEDIR.TAG")))
        };
        let mut tree = Tree::default();
        tree.add(self.files, root, &skip).ok()?;
        Some(tree)
    }
}
