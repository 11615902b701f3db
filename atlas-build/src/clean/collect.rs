//! Collection in atlas's part of a target directory: what no build of late has used, and what killed
//! builds have left. Never what the last build needs, nor what is being built.

use std::collections::BTreeSet;
use std::path::Path;

use atlas_fingerprint::Disk;
use camino::{Utf8Path, Utf8PathBuf};

use super::error::CleanError;
use super::leftovers;
use super::limits::{Collected, Limits, Progress, Reason, What};
use super::marks::Marks;
use super::published::PublishedFiles;
use super::records::{Claim, Records};
use super::removal::{Effect, Removal};
use super::results::unreferenced;
use super::site::{Place, Profile, profiles};
use super::units::{UnitDirectory, modified, units};
use crate::store::Kept;

/// Collects in a target directory. A profile that is being built is left alone.
///
/// # Errors
///
/// [`CleanError`] if something cannot be read or removed; what was removed before is built again.
pub fn collect(
    target: &Utf8Path,
    limits: &Limits,
    progress: &mut dyn FnMut(Progress),
) -> Result<Collected, CleanError> {
    let profiles = profiles(target)?;
    let marks = Marks::read(target, limits)?;
    let mut told = |_: &Path| ();
    let mut collection = Collection {
        target,
        limits,
        marks,
        removal: Removal::new(limits.effect, &mut told),
        collected: Collected::default(),
        done: Progress { done: 0, total: 0 },
        progress,
    };
    for place in profiles.iter().flat_map(|profile| &profile.places) {
        collection.done.total += units(target, place)?.len();
    }
    for profile in &profiles {
        collection.profile(profile)?;
    }
    collection.finish()
}

/// A collection that goes on.
struct Collection<'a> {
    target: &'a Utf8Path,
    limits: &'a Limits,
    marks: Marks,
    removal: Removal<'a>,
    collected: Collected,
    done: Progress,
    progress: &'a mut dyn FnMut(Progress),
}

impl Collection<'_> {
    /// Collects what is left of killed builds and of marks, and returns what was done.
    fn finish(mut self) -> Result<Collected, CleanError> {
        for path in leftovers::of_target(self.target, self.limits)? {
            self.remove(What::Leftovers, Reason::Killed, &path)?;
        }
        // Where time ran out, units that are too old may still be there.
        if !self.collected.is_cut_off && self.collected.busy.is_empty() {
            for path in std::mem::take(&mut self.marks.dead) {
                self.removal.remove(path)?;
            }
        }
        Ok(self.collected)
    }

    fn profile(&mut self, profile: &Profile) -> Result<(), CleanError> {
        // What is only counted is not changed, so that nobody has to be kept away.
        let claim = match self.limits.effect {
            Effect::Remove => Claim::now_or_never(&profile.host)?,
            Effect::Count => None,
        };
        if claim.is_none() && self.limits.effect == Effect::Remove {
            self.collected.busy.push(profile.name.clone());
            return Ok(());
        }
        let kept = Kept::open(&Disk, self.target);
        let records = Records::open(self.target, &kept, profile)?;
        for place in &profile.places {
            self.place(place, &records)?;
        }
        records.save()
    }

    fn place(&mut self, place: &Place, records: &Records<'_>) -> Result<(), CleanError> {
        let all = units(self.target, place)?;
        let (outdated, live): (Vec<UnitDirectory>, Vec<UnitDirectory>) = all
            .into_iter()
            .partition(|unit| self.marks.is_outdated(&unit.key, &unit.path, self.limits));
        let mut published = PublishedFiles::of(place)?;
        live.iter().for_each(|unit| drop(published.take(&unit.hash)));
        let needed: BTreeSet<Utf8PathBuf> =
            live.iter().flat_map(|unit| records.outputs(&unit.key)).collect();
        self.collected.kept += live.len() as u64;
        for unit in &live {
            if self.is_over() {
                return Ok(());
            }
            self.step();
            for (what, path) in unreferenced(unit, records)? {
                self.remove(what, Reason::Unreferenced, &path)?;
            }
        }
        for unit in &outdated {
            if self.is_over() {
                return Ok(());
            }
            self.step();
            if self.limits.effect == Effect::Remove {
                records.forget(&unit.key)?;
            }
            // Those whose names have no hash may be another unit's by now.
            let mut files = records.outputs(&unit.key);
            files.retain(|path| path.starts_with(&place.directory) && !needed.contains(path));
            files.retain(|path| !path.starts_with(&unit.path));
            files.extend(published.take(&unit.hash));
            self.unit(unit, &files)?;
        }
        for path in published.rest().chain(leftovers::of_place(place, self.limits)?) {
            if !self.limits.is_recent(modified(&path)) {
                let is_hidden = path.file_name().is_some_and(|name| name.starts_with('.'));
                let (what, reason) = match is_hidden {
                    true => (What::Leftovers, Reason::Killed),
                    false => (What::Published, Reason::Unreferenced),
                };
                self.remove(what, reason, &path)?;
            }
        }
        Ok(())
    }

    fn unit(
        &mut self,
        unit: &UnitDirectory,
        files: &BTreeSet<Utf8PathBuf>,
    ) -> Result<(), CleanError> {
        let incremental = unit.path.join("incremental");
        self.remove(What::Incremental, Reason::Unused, &incremental)?;
        let mut tally = self.removal.remove_rest(unit.path.as_ref(), incremental.as_ref())?;
        for file in files {
            tally += self.removal.remove(file)?;
        }
        self.collected.add(What::Units, Reason::Unused, tally);
        Ok(())
    }

    fn remove(&mut self, what: What, reason: Reason, path: &Utf8Path) -> Result<(), CleanError> {
        let tally = self.removal.remove(path)?;
        self.collected.add(what, reason, tally);
        Ok(())
    }

    fn step(&mut self) {
        (self.progress)(self.done);
        self.done.done += 1;
    }

    fn is_over(&mut self) -> bool {
        self.collected.is_cut_off |= self.limits.is_over();
        self.collected.is_cut_off
    }
}
