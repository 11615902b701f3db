//! Following manifests to other manifests: path dependencies, patches, the roots of workspaces, as
//! cargo's own search does (`core/workspace.rs`: `find_root`, `find_members`). Asks for more
//! rather than less.

use std::collections::BTreeSet;

use atlas_fingerprint::{Files, in_parallel};
use camino::{Utf8Path, Utf8PathBuf};

use crate::derivation::manifest::{self, Places, manifest_in};
use crate::derivation::members::is_pattern;
use crate::derivation::question::Question;
use crate::derivation::targets::SourceNames;
use crate::packages::{Package, PackageGraph};

/// What a manifest is looked at for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Role {
    /// It may be the root of a workspace.
    Above,
    /// Its package may take part.
    Package,
}

/// A search through manifests.
pub(super) struct Search<'a> {
    files: &'a dyn Files,
    root: &'a Utf8Path,
    /// Whether the search for a root ends at `root`, for those below that do not belong elsewhere.
    root_ends_search: bool,
    members: BTreeSet<&'a Utf8Path>,
    /// Manifests of packages of which the targets are asked for elsewhere.
    local: BTreeSet<&'a Utf8Path>,
    questions: BTreeSet<Question>,
    seen: BTreeSet<(Utf8PathBuf, Role)>,
    /// What is to be read.
    pending: Vec<(Utf8PathBuf, Role)>,
}

impl<'a> Search<'a> {
    /// Starts at the root manifest, which must be there.
    pub(super) fn new(
        files: &'a dyn Files,
        root: &'a Utf8Path,
        packages: &'a PackageGraph,
    ) -> Option<Self> {
        let path = |it: &'a Package| it.manifest_path.as_path();
        let all = packages.packages.values();
        let mut search = Search {
            files,
            root,
            root_ends_search: false,
            members: packages.members.iter().map(|it| path(&packages.packages[*it])).collect(),
            local: all.filter(|package| package.is_local()).map(path).collect(),
            questions: BTreeSet::new(),
            seen: BTreeSet::new(),
            pending: Vec::new(),
        };
        let manifest = root.join("Cargo.toml");
        search.root_ends_search = search.places(&manifest)?.is_root;
        search.package(&manifest);
        for path in search.local.clone() {
            search.package(path);
        }
        Some(search)
    }

    /// Asks for the manifest of a package, and for those above it that may be its root.
    pub(super) fn package(&mut self, manifest: &Utf8Path) {
        let Some(directory) = manifest.parent() else { return };
        if !self.look(manifest.to_owned(), Role::Package) {
            return;
        }
        let belongs = self.members.contains(manifest) || directory == self.root;
        let ends = self.root_ends_search && belongs && directory.starts_with(self.root);
        if directory != self.root || !ends {
            let root = self.root;
            self.above(directory.parent(), ends.then_some(root));
        }
    }

    /// Asks for the manifests in a directory and in those above it, up to `end`.
    pub(super) fn above(&mut self, directory: Option<&Utf8Path>, end: Option<&Utf8Path>) {
        for directory in directory.into_iter().flat_map(Utf8Path::ancestors) {
            self.look(directory.join("Cargo.toml"), Role::Above);
            if Some(directory) == end {
                return;
            }
        }
    }

    /// Returns whether the manifest was not looked at for this before.
    fn look(&mut self, manifest: Utf8PathBuf, role: Role) -> bool {
        let is_new = self.seen.insert((manifest.clone(), role));
        if is_new {
            self.questions.insert(Question::Manifest(manifest.clone()));
            self.pending.push((manifest, role));
        }
        is_new
    }

    /// Reads the manifests and those that they point to, and returns all questions. `None` if one
    /// points to what cannot be asked for.
    pub(super) fn follow(mut self) -> Option<BTreeSet<Question>> {
        while !self.pending.is_empty() {
            let pending = std::mem::take(&mut self.pending);
            let places = in_parallel(&pending, |(path, _)| self.places(path));
            for ((path, role), places) in pending.into_iter().zip(places) {
                if let Some(places) = places {
                    self.add(&path, role, places)?;
                }
            }
        }
        Some(self.questions)
    }

    /// Returns where a manifest points to; `None` if it is not there or is none.
    fn places(&self, path: &Utf8Path) -> Option<Places> {
        let bytes = self.files.read(path).ok()?;
        manifest::parse(&bytes).map(|table| manifest::places(&table))
    }

    fn add(&mut self, path: &Utf8Path, role: Role, places: Places) -> Option<()> {
        let directory = path.parent()?;
        for named in &places.packages {
            self.package(&manifest_in(directory, named));
        }
        // Cargo reads it although nothing that is built needs it: for another platform, say.
        if role == Role::Package && places.is_package && !self.local.contains(path) {
            let (directory, names) = (directory.to_owned(), SourceNames::All);
            self.questions.insert(Question::Targets { directory, names });
        }
        if directory != self.root {
            return Some(());
        }
        for pattern in places.members.into_iter().filter(|pattern| is_pattern(pattern)) {
            if pattern.contains("**") {
                return None;
            }
            self.questions.insert(Question::Members { root: self.root.to_owned(), pattern });
        }
        Some(())
    }
}
