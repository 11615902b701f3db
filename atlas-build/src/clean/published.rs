//! Files that units of one place have published for each other, by the hash in their names.

use std::collections::BTreeMap;

use camino::Utf8PathBuf;

use super::error::CleanError;
use super::site::{Place, entries};
use super::units::hash_in;

/// Published files of a place.
#[derive(Clone, Debug, Default)]
pub(super) struct PublishedFiles(BTreeMap<String, Vec<Utf8PathBuf>>);

impl PublishedFiles {
    /// Lists them.
    pub(super) fn of(place: &Place) -> Result<Self, CleanError> {
        let mut files: BTreeMap<String, Vec<Utf8PathBuf>> = BTreeMap::new();
        for name in ["deps", "examples"] {
            let directory = place.directory.join(name);
            for (name, _) in entries(&directory)? {
                if let Some(hash) = hash_in(&name) {
                    files.entry(hash.to_owned()).or_default().push(directory.join(&name));
                }
            }
        }
        Ok(PublishedFiles(files))
    }

    /// Takes out those of one unit.
    pub(super) fn take(&mut self, hash: &str) -> Vec<Utf8PathBuf> {
        self.0.remove(hash).unwrap_or_default()
    }

    /// Returns those that are left.
    pub(super) fn rest(self) -> impl Iterator<Item = Utf8PathBuf> {
        self.0.into_values().flatten()
    }
}
