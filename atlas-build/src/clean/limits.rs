//! What a collection goes by, and what it did. Pure data.

use std::time::{Duration, Instant, SystemTime};

use super::removal::{Effect, Tally};

/// What a collection goes by.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// What was not used for longer goes.
    pub max_age: Duration,
    /// The present time.
    pub now: SystemTime,
    /// Whether anything is removed.
    pub effect: Effect,
    /// When to stop, if there is more to do.
    pub deadline: Option<Instant>,
}

impl Limits {
    /// Returns whether something that was last used at `time` is too old.
    pub(super) fn is_outdated(&self, time: SystemTime) -> bool {
        self.age(time) > self.max_age
    }

    /// Returns whether something was made so lately that somebody may be at it.
    pub(super) fn is_recent(&self, time: SystemTime) -> bool {
        self.age(time) < RECENT
    }

    /// Returns whether it is time to stop.
    pub(super) fn is_over(&self) -> bool {
        self.deadline.is_some_and(|deadline| Instant::now() >= deadline)
    }

    fn age(&self, time: SystemTime) -> Duration {
        self.now.duration_since(time).unwrap_or_default()
    }
}

/// What was made or used since then is left alone, whatever the limits say.
const RECENT: Duration = Duration::from_hours(1);

/// What was removed.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum What {
    /// Directories of units, with what they have published.
    Units,
    /// The compiler's incremental state.
    Incremental,
    /// Results that were put aside.
    Results,
    /// What published metadata was made from.
    Interfaces,
    /// Published files of which there is no unit.
    Published,
    /// Temporary files.
    Leftovers,
}

/// Why it was removed.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Reason {
    /// No build has used it for too long.
    Unused,
    /// Nothing refers to it.
    Unreferenced,
    /// A build that was killed has left it.
    Killed,
    /// It is of a toolchain that is not kept.
    Toolchain,
    /// There is a newer one that stands for it.
    Superseded,
}

/// Things of one kind that were removed for one reason.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Group {
    /// What they are.
    pub what: What,
    /// Why they are gone.
    pub reason: Reason,
    /// How many.
    pub count: u64,
    /// Their files and bytes.
    pub tally: Tally,
}

/// What a collection did, or would do.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Collected {
    /// What was removed, in order, none of them empty.
    pub groups: Vec<Group>,
    /// Units that stay.
    pub kept: u64,
    /// Profiles that were left alone since something is being built there.
    pub busy: Vec<String>,
    /// What else the user should know.
    pub notes: Vec<String>,
    /// Whether there was more to do than time.
    pub is_cut_off: bool,
}

impl Collected {
    /// Adds something that was removed.
    pub(super) fn add(&mut self, what: What, reason: Reason, tally: Tally) {
        if tally == Tally::default() {
            return;
        }
        let place = self.groups.binary_search_by_key(&(what, reason), |it| (it.what, it.reason));
        match place {
            Ok(at) => {
                self.groups[at].count += 1;
                self.groups[at].tally += tally;
            }
            Err(at) => self.groups.insert(at, Group { what, reason, count: 1, tally }),
        }
    }

    /// Returns the sum over all groups.
    pub fn total(&self) -> Tally {
        self.groups.iter().fold(Tally::default(), |mut sum, group| {
            sum += group.tally;
            sum
        })
    }
}

/// How far a collection is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Progress {
    /// Things that were looked at.
    pub done: usize,
    /// All things.
    pub total: usize,
}
