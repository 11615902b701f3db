//! Compiles of which others see nothing: what is asked before they start, and what is done when they
//! have ended. Knows no source and no metadata.

use crate::account::{Cutoff, Obstacle};
use crate::event::Event;
use crate::execute::compile::{Compile, Manner};
use crate::execute::pool::Pool;
use crate::execute::rounds::{is_link_failure, link_failed};
use crate::execute::runner::Exit;
use crate::ids::UnitId;
use crate::plan::Gives;
use crate::process::CommandLine;
use crate::store::{Foresight, Message};

/// Whose metadata is published after a compile.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Kept {
    /// Its own.
    Own,
    /// That of an earlier one, with the objects of this one.
    Earlier,
    /// Its own, although others went on with that of an earlier one.
    OwnAfterAll,
}

impl Pool<'_> {
    /// Asks what others will see of a unit that has to be built.
    pub(crate) fn foresee(&mut self, unit: UnitId, command: &CommandLine) -> Foresight {
        match self.rounds.may_foresee() {
            true => self.freshness.foresee(unit, command),
            false => Foresight::Unseen,
        }
    }

    /// Takes note of what others will see of a unit that is going to be built. If it is nothing, they
    /// need not wait: returns those that became ready.
    pub(crate) fn give_foreseen(&mut self, unit: UnitId, foresight: Foresight) -> Vec<UnitId> {
        let cutoff = match foresight {
            Foresight::Unseen => return Vec::new(),
            Foresight::Barred(bar) => Cutoff::Barred(bar),
            Foresight::Changed(changes) => Cutoff::Changed { changes },
            Foresight::Same(foreseen) => {
                self.foreseen.insert(unit, foreseen.changes);
                // A check gives nothing but metadata.
                let is_check = self.work.graph.units[unit].mode.is_check();
                let gives = if is_check { Gives::All } else { Gives::Metadata };
                return self.state.on_given(unit, gives);
            }
        };
        (self.events)(Event::Cutoff(unit, cutoff));
        Vec::new()
    }

    /// Returns how a compile is to be told and published; `known` was told before.
    pub(crate) fn manner(&self, unit: UnitId, known: Vec<Message>) -> Manner {
        let it = &self.work.graph.units[unit];
        let links = it.requires_upstream_objects() && !it.mode.is_check();
        Manner {
            keeps_metadata: self.foreseen.contains_key(&unit),
            is_held: links && !self.freshness.spliced_below(unit).is_empty(),
            known,
        }
    }

    /// Puts what a compile wrote under the metadata that is published, if that was foreseen.
    pub(crate) fn keep(
        &mut self,
        unit: UnitId,
        command: &CommandLine,
        compile: &mut Compile<'_>,
    ) -> Kept {
        compile.release(unit, self.events);
        let Some(changes) = self.foreseen.remove(&unit) else { return Kept::Own };
        let (kept, cutoff) = match self.freshness.keep(unit, command) {
            Ok(()) => (Kept::Earlier, Cutoff::Spared { changes }),
            Err(obstacle) => {
                compile.give_up_metadata();
                (Kept::OwnAfterAll, Cutoff::Undone { changes, obstacle })
            }
        };
        (self.events)(Event::Cutoff(unit, cutoff));
        kept
    }

    /// Returns whether something that was linked cannot do with libraries whose objects are of
    /// another compile than their metadata. If so, the unit is built again after these.
    pub(crate) fn has_undone(
        &mut self,
        unit: UnitId,
        compile: &mut Compile<'_>,
        exit: &Exit,
    ) -> bool {
        if !compile.is_held() {
            return false;
        }
        let undone = match exit.success {
            true => self.freshness.lacking(unit),
            false if is_link_failure(compile.messages()) => self.freshness.spliced_below(unit),
            false => Vec::new(),
        };
        if undone.is_empty() {
            compile.release(unit, self.events);
            return false;
        }
        let obstacle: Obstacle = link_failed(unit);
        self.reconsider(unit, &undone, &obstacle);
        true
    }
}
