//! The two points at which a unit is decided on: when it becomes ready (is it fresh?) and when its
//! process has ended (what came of it?). Starts nothing.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use crate::event::{Event, Failure, UnitDescription};
use crate::execute::artifact::{Effort, artifact};
use crate::execute::build_script::{self, ScriptFailure};
use crate::execute::cutoff::Kept;
use crate::execute::message::told;
use crate::execute::pool::{Active, Judged, Pool, Progress};
use crate::execute::publish;
use crate::execute::rounds::Told;
use crate::execute::runner::Exit;
use crate::ids::UnitId;
use crate::plan::{BuildScriptStep, CompileStep, Ending, Step};
use crate::process::CommandLine;
use crate::script::{BuildScriptOutput, Severity};
use crate::store::{Outcome, Recorded, Verdict};

impl Pool<'_> {
    /// Decides whether a unit that became ready has to be built; if not, it is done.
    pub(crate) fn judge(&mut self, unit: UnitId) -> Judged {
        let work = self.work;
        let step = &work.steps[unit];
        if let Step::OverriddenBuildScript(output) = step {
            self.scripts.set(unit, output.clone());
            if self.rounds.is_told(unit) {
                return Judged::Settled(self.state.on_finished(unit, Ending::Success));
            }
            self.rounds.tell(unit, Told::Fresh(Vec::new()));
            (self.events)(Event::Fresh(unit));
            self.summary.fresh += 1;
            return Judged::Settled(self.settle_fresh(unit));
        }
        if let Step::Doctest(_) = step {
            // It runs when everything is built.
            return Judged::Settled(self.settle_fresh(unit));
        }
        if let Some(recorded) = self.freshness.settled(unit) {
            return Judged::Settled(self.replay(unit, step, *recorded));
        }
        let command = match (work.complete)(unit, &self.scripts) {
            Ok(command) => Arc::new(command),
            Err(failure) => {
                self.fail(unit, failure);
                return Judged::Settled(Vec::new());
            }
        };
        let recorded = match self.freshness.check(unit, &command) {
            Verdict::Fresh(recorded) => recorded,
            Verdict::Dirty(reason) => return Judged::Dirty(command, reason),
        };
        let is_changed = recorded.aside.is_some() || !recorded.relink.is_empty();
        if is_changed && !self.may_change(unit) {
            return Judged::Settled(Vec::new());
        }
        if let (Some(aside), Step::Compile(step)) = (&recorded.aside, step) {
            let mut publish = || publish::publish_all(step).is_ok();
            if self.freshness.take_back(unit, &command, aside.id, &mut publish).is_err() {
                self.freshness.release(unit);
                return Judged::Dirty(command, aside.reason.clone());
            }
        }
        let ready = self.replay(unit, step, *recorded);
        self.freshness.release(unit);
        Judged::Settled(ready)
    }

    /// Tells again what was told when the unit was built.
    fn replay(&mut self, unit: UnitId, step: &Step, recorded: Recorded) -> Vec<UnitId> {
        let is_told = self.rounds.is_told(unit);
        match &recorded.spared {
            _ if is_told => {}
            Some(rule) => {
                (self.events)(Event::Spared(unit, rule.clone()));
                self.rounds.tell(unit, Told::Spared(recorded.messages.clone()));
                self.summary.spared += 1;
            }
            None => {
                self.rounds.tell(unit, Told::Fresh(recorded.messages.clone()));
                self.summary.fresh += 1;
            }
        }
        match step {
            Step::Compile(_) | Step::RunBuildScript(_) if is_told => {
                if let Some(output) = recorded.build_script {
                    self.scripts.set(unit, output);
                }
                self.state.on_finished(unit, Ending::Success)
            }
            Step::Compile(step) => self.replay_compile(unit, step, &recorded),
            Step::RunBuildScript(step) => self.replay_script(unit, step, recorded),
            Step::Doctest(_) | Step::OverriddenBuildScript(_) => Vec::new(),
        }
    }

    /// Tells again what rustc said, and puts files back that the user or another build replaced.
    fn replay_compile(
        &mut self,
        unit: UnitId,
        step: &CompileStep,
        recorded: &Recorded,
    ) -> Vec<UnitId> {
        (self.events)(Event::Fresh(unit));
        for message in &recorded.messages {
            (self.events)(told(message, unit));
        }
        if let Err(error) = publish::uplift(&recorded.relink) {
            self.fail(unit, error.into());
            return Vec::new();
        }
        self.tell_artifact(unit, step, Effort::None);
        self.settle_fresh(unit)
    }

    /// Tells again what a build script said.
    fn replay_script(
        &mut self,
        unit: UnitId,
        step: &BuildScriptStep,
        recorded: Recorded,
    ) -> Vec<UnitId> {
        let output = recorded.build_script.unwrap_or_default();
        (self.events)(Event::Fresh(unit));
        self.tell_script(unit, step, &output);
        self.scripts.set(unit, output);
        self.settle_fresh(unit)
    }

    fn settle_fresh(&mut self, unit: UnitId) -> Vec<UnitId> {
        (self.events)(Event::Finished(unit, Duration::ZERO));
        self.state.on_finished(unit, Ending::Success)
    }

    /// Judges a unit whose process has ended, and returns the units that became ready by it.
    pub(crate) fn settle(
        &mut self,
        unit: UnitId,
        active: Active<'_>,
        exit: io::Result<Exit>,
    ) -> Vec<UnitId> {
        let duration = active.since.elapsed();
        let Active { command, progress, .. } = active;
        let exit = match exit {
            Ok(exit) => exit,
            Err(error) => {
                self.fail(unit, Failure::Spawn { command, error: error.to_string() });
                return Vec::new();
            }
        };
        if self.was_disturbed(unit) {
            return Vec::new();
        }
        let work = self.work;
        let mut kept = Kept::Own;
        let (messages, build_script) = match (progress, &work.steps[unit]) {
            (Progress::Compile(mut compile), Step::Compile(step)) => {
                if self.has_undone(unit, &mut compile, &exit) {
                    return Vec::new();
                }
                if exit.success {
                    kept = self.keep(unit, &command, &mut compile);
                }
                match compile.finish(&command, exit) {
                    Ok(messages) => {
                        self.tell_artifact(unit, step, Effort::Built);
                        (messages, None)
                    }
                    Err(failure) => {
                        self.fail(unit, failure);
                        return Vec::new();
                    }
                }
            }
            (Progress::Script(step, transcript), _) => {
                let description = describe(&work.descriptions[unit]);
                let package = self.script_package(unit, &description);
                match build_script::finish(step, package, &command, transcript, &exit) {
                    Ok(output) => {
                        self.tell_script(unit, step, &output);
                        (Vec::new(), Some(output))
                    }
                    Err(ScriptFailure { failure, messages }) => {
                        self.tell_log(unit, &messages);
                        self.fail(unit, failure);
                        return Vec::new();
                    }
                }
            }
            (Progress::Compile(_), _) => return Vec::new(),
        };
        let keeps_metadata = kept == Kept::Earlier;
        let outcome = Outcome { messages, build_script, duration, keeps_metadata };
        self.settle_built(unit, &command, outcome);
        match kept {
            Kept::OwnAfterAll => {
                self.withhold(unit);
                Vec::new()
            }
            Kept::Own | Kept::Earlier => self.state.on_finished(unit, Ending::Success),
        }
    }

    fn settle_built(&mut self, unit: UnitId, command: &CommandLine, outcome: Outcome) {
        self.freshness.finished(unit, command, &outcome);
        if let Some(output) = outcome.build_script {
            self.scripts.set(unit, output);
        }
        self.summary.built += 1;
        self.rounds.tell(unit, Told::Built);
        (self.events)(Event::Finished(unit, outcome.duration));
    }

    pub(crate) fn tell_artifact(&mut self, unit: UnitId, step: &CompileStep, effort: Effort) {
        let unit_of_step = &self.work.graph.units[unit];
        let artifact = artifact(unit_of_step, step, effort, self.settings.file_names);
        (self.events)(Event::Artifact(unit, Arc::new(artifact)));
    }

    pub(crate) fn tell_script(
        &mut self,
        unit: UnitId,
        step: &BuildScriptStep,
        output: &BuildScriptOutput,
    ) {
        let executed = Arc::new(build_script::executed(step, output));
        (self.events)(Event::BuildScriptExecuted(unit, executed));
        self.tell_log(unit, &output.log_messages);
    }

    fn tell_log(&mut self, unit: UnitId, messages: &[(Severity, String)]) {
        for (severity, message) in messages {
            (self.events)(Event::BuildScriptMessage(unit, *severity, message.clone()));
        }
    }
}

/// Returns how cargo calls the package of a unit.
fn describe(unit: &UnitDescription) -> String {
    let UnitDescription { package, version, source, .. } = unit;
    match source {
        Some(source) => format!("{package} v{version} ({source})"),
        None => format!("{package} v{version}"),
    }
}
