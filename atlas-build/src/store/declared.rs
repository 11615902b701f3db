//! Files that a package says its compiles read, although neither rustc nor cargo is told of them:
//! `package.metadata.atlas.inputs`. Knows nothing of what reads them.

use atlas_fingerprint::{
    Digest, Directory, DirtyReason, EntryKind, FileError, Hasher, Record, Stat,
};
use camino::{Utf8Component, Utf8Path, Utf8PathBuf};
use glob::Pattern;

use super::freshness::Freshness;
use super::tree::{self, Tree};
use crate::ids::UnitId;
use crate::packages::Package;

/// What a part of a pattern is a name for.
#[derive(Debug)]
enum Part {
    /// One directory or file.
    Name(String),
    /// Those that look like it.
    Like(Pattern),
    /// `**`: any number of directories.
    Any,
}

/// The patterns of a package, as absolute paths.
#[derive(Debug)]
struct Patterns {
    patterns: Vec<Vec<Part>>,
    /// Digest of their texts.
    digest: Digest,
}

impl Freshness<'_> {
    /// Returns the files that count for every unit of a package because it says so, with the
    /// directories that decide which they are. Both empty for most packages.
    ///
    /// # Errors
    ///
    /// [`FileError`] if a directory cannot be read.
    pub(super) fn declared(&self, unit: UnitId) -> Result<Tree, FileError> {
        let mut tree = Tree::default();
        let Some(patterns) = Patterns::of(self.package(unit)) else { return Ok(tree) };
        let skip = |path: &Utf8Path, kind| self.is_left_out(&patterns, path, kind);
        for start in patterns.starts() {
            let exists = |path: &&Utf8Path| matches!(self.files.stat(path), Ok(Stat::Directory(_)));
            let Some(start) = start.ancestors().find(exists) else { continue };
            if !tree.directories.iter().any(|directory| directory.path == start) {
                tree.add(self.files, start, &skip)?;
            }
        }
        tree.files.sort();
        tree.files.dedup();
        tree.directories.sort_by(|one, other| one.path.cmp(&other.path));
        tree.directories.dedup_by(|one, other| one.path == other.path);
        for directory in &mut tree.directories {
            directory.digest = patterns.marked(&directory.digest);
        }
        Ok(tree)
    }

    /// Returns whether a directory that [`Freshness::declared`] gave is what it was.
    pub(super) fn is_declared_as(&self, unit: UnitId, directory: &Directory) -> bool {
        let Some(patterns) = Patterns::of(self.package(unit)) else { return false };
        let skip = |path: &Utf8Path, kind| self.is_left_out(&patterns, path, kind);
        let now = tree::listing(self.files, &directory.path, &skip);
        now.is_ok_and(|now| patterns.marked(&now) == directory.digest)
    }

    /// Checks the directories of a compile, all of which [`Freshness::declared`] gave.
    pub(super) fn check_declared(
        &self,
        unit: UnitId,
        directories: &[Directory],
    ) -> Result<(), DirtyReason> {
        let package = self.package(unit);
        // What is declared for the first time, or not any longer, is a change of the manifest.
        if package.inputs.is_empty() != directories.is_empty() {
            return Err(DirtyReason::FileChanged { path: package.manifest_path.clone() });
        }
        match directories.iter().find(|directory| !self.is_declared_as(unit, directory)) {
            Some(directory) => Err(DirtyReason::FileChanged { path: directory.path.clone() }),
            None => Ok(()),
        }
    }

    /// Checks that a run of a build script knew of what the package declares, if it does.
    pub(super) fn check_known_to_script(
        &self,
        unit: UnitId,
        record: &Record,
    ) -> Result<(), DirtyReason> {
        let package = self.package(unit);
        let is_declared = |directory| self.is_declared_as(unit, directory);
        match package.inputs.is_empty() || record.directories.iter().any(is_declared) {
            true => Ok(()),
            false => Err(DirtyReason::FileChanged { path: package.manifest_path.clone() }),
        }
    }

    /// Leaves out what no pattern is about. The target directory changes with every build.
    fn is_left_out(&self, patterns: &Patterns, path: &Utf8Path, kind: EntryKind) -> bool {
        match kind {
            EntryKind::Directory => {
                path == self.target_directory || !patterns.may_match_below(path)
            }
            EntryKind::File | EntryKind::Other => !patterns.matches(path),
        }
    }
}

impl Patterns {
    /// Returns those of a package, if it has any. One that cannot be parsed was an error before.
    fn of(package: &Package) -> Option<Self> {
        if package.inputs.is_empty() || !package.is_local() {
            return None;
        }
        let mut hasher = Hasher::new("patterns");
        let mut patterns = Vec::new();
        for text in &package.inputs {
            hasher.text(text);
            patterns.push(parts(&package.root().join(text)));
        }
        Some(Patterns { patterns, digest: hasher.finish() })
    }

    /// Returns the digest of a directory's names as one that only these patterns give.
    fn marked(&self, names: &Digest) -> Digest {
        Hasher::new("declared").digest(&self.digest).digest(names).finish()
    }

    /// Returns the directories in which all that can match is, outer ones first.
    fn starts(&self) -> Vec<Utf8PathBuf> {
        let start = |parts: &Vec<Part>| {
            let names = parts.iter().map_while(|part| match part {
                Part::Name(name) => Some(name.as_str()),
                Part::Like(_) | Part::Any => None,
            });
            let names: Vec<&str> = names.collect();
            // The last part is a file.
            names[..names.len().min(parts.len().saturating_sub(1))].iter().collect()
        };
        let mut starts: Vec<Utf8PathBuf> = self.patterns.iter().map(start).collect();
        starts.sort();
        starts.dedup();
        starts
    }

    fn matches(&self, path: &Utf8Path) -> bool {
        let names: Vec<&str> = path.iter().collect();
        self.patterns.iter().any(|parts| matches(parts, &names))
    }

    fn may_match_below(&self, directory: &Utf8Path) -> bool {
        let names: Vec<&str> = directory.iter().collect();
        self.patterns.iter().any(|parts| may_match_below(parts, &names))
    }
}

/// Splits an absolute pattern; `..` takes back what is before it.
fn parts(pattern: &Utf8Path) -> Vec<Part> {
    let mut parts = Vec::new();
    for component in pattern.components() {
        match component {
            Utf8Component::CurDir => {}
            Utf8Component::ParentDir => drop(parts.pop()),
            Utf8Component::Normal("**") => parts.push(Part::Any),
            Utf8Component::Normal(name) if name.contains(['*', '?', '[']) => {
                parts.push(match Pattern::new(name) {
                    Ok(pattern) => Part::Like(pattern),
                    Err(_) => Part::Name(name.to_owned()),
                });
            }
            other => parts.push(Part::Name(other.as_str().to_owned())),
        }
    }
    parts
}

fn matches(parts: &[Part], names: &[&str]) -> bool {
    match (parts, names) {
        ([], []) => true,
        ([Part::Any], names) => !names.is_empty(),
        ([Part::Any, rest @ ..], names) => {
            (0..=names.len()).any(|skipped| matches(rest, &names[skipped..]))
        }
        ([part, parts @ ..], [name, names @ ..]) => is_like(part, name) && matches(parts, names),
        _ => false,
    }
}

fn may_match_below(parts: &[Part], names: &[&str]) -> bool {
    match (parts, names) {
        ([Part::Any, ..], _) => true,
        (parts, []) => !parts.is_empty(),
        ([part, parts @ ..], [name, names @ ..]) => {
            is_like(part, name) && may_match_below(parts, names)
        }
        ([], _) => false,
    }
}

fn is_like(part: &Part, name: &str) -> bool {
    match part {
        Part::Name(expected) => expected == name,
        Part::Like(pattern) => pattern.matches(name),
        Part::Any => true,
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("templates/**/*.html", "/ws/a/templates/x.html", true)]
    #[case("templates/**/*.html", "/ws/a/templates/b/c/x.html", true)]
    #[case("templates/**/*.html", "/ws/a/templates/x.css", false)]
    #[case("../proto/*.proto", "/ws/proto/a.proto", true)]
    #[case("../proto/*.proto", "/ws/proto/deep/a.proto", false)]
    #[case("data/**", "/ws/a/data/b/c", true)]
    #[case("./[ab].txt", "/ws/a/b.txt", true)]
    #[case("schema.sql", "/ws/a/schema.sql", true)]
    #[case("*.sql", "/ws/a/.sql", true)]
    #[case("/etc/*.conf", "/etc/a.conf", true)]
    fn paths_match(#[case] pattern: &str, #[case] path: &str, #[case] expected: bool) {
        let parts = parts(&Utf8Path::new("/ws/a").join(pattern));
        let path = Utf8Path::new(path);
        let names: Vec<&str> = path.iter().collect();
        assert_eq!(matches(&parts, &names), expected);
        if expected {
            assert!((1..names.len()).all(|n_names| may_match_below(&parts, &names[..n_names])));
        }
    }
}
