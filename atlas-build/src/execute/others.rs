//! Builds at the same time in one target directory, as they show here: units that wait for others,
//! and units that others have changed. Decides nothing about files.

use crate::event::{DiagnosticLevel, Event, Failure};
use crate::execute::compile::Said;
use crate::execute::pool::{Active, Pool, Progress};
use crate::ids::UnitId;
use crate::rustc::RustcMessage;
use crate::store::Claimed;

impl Pool<'_> {
    /// Takes the right to change a unit's files, and returns whether it could. If not, the unit is
    /// taken care of.
    pub(crate) fn may_change(&mut self, unit: UnitId) -> bool {
        match self.freshness.claim(unit) {
            Claimed::Held => return true,
            Claimed::Busy(is_free) => {
                if let Err(error) = self.parked.add(unit, is_free) {
                    self.fail(unit, Failure::Invalid(format!("could not wait for it: {error}")));
                }
            }
            Claimed::Changed => self.judge_again(unit),
            Claimed::Outdated if self.rounds.may_withhold() => {
                self.freshness.release(unit);
                self.foreseen.remove(&unit);
                self.withhold(unit);
            }
            Claimed::Outdated => return true,
            Claimed::Failed(error) => self.fail(unit, error.into()),
        }
        false
    }

    /// Goes on with a unit that another process does not build any longer.
    pub(crate) fn on_free(&mut self, unit: UnitId) {
        if self.parked.remove(unit) && !self.is_stopping() {
            if let Err(error) = self.freshness.refresh() {
                return self.fail(unit, error.into());
            }
            self.judge_again(unit);
        }
    }

    /// Tells the user what is waited for.
    pub(crate) fn on_waited(&mut self, unit: UnitId) {
        if self.parked.tell(unit) {
            (self.events)(Event::Blocking(unit));
        }
    }

    /// Returns whether what a unit's process has read was changed meanwhile, by another process or by
    /// this one when a cutoff failed. If so, what came of it
    /// counts for nothing, and everything is looked at once more.
    pub(crate) fn was_disturbed(&mut self, unit: UnitId) -> bool {
        let is_disturbed = self.rounds.may_withhold()
            && (self.is_above_withheld(unit) || self.freshness.is_disturbed(unit));
        if !is_disturbed {
            return false;
        }
        self.foreseen.remove(&unit);
        self.withhold(unit);
        true
    }

    /// Holds an error back that may come of what another process does.
    pub(crate) fn hold_error(&mut self, unit: UnitId, said: &Said) {
        let Said::Message(RustcMessage::Diagnostic(diagnostic)) = said else { return };
        let Some(active) = self.running.get(&unit) else { return };
        let Progress::Compile(compile) = &active.progress else { return };
        if diagnostic.level != DiagnosticLevel::Error || compile.is_held() {
            return;
        }
        let is_doubtful = self.is_above_withheld(unit)
            || self.freshness.has_company()
            || self.freshness.is_disturbed(unit);
        if is_doubtful
            && let Some(Active { progress: Progress::Compile(compile), .. }) =
                self.running.get_mut(&unit)
        {
            compile.hold();
        }
    }

    /// Decides once more on a unit that another process may have built.
    fn judge_again(&mut self, unit: UnitId) {
        // Others went on with what was foreseen of it.
        let was_foreseen = self.foreseen.remove(&unit).is_some();
        if was_foreseen && !self.freshness.is_as_foreseen(unit) {
            return self.withhold(unit);
        }
        self.admit(vec![unit]);
    }
}
