//! Removing a part of what atlas has built because the user asks for it: a profile, or packages.
//! Goes by the rules of `cargo clean`, which has checked before that what is asked for exists.

use std::collections::BTreeSet;

use atlas_fingerprint::Disk;
use camino::Utf8Path;

use super::error::CleanError;
use super::published::PublishedFiles;
use super::records::{Claim, Records};
use super::removal::{Effect, Removal};
use super::site::{Place, Profile, entries, profiles};
use super::units::{UnitDirectory, units};
use crate::interrupt::Interrupt;
use crate::layout::Layout;
use crate::platform::CompileKind;
use crate::store::Kept;

/// What to remove.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Part<'a> {
    /// All of a profile that was built without naming a platform.
    Profile(&'a str),
    /// Some packages.
    Packages {
        /// The profile.
        profile: &'a str,
        /// Names of the packages; all versions of them go.
        names: &'a [String],
        /// Platforms; what was built without naming one goes in any case.
        triples: &'a [String],
    },
}

impl Part<'_> {
    fn profile(&self) -> &str {
        match self {
            Part::Profile(profile) | Part::Packages { profile, .. } => profile,
        }
    }
}

/// Keeps builds from running.
#[derive(Debug)]
pub struct Locks(#[expect(dead_code, reason = "they are held, and nothing else")] Vec<Claim>);

/// Waits for builds in a target directory to end, if there are any: those with one profile, or all.
/// `on_wait` is called with the directory of a build that runs.
///
/// # Errors
///
/// [`CleanError`] if locks cannot be taken, or the user stops waiting.
pub fn lock(
    target: &Utf8Path,
    profile: Option<&str>,
    interrupt: &Interrupt,
    on_wait: &mut dyn FnMut(&Utf8Path),
) -> Result<Locks, CleanError> {
    let name = profile.map(|profile| directory_name(target, profile));
    let wanted = |it: &Profile| name.as_ref().is_none_or(|name| it.name == *name);
    let mut claims = Vec::new();
    for profile in profiles(target)?.iter().filter(|it| wanted(it)) {
        claims.push(Claim::wait(&profile.host, interrupt, on_wait)?);
    }
    Ok(Locks(claims))
}

/// Removes a part of what atlas has built. Unless things are only counted, builds must be kept from
/// running.
///
/// # Errors
///
/// [`CleanError`] if something cannot be removed; what was removed before is built again.
pub fn clean(
    target: &Utf8Path,
    part: &Part<'_>,
    removal: &mut Removal<'_>,
) -> Result<(), CleanError> {
    let name = directory_name(target, part.profile());
    let Some(profile) = profiles(target)?.into_iter().find(|it| it.name == name) else {
        return Ok(());
    };
    let kept = Kept::open(&Disk, target);
    let records = Records::open(target, &kept, &profile)?;
    match part {
        Part::Profile(_) => {
            let host = profile.places.iter().find(|place| place.triple.is_none());
            if let Some(place) = host {
                clean_place(target, place, &records, removal)?;
            }
        }
        Part::Packages { names, triples, .. } => {
            let is_asked_for = |place: &&Place| match &place.triple {
                Some(triple) => triples.contains(triple),
                None => true,
            };
            for place in profile.places.iter().filter(is_asked_for) {
                clean_packages(target, place, names, &records, removal)?;
            }
        }
    }
    records.save()
}

/// Removes all of one place but for what tells builds of each other.
fn clean_place(
    target: &Utf8Path,
    place: &Place,
    records: &Records<'_>,
    removal: &mut Removal<'_>,
) -> Result<(), CleanError> {
    forget(&units(target, place)?, records, removal)?;
    for (name, _) in entries(&place.directory)? {
        if !matches!(name.as_str(), ".atlas-lock" | "journals") {
            removal.remove(place.directory.join(name))?;
        }
    }
    Ok(())
}

fn clean_packages(
    target: &Utf8Path,
    place: &Place,
    names: &[String],
    records: &Records<'_>,
    removal: &mut Removal<'_>,
) -> Result<(), CleanError> {
    let mut units = units(target, place)?;
    units.retain(|unit| names.contains(&unit.package));
    forget(&units, records, removal)?;
    let mut published = PublishedFiles::of(place)?;
    for unit in &units {
        // Those whose names have no hash are known by the records alone.
        let mut files: BTreeSet<_> = records.outputs(&unit.key);
        files.retain(|path| path.starts_with(&place.directory) && !path.starts_with(&unit.path));
        files.extend(published.take(&unit.hash));
        for file in files {
            removal.remove(file)?;
        }
        removal.remove(&unit.path)?;
    }
    Ok(())
}

fn forget(
    units: &[UnitDirectory],
    records: &Records<'_>,
    removal: &Removal<'_>,
) -> Result<(), CleanError> {
    match removal.effect() {
        Effect::Remove => units.iter().try_for_each(|unit| records.forget(&unit.key)),
        Effect::Count => Ok(()),
    }
}

/// Returns the name of the directories of a profile.
fn directory_name(target: &Utf8Path, profile: &str) -> String {
    let results = Layout::new(target, profile).results(&CompileKind::Host);
    results.file_name().unwrap_or(profile).to_owned()
}
