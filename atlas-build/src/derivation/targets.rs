//! The names in a package's directories from which cargo makes targets without being told. Knows
//! no manifest: names count even where the manifest turns the search off.
//!
//! | directory | names that count |
//! | --- | --- |
//! | package | `build.rs`, the names of a default `package.readme`, the directories below |
//! | `src` | `lib.rs`, `main.rs`, `bench.rs`, `bin`; in edition 2015 every `.rs` |
//! | `src/bin`, `tests`, `examples`, `benches` | every `.rs`, and directories with a `main.rs` |

use atlas_fingerprint::{Digest, DirEntry, EntryKind, FileError, Hasher};
use camino::Utf8Path;
use serde::{Deserialize, Serialize};

use crate::derivation::looks::{Kind, Looks};

/// Names that count in the directory of a package.
const IN_PACKAGE: &[&str] =
    &["build.rs", "README.md", "README.txt", "README", "src", "tests", "examples", "benches"];
/// Names that count in `src`.
const IN_SOURCES: &[&str] = &["lib.rs", "main.rs", "bench.rs", "bin"];
/// Directories of a package that are searched for targets.
const SEARCHED: &[&str] = &["tests", "examples", "benches"];

/// Which files in `src` may become targets.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub(super) enum SourceNames {
    /// Those of the convention.
    Conventional,
    /// All: edition 2015 finds the files of libraries and binaries by their names.
    All,
}

/// Returns a digest of the names that count in the directories of a package.
pub(super) fn discovered(
    looks: &mut Looks<'_>,
    package: &Utf8Path,
    names: SourceNames,
) -> Result<Digest, FileError> {
    let mut walk = Walk { looks, hasher: Hasher::new("targets") };
    let entries = walk.named(package, &|name| IN_PACKAGE.contains(&name))?;
    let is_directory = |entries: &[DirEntry], name: &str| {
        entries.iter().any(|entry| entry.name == name && entry.kind == EntryKind::Directory)
    };
    if is_directory(&entries, "src") {
        let counts = |name: &str| {
            IN_SOURCES.contains(&name) || names == SourceNames::All && name.ends_with(".rs")
        };
        let sources = package.join("src");
        let entries = walk.named(&sources, &counts)?;
        if is_directory(&entries, "bin") {
            walk.search(&sources.join("bin"))?;
        }
    }
    for name in SEARCHED {
        if is_directory(&entries, name) {
            walk.search(&package.join(name))?;
        }
    }
    Ok(walk.hasher.finish())
}

/// Returns whether [`discovered`] notices that a file of a package comes or goes.
pub(super) fn covers(package: &Utf8Path, file: &Utf8Path) -> bool {
    let Ok(relative) = file.strip_prefix(package) else { return false };
    let names: Vec<&str> = relative.iter().collect();
    let is_source = |name: &str| name.ends_with(".rs") && !name.starts_with('.');
    match names.as_slice() {
        ["build.rs"] | ["src", "lib.rs" | "main.rs" | "bench.rs"] => true,
        ["src", "bin", name] | ["tests" | "examples" | "benches", name] => is_source(name),
        ["src", "bin", name, "main.rs"] | ["tests" | "examples" | "benches", name, "main.rs"] => {
            !name.starts_with('.')
        }
        _ => false,
    }
}

struct Walk<'a, 'b> {
    looks: &'a mut Looks<'b>,
    hasher: Hasher,
}

impl Walk<'_, '_> {
    /// Notes the names in a directory that count, and returns them.
    fn named(
        &mut self,
        directory: &Utf8Path,
        counts: &dyn Fn(&str) -> bool,
    ) -> Result<Vec<DirEntry>, FileError> {
        let entries = self.looks.list(directory)?.unwrap_or_default();
        let entries: Vec<DirEntry> =
            entries.into_iter().filter(|entry| counts(&entry.name)).collect();
        self.hasher.text(directory.as_str()).number(entries.len() as u64);
        for entry in &entries {
            self.note(directory, entry);
        }
        Ok(entries)
    }

    /// Notes what a searched directory holds.
    fn search(&mut self, directory: &Utf8Path) -> Result<(), FileError> {
        self.hasher.text(directory.as_str());
        for entry in self.looks.list(directory)?.unwrap_or_default() {
            if entry.name.starts_with('.') {
                continue;
            }
            // Cargo does not follow links to directories here.
            if entry.kind == EntryKind::Directory && !entry.linked {
                self.search_below(&directory.join(&entry.name))?;
            } else if entry.name.ends_with(".rs") {
                self.note(directory, &entry);
            }
        }
        Ok(())
    }

    /// Notes a directory that has a `main.rs`.
    fn search_below(&mut self, directory: &Utf8Path) -> Result<(), FileError> {
        let entries = self.looks.list(directory)?.unwrap_or_default();
        if let Some(entry) = entries.iter().find(|entry| entry.name == "main.rs") {
            self.hasher.text(directory.as_str());
            self.note(directory, entry);
        }
        Ok(())
    }

    fn note(&mut self, directory: &Utf8Path, entry: &DirEntry) {
        let kind = match entry.kind {
            // Where a link leads to may change without a word of its directory.
            _ if entry.linked => self.looks.kind(&directory.join(&entry.name)),
            EntryKind::File => Kind::File,
            EntryKind::Directory => Kind::Directory,
            EntryKind::Other => Kind::Absent,
        };
        self.hasher.text(&entry.name).number(kind.number()).number(u64::from(entry.linked));
    }
}
