//! The one loop in which a build happens. The thread that calls [`execute`] owns the state; the
//! threads that read what processes write, and those that wait for tokens and for the user, send
//! messages to it.
//!
//! A unit goes through it like this: it becomes ready; its command is completed with what build
//! scripts said; it is found fresh, or it waits for a token, is started, heard and judged; its end
//! makes others ready. Only units that have to be built need a token. One that another process is
//! building waits for that, and is looked at again.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};
use std::io;
use std::sync::Arc;
use std::sync::mpsc::Receiver;
use std::time::Instant;

use atlas_fingerprint::{DirtyReason, ItemChange};

use crate::event::{Event, Failure, Summary, UnitDescription};
use crate::execute::build_script::{self, ScriptPackage, Transcript};
use crate::execute::compile::{Compile, Readiness};
use crate::execute::freshness::Freshness;
use crate::execute::inbox::{CAPACITY, Inbox, Sender, hear_build_script, hear_rustc, inbox};
use crate::execute::jobserver::{Jobserver, Tokens};
use crate::execute::parked::Parked;
use crate::execute::publish;
use crate::execute::restoring::Restoring;
use crate::execute::rounds::Rounds;
use crate::execute::runner::{Runner, Running};
use crate::execute::script_outputs::ScriptOutputs;
use crate::ids::{DenseMap, UnitId};
use crate::interrupt::Interrupt;
use crate::packages::PackageGraph;
use crate::plan::{
    BuildScriptStep, Ending, Gives, Needs, Priorities, Priority, State, Step, UnitState,
};
use crate::process::CommandLine;
use crate::rustc::Bootstrap;
use crate::store::Foresight;
use crate::units::UnitGraph;

/// Completes the command of a unit with what build scripts said; all that it may ask about is there.
/// An error fails the unit.
pub type Complete<'a> = &'a dyn Fn(UnitId, &ScriptOutputs) -> Result<CommandLine, Failure>;

/// What is to be built. Made by earlier stages, and not changed.
#[derive(Clone, Copy)]
pub struct Work<'a> {
    /// The units.
    pub graph: &'a UnitGraph,
    /// Their packages.
    pub packages: &'a PackageGraph,
    /// What to call them.
    pub descriptions: &'a DenseMap<UnitId, UnitDescription>,
    /// What has to be done for each.
    pub steps: &'a DenseMap<UnitId, Step>,
    /// What each waits for.
    pub needs: &'a Needs,
    /// Which goes first.
    pub priorities: &'a Priorities,
    /// Completes commands.
    pub complete: Complete<'a>,
}

/// How it is to be built.
#[derive(Clone, Copy, Debug)]
pub struct Settings<'a> {
    /// What happens after a failure.
    pub on_failure: OnFailure,
    /// What becomes of the output of build scripts.
    pub script_output: ScriptOutput,
    /// Whether the files of units are told.
    pub file_names: FileNames,
    /// What becomes of `rustc-env=RUSTC_BOOTSTRAP`.
    pub bootstrap: Bootstrap<'a>,
}

/// What happens after a failure.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum OnFailure {
    /// Nothing more is started; what runs may end.
    Stop,
    /// What does not depend on it is built.
    KeepGoing,
}

/// Whether the files of units are told: which of them were written has to be asked of the system.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FileNames {
    /// They are.
    Told,
    /// They are not.
    Untold,
}

/// What becomes of the output of build scripts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ScriptOutput {
    /// Only its directives count.
    Quiet,
    /// Each line is told.
    Told,
}

/// The outside world.
#[derive(Clone, Copy)]
pub struct World<'a> {
    /// Starts processes.
    pub runner: &'a dyn Runner,
    /// Says how many may run.
    pub jobserver: &'a Jobserver,
    /// Says when to stop.
    pub interrupt: &'a Interrupt,
}

/// What came of a build.
#[derive(Clone, Debug)]
pub struct Executed {
    /// How it ended.
    pub summary: Summary,
    /// What build scripts said.
    pub scripts: ScriptOutputs,
}

/// The build could not go on.
#[derive(Debug, thiserror::Error)]
pub enum ExecuteError {
    /// The job server does not answer.
    #[error("failed to acquire jobserver token")]
    Jobserver(#[source] io::Error),
}

/// Builds all units that are not fresh. Returns when nothing runs any longer, or at once when it is
/// interrupted; then the processes have been killed.
///
/// # Errors
///
/// [`ExecuteError`]; a unit that fails is no error but part of the summary.
pub fn execute(
    work: &Work<'_>,
    settings: &Settings<'_>,
    world: &World<'_>,
    freshness: &mut dyn Freshness,
    events: &mut dyn FnMut(Event),
) -> Result<Executed, ExecuteError> {
    let tokens = |sender: Sender| {
        // Nobody takes the token if the build is over; it is then given back at once.
        let announce = move |token| drop(sender.send(Inbox::Token(token)));
        Tokens::new(world.jobserver, Box::new(announce))
    };
    execute_with(&tokens, work, settings, (world.runner, world.interrupt), freshness, events)
}

/// Like [`execute`], with tokens from anywhere.
pub(crate) fn execute_with(
    tokens: &dyn Fn(Sender) -> Tokens,
    work: &Work<'_>,
    settings: &Settings<'_>,
    (runner, interrupt): (&dyn Runner, &Interrupt),
    freshness: &mut dyn Freshness,
    events: &mut dyn FnMut(Event),
) -> Result<Executed, ExecuteError> {
    let (sender, receiver) = inbox();
    let waker = sender.clone();
    // A full inbox needs no waking: whoever reads it looks at the interrupt after each message.
    let _listening = interrupt.listen(Box::new(move || drop(waker.try_send(Inbox::Interrupted))));
    let mut pool = Pool {
        work,
        settings,
        runner,
        interrupt,
        freshness,
        events,
        state: State::new(work.needs),
        scripts: ScriptOutputs::new(work.graph.units.len()),
        waiting: BinaryHeap::new(),
        parked: Parked::new(sender.clone()),
        dirty: BTreeMap::new(),
        running: BTreeMap::new(),
        restoring: BTreeMap::new(),
        tokens: tokens(sender.clone()),
        sender,
        foreseen: BTreeMap::new(),
        rounds: Rounds::default(),
        summary: Summary::default(),
        error: None,
    };
    pool.run(receiver);
    match pool.error {
        Some(error) => Err(error),
        None => Ok(Executed { summary: pool.summary, scripts: pool.scripts }),
    }
}

/// The state of a build.
pub(crate) struct Pool<'a> {
    pub(crate) work: &'a Work<'a>,
    pub(crate) settings: &'a Settings<'a>,
    pub(crate) runner: &'a dyn Runner,
    interrupt: &'a Interrupt,
    pub(crate) freshness: &'a mut dyn Freshness,
    pub(crate) events: &'a mut dyn FnMut(Event),
    pub(crate) state: State<'a>,
    pub(crate) scripts: ScriptOutputs,
    /// Units that have to be built and only lack a token, the most urgent on top.
    waiting: BinaryHeap<(Priority, Reverse<UnitId>)>,
    /// What is known of them.
    dirty: BTreeMap<UnitId, (Arc<CommandLine>, DirtyReason)>,
    /// Those that another process builds.
    pub(crate) parked: Parked,
    pub(crate) running: BTreeMap<UnitId, Active<'a>>,
    /// Units whose results are being brought from the store.
    pub(crate) restoring: BTreeMap<UnitId, Restoring>,
    tokens: Tokens,
    pub(crate) sender: Sender,
    /// Units of which others will see nothing, with what changed in them.
    pub(crate) foreseen: BTreeMap<UnitId, Vec<ItemChange>>,
    pub(crate) rounds: Rounds,
    pub(crate) summary: Summary,
    /// Why the build cannot go on.
    error: Option<ExecuteError>,
}

/// A unit whose process runs.
pub(crate) struct Active<'a> {
    pub(crate) command: Arc<CommandLine>,
    pub(crate) process: Box<dyn Running>,
    pub(crate) since: Instant,
    pub(crate) progress: Progress<'a>,
}

/// What is known of a running process.
pub(crate) enum Progress<'a> {
    /// A rustc.
    Compile(Compile<'a>),
    /// A build script.
    Script(&'a BuildScriptStep, Transcript),
}

impl<'a> Pool<'a> {
    /// Takes the receiver so that it is gone before the thread that waits for tokens is joined:
    /// that thread may be sending.
    #[expect(clippy::needless_pass_by_value, reason = "it has to be dropped when this returns")]
    fn run(&mut self, inbox: Receiver<Inbox>) {
        loop {
            self.admit(self.state.ready());
            self.round(&inbox);
            if self.is_stopping() || !self.next_round() {
                return;
            }
        }
    }

    /// Does what can be done, and returns when nothing runs any longer.
    fn round(&mut self, inbox: &Receiver<Inbox>) {
        loop {
            if self.interrupt.is_raised() {
                // What has ended by now is kept; what still talks is not waited for.
                for message in inbox.try_iter().take(CAPACITY) {
                    self.receive(message);
                }
                self.interrupted();
                return self.let_restorations_end(inbox);
            }
            self.start_waiting();
            let is_idle = self.running.is_empty() && self.restoring.is_empty();
            if is_idle && (self.parked.is_empty() || self.is_stopping()) {
                return;
            }
            self.tokens.release_beyond(self.running.len());
            match inbox.recv() {
                Ok(message) => self.receive(message),
                // Cannot be: this pool has a sender itself.
                Err(_) => return,
            }
        }
    }

    fn receive(&mut self, message: Inbox) {
        match message {
            Inbox::Interrupted => {}
            Inbox::Token(Ok(token)) => self.tokens.take(token),
            Inbox::Token(Err(error)) => self.error = Some(ExecuteError::Jobserver(error)),
            Inbox::Free(unit) => self.on_free(unit),
            Inbox::Waited(unit) => self.on_waited(unit),
            Inbox::Said(unit, said) => {
                self.hold_error(unit, &said);
                let Some(active) = self.running.get_mut(&unit) else { return };
                let Progress::Compile(compile) = &mut active.progress else { return };
                if compile.hear(unit, said, self.events) == Readiness::Metadata {
                    self.freshness.metadata_published(unit);
                    (self.events)(Event::MetadataReady(unit));
                    let ready = self.state.on_given(unit, Gives::Metadata);
                    self.admit(ready);
                }
            }
            Inbox::Line(unit, stream, line, text) => {
                let Some(active) = self.running.get_mut(&unit) else { return };
                let Progress::Script(_, transcript) = &mut active.progress else { return };
                transcript.hear(stream, &line, &text);
                if self.settings.script_output == ScriptOutput::Told {
                    (self.events)(Event::Output(unit, stream, text));
                }
            }
            Inbox::Restored(unit, brought) => {
                let ready = self.receive_restored(unit, *brought);
                self.admit(ready);
            }
            Inbox::Ended(unit, exit) => {
                let exit = match exit.map(|exit| self.after_rustdoc(unit, exit)) {
                    Ok(None) => return,
                    Ok(Some(exit)) => Ok(exit),
                    Err(error) => Err(error),
                };
                let Some(active) = self.running.remove(&unit) else { return };
                let exit = match exit {
                    Ok(exit) if !exit.success && self.interrupt.is_raised() => {
                        return (self.events)(Event::Failed(unit, Failure::Interrupted));
                    }
                    exit => exit,
                };
                let ready = self.settle(unit, active, exit);
                self.freshness.release(unit);
                self.admit(ready);
            }
        }
    }

    /// Decides for units that became ready whether they have to be built, the most urgent first.
    pub(crate) fn admit(&mut self, ready: Vec<UnitId>) {
        let priorities = &self.work.priorities.values;
        let key = |unit| (priorities[unit], Reverse(unit));
        let mut ready: BinaryHeap<_> = ready.into_iter().map(key).collect();
        while let Some((_, Reverse(unit))) = ready.pop() {
            if self.is_stopping() {
                return;
            }
            let verdict = self.judge(unit);
            match verdict {
                Judged::Settled(more) => ready.extend(more.into_iter().map(key)),
                Judged::Dirty(command, reason) => {
                    let foresight = self.foresee(unit, &command);
                    // One of which others see nothing is built: what is in the store may look
                    // different to them.
                    let is_seen = !matches!(foresight, Foresight::Same(_));
                    if is_seen && self.restore(unit, &command, &reason) {
                        continue;
                    }
                    ready.extend(self.give_foreseen(unit, foresight).into_iter().map(key));
                    self.wait_for_token(unit, command, reason);
                }
            }
        }
    }

    /// Notes that a unit has to be built and only lacks a token.
    pub(crate) fn wait_for_token(
        &mut self,
        unit: UnitId,
        command: Arc<CommandLine>,
        reason: DirtyReason,
    ) {
        self.waiting.push((self.work.priorities.values[unit], Reverse(unit)));
        self.dirty.insert(unit, (command, reason));
    }

    fn start_waiting(&mut self) {
        while self.running.len() < self.tokens.capacity() && !self.is_stopping() {
            let Some((_, Reverse(unit))) = self.waiting.pop() else { break };
            if let Some((command, reason)) = self.dirty.remove(&unit)
                && self.may_change(unit)
                && !self.was_made_elsewhere(unit, &command, &reason)
            {
                self.start(unit, command, reason);
            }
        }
        if !self.waiting.is_empty() && !self.is_stopping() {
            let wanted = self.running.len() + self.waiting.len();
            if let Err(error) = self.tokens.ask_for(wanted) {
                self.error = Some(ExecuteError::Jobserver(error));
            }
        }
    }

    fn start(&mut self, unit: UnitId, command: Arc<CommandLine>, reason: DirtyReason) {
        (self.events)(Event::Dirty(unit, reason));
        let known = self.recount(unit);
        if let Err(error) = self.freshness.started(unit, &command) {
            return self.fail(unit, error.into());
        }
        let work = self.work;
        let (prepared, progress, listener) = match &work.steps[unit] {
            Step::Compile(step) => (
                publish::prepare(step),
                Progress::Compile(Compile::new(step, self.manner(unit, known))),
                hear_rustc(unit, &self.sender),
            ),
            Step::RunBuildScript(step) => (
                build_script::prepare(step),
                Progress::Script(step, Transcript::default()),
                hear_build_script(unit, &self.sender),
            ),
            Step::Doctest(_) | Step::OverriddenBuildScript(_) => return,
        };
        if let Err(error) = prepared {
            return self.fail(unit, error.into());
        }
        (self.events)(Event::Started(unit, Arc::clone(&command)));
        self.state.on_started(unit);
        let since = Instant::now();
        match self.runner.start_holding(&command, self.freshness.held(unit), listener) {
            Ok(process) => {
                self.running.insert(unit, Active { command, process, since, progress });
            }
            Err(error) => self.fail(unit, Failure::Spawn { command, error: error.to_string() }),
        }
    }

    /// Notes a failure of a unit, which is not running any longer.
    pub(crate) fn fail(&mut self, unit: UnitId, failure: Failure) {
        self.summary.failed.push(unit);
        self.freshness.release(unit);
        self.state.on_finished(unit, Ending::Failure);
        (self.events)(Event::Failed(unit, failure));
    }

    /// Kills what runs.
    fn interrupted(&mut self) {
        for (unit, active) in std::mem::take(&mut self.running) {
            active.process.kill();
            (self.events)(Event::Failed(unit, Failure::Interrupted));
        }
        let is_open = |state: UnitState| {
            matches!(
                state,
                UnitState::Waiting { .. } | UnitState::Ready { .. } | UnitState::Running { .. }
            )
        };
        self.summary.interrupted = self.work.graph.units.ids().any(|id| is_open(self.state.of(id)));
    }

    /// Returns whether nothing more may start.
    pub(crate) fn is_stopping(&self) -> bool {
        let has_failed =
            self.settings.on_failure == OnFailure::Stop && !self.summary.failed.is_empty();
        has_failed || self.error.is_some() || self.interrupt.is_raised()
    }

    /// Returns what has to be known of the package of a build script.
    pub(crate) fn script_package<'d>(&self, unit: UnitId, description: &'d str) -> ScriptPackage<'d>
    where
        'a: 'd,
    {
        ScriptPackage {
            description,
            package: &self.work.packages.packages[self.work.graph.units[unit].package],
            bootstrap: self.settings.bootstrap,
        }
    }
}

/// What was decided for a unit that became ready.
pub(crate) enum Judged {
    /// It is done or failed; these became ready by it.
    Settled(Vec<UnitId>),
    /// It has to be built.
    Dirty(Arc<CommandLine>, DirtyReason),
}
