//! What a build knows of others that go on in the same target directory.

use std::collections::BTreeMap;
use std::fmt;

use atlas_fingerprint::FileError;
use camino::Utf8PathBuf;

use super::claim::Claims;
use crate::ids::UnitId;

/// Says, on any thread, whether what somebody else had is free now.
pub struct IsFree(Box<dyn Fn() -> bool + Send>);

impl IsFree {
    /// Creates it from a function.
    pub fn new(is_free: impl Fn() -> bool + Send + 'static) -> Self {
        IsFree(Box::new(is_free))
    }

    /// Asks.
    pub fn ask(&self) -> bool {
        (self.0)()
    }
}

impl fmt::Debug for IsFree {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("IsFree")
    }
}

/// What came of the wish to change a unit's files.
#[derive(Debug)]
pub enum Claimed {
    /// They are as they were when the unit was judged, and nobody else changes them.
    Held,
    /// Another process changes them.
    Busy(IsFree),
    /// Another process has changed them: the unit has to be judged again.
    Changed,
    /// As [`Claimed::Held`], but another process has changed what the unit sees since that was
    /// judged.
    Outdated,
    /// It is not known.
    Failed(FileError),
}

/// What a build knows of others, and which units it keeps from them.
#[derive(Debug)]
pub(in super::super) struct Company {
    /// The state file.
    pub(super) state: Utf8PathBuf,
    /// The mark of the ledger when the build began.
    pub(super) begin: u64,
    /// What this build has the right to change.
    pub(super) held: BTreeMap<UnitId, Claims>,
    /// The mark when units were judged, unless that was as an earlier build left them.
    pub(super) judged: BTreeMap<UnitId, u64>,
    /// The mark when the processes of units were started.
    pub(super) started: BTreeMap<UnitId, u64>,
}

impl Company {
    /// Creates it for a build that begins at a mark of its ledger. `state` is the state file.
    pub(in super::super) fn new(state: Utf8PathBuf, begin: u64) -> Self {
        let (held, judged, started) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        Company { state, begin, held, judged, started }
    }

    /// Takes note that a unit is judged by what is known at a mark.
    pub(in super::super) fn judge(&mut self, unit: UnitId, mark: u64) {
        self.judged.insert(unit, mark);
    }
}
