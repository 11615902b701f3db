//! What a build would do, and what the last one did. Starts nothing and writes nothing.

use atlas_fingerprint::{DirtyReason, Disk, FileTable, Ledger};
use camino::Utf8PathBuf;

use crate::account::{Account, Cause, Fate, Tense};
use crate::event::{Event, Summary};
use crate::execute::ScriptOutputs;
use crate::ids::{DenseId, DenseMap, UnitId};
use crate::pipeline::Error;
use crate::pipeline::accountant::{self, Accountant};
use crate::pipeline::build::{complete, freshness, make_ready, sources};
use crate::pipeline::cache::Wanted;
use crate::pipeline::prepare::Prepared;
use crate::plan::Step;
use crate::request::BuildRequest;
use crate::store::{Recorded, Session, Verdict};
use crate::workspace;

/// Returns what a build would do now.
///
/// # Errors
///
/// As [`build`](crate::build).
pub fn predict(request: &BuildRequest, events: &mut dyn FnMut(Event)) -> Result<Account, Error> {
    let (ready, kept) = make_ready(request, &|_| None, events)?;
    let prepared = &ready.prepared;
    let (state, fault) = kept.state();
    if let Some(fault) = fault {
        events(Event::StateUnusable(kept.path().to_owned(), fault.into_owned()));
    }
    let ledger = Ledger::open(&Disk, state, &prepared.layout.journal())?;
    // What is hashed is forgotten: no moment is needed, and none can be had without writing.
    let table = FileTable::new(&Disk, state, Utf8PathBuf::new(), sources(prepared));
    let freshness = freshness(request, prepared, &table, &ledger);
    let session = Session::new(freshness, &prepared.steps, &prepared.sees, &ready.settled);
    let mut prediction = Prediction {
        prepared,
        session,
        scripts: ScriptOutputs::new(prepared.units.graph.units.len()),
        is_open: DenseMap::filled(prepared.units.graph.units.len(), false),
    };
    let last = |unit| prediction.session.duration(unit);
    let mut accountant = Accountant::new(prepared, &request.profile, &last);
    for unit in prepared.units.graph.topological_order() {
        let fate = prediction.fate(unit);
        accountant.predict(unit, fate);
    }
    Ok(accountant.finish(Tense::Future, &Summary::default()))
}

/// Returns the account of the last build, in the target directory that a request leads to, that did
/// something.
///
/// # Errors
///
/// [`Error`] if the configuration or the request are wrong.
pub fn last_account(request: &BuildRequest) -> Result<Option<Account>, Error> {
    let wanted = match Wanted::new(request) {
        Some(wanted) => wanted,
        None => return Err(workspace::configure(request).err().map_or_else(no_reason, Into::into)),
    };
    let directories = wanted.target_directories(request);
    let accounts = directories.iter().filter_map(|directory| accountant::read(directory));
    Ok(accounts.max_by_key(|account| account.started))
}

/// The error of a request that was wrong and is right when it is looked at again.
fn no_reason() -> Error {
    Error::Unsupported(workspace::Unsupported("files changed meanwhile".to_owned()))
}

/// What is known while units are gone through, dependencies first.
struct Prediction<'a> {
    prepared: &'a Prepared,
    session: Session<'a>,
    scripts: ScriptOutputs,
    /// Units that will be built or may be.
    is_open: DenseMap<UnitId, bool>,
}

impl Prediction<'_> {
    /// Returns what will become of a unit.
    fn fate(&mut self, unit: UnitId) -> Fate {
        let step = &self.prepared.steps[unit];
        if let Step::OverriddenBuildScript(output) = step {
            self.scripts.set(unit, output.clone());
            return Fate::Fresh;
        }
        let seen = self.prepared.sees.of(unit).iter().map(|(seen, _)| *seen);
        let open: Vec<usize> =
            seen.filter(|seen| self.is_open[*seen]).map(DenseId::index).collect();
        let recorded = if !open.is_empty() {
            Err(match self.session.own_reason(unit) {
                Some(reason) => Fate::Built(Cause { reason, because_of: Vec::new() }),
                None => Fate::MayFollow(open),
            })
        } else if let Some(recorded) = self.session.settled(unit) {
            Ok(*recorded)
        } else {
            self.check(unit, step)
        };
        match recorded {
            Ok(recorded) => {
                if let Some(output) = &recorded.build_script {
                    self.scripts.set(unit, output.clone());
                }
                recorded.spared.map_or(Fate::Fresh, Fate::Spared)
            }
            Err(fate) => {
                self.is_open[unit] = true;
                fate
            }
        }
    }

    /// Looks at a unit that sees nothing that will be built.
    fn check(&mut self, unit: UnitId, step: &Step) -> Result<Recorded, Fate> {
        let built = |reason| Fate::Built(Cause { reason, because_of: Vec::new() });
        let Ok(command) = complete(step, &self.prepared.layout, &self.scripts) else {
            return Err(built(DirtyReason::Unfinished));
        };
        match self.session.check(unit, &command) {
            Verdict::Fresh(recorded) => Ok(*recorded),
            Verdict::Dirty(reason) => Err(built(reason)),
        }
    }
}
