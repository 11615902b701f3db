//! A build while it runs: which lines and messages come of what units do.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use atlas_build::account::{Cutoff, SpareRule};
use atlas_build::event::DirtyReason;
use atlas_build::event::{Artifact, Diagnostic, Event, Failure, OutputStream, Planned};
use atlas_build::ids::{DenseId, DenseMap, UnitId};
use atlas_build::process::CommandLine;
use atlas_build::request::MessageFormat;
use atlas_build::script::Severity;
use atlas_build::units::{CompileMode, DebugLevel};

use super::announcements::Announcements;
use super::counts::{Counts, FixCommand, Seen};
use super::failure::{self, Circumstances};
use super::plain::{self, CommandDetail};
use super::progress::Activity;
use super::rounds::Rounds;
use super::script_messages::{Message, ScriptMessages};
use super::{json, naming, wording};
use crate::terminal::{Shell, style};

/// What the user asked to see.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wishes {
    /// `--message-format`.
    pub(crate) format: MessageFormat,
    /// `-vv`.
    pub(crate) extra_verbose: bool,
    /// `RUST_BACKTRACE` asks for backtraces.
    pub(crate) backtraces: bool,
}

impl Wishes {
    /// Returns whether messages are written for programs.
    pub(crate) fn is_json(&self) -> bool {
        matches!(self.format, MessageFormat::Json { .. })
    }

    fn command_detail(&self) -> CommandDetail {
        if self.extra_verbose { CommandDetail::Variables } else { CommandDetail::Words }
    }
}

/// A build while it runs.
#[derive(Debug)]
pub(crate) struct LiveBuild {
    planned: Arc<Planned>,
    wishes: Wishes,
    fix: FixCommand,
    announcements: Announcements,
    activity: Activity,
    seen: Seen,
    counts: DenseMap<UnitId, Counts>,
    fresh: HashSet<UnitId>,
    reasons: HashMap<UnitId, DirtyReason>,
    cutoffs: HashMap<UnitId, Cutoff>,
    rounds: Rounds,
    spared: HashMap<String, SpareRule>,
    messages: ScriptMessages,
    scripts_with_debuginfo: HashSet<String>,
    n_failed: usize,
    rejected_in_future: BTreeSet<String>,
}

impl LiveBuild {
    /// Creates the state of a build that was planned.
    pub(crate) fn new(planned: Arc<Planned>, wishes: Wishes, fix: FixCommand) -> Self {
        LiveBuild {
            announcements: Announcements::new(&planned),
            counts: DenseMap::filled(planned.units.len(), Counts::default()),
            planned,
            wishes,
            fix,
            activity: Activity::default(),
            seen: Seen::default(),
            fresh: HashSet::new(),
            reasons: HashMap::new(),
            cutoffs: HashMap::new(),
            rounds: Rounds::default(),
            spared: HashMap::new(),
            messages: ScriptMessages::default(),
            scripts_with_debuginfo: HashSet::new(),
            n_failed: 0,
            rejected_in_future: BTreeSet::new(),
        }
    }

    /// Says which packages a future version of rustc will refuse, if any.
    pub(crate) fn show_rejected_in_future(&self, shell: &mut Shell) {
        if self.rejected_in_future.is_empty() {
            return;
        }
        let packages = self.rejected_in_future.iter().map(String::as_str).collect::<Vec<_>>();
        shell.warn(format_args!(
            "the following packages contain code that will be rejected by a future version of \
             Rust: {}",
            packages.join(", ")
        ));
        shell.note("to see what the problems were, use the option `--future-incompat-report`");
    }

    /// Returns what was planned.
    pub(crate) fn planned(&self) -> &Planned {
        &self.planned
    }

    /// Shows what happened to a unit.
    pub(crate) fn on_event(&mut self, event: Event, shell: &mut Shell) {
        match event {
            Event::Fresh(unit) => self.on_fresh(unit, shell),
            Event::Spared(unit, rule) => {
                let package = self.planned.units[unit].package_id.clone();
                self.spared.entry(package).or_insert(rule);
            }
            Event::Dirty(unit, reason) => {
                self.reasons.insert(unit, reason);
            }
            Event::Cutoff(unit, cutoff) => self.on_cutoff(unit, cutoff, shell),
            Event::Reconsidered => self.on_reconsidered(shell),
            Event::Blocking(unit) => self.on_blocking(unit, shell),
            Event::Started(unit, command) => self.on_started(unit, &command, shell),
            Event::Diagnostic(unit, diagnostic) => self.on_diagnostic(unit, &diagnostic, shell),
            Event::Output(unit, stream, line) => self.on_output(unit, stream, &line, shell),
            Event::BuildScriptMessage(unit, severity, text) => {
                self.messages.push(unit, (severity, text));
            }
            Event::BuildScriptExecuted(unit, executed) => {
                let unit = &self.planned.units[unit];
                self.write_json(|| json::build_script_executed(unit, &executed), shell);
            }
            Event::Artifact(unit, artifact) => self.on_artifact(unit, &artifact, shell),
            Event::Finished(unit, duration) => self.on_finished(unit, duration, shell),
            Event::Failed(unit, failure) => self.on_failed(unit, &failure, shell),
            Event::FutureIncompat(unit) => {
                let unit = &self.planned.units[unit];
                self.rejected_in_future.insert(naming::package(unit));
            }
            Event::MetadataReady(_)
            | Event::StateUnusable(..)
            | Event::StateNotSaved(..)
            | Event::Configured(_)
            | Event::Warning(_)
            | Event::Planned(_) => {}
        }
    }

    fn on_fresh(&mut self, unit: UnitId, shell: &mut Shell) {
        self.fresh.insert(unit);
        self.announce_fresh(unit, shell);
    }

    /// Says that nothing had to be done for a package; where cargo would have, also why not.
    fn announce_fresh(&mut self, unit: UnitId, shell: &mut Shell) {
        if !self.announcements.on_fresh(unit) || !shell.is_verbose() {
            return;
        }
        let description = &self.planned.units[unit];
        let package = naming::package(description);
        match self.spared.get(&description.package_id) {
            Some(rule) => {
                let why = wording::spared(rule, &self.planned.workspace_root);
                let word = match rule {
                    SpareRule::Stored { .. } => "Restored",
                    _ => "Spared",
                };
                shell.status(word, format_args!("{package}: {why}"));
            }
            None => shell.status("Fresh", package),
        }
    }

    /// What is known before a compile is told when it starts, after why it does.
    fn on_cutoff(&mut self, unit: UnitId, cutoff: Cutoff, shell: &mut Shell) {
        match cutoff {
            Cutoff::Spared { .. } => self.show_cutoff(unit, "Cutoff", &cutoff, None, shell),
            Cutoff::Changed { .. } | Cutoff::Barred(_) => {
                self.cutoffs.insert(unit, cutoff);
            }
            Cutoff::Undone { obstacle, .. } => self.rounds.undo(unit, obstacle),
        }
    }

    fn show_cutoff(
        &self,
        unit: UnitId,
        word: &str,
        cutoff: &Cutoff,
        reason: Option<&DirtyReason>,
        shell: &mut Shell,
    ) {
        let description = &self.planned.units[unit];
        let root = &self.planned.workspace_root;
        if shell.is_verbose()
            && let Some(told) = wording::cutoff(cutoff, reason, description, root)
        {
            shell.status(word, format_args!("{}: {told}", naming::package(description)));
        }
    }

    /// Says why everything is looked at once more.
    fn on_reconsidered(&mut self, shell: &mut Shell) {
        self.activity.rest();
        self.cutoffs.clear();
        let units = &self.planned.units;
        for (undone, obstacle) in self.rounds.next() {
            let name = |unit| naming::unit(&units[UnitId::from_index(unit)]);
            let undone = || undone.iter().map(|unit| &units[*unit]);
            let root = &self.planned.workspace_root;
            if shell.is_verbose() {
                shell.note(wording::reconsidered(undone(), &obstacle, root, name));
            }
        }
    }

    fn on_blocking(&mut self, unit: UnitId, shell: &mut Shell) {
        let description = &self.planned.units[unit];
        let package = naming::package(description);
        let text = format_args!("waiting for another process to build `{package}`");
        shell.status_in(style::NOTE, "Blocking", text);
        self.activity.wait(unit, || naming::in_progress(description));
        self.show_progress(shell);
    }

    fn on_started(&mut self, unit: UnitId, command: &CommandLine, shell: &mut Shell) {
        let description = &self.planned.units[unit];
        let package = naming::package(description);
        let reason = self.reasons.remove(&unit);
        let cutoff = self.cutoffs.remove(&unit);
        self.fresh.remove(&unit);
        self.messages.forget(unit);
        let is_news = self.announcements.on_started(unit);
        if is_news
            && shell.is_verbose()
            && let Some(reason) = &reason
            && let Some(reason) = wording::dirty(reason, &self.planned.workspace_root)
        {
            shell.status("Dirty", format_args!("{package}: {reason}"));
        }
        if let Some(cutoff) = cutoff {
            self.show_cutoff(unit, "No cutoff", &cutoff, reason.as_ref(), shell);
        }
        if is_news {
            let word = match description.mode {
                CompileMode::Doc => "Documenting",
                CompileMode::Check { .. } => "Checking",
                _ => "Compiling",
            };
            shell.status(word, package);
        }
        if shell.is_verbose() {
            shell.status("Running", plain::command(command, self.wishes.command_detail()));
        }
        self.activity.start(unit, || naming::in_progress(description));
        self.show_progress(shell);
    }

    fn on_diagnostic(&mut self, unit: UnitId, diagnostic: &Diagnostic, shell: &mut Shell) {
        let description = &self.planned.units[unit];
        let is_hidden =
            self.fresh.contains(&unit) && !description.is_local && !self.wishes.extra_verbose;
        // What counts the others is counted again at the end of the unit.
        if is_hidden || diagnostic.is_summary || !self.rounds.tell(unit, &diagnostic.rendered) {
            return;
        }
        let mut is_new = true;
        match self.wishes.format {
            MessageFormat::Json { render_diagnostics: false, ansi, .. } => {
                self.write_json(|| json::compiler_message(description, diagnostic, ansi), shell);
            }
            _ => {
                let rendered = diagnostic.rendered.strip_suffix('\n');
                let rendered = rendered.unwrap_or(&diagnostic.rendered);
                is_new = self.seen.insert(rendered);
                if is_new {
                    shell.write_stderr(rendered);
                }
            }
        }
        self.counts[unit].add(diagnostic, is_new);
    }

    fn on_output(&mut self, unit: UnitId, stream: OutputStream, line: &str, shell: &mut Shell) {
        let description = &self.planned.units[unit];
        let mut line = line.to_owned();
        if description.mode == CompileMode::RunCustomBuild {
            if !self.wishes.extra_verbose || self.fresh.contains(&unit) {
                return;
            }
            line = format!("[{} {}] {line}", description.package, description.version);
        }
        match stream {
            OutputStream::Stdout => shell.write_stdout(&line),
            OutputStream::Stderr => shell.write_stderr(&line),
        }
    }

    fn on_artifact(&mut self, unit: UnitId, artifact: &Artifact, shell: &mut Shell) {
        let description = &self.planned.units[unit];
        if description.target.is_custom_build() && artifact.debuginfo != DebugLevel::None {
            self.scripts_with_debuginfo.insert(description.package_id.clone());
        }
        self.write_json(|| json::compiler_artifact(description, artifact), shell);
    }

    fn on_finished(&mut self, unit: UnitId, _duration: Duration, shell: &mut Shell) {
        self.announce_fresh(unit, shell);
        self.close(unit, shell);
        let description = &self.planned.units[unit];
        let is_shown = description.is_local || self.wishes.extra_verbose;
        for message in self.messages.of_finished(unit, is_shown) {
            write_message(&naming::label(description), message, shell);
        }
    }

    fn on_failed(&mut self, unit: UnitId, failure: &Failure, shell: &mut Shell) {
        self.close(unit, shell);
        let description = &self.planned.units[unit];
        let Some(chain) = failure::chain(description, failure, &self.circumstances(unit, shell))
        else {
            return;
        };
        for message in self.messages.of_failed(self.script_runs(unit)) {
            write_message(&naming::label(description), message, shell);
        }
        shell.error_chain(&chain);
        if self.n_failed == 0 && self.activity.is_running() {
            shell.warn("build failed, waiting for other jobs to finish...");
        }
        self.n_failed += 1;
    }

    /// Notes that a unit is done, and sums up its warnings where they were shown by this program.
    fn close(&mut self, unit: UnitId, shell: &mut Shell) {
        self.activity.finish(unit);
        let counts_warnings =
            !matches!(self.wishes.format, MessageFormat::Json { render_diagnostics: false, .. });
        let counts = self.counts[unit];
        let is_news = self.rounds.sum_up(unit, counts);
        if counts_warnings
            && is_news
            && let Some(summary) = counts.summary(&self.planned.units[unit], &self.fix)
        {
            shell.warn(summary);
        }
        if self.activity.is_running() {
            self.show_progress(shell);
        }
    }

    fn circumstances(&self, unit: UnitId, shell: &Shell) -> Circumstances<'_> {
        let package = &self.planned.units[unit].package_id;
        let poor_backtrace =
            self.wishes.backtraces && !self.scripts_with_debuginfo.contains(package);
        Circumstances {
            verbose: shell.is_verbose(),
            detail: self.wishes.command_detail(),
            counts: self.counts[unit],
            poor_backtrace: poor_backtrace.then_some(&self.planned.profile),
        }
    }

    /// Returns the runs of build scripts that may explain why a unit failed: those of its package,
    /// or itself.
    fn script_runs(&self, unit: UnitId) -> Vec<UnitId> {
        let failed = &self.planned.units[unit];
        if failed.target.is_custom_build() {
            return vec![unit];
        }
        let runs = self.planned.units.iter().filter(|(_, other)| {
            other.mode == CompileMode::RunCustomBuild && other.package_id == failed.package_id
        });
        runs.map(|(id, _)| id).collect()
    }

    fn show_progress(&self, shell: &Shell) {
        let total = self.planned.units.len();
        shell.show_progress(self.activity.n_finished().min(total), total, &self.activity.names());
    }

    fn write_json(&self, message: impl FnOnce() -> serde_json::Result<String>, shell: &mut Shell) {
        if !self.wishes.is_json() {
            return;
        }
        match message() {
            Ok(message) => shell.write_stdout(&message),
            Err(error) => shell.error(format_args!("failed to write a message as JSON: {error}")),
        }
    }
}

fn write_message(label: &str, (severity, text): &Message, shell: &mut Shell) {
    let text = format_args!("{label}: {text}");
    match severity {
        Severity::Error => shell.error(text),
        Severity::Warning => shell.warn(text),
    }
}
