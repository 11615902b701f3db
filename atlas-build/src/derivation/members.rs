//! What the patterns of `workspace.members` match. Knows no manifest.

use atlas_fingerprint::{Digest, EntryKind, FileError, Hasher};
use camino::{Utf8Component, Utf8Path, Utf8PathBuf};
use glob::Pattern;

use crate::derivation::looks::{Kind, Looks};

/// Returns a digest of the directories below `root` that a pattern matches, and of whether each
/// has a manifest: cargo refuses one that has none.
pub(super) fn matched(
    looks: &mut Looks<'_>,
    root: &Utf8Path,
    pattern: &str,
) -> Result<Digest, FileError> {
    let mut level = vec![root.to_owned()];
    for component in Utf8Path::new(pattern).components() {
        level = match component {
            Utf8Component::Normal(name) if is_pattern(name) => below(looks, &level, name)?,
            component => level.iter().map(|path| path.join(component)).collect(),
        };
    }
    let mut hasher = Hasher::new("members");
    for directory in &level {
        hasher.text(directory.as_str());
        let manifest = directory.join("Cargo.toml");
        // A manifest that is there is a fact of its own.
        let kind = match Kind::from(looks.peek(&manifest)) {
            Kind::File => Kind::File,
            Kind::Directory | Kind::Absent => looks.kind(&manifest),
        };
        hasher.number(kind.number());
    }
    Ok(hasher.finish())
}

/// Returns whether a name stands for other names.
pub(super) fn is_pattern(name: &str) -> bool {
    name.contains(['*', '?', '['])
}

/// Returns the directories in those of `level` whose names a pattern matches.
fn below(
    looks: &mut Looks<'_>,
    level: &[Utf8PathBuf],
    pattern: &str,
) -> Result<Vec<Utf8PathBuf>, FileError> {
    let Ok(pattern) = Pattern::new(pattern) else { return Ok(Vec::new()) };
    let mut matched = Vec::new();
    for directory in level {
        for entry in looks.list(directory)?.into_iter().flatten() {
            if !pattern.matches(&entry.name) {
                continue;
            }
            let path = directory.join(&entry.name);
            let is_directory = entry.kind == EntryKind::Directory;
            // Where a link leads to may change without a word of its directory.
            if entry.linked {
                looks.kind(&path);
            }
            if is_directory {
                matched.push(path);
            }
        }
    }
    Ok(matched)
}
