//! Files that units of one place have published for each other, and tests where the user finds them,
//! by the hash in their names.

use std::collections::BTreeMap;

use camino::{Utf8Path, Utf8PathBuf};

use super::error::CleanError;
use super::site::{Place, entries};
use super::units::hash_in;

/// Published files of a place.
#[derive(Clone, Debug, Default)]
pub(super) struct PublishedFiles {
    published: BTreeMap<String, Vec<Utf8PathBuf>>,
    /// Those of plain cargo are among them.
    results: BTreeMap<String, Vec<Utf8PathBuf>>,
}

impl PublishedFiles {
    /// Lists them.
    pub(super) fn of(place: &Place) -> Result<Self, CleanError> {
        let published = by_hash(&place.directory)?;
        Ok(PublishedFiles { published, results: by_hash(&place.results)? })
    }

    /// Takes out those of one unit.
    pub(super) fn take(&mut self, hash: &str) -> Vec<Utf8PathBuf> {
        let mut files = self.published.remove(hash).unwrap_or_default();
        files.extend(self.results.remove(hash).unwrap_or_default());
        files
    }

    /// Returns those that are left of what was published.
    pub(super) fn rest(self) -> impl Iterator<Item = Utf8PathBuf> {
        self.published.into_values().flatten()
    }
}

fn by_hash(directory: &Utf8Path) -> Result<BTreeMap<String, Vec<Utf8PathBuf>>, CleanError> {
    let mut files: BTreeMap<String, Vec<Utf8PathBuf>> = BTreeMap::new();
    for name in ["deps", "examples"] {
        let directory = directory.join(name);
        for (name, _) in entries(&directory)? {
            if let Some(hash) = hash_in(&name) {
                files.entry(hash.to_owned()).or_default().push(directory.join(&name));
            }
        }
    }
    Ok(files)
}
