//! A sweep: everything is read before anything is removed, and each directory is under cargo's lock
//! meanwhile.

use std::collections::HashSet;
use std::path::Path;

use camino::{Utf8Path, Utf8PathBuf};

use super::super::error::CleanError;
use super::super::limits::{Collected, Limits, Progress, Reason, What};
use super::super::removal::{Effect, Removal};
use super::super::units::modified;
use super::fingerprint::{self, Fingerprint};
use super::incremental::superseded;
use super::layout::{Place, places};
use super::lock::CargoLock;
use super::outdated::outdated;
use super::toolchains::KnownToolchains;

/// What is known of a place before anything is removed.
struct Known {
    place: Place,
    units: Vec<Fingerprint>,
    _lock: Option<CargoLock>,
}

/// Removes what plain cargo has left in a build directory and nobody has used of late, or what is of
/// other toolchains than those. A place where cargo builds is left alone.
///
/// # Errors
///
/// [`CleanError`] if something cannot be read or removed, or is laid out in another way than is known:
/// then nothing was removed.
pub fn sweep(
    build: &Utf8Path,
    limits: &Limits,
    toolchains: &KnownToolchains,
    progress: &mut dyn FnMut(Progress),
) -> Result<Collected, CleanError> {
    let mut collected = Collected::default();
    let mut known = Vec::new();
    let places = places(build)?;
    // Each unit is read, and then looked at.
    let total = 2 * places.iter().map(|place| place.fingerprints.len()).sum::<usize>();
    let mut done = 0;
    let mut step = || {
        progress(Progress { done, total });
        done += 1;
    };
    for place in places {
        let lock = match limits.effect {
            Effect::Remove => CargoLock::now_or_never(&place.directory)?,
            Effect::Count => None,
        };
        if lock.is_none() && limits.effect == Effect::Remove {
            let name = place.directory.strip_prefix(build).unwrap_or(&place.directory);
            collected.busy.push(name.to_string());
            continue;
        }
        let directory = place.directory.join(".fingerprint");
        let names = place.fingerprints.iter();
        let units = names.map(|name| {
            step();
            fingerprint::read(&directory.join(name))
        });
        let units = units.collect::<Result<_, _>>()?;
        known.push(Known { place, units, _lock: lock });
    }
    let toolchains = trusted(&known, toolchains, &mut collected);
    let mut told = |_: &Path| ();
    let mut removal = Removal::new(limits.effect, &mut told);
    for place in &known {
        sweep_place(place, limits, toolchains, &mut removal, (&mut collected, &mut step))?;
    }
    Ok(collected)
}

/// Returns the toolchains, unless nothing at all was made by any of them: then cargo may count in
/// another way than is known.
fn trusted<'t>(
    known: &[Known],
    toolchains: &'t KnownToolchains,
    collected: &mut Collected,
) -> Option<&'t KnownToolchains> {
    let mut units = known.iter().flat_map(|known| &known.units).peekable();
    let is_empty = units.peek().is_none();
    let mut compilers = units.flat_map(|unit| &unit.compilers);
    if is_empty || compilers.any(|compiler| *compiler != 0 && toolchains.contains(*compiler)) {
        return Some(toolchains);
    }
    let note = "nothing here was built by a toolchain that is kept, so toolchains do not count: \
                they may be known to cargo by other numbers";
    collected.notes.push(note.to_owned());
    None
}

fn sweep_place(
    Known { place, units, .. }: &Known,
    limits: &Limits,
    toolchains: Option<&KnownToolchains>,
    removal: &mut Removal<'_>,
    (collected, step): (&mut Collected, &mut dyn FnMut()),
) -> Result<(), CleanError> {
    let mut files = place.files()?;
    let reasons = outdated(units, limits, toolchains);
    let names = place.fingerprints.iter();
    // Another unit may share the hash.
    let live = units.iter().zip(&reasons).filter(|(_, reason)| reason.is_none());
    let live: HashSet<&str> = live.map(|(unit, _)| unit.hash.as_str()).collect();
    live.iter().for_each(|hash| drop(files.remove(*hash)));
    for ((name, unit), reason) in names.zip(units).zip(&reasons) {
        step();
        let Some(reason) = *reason else {
            collected.kept += 1;
            continue;
        };
        // The fingerprint first: what is half removed is built again.
        let mut tally = removal.remove(place.directory.join(".fingerprint").join(name))?;
        for path in files.remove(&unit.hash).unwrap_or_default() {
            tally += removal.remove(path)?;
        }
        collected.add(What::Units, reason, tally);
    }
    for path in files.into_values().flatten().filter(|path| is_outdated(path, limits)) {
        let tally = removal.remove(path)?;
        collected.add(What::Published, Reason::Unreferenced, tally);
    }
    for (path, reason) in superseded(&place.directory, limits)? {
        let tally = removal.remove(path)?;
        collected.add(What::Incremental, reason, tally);
    }
    Ok(())
}

fn is_outdated(path: &Utf8PathBuf, limits: &Limits) -> bool {
    let modified = modified(path);
    limits.is_outdated(modified) && !limits.is_recent(modified)
}
