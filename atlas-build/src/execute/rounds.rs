//! Builds that need a second look. When the objects of a library were replaced and its metadata was
//! not, and it turns out that dependents cannot do with that, what was decided about them is void:
//! what runs is let end, and then everything is decided once more. What was told about a unit is
//! not told twice.

use std::collections::{BTreeMap, BTreeSet};

use crate::account::{Cutoff, Obstacle};
use crate::event::{DiagnosticLevel, Event};
use crate::execute::pool::Pool;
use crate::ids::{DenseId, UnitId};
use crate::plan::{Ending, State};
use crate::store::Message;

/// After how many rounds nothing is foreseen any longer.
const MAX_ROUNDS: usize = 4;

/// After how many rounds nothing is withheld any longer because of what other processes do.
const MAX_OVERTAKEN: usize = 16;

/// What was told about units, and whether there is to be a second look.
#[derive(Debug, Default)]
pub(crate) struct Rounds {
    /// Units that were told to be fresh or spared (`false`), or built (`true`).
    told: BTreeMap<UnitId, Told>,
    /// Whether there is to be another round.
    is_wanted: bool,
    /// Units that others must not use in this one.
    withheld: BTreeSet<UnitId>,
    /// How many there were before this one.
    n_past: usize,
}

/// What was told about a unit.
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Told {
    /// That nothing had changed, with these messages.
    Fresh(Vec<Message>),
    /// That cargo would have built it, with these messages.
    Spared(Vec<Message>),
    /// That it was found in the store, with these messages.
    Restored(Vec<Message>),
    /// That it was built.
    Built,
}

impl Rounds {
    /// Returns whether something was told about a unit.
    pub(crate) fn is_told(&self, unit: UnitId) -> bool {
        self.told.contains_key(&unit)
    }

    /// Returns whether dependents may go on with what is published: not for ever, since somebody may
    /// edit a file each time that it is compiled.
    pub(crate) fn may_foresee(&self) -> bool {
        self.n_past < MAX_ROUNDS
    }

    /// Returns whether there may be another round because another process is faster: not for ever,
    /// since two of them may not agree on what a unit is made from.
    pub(crate) fn may_withhold(&self) -> bool {
        self.n_past < MAX_OVERTAKEN
    }

    /// Takes note of what was told about a unit.
    pub(crate) fn tell(&mut self, unit: UnitId, told: Told) {
        self.told.insert(unit, told);
    }

    /// Returns what was told about a unit, and forgets it.
    pub(crate) fn take(&mut self, unit: UnitId) -> Option<Told> {
        self.told.remove(&unit)
    }
}

impl Pool<'_> {
    /// Says that others could not do with what was published of units, and that everything has to be
    /// looked at again. The unit itself has ended.
    pub(crate) fn reconsider(&mut self, unit: UnitId, undone: &[UnitId], obstacle: &Obstacle) {
        for undone in undone {
            let cutoff = Cutoff::Undone { changes: Vec::new(), obstacle: obstacle.clone() };
            (self.events)(Event::Cutoff(*undone, cutoff));
        }
        self.freshness.undo(undone);
        self.withhold(unit);
    }

    /// Ends a unit that others must not use in this round.
    pub(crate) fn withhold(&mut self, unit: UnitId) {
        self.rounds.is_wanted = true;
        self.rounds.withheld.insert(unit);
        self.state.on_finished(unit, Ending::Withheld);
    }

    /// Begins another round, if one is wanted and nothing has failed. Returns whether it did.
    pub(crate) fn next_round(&mut self) -> bool {
        let is_next = self.rounds.is_wanted && self.summary.failed.is_empty();
        self.rounds.is_wanted = false;
        self.rounds.withheld.clear();
        if is_next {
            self.rounds.n_past += 1;
            (self.events)(Event::Reconsidered);
            // What cannot be read now is read when a unit is claimed, or that fails.
            drop(self.freshness.refresh());
            self.state = State::new(self.work.needs);
        }
        is_next
    }

    /// Returns whether a unit uses one, directly or not, that it must not use in this round: what its
    /// process has read of that is not known.
    pub(crate) fn is_above_withheld(&self, unit: UnitId) -> bool {
        let (mut seen, mut waiting) = (BTreeSet::new(), vec![unit]);
        while let Some(unit) = waiting.pop().filter(|_| !self.rounds.withheld.is_empty()) {
            for dependency in &self.work.graph.dependencies[unit] {
                if self.rounds.withheld.contains(&dependency.unit) {
                    return true;
                }
                if seen.insert(dependency.unit) {
                    waiting.push(dependency.unit);
                }
            }
        }
        false
    }

    /// Takes note that a unit is built after all. Returns what was told of it before.
    pub(crate) fn recount(&mut self, unit: UnitId) -> Vec<Message> {
        match self.rounds.take(unit) {
            Some(Told::Fresh(messages)) => {
                self.summary.fresh -= 1;
                messages
            }
            Some(Told::Spared(messages)) => {
                self.summary.spared -= 1;
                messages
            }
            Some(Told::Restored(messages)) => {
                self.summary.restored -= 1;
                messages
            }
            Some(Told::Built) => {
                self.summary.built -= 1;
                Vec::new()
            }
            None => Vec::new(),
        }
    }
}

/// Returns the obstacle that a failed link is.
pub(crate) fn link_failed(unit: UnitId) -> Obstacle {
    Obstacle::LinkFailed { unit: unit.index() }
}

/// Returns whether a compile failed because a linker did, or because a crate was not the one that
/// was expected (E0460 and the like).
pub(crate) fn is_link_failure(messages: &[Message]) -> bool {
    let signs = [
        "\"message\":\"linking with ",
        "\"code\":\"E0460\"",
        "\"code\":\"E0462\"",
        "\"code\":\"E0463\"",
    ];
    messages.iter().any(|message| match message {
        Message::Diagnostic(diagnostic) => {
            let is_error = diagnostic.level == DiagnosticLevel::Error;
            is_error && signs.iter().any(|sign| diagnostic.json.contains(sign))
        }
        Message::FutureIncompat(_) | Message::Text(_) => false,
    })
}
