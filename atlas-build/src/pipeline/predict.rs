//! What a build would do, and what the last one did. Starts nothing and writes nothing.

use atlas_fingerprint::{DirtyReason, FileTable, Ledger};
use camino::Utf8PathBuf;

use crate::account::{Account, Cause, Cutoff, Fate, SpareRule, Tense};
use crate::event::{Event, Summary};
use crate::execute::ScriptOutputs;
use crate::ids::{DenseId, DenseMap, UnitId};
use crate::pipeline::Error;
use crate::pipeline::accountant::{self, Accountant};
use crate::pipeline::build::{complete, freshness, make_ready, sources};
use crate::pipeline::cache::Wanted;
use crate::pipeline::prepare::Prepared;
use crate::pipeline::read_only::ReadOnly;
use crate::pipeline::sharing;
use crate::plan::Step;
use crate::process::CommandLine;
use crate::request::BuildRequest;
use crate::store::{Foresight, Session, Sight, Verdict};
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
    let ledger = Ledger::open(&ReadOnly, state, &prepared.layout.journals())?;
    // What is hashed is forgotten: no moment is needed, and none can be had without writing.
    let table = FileTable::new(&ReadOnly, state, Utf8PathBuf::new(), sources(prepared));
    let freshness = freshness(request, prepared, &ReadOnly, &table, &ledger);
    let mut session = Session::new(freshness, &prepared.steps, &prepared.sees, &ready.settled);
    // One that is not there is not made.
    if request.store.as_ref().is_some_and(|root| root.is_dir())
        && let Some(sharing) = sharing::open(request, prepared, events)
    {
        session.use_store(&sharing);
    }
    let mut prediction = Prediction {
        prepared,
        session,
        scripts: ScriptOutputs::new(prepared.units.graph.units.len()),
        news: DenseMap::filled(prepared.units.graph.units.len(), News::None),
    };
    let last = |unit| prediction.session.duration(unit);
    let mut accountant = Accountant::new(prepared, &request.profile, &last);
    for unit in prepared.units.graph.topological_order() {
        let (fate, cutoff) = prediction.fate(unit);
        accountant.predict(unit, fate, cutoff);
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

/// What a unit may give that others do not know yet.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum News {
    /// Nothing: it will not be built.
    None,
    /// Code: others see nothing else that is new.
    Code,
    /// Anything.
    Any,
}

/// What is known while units are gone through, dependencies first.
struct Prediction<'a> {
    prepared: &'a Prepared,
    session: Session<'a>,
    scripts: ScriptOutputs,
    /// What units that will be built or may be give to others.
    news: DenseMap<UnitId, News>,
}

impl Prediction<'_> {
    /// Returns what will become of a unit, and what others will see of that.
    fn fate(&mut self, unit: UnitId) -> (Fate, Option<Cutoff>) {
        let step = &self.prepared.steps[unit];
        if let Step::OverriddenBuildScript(output) = step {
            self.scripts.set(unit, output.clone());
            return (Fate::Fresh, None);
        }
        if let Step::Doctest(_) = step {
            return (Fate::Fresh, None);
        }
        let waits_for = self.waits_for(unit);
        if !waits_for.is_empty() {
            self.news[unit] = News::Any;
            return (self.follows(unit, &waits_for), None);
        }
        let recorded = match self.session.settled(unit) {
            Some(recorded) => *recorded,
            None => match self.check(unit, step) {
                (Verdict::Fresh(recorded), _) => *recorded,
                (Verdict::Dirty(reason), command) => {
                    let cutoff = command.as_ref().and_then(|it| self.cutoff(unit, it));
                    let is_seen = !matches!(cutoff, Some(Cutoff::Spared { .. }));
                    if let Some(command) = command.filter(|_| is_seen)
                        && let Some(output) = self.session.foretell(unit, &command)
                    {
                        output.into_iter().for_each(|output| self.scripts.set(unit, output));
                        return (Fate::Spared(SpareRule::Stored { reason }), None);
                    }
                    self.news[unit] = self.news(unit, cutoff.as_ref());
                    return (Fate::Built(Cause { reason, because_of: Vec::new() }), cutoff);
                }
            },
        };
        if let Some(output) = recorded.build_script {
            self.scripts.set(unit, output);
        }
        (recorded.spared.map_or(Fate::Fresh, Fate::Spared), None)
    }

    /// Returns the units of which a unit sees something that is not known yet.
    fn waits_for(&self, unit: UnitId) -> Vec<UnitId> {
        let is_awaited = |(seen, sight): &&(UnitId, Sight)| match self.news[*seen] {
            News::None => false,
            News::Code => *sight != Sight::Interface,
            News::Any => true,
        };
        self.prepared.sees.of(unit).iter().filter(is_awaited).map(|(seen, _)| *seen).collect()
    }

    /// Returns what will become of a unit that sees something that is not known yet. New code is
    /// taken to be other code, so that what links it has to be linked again.
    fn follows(&self, unit: UnitId, waits_for: &[UnitId]) -> Fate {
        if let Some(reason) = self.session.own_reason(unit) {
            return Fate::Built(Cause { reason, because_of: Vec::new() });
        }
        let units = waits_for.iter().map(|seen| seen.index()).collect();
        match waits_for.iter().find(|seen| self.news[**seen] == News::Code) {
            Some(seen) => {
                let Prepared { units: plan, packages, .. } = self.prepared;
                let package = &packages.packages[plan.graph.units[*seen].package];
                let name = format!("{} v{}", package.name, package.version);
                let reason = DirtyReason::DependencyChanged { name };
                Fate::Built(Cause { reason, because_of: units })
            }
            None => Fate::MayFollow(units),
        }
    }

    /// Looks at a unit that sees nothing that is not known yet. Returns its command, too, if there is
    /// one.
    fn check(&mut self, unit: UnitId, step: &Step) -> (Verdict, Option<CommandLine>) {
        match complete(step, &self.prepared.layout, &self.scripts) {
            Ok(command) => (self.session.check(unit, &command), Some(command)),
            Err(_) => (Verdict::Dirty(DirtyReason::Unfinished), None),
        }
    }

    /// Returns what others will see of a unit that will be built.
    fn cutoff(&mut self, unit: UnitId, command: &CommandLine) -> Option<Cutoff> {
        match self.session.foresee(unit, command) {
            Foresight::Unseen => None,
            Foresight::Barred(bar) => Some(Cutoff::Barred(bar)),
            Foresight::Changed(changes) => Some(Cutoff::Changed { changes }),
            Foresight::Same(foreseen) => Some(Cutoff::Spared { changes: foreseen.changes }),
        }
    }

    /// Returns what a unit that will be built gives to others. A check gives nothing but metadata.
    fn news(&self, unit: UnitId, cutoff: Option<&Cutoff>) -> News {
        let is_check = self.prepared.units.graph.units[unit].mode.is_check();
        match cutoff {
            Some(Cutoff::Spared { .. }) if is_check => News::None,
            Some(Cutoff::Spared { .. }) => News::Code,
            _ => News::Any,
        }
    }
}
