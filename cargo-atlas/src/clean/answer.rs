//! What collections did, in one form for the table and for JSON. Knows neither.

use atlas_build::cas;
use atlas_build::clean::{Collected, Group, Reason, What};

/// What was done in one place.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Section {
    /// What it is called: `target`, `cargo` or `store`.
    pub(crate) name: &'static str,
    /// The directory.
    pub(crate) directory: String,
    /// What was removed.
    pub(crate) rows: Vec<Row>,
    /// Units or results that stay.
    pub(crate) kept: u64,
    /// What was left alone since something is being built there.
    pub(crate) busy: Vec<String>,
    /// What else the user should know.
    pub(crate) notes: Vec<String>,
    /// Whether there was more to do than time.
    pub(crate) is_cut_off: bool,
}

/// Things of one kind that were removed for one reason.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Row {
    /// What they are.
    pub(crate) what: &'static str,
    /// Why they are gone.
    pub(crate) reason: &'static str,
    /// How many.
    pub(crate) count: u64,
    /// How much room that makes.
    pub(crate) bytes: u64,
}

/// What collections did, or would do.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Answer {
    /// In each place.
    pub(crate) sections: Vec<Section>,
    /// Whether that is only what would be.
    pub(crate) is_dry: bool,
}

impl Answer {
    /// Returns all that was removed.
    pub(crate) fn total(&self) -> (u64, u64) {
        let rows = self.sections.iter().flat_map(|section| &section.rows);
        rows.fold((0, 0), |(count, bytes), row| (count + row.count, bytes + row.bytes))
    }
}

impl Section {
    /// Tells of a collection in a directory of builds.
    pub(crate) fn of_builds(name: &'static str, directory: String, collected: Collected) -> Self {
        let row = |group: &Group| Row {
            what: what(group.what),
            reason: reason(group.reason),
            count: group.count,
            bytes: group.tally.bytes,
        };
        Section {
            name,
            directory,
            rows: collected.groups.iter().map(row).collect(),
            kept: collected.kept,
            busy: collected.busy,
            notes: collected.notes,
            is_cut_off: collected.is_cut_off,
        }
    }

    /// Tells of a collection in the store.
    pub(crate) fn of_store(directory: String, collected: &cas::Collected) -> Self {
        let row = |(reason, amount): (&cas::Reason, &cas::Amount)| {
            let (what, reason) = of_store(*reason);
            Row { what, reason, count: amount.count, bytes: amount.bytes }
        };
        let mut notes = Vec::new();
        if collected.over > 0 {
            let size = crate::config::quantity::shown_size(collected.over);
            notes.push(format!("the store is {size} too big: the last builds need what is in it"));
        }
        Section {
            name: "store",
            directory,
            rows: collected.removed.iter().map(row).collect(),
            kept: collected.remaining.count,
            busy: Vec::new(),
            notes,
            is_cut_off: collected.cut_off,
        }
    }
}

fn what(what: What) -> &'static str {
    match what {
        What::Units => "units",
        What::Incremental => "incremental state",
        What::Results => "earlier results",
        What::Interfaces => "interfaces",
        What::Published => "artifacts",
        What::Leftovers => "temporary files",
    }
}

fn reason(reason: Reason) -> &'static str {
    match reason {
        Reason::Unused => "unused",
        Reason::Unreferenced => "unreferenced",
        Reason::Killed => "killed build",
        Reason::Toolchain => "toolchain",
        Reason::Superseded => "superseded",
    }
}

fn of_store(reason: cas::Reason) -> (&'static str, &'static str) {
    match reason {
        cas::Reason::Toolchain => ("results", "toolchain"),
        cas::Reason::Checkout => ("results", "checkout is gone"),
        cas::Reason::Age => ("results", "unused"),
        cas::Reason::Size => ("results", "least recently used"),
        cas::Reason::Damaged => ("results", "damaged"),
        cas::Reason::Unreferenced => ("files", "unreferenced"),
        cas::Reason::Hint => ("hints", "unreferenced"),
        cas::Reason::Leftover => ("temporary files", "killed build"),
    }
}
