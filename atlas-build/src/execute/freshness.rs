//! The seam to whoever knows whether a unit has to be built. Execution asks and reports; it never
//! looks at a fingerprint.

use std::fs::File;

use atlas_fingerprint::FileError;

use crate::account::Obstacle;
use crate::event::Failure;
use crate::ids::UnitId;
use crate::process::CommandLine;
use crate::store::{
    Claimed, Foresight, FreshnessError, Outcome, Recorded, Restoration, Restored, Session, Verdict,
};

/// Says whether units have to be built and remembers what was built. All methods are called on the
/// thread that called [`execute`](crate::execute::execute).
///
/// For a unit that is built the order of the calls is `check`, `claim`, `started`, `metadata_published` (if
/// dependents may start on it), `finished` (if all went well), `release`. Between `check` and `started` of one
/// unit there may be calls for others. If `foresee` says, after `check`, that others will see
/// nothing, then `keep` comes before `finished`, and `metadata_published` does not come.
pub trait Freshness {
    /// Says what is known of a unit that is certain to be fresh, whatever its command is.
    fn settled(&mut self, unit: UnitId) -> Option<Box<Recorded>> {
        let _ = unit;
        None
    }

    /// Says whether a unit has to be built. All that it waits for is there: of libraries, when the
    /// unit is one itself, maybe only the metadata. The command is complete.
    fn check(&mut self, unit: UnitId, command: &CommandLine) -> Verdict;

    /// Takes back a result that was put aside, and has `publish` put its files in their places;
    /// that returns whether it could.
    ///
    /// # Errors
    ///
    /// [`FreshnessError`] if that is not possible: the unit has to be built then.
    fn take_back(
        &mut self,
        unit: UnitId,
        command: &CommandLine,
        id: u64,
        publish: &mut dyn FnMut() -> bool,
    ) -> Result<(), FreshnessError> {
        let _ = (unit, command, id, publish);
        Err(FreshnessError::AsideUnusable)
    }

    /// Looks in the store for the result of a unit that has to be built. The calls are then `restoring`
    /// and, if it could be brought, `restored` in place of `started` and `finished`.
    fn find(&mut self, unit: UnitId, command: &CommandLine) -> Option<Restoration> {
        let _ = (unit, command);
        None
    }

    /// Notes that the result of a unit is about to be brought from the store.
    ///
    /// # Errors
    ///
    /// As [`Freshness::started`].
    fn restoring(&mut self, unit: UnitId, command: &CommandLine) -> Result<(), FileError> {
        let _ = (unit, command);
        Ok(())
    }

    /// Notes that the result of a unit was brought from the store, and all its files are in their
    /// places.
    fn restored(&mut self, unit: UnitId, command: &CommandLine, restored: &Restored) {
        let _ = (unit, command, restored);
    }

    /// Notes that the result of a unit could not be brought: it is not looked for again. `is_gone` says
    /// that the store does not have all of it any longer.
    fn not_restored(&mut self, unit: UnitId, is_gone: bool) {
        let _ = (unit, is_gone);
    }

    /// Says what others will see of a unit that has to be built. If it is nothing, they may go on
    /// with what is published.
    fn foresee(&mut self, unit: UnitId, command: &CommandLine) -> Foresight {
        let _ = (unit, command);
        Foresight::Unseen
    }

    /// Puts what a unit's process wrote under the metadata that is published, in the unit's own
    /// directory; only for a unit of which others see nothing.
    ///
    /// # Errors
    ///
    /// [`Obstacle`] if that cannot be: what the process wrote is to be published as it is.
    fn keep(&mut self, unit: UnitId, command: &CommandLine) -> Result<(), Obstacle> {
        let _ = (unit, command);
        Err(Obstacle::Unusable { error: "it was not foreseen".to_owned() })
    }

    /// Returns the units that a unit links whose objects are of another compile than their metadata.
    fn spliced_below(&self, unit: UnitId) -> Vec<UnitId> {
        let _ = unit;
        Vec::new()
    }

    /// Returns those of them that lack something that the unit needs, which was just built.
    fn lacking(&self, unit: UnitId) -> Vec<UnitId> {
        let _ = unit;
        Vec::new()
    }

    /// Notes that units have to be built again, with metadata of their own.
    fn undo(&mut self, units: &[UnitId]) {
        let _ = units;
    }

    /// Takes the right to change the unit's files, which nobody else has until `release`. The unit
    /// was judged before.
    fn claim(&mut self, unit: UnitId) -> Claimed {
        let _ = unit;
        Claimed::Held
    }

    /// Returns a file that keeps others off for as long as somebody has it open.
    fn held(&self, unit: UnitId) -> Option<File> {
        let _ = unit;
        None
    }

    /// Gives that right back, if it was taken.
    fn release(&mut self, unit: UnitId) {
        let _ = unit;
    }

    /// Takes note of what other processes have done.
    ///
    /// # Errors
    ///
    /// [`FileError`] if that cannot be found out.
    fn refresh(&mut self) -> Result<(), FileError> {
        Ok(())
    }

    /// Returns whether other processes are building.
    fn has_company(&self) -> bool {
        false
    }

    /// Returns whether another process has changed what the unit sees since it was claimed.
    fn is_disturbed(&mut self, unit: UnitId) -> bool {
        let _ = unit;
        false
    }

    /// Returns whether a unit that another process has built is to others what was foreseen.
    fn is_as_foreseen(&mut self, unit: UnitId) -> bool {
        let _ = unit;
        false
    }

    /// Notes that the unit is about to be built: what was recorded of it holds no longer, and the
    /// stamps of what goes into it are taken now.
    ///
    /// # Errors
    ///
    /// [`FileError`] if what was recorded cannot be forgotten: the unit must not be built then.
    fn started(&mut self, unit: UnitId, command: &CommandLine) -> Result<(), FileError>;

    /// Notes that the unit's metadata is in its place while its objects are still being made.
    fn metadata_published(&mut self, unit: UnitId) {
        let _ = unit;
    }

    /// Notes that the unit was built and all its files are in their places. Dependents are checked
    /// after that.
    fn finished(&mut self, unit: UnitId, command: &CommandLine, outcome: &Outcome);
}

impl From<FileError> for Failure {
    fn from(error: FileError) -> Self {
        Failure::Io { path: error.path.into(), error: error.source.to_string() }
    }
}

impl Freshness for Session<'_> {
    fn settled(&mut self, unit: UnitId) -> Option<Box<Recorded>> {
        Session::settled(self, unit)
    }

    fn take_back(
        &mut self,
        unit: UnitId,
        command: &CommandLine,
        id: u64,
        publish: &mut dyn FnMut() -> bool,
    ) -> Result<(), FreshnessError> {
        Session::take_back(self, unit, command, id, publish)
    }

    fn check(&mut self, unit: UnitId, command: &CommandLine) -> Verdict {
        Session::check(self, unit, command)
    }

    fn find(&mut self, unit: UnitId, command: &CommandLine) -> Option<Restoration> {
        Session::find(self, unit, command)
    }

    fn restoring(&mut self, unit: UnitId, command: &CommandLine) -> Result<(), FileError> {
        Session::restoring(self, unit, command)
    }

    fn restored(&mut self, unit: UnitId, command: &CommandLine, restored: &Restored) {
        Session::restored(self, unit, command, restored);
    }

    fn not_restored(&mut self, unit: UnitId, is_gone: bool) {
        Session::not_restored(self, unit, is_gone);
    }

    fn foresee(&mut self, unit: UnitId, command: &CommandLine) -> Foresight {
        Session::foresee(self, unit, command)
    }

    fn keep(&mut self, unit: UnitId, command: &CommandLine) -> Result<(), Obstacle> {
        Session::keep(self, unit, command)
    }

    fn spliced_below(&self, unit: UnitId) -> Vec<UnitId> {
        Session::spliced_below(self, unit)
    }

    fn lacking(&self, unit: UnitId) -> Vec<UnitId> {
        Session::lacking(self, unit)
    }

    fn undo(&mut self, units: &[UnitId]) {
        Session::undo(self, units);
    }

    fn claim(&mut self, unit: UnitId) -> Claimed {
        Session::claim(self, unit)
    }

    fn held(&self, unit: UnitId) -> Option<File> {
        Session::held(self, unit)
    }

    fn release(&mut self, unit: UnitId) {
        Session::release(self, unit);
    }

    fn refresh(&mut self) -> Result<(), FileError> {
        Session::refresh(self)
    }

    fn has_company(&self) -> bool {
        Session::has_company(self)
    }

    fn is_disturbed(&mut self, unit: UnitId) -> bool {
        Session::is_disturbed(self, unit)
    }

    fn is_as_foreseen(&mut self, unit: UnitId) -> bool {
        Session::is_as_foreseen(self, unit)
    }

    fn started(&mut self, unit: UnitId, command: &CommandLine) -> Result<(), FileError> {
        Session::started(self, unit, command)
    }

    fn metadata_published(&mut self, unit: UnitId) {
        Session::metadata_published(self, unit);
    }

    fn finished(&mut self, unit: UnitId, command: &CommandLine, outcome: &Outcome) {
        Session::finished(self, unit, command, outcome);
    }
}
