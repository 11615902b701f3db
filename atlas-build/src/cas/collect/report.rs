//! What a collection did. Knows no words.

use std::collections::BTreeMap;

use crate::cas::Amount;

/// Why something went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// A result of a toolchain that is not kept.
    Toolchain,
    /// A result that can be used in one checkout only, which is gone.
    Checkout,
    /// A result that was not used for too long.
    Age,
    /// One of the results used least recently, so that the others fit.
    Size,
    /// A result that cannot be read, or a file that does not belong there.
    Damaged,
    /// A file that belongs to no result.
    Unreferenced,
    /// A hint that leads to no result.
    Hint,
    /// A file that a process left when it was killed.
    Leftover,
}

/// What a collection did, or would do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Collected {
    /// What went. Bytes of a result are those that were freed: files that other results have, too,
    /// count for the last one that goes.
    pub removed: BTreeMap<Reason, Amount>,
    /// Results that remain, with all bytes that do.
    pub remaining: Amount,
    /// Results among them that the last build of a workspace needs, with their files.
    pub bound: Amount,
    /// How many bytes more than allowed remain, because they are needed.
    pub over: u64,
    /// Whether the time was up before the end.
    pub cut_off: bool,
    /// Whether nothing was removed.
    pub dry_run: bool,
}

impl Collected {
    /// Returns how much went in all.
    pub fn total(&self) -> Amount {
        self.removed.values().copied().sum()
    }
}

/// How far something long is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// What is being done.
    pub phase: Phase,
    /// How many are done.
    pub done: u64,
    /// How many there are.
    pub total: u64,
}

/// What is being done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// The store is looked at.
    Survey,
    /// Files are removed.
    Remove,
    /// Files are read and verified.
    Verify,
}
