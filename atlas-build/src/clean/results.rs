//! What lies in the directory of a unit that stays and is of no use any longer: results that were
//! put aside and that nobody knows, and what was noted of metadata that is gone.

use std::collections::BTreeSet;

use camino::{Utf8Path, Utf8PathBuf};

use super::error::CleanError;
use super::limits::What;
use super::records::Records;
use super::site::entries;
use super::units::UnitDirectory;

/// Lists what nothing refers to.
pub(super) fn unreferenced(
    unit: &UnitDirectory,
    records: &Records<'_>,
) -> Result<Vec<(What, Utf8PathBuf)>, CleanError> {
    let mut found = Vec::new();
    let results = records.results(&unit.key);
    others(What::Results, &unit.path.join("results"), &results, &mut found)?;
    if let Some(contents) = records.contents(&unit.key) {
        others(What::Interfaces, &unit.path.join("interfaces"), &contents, &mut found)?;
    }
    Ok(found)
}

fn others(
    what: What,
    directory: &Utf8Path,
    known: &BTreeSet<String>,
    found: &mut Vec<(What, Utf8PathBuf)>,
) -> Result<(), CleanError> {
    for (name, _) in entries(directory)? {
        if !known.contains(&name) && !name.starts_with('.') {
            found.push((what, directory.join(name)));
        }
    }
    Ok(())
}
