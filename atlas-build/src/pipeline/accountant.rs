//! Keeps the account of a build while it runs: which unit was built when, and why.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use atlas_fingerprint::{DirtyReason, Disk, FileError, Files, open_sealed, seal};
use camino::{Utf8Path, Utf8PathBuf};

use crate::account::{
    Account, Cause, Cutoff, Fate, Outcome, SpareRule, Tense, Timing, UnitAccount,
};
use crate::event::{Event, Summary};
use crate::ids::{DenseId, DenseMap, UnitId};
use crate::pipeline::prepare::Prepared;

/// First word in the file.
const KIND: &str = "cargo-atlas-account";
/// Version of the form; one more whenever it, or the meaning of something in it, changes.
const VERSION: u32 = 2;

/// What is known of a build so far.
pub(super) struct Accountant<'a> {
    prepared: &'a Prepared,
    profile: String,
    since: Instant,
    started: u64,
    entries: DenseMap<UnitId, Entry>,
}

/// What is known of a unit so far.
#[derive(Clone, Debug)]
struct Entry {
    fate: Fate,
    reason: Option<DirtyReason>,
    cutoff: Option<Cutoff>,
    started: Option<Duration>,
    metadata: Option<Duration>,
    finished: Option<Duration>,
    last_duration: Option<Duration>,
}

impl<'a> Accountant<'a> {
    /// Starts an account. `last` returns how long a unit took when it was last built.
    pub(super) fn new(
        prepared: &'a Prepared,
        profile: &str,
        last: &dyn Fn(UnitId) -> Option<Duration>,
    ) -> Self {
        let entry = |unit| Entry {
            fate: Fate::NotReached,
            reason: None,
            cutoff: None,
            started: None,
            metadata: None,
            finished: None,
            last_duration: last(unit),
        };
        let entries = prepared.units.graph.units.ids().map(entry).collect();
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Accountant {
            prepared,
            profile: profile.to_owned(),
            since: Instant::now(),
            started: u64::try_from(now.as_millis()).unwrap_or_default(),
            entries,
        }
    }

    /// Takes note of what happens.
    pub(super) fn on_event(&mut self, event: &Event) {
        match event {
            Event::Spared(unit, rule) => self.entries[*unit].fate = Fate::Spared(rule.clone()),
            Event::Fresh(unit) => {
                let entry = &mut self.entries[*unit];
                if entry.fate == Fate::NotReached {
                    entry.fate = Fate::Fresh;
                    // One that another process has built after all.
                    entry.reason = None;
                }
            }
            Event::Dirty(unit, reason) => self.entries[*unit].reason = Some(reason.clone()),
            Event::Cutoff(unit, cutoff) => self.cut_off(*unit, cutoff.clone()),
            Event::Started(unit, _) => self.entries[*unit].started = Some(self.since.elapsed()),
            Event::MetadataReady(unit) => {
                self.entries[*unit].metadata = Some(self.since.elapsed());
            }
            Event::Finished(unit, _) => self.end(*unit, Fate::Built),
            Event::Failed(unit, _) => self.end(*unit, Fate::Failed),
            _ => {}
        }
    }

    fn cut_off(&mut self, unit: UnitId, mut cutoff: Cutoff) {
        let entry = &mut self.entries[unit].cutoff;
        if let (Cutoff::Undone { changes, .. }, Some(Cutoff::Spared { changes: known })) =
            (&mut cutoff, entry.as_ref())
            && changes.is_empty()
        {
            changes.clone_from(known);
        }
        *entry = Some(cutoff);
    }

    /// Takes note of what would happen.
    pub(super) fn predict(&mut self, unit: UnitId, fate: Fate, cutoff: Option<Cutoff>) {
        let entry = &mut self.entries[unit];
        (entry.fate, entry.cutoff) = (fate, cutoff);
    }

    fn end(&mut self, unit: UnitId, fate: fn(Cause) -> Fate) {
        if let Some(reason) = self.entries[unit].reason.clone() {
            let because_of = self.because_of(unit, &reason);
            self.entries[unit].fate = fate(Cause { reason, because_of });
            self.entries[unit].finished = Some(self.since.elapsed());
        }
    }

    /// Returns the units whose being built is why another one had to be.
    fn because_of(&self, unit: UnitId, reason: &DirtyReason) -> Vec<usize> {
        let (DirtyReason::DependencyChanged { name }
        | DirtyReason::BuildScriptOutputChanged { name }) = reason
        else {
            return Vec::new();
        };
        let Prepared { units, packages, sees, .. } = self.prepared;
        let built = sees.of(unit).iter().map(|(seen, _)| *seen);
        let built = built.filter(|seen| {
            matches!(self.entries[*seen].fate, Fate::Built(_))
                || self.entries[*seen].metadata.is_some()
        });
        let is_named = |seen: &UnitId| {
            let package = &packages.packages[units.graph.units[*seen].package];
            format!("{} v{}", package.name, package.version) == *name
        };
        built.filter(is_named).map(DenseId::index).collect()
    }

    /// Writes the account down, if there is anything to tell.
    pub(super) fn write(self, summary: &Summary) -> Result<(), FileError> {
        let n_done = summary.built + summary.spared + summary.restored;
        if n_done == 0 && summary.failed.is_empty() {
            return Ok(());
        }
        let path = path(&self.prepared.target_directory);
        let account = self.finish(Tense::Past, summary);
        let payload = postcard::to_stdvec(&account).expect("memory holds the account");
        Disk.write(&path, &seal(KIND, VERSION, &payload))
    }

    /// Returns the account, dependencies before dependents.
    pub(super) fn finish(self, tense: Tense, summary: &Summary) -> Account {
        let graph = &self.prepared.units.graph;
        let order = graph.topological_order();
        let mut places = DenseMap::filled(graph.units.len(), 0);
        for (place, unit) in order.iter().enumerate() {
            places[*unit] = place;
        }
        let place = |index: &usize| places[UnitId::from_index(*index)];
        let outcome = match (summary.interrupted, summary.failed.is_empty()) {
            (true, _) => Outcome::Interrupted,
            (_, true) => Outcome::Success,
            (_, false) => Outcome::Failure,
        };
        let units = order.iter().map(|unit| self.unit(*unit, &place)).collect();
        Account {
            tense,
            started: self.started,
            duration: self.since.elapsed(),
            profile: self.profile,
            workspace_root: self.prepared.workspace_root.clone(),
            outcome,
            units,
        }
    }

    fn unit(&self, id: UnitId, place: &dyn Fn(&usize) -> usize) -> UnitAccount {
        let unit = &self.prepared.units.graph.units[id];
        let package = &self.prepared.packages.packages[unit.package];
        let entry = &self.entries[id];
        let places = |units: &[usize]| units.iter().map(place).collect();
        let cause = |cause: &Cause| Cause {
            reason: cause.reason.clone(),
            because_of: places(&cause.because_of),
        };
        let fate = match &entry.fate {
            Fate::Built(it) => Fate::Built(cause(it)),
            Fate::Failed(it) => Fate::Failed(cause(it)),
            Fate::Spared(SpareRule::SameDependencies { units }) => {
                Fate::Spared(SpareRule::SameDependencies { units: places(units) })
            }
            Fate::MayFollow(units) => Fate::MayFollow(places(units)),
            other => other.clone(),
        };
        let needs = self.prepared.needs.needs[id].iter();
        let timing = entry.started.zip(entry.finished);
        UnitAccount {
            package_id: package.id.clone(),
            package: package.name.clone(),
            version: package.version.to_string(),
            source: package.shown_source(),
            is_local: package.is_local(),
            root: package.root().to_owned(),
            target: unit.target.name.clone(),
            kinds: unit.target.kind_names().iter().map(ToString::to_string).collect(),
            crate_root: unit.target.src_path.clone(),
            mode: unit.mode.full_name().to_owned(),
            dependencies: needs.map(|(below, _)| place(&below.index())).collect(),
            fate,
            cutoff: entry.cutoff.as_ref().map(|cutoff| cutoff.with_units(place)),
            timing: timing.map(|(started, finished)| Timing {
                started,
                metadata: entry.metadata,
                finished,
            }),
            last_duration: entry.last_duration,
        }
    }
}

/// Returns the account of the last build in a target directory that did something.
pub(super) fn read(target_directory: &Utf8Path) -> Option<Account> {
    let bytes = Disk.read(&path(target_directory)).ok()?;
    postcard::from_bytes(open_sealed(KIND, VERSION, &bytes).ok()?).ok()
}

fn path(target_directory: &Utf8Path) -> Utf8PathBuf {
    target_directory.join("atlas").join("last-build")
}
