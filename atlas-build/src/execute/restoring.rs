//! Units whose results are brought from the store: they need no token and no process. Knows no key.

use std::sync::Arc;
use std::sync::mpsc::Receiver;
use std::time::Duration;

use atlas_fingerprint::DirtyReason;

use crate::account::SpareRule;
use crate::cas::RestoreError;
use crate::event::Event;
use crate::execute::artifact::Effort;
use crate::execute::build_script;
use crate::execute::inbox::Inbox;
use crate::execute::message::told;
use crate::execute::pool::Pool;
use crate::execute::publish::{self, PublishError};
use crate::execute::rounds::Told;
use crate::ids::UnitId;
use crate::plan::{Ending, Step};
use crate::process::CommandLine;
use crate::store::{Restoration, Restored};

/// A unit whose result is being brought.
#[derive(Debug)]
pub(crate) struct Restoring {
    pub(crate) command: Arc<CommandLine>,
    pub(crate) reason: DirtyReason,
}

/// A result could not be brought.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unrestored {
    /// The store does not have it any longer.
    #[error(transparent)]
    Store(#[from] RestoreError),
    /// It cannot be put into its place.
    #[error(transparent)]
    Publish(#[from] PublishError),
}

impl Pool<'_> {
    /// Has the result of a unit brought from the store, if it is there. Returns whether it is, or whether
    /// the unit is taken care of otherwise.
    pub(crate) fn restore(
        &mut self,
        unit: UnitId,
        command: &Arc<CommandLine>,
        reason: &DirtyReason,
    ) -> bool {
        let Some(restoration) = self.freshness.find(unit, command) else { return false };
        if !self.may_change(unit) {
            return true;
        }
        // What cannot be written down is told when the unit is built.
        if self.freshness.restoring(unit, command).is_err() {
            return false;
        }
        let step = self.work.steps[unit].clone();
        let sender = self.sender.clone();
        rayon::spawn(move || {
            let brought = bring(&step, &restoration);
            // Nobody listens any longer if the build is over.
            drop(sender.send(Inbox::Restored(unit, Box::new(brought))));
        });
        let restoring = Restoring { command: Arc::clone(command), reason: reason.clone() };
        self.restoring.insert(unit, restoring);
        true
    }

    /// Returns whether the result of a unit that was about to be built is in the store by now, because
    /// another process has made it; it is brought then.
    pub(crate) fn was_made_elsewhere(
        &mut self,
        unit: UnitId,
        command: &Arc<CommandLine>,
        reason: &DirtyReason,
    ) -> bool {
        // Others go on with what is published of it.
        !self.foreseen.contains_key(&unit) && self.restore(unit, command, reason)
    }

    /// Judges a result that was brought, or was to be. Returns the units that became ready.
    pub(crate) fn receive_restored(
        &mut self,
        unit: UnitId,
        brought: Result<Restored, Unrestored>,
    ) -> Vec<UnitId> {
        let Some(Restoring { command, reason }) = self.restoring.remove(&unit) else {
            return Vec::new();
        };
        match brought {
            Ok(restored) => {
                let ready = self.settle_restored(unit, &command, reason, restored);
                self.freshness.release(unit);
                ready
            }
            Err(error) => {
                let is_gone = matches!(
                    error,
                    Unrestored::Store(RestoreError::Missing { .. } | RestoreError::Damaged { .. })
                );
                self.freshness.not_restored(unit, is_gone);
                self.freshness.release(unit);
                self.wait_for_token(unit, command, reason);
                Vec::new()
            }
        }
    }

    /// Waits for results that are being brought: whoever gets the claims of their units next must find
    /// nobody else writing. It takes a moment; what comes of it does not count.
    pub(crate) fn let_restorations_end(&mut self, inbox: &Receiver<Inbox>) {
        while !self.restoring.is_empty() {
            match inbox.recv() {
                Ok(Inbox::Restored(unit, _)) => drop(self.restoring.remove(&unit)),
                Ok(_) => {}
                Err(_) => return,
            }
        }
    }

    fn settle_restored(
        &mut self,
        unit: UnitId,
        command: &CommandLine,
        reason: DirtyReason,
        restored: Restored,
    ) -> Vec<UnitId> {
        self.freshness.restored(unit, command, &restored);
        let outcome = restored.outcome;
        if let Some(output) = &outcome.build_script {
            self.scripts.set(unit, output.clone());
        }
        self.recount(unit);
        self.rounds.tell(unit, Told::Restored(outcome.messages.clone()));
        self.summary.restored += 1;
        (self.events)(Event::Spared(unit, SpareRule::Stored { reason }));
        (self.events)(Event::Fresh(unit));
        for message in &outcome.messages {
            (self.events)(told(message, unit));
        }
        match &self.work.steps[unit] {
            Step::Compile(step) => self.tell_artifact(unit, step, Effort::None),
            Step::RunBuildScript(step) => {
                self.tell_script(unit, step, &outcome.build_script.unwrap_or_default());
            }
            Step::Doctest(_) | Step::OverriddenBuildScript(_) => {}
        }
        (self.events)(Event::Finished(unit, Duration::ZERO));
        self.state.on_finished(unit, Ending::Success)
    }
}

/// Brings a result and puts its files where others find them.
fn bring(step: &Step, restoration: &Restoration) -> Result<Restored, Unrestored> {
    match step {
        Step::Compile(step) => {
            publish::prepare(step)?;
            let restored = restoration.bring()?;
            publish::publish_all(step)?;
            Ok(restored)
        }
        Step::RunBuildScript(step) => {
            build_script::prepare_anew(step)?;
            Ok(restoration.bring()?)
        }
        Step::Doctest(_) | Step::OverriddenBuildScript(_) => Ok(restoration.bring()?),
    }
}
