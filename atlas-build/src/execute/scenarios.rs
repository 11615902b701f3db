//! Whole builds with processes that are made up: exactly what runs, in which order.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::rc::Rc;
use std::sync::Arc;

use atlas_fingerprint::{DirtyReason, FileError};
use camino::{Utf8Path, Utf8PathBuf};
use rstest::rstest;

use crate::event::{Event, Failure, OutputStream, Summary, UnitDescription};
use crate::execute::jobserver::Tokens;
use crate::execute::pool::execute_with;
use crate::execute::testing::{build_script_step, compile_step};
use crate::execute::{
    Exit, FileNames, Freshness, Heard, Jobserver, Listener, OnFailure, Runner, Running,
    ScriptOutput, ScriptOutputs, Settings, Work,
};
use crate::ids::{DenseMap, UnitId};
use crate::interrupt::Interrupt;
use crate::packages::testing::package;
use crate::packages::{PackageGraph, TargetKind};
use crate::plan::{Needs, OutputFlavor, Priorities, Step};
use crate::process::CommandLine;
use crate::rustc::Bootstrap;
use crate::script::{BuildScriptOutput, Severity};
use crate::store::{Claimed, IsFree, Message, Outcome, Recorded, Verdict, overridden};
use crate::units::testing::{Fixture, graph};

/// What happened, in order; shared by everything that sees something happen.
type Log = Rc<RefCell<Vec<String>>>;

/// A build and what its processes do.
struct Scenario {
    units: &'static str,
    /// Lines `name: act, act`: what happens when the unit's process has started. Acts are
    /// `meta x`, `end x`, `fail x`, `killed x`, `out x …`, `err x …`, `interrupt` and `refuse`. A
    /// unit without a line ends well at once.
    acts: &'static str,
    /// Names of units that are fresh.
    fresh: &'static str,
    /// Names of units whose record cannot be removed.
    stuck: &'static str,
    /// What other processes do, each once, as `verb name, …`: `tries` to build a unit when it is to
    /// be claimed, `builds` it, has `built` it by then, `keeps` it for ever, or `changes` what it has
    /// read.
    others: &'static str,
    jobs: usize,
    on_failure: OnFailure,
    script_output: ScriptOutput,
    /// Runs of build scripts that the configuration overrides, to say this.
    overridden: Option<(&'static str, BuildScriptOutput)>,
    /// What fresh units say.
    recorded: (Vec<Message>, Option<BuildScriptOutput>),
}

impl Default for Scenario {
    fn default() -> Self {
        Scenario {
            units: "",
            acts: "",
            fresh: "",
            stuck: "",
            others: "",
            jobs: 1,
            on_failure: OnFailure::Stop,
            script_output: ScriptOutput::Quiet,
            overridden: None,
            recorded: (Vec::new(), None),
        }
    }
}

/// What came of a scenario.
struct Played {
    log: Log,
    summary: Summary,
    /// Failures with the unit's name.
    failures: Vec<(String, Failure)>,
    /// What was recorded of each unit.
    recorded: BTreeMap<String, Outcome>,
    root: tempfile::TempDir,
}

impl Played {
    fn log(&self) -> String {
        self.log.borrow().join(", ")
    }

    fn failure(&self) -> String {
        let texts = self.failures.iter().map(|(unit, failure)| match failure {
            Failure::Exit { status, stdout, stderr, .. } => {
                format!("{unit}: {status} {stdout:?} {stderr:?}")
            }
            Failure::Spawn { error, .. } => format!("{unit}: {error}"),
            Failure::Invalid(text) => format!("{unit}: {text}"),
            Failure::Io { path, .. } => format!("{unit}: {}", path.display()),
            Failure::Interrupted => format!("{unit}: interrupted"),
        });
        texts.collect::<Vec<_>>().join(", ")
    }
}

fn play(scenario: &Scenario) -> Played {
    let root = tempfile::tempdir().unwrap();
    let directory = Utf8Path::from_path(root.path()).unwrap().to_owned();
    let fixture = graph(scenario.units);
    let steps: DenseMap<UnitId, Step> =
        fixture.graph.units.ids().map(|id| step(&fixture, id, &directory, scenario)).collect();
    let packages = packages(&fixture);
    let descriptions = descriptions(&fixture);
    let needs = Needs::new(&fixture.graph);
    let priorities = Priorities::new(&fixture.graph, &needs, &|_| None);
    let log = Log::default();
    let interrupt = Interrupt::new();
    let runner = Fake {
        acts: acts(scenario.acts),
        files: files(&fixture, &steps),
        listeners: RefCell::default(),
        log: Rc::clone(&log),
        interrupt: interrupt.clone(),
    };
    let mut freshness = FakeFreshness {
        fixture: &fixture,
        fresh: scenario.fresh.split_whitespace().collect(),
        stuck: scenario.stuck.split_whitespace().collect(),
        others: scenario.others.split(", ").collect(),
        replay: scenario.recorded.clone(),
        recorded: BTreeMap::new(),
    };
    let work = Work {
        graph: &fixture.graph,
        packages: &packages,
        descriptions: &descriptions,
        steps: &steps,
        needs: &needs,
        priorities: &priorities,
        complete: &|id, scripts| Ok(complete(&fixture, &steps[id], id, scripts)),
    };
    let settings = Settings {
        on_failure: scenario.on_failure,
        script_output: scenario.script_output,
        file_names: FileNames::Told,
        bootstrap: Bootstrap::Crates(None),
    };
    let mut failures = Vec::new();
    let mut events = |event: Event| {
        if let Event::Failed(unit, failure) = &event {
            failures.push((fixture.name(*unit).to_owned(), failure.clone()));
        }
        log.borrow_mut().extend(line(&fixture, &event));
    };
    let executed = execute_with(
        &|_| Tokens::fixed(scenario.jobs),
        &work,
        &settings,
        (&runner, &interrupt),
        &mut freshness,
        &mut events,
    )
    .unwrap();
    let recorded = freshness.recorded;
    Played { log, summary: executed.summary, failures, recorded, root }
}

/// Adds the `--cfg` values of the scripts' runs that a unit depends on.
fn complete(fixture: &Fixture, step: &Step, id: UnitId, scripts: &ScriptOutputs) -> CommandLine {
    let mut command = match step {
        Step::Compile(step) => step.command.clone(),
        Step::RunBuildScript(step) => step.command.clone(),
        Step::Doctest(_) | Step::OverriddenBuildScript(_) => {
            panic!("overridden scripts have no command")
        }
    };
    let below = fixture.graph.dependencies[id].iter().map(|dependency| dependency.unit);
    for run in below.filter(|&run| fixture.graph.units[run].is_run_custom_build()) {
        command.args(&scripts.of(run).cfgs);
    }
    command
}

fn step(fixture: &Fixture, id: UnitId, root: &Utf8Path, scenario: &Scenario) -> Step {
    let name = fixture.name(id);
    let unit = &fixture.graph.units[id];
    if let Some((_, output)) = scenario.overridden.as_ref().filter(|(run, _)| *run == name) {
        return Step::OverriddenBuildScript(output.clone());
    }
    if unit.is_run_custom_build() {
        return Step::RunBuildScript(build_script_step(name, root));
    }
    let (rlib, rmeta) = (format!("lib{name}.rlib"), format!("lib{name}.rmeta"));
    let files = match unit.target.kind {
        TargetKind::Lib(_) => {
            vec![(&*rlib, OutputFlavor::Linkable), (&*rmeta, OutputFlavor::Metadata)]
        }
        _ => vec![(name, OutputFlavor::Normal)],
    };
    Step::Compile(compile_step(name, root, &files))
}

fn packages(fixture: &Fixture) -> PackageGraph {
    PackageGraph {
        packages: fixture.graph.units.ids().map(|id| package(fixture.name(id))).collect(),
        members: Vec::new(),
        default_members: Vec::new(),
        workspace_root: "/nowhere".into(),
    }
}

fn descriptions(fixture: &Fixture) -> DenseMap<UnitId, UnitDescription> {
    let describe = |(id, unit): (UnitId, &crate::units::Unit)| UnitDescription {
        package_id: fixture.name(id).to_owned(),
        package: fixture.name(id).to_owned(),
        version: semver::Version::new(1, 0, 0),
        source: None,
        manifest_path: "/nowhere/Cargo.toml".into(),
        is_local: true,
        is_primary: true,
        target: Arc::clone(&unit.target),
        mode: unit.mode,
    };
    fixture.graph.units.iter().map(describe).collect()
}

fn acts(text: &str) -> BTreeMap<String, Vec<String>> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    lines
        .map(|line| {
            let (name, acts) = line.split_once(':').unwrap();
            let acts = acts.split(", ").map(|act| act.trim().to_owned());
            (name.to_owned(), acts.filter(|act| !act.is_empty()).collect())
        })
        .collect()
}

fn files(fixture: &Fixture, steps: &DenseMap<UnitId, Step>) -> BTreeMap<String, Vec<Utf8PathBuf>> {
    let compiles = steps.iter().filter_map(|(id, step)| match step {
        Step::Compile(step) => {
            let paths = step.outputs.iter().map(|output| output.path.clone()).collect();
            Some((fixture.name(id).to_owned(), paths))
        }
        _ => None,
    });
    compiles.collect()
}

/// How an event is logged; those that only repeat others are not.
fn line(fixture: &Fixture, event: &Event) -> Option<String> {
    let name = |id: &UnitId| fixture.name(*id);
    Some(match event {
        Event::Fresh(id) => format!("fresh {}", name(id)),
        Event::Started(id, command) => {
            let args = command.args.iter().map(|arg| format!(" {}", arg.to_string_lossy()));
            format!("start {}{}", name(id), args.collect::<String>())
        }
        Event::MetadataReady(id) => format!("meta {}", name(id)),
        Event::Diagnostic(id, diagnostic) => format!("says {} {}", name(id), diagnostic.rendered),
        Event::Output(id, OutputStream::Stdout, line) => format!("out {} {line}", name(id)),
        Event::Output(id, OutputStream::Stderr, line) => format!("err {} {line}", name(id)),
        Event::BuildScriptMessage(id, Severity::Error, text) => {
            format!("error {} {text}", name(id))
        }
        Event::BuildScriptMessage(id, Severity::Warning, text) => {
            format!("warning {} {text}", name(id))
        }
        Event::BuildScriptExecuted(id, executed) => {
            format!("executed {} {}", name(id), executed.cfgs.join(" "))
        }
        Event::Failed(id, _) => format!("fail {}", name(id)),
        Event::Finished(id, duration) if !duration.is_zero() => format!("done {}", name(id)),
        _ => return None,
    })
}

/// Processes that do what the scenario says, at the moment at which one is started.
struct Fake {
    acts: BTreeMap<String, Vec<String>>,
    files: BTreeMap<String, Vec<Utf8PathBuf>>,
    listeners: RefCell<BTreeMap<String, Listener>>,
    log: Log,
    interrupt: Interrupt,
}

impl Fake {
    fn hear(&self, name: &str, heard: Heard) {
        self.listeners.borrow()[name](heard);
    }

    fn line(&self, name: &str, stream: OutputStream, line: &str) {
        self.hear(name, Heard::Line(stream, format!("{line}\n").into_bytes()));
    }

    fn write(&self, name: &str, suffix: &str) {
        for path in self.files.get(name).into_iter().flatten() {
            if path.as_str().ends_with(suffix) {
                fs_err::write(path, name).unwrap();
            }
        }
    }

    fn end(&self, name: &str, success: bool, description: &str) {
        let code = description.strip_prefix("exit status: ").and_then(|code| code.parse().ok());
        let exit = Exit { success, code, description: description.to_owned() };
        self.hear(name, Heard::Ended(Ok(exit)));
    }

    fn act(&self, act: &str) {
        let (verb, rest) = act.split_once(' ').unwrap_or((act, ""));
        let (name, text) = rest.split_once(' ').unwrap_or((rest, ""));
        match verb {
            "meta" => {
                self.write(name, ".rmeta");
                let notification = format!(r#"{{"artifact":"lib{name}.rmeta"}}"#);
                self.line(name, OutputStream::Stderr, &notification);
            }
            "end" => {
                self.write(name, "");
                self.end(name, true, "exit status: 0");
            }
            "fail" => self.end(name, false, "exit status: 1"),
            "killed" => self.end(name, false, "signal: 9 (SIGKILL)"),
            "out" => self.line(name, OutputStream::Stdout, text),
            "err" => self.line(name, OutputStream::Stderr, text),
            "interrupt" => self.interrupt.raise(),
            other => panic!("no act `{other}`"),
        }
    }
}

impl Runner for Fake {
    fn start(&self, command: &CommandLine, listener: Listener) -> io::Result<Box<dyn Running>> {
        let name = command.program.to_str().unwrap().to_owned();
        let acts = self.acts.get(&name).cloned().unwrap_or_else(|| vec![format!("end {name}")]);
        if acts == ["refuse"] {
            return Err(io::Error::from_raw_os_error(2));
        }
        self.listeners.borrow_mut().insert(name.clone(), listener);
        acts.iter().for_each(|act| self.act(act));
        Ok(Box::new(FakeProcess { name, log: Rc::clone(&self.log) }))
    }
}

struct FakeProcess {
    name: String,
    log: Log,
}

impl Running for FakeProcess {
    fn kill(&self) {
        self.log.borrow_mut().push(format!("kill {}", self.name));
    }
}

struct FakeFreshness<'a> {
    fixture: &'a Fixture,
    fresh: BTreeSet<&'a str>,
    stuck: BTreeSet<&'static str>,
    others: BTreeSet<&'static str>,
    replay: (Vec<Message>, Option<BuildScriptOutput>),
    recorded: BTreeMap<String, Outcome>,
}

impl FakeFreshness<'_> {
    /// Returns whether another process does something with a unit, which is then done.
    fn does(&mut self, verb: &str, unit: UnitId) -> bool {
        self.others.remove(&*format!("{verb} {}", self.fixture.name(unit)))
    }
}

impl Freshness for FakeFreshness<'_> {
    fn claim(&mut self, unit: UnitId) -> Claimed {
        if self.does("tries", unit) {
            return Claimed::Busy(IsFree::new(|| true));
        }
        if self.does("keeps", unit) {
            return Claimed::Busy(IsFree::new(|| false));
        }
        let (builds, built) = (self.does("builds", unit), self.does("built", unit));
        if builds || built {
            self.fresh.insert(self.fixture.name(unit));
        }
        match (builds, built) {
            (true, _) => Claimed::Busy(IsFree::new(|| true)),
            (_, true) => Claimed::Changed,
            _ => Claimed::Held,
        }
    }

    fn is_disturbed(&mut self, unit: UnitId) -> bool {
        self.does("changes", unit)
    }

    fn check(&mut self, unit: UnitId, _command: &CommandLine) -> Verdict {
        if self.fresh.contains(self.fixture.name(unit)) {
            let (messages, build_script) = self.replay.clone();
            return Verdict::Fresh(Box::new(Recorded {
                messages,
                build_script,
                published: overridden(&BuildScriptOutput::default()),
                relink: Vec::new(),
                spared: None,
                aside: None,
            }));
        }
        Verdict::Dirty(DirtyReason::NeverBuilt)
    }

    fn started(&mut self, unit: UnitId, _command: &CommandLine) -> Result<(), FileError> {
        let name = self.fixture.name(unit);
        if self.stuck.contains(name) {
            let source = io::Error::from_raw_os_error(13);
            return Err(FileError {
                path: format!("/{name}/record").into(),
                action: "remove",
                source,
            });
        }
        self.recorded.remove(name);
        Ok(())
    }

    fn finished(&mut self, unit: UnitId, _command: &CommandLine, outcome: &Outcome) {
        self.recorded.insert(self.fixture.name(unit).to_owned(), outcome.clone());
    }
}

const CHAIN: &str = "a lib\nb lib: a\nc bin: b";
const WITH_SCRIPT: &str = "s script\nr run: s\na lib: r";

#[rstest]
#[case::one_after_the_other(
    Scenario { units: CHAIN, ..Scenario::default() },
    "start a, done a, start b, done b, start c, done c"
)]
#[case::most_urgent_first(
    Scenario { units: "x lib\na lib\nb lib: a\nc bin: b", ..Scenario::default() },
    "start a, done a, start b, done b, start c, done c, start x, done x"
)]
#[case::library_starts_at_metadata(
    Scenario { units: CHAIN, acts: "a: meta a\nb: end a, end b", jobs: 2, ..Scenario::default() },
    "start a, meta a, start b, done a, done b, start c, done c"
)]
#[case::binary_waits_for_all_objects(
    Scenario {
        units: CHAIN,
        acts: "a: meta a\nb: meta b, end b, out a still here, end a",
        jobs: 3,
        ..Scenario::default()
    },
    "start a, meta a, start b, meta b, done b, out a still here, done a, start c, done c"
)]
#[case::metadata_needs_a_free_job(
    Scenario { units: CHAIN, acts: "a: meta a, end a", ..Scenario::default() },
    "start a, meta a, done a, start b, done b, start c, done c"
)]
#[case::jobs_are_all_used(
    Scenario {
        units: "a lib\nb lib\nc lib\nd lib",
        acts: "a:\nb: end a\nc: end b\nd: end d, end c",
        jobs: 2,
        ..Scenario::default()
    },
    "start a, start b, done a, start c, done b, start d, done d, done c"
)]
#[case::only_what_is_dirty(
    Scenario { units: CHAIN, fresh: "a c", ..Scenario::default() },
    "fresh a, start b, done b, fresh c"
)]
#[case::nothing(Scenario { units: CHAIN, fresh: "a b c", ..Scenario::default() }, "fresh a, fresh b, fresh c")]
#[case::script_says_what_its_package_gets(
    Scenario {
        units: WITH_SCRIPT,
        acts: "r: out r cargo::rustc-cfg=x, out r cargo::warning=careful, end r",
        ..Scenario::default()
    },
    "start s, done s, start r, executed r x, warning r careful, done r, start a x, done a"
)]
fn build_runs(#[case] scenario: Scenario, #[case] expected: &str) {
    let played = play(&scenario);
    assert_eq!(played.log(), expected);
    assert!(played.summary.failed.is_empty());
    assert!(!played.summary.interrupted);
}

#[rstest]
#[case::one_that_is_busy_takes_no_token(
    "a lib\nb bin",
    "tries a",
    "start b, done b, start a, done a"
)]
#[case::built_meanwhile(CHAIN, "builds a", "fresh a, start b, done b, start c, done c")]
#[case::built_just_before(CHAIN, "built b", "start a, done a, fresh b, start c, done c")]
#[case::overtaken(
    CHAIN,
    "changes b",
    "start a, done a, start b, start a, done a, start b, done b, start c, done c"
)]
fn other_processes(#[case] units: &'static str, #[case] others: &'static str, #[case] log: &str) {
    let played = play(&Scenario { units, others, ..Scenario::default() });
    assert_eq!(played.log(), log);
    assert!(played.summary.failed.is_empty() && !played.summary.interrupted);
}

#[rstest]
#[case::failure("b: fail b", "start b, fail b", false)]
#[case::interrupt("b: interrupt", "start b, kill b, fail b", true)]
fn what_another_process_keeps_is_not_waited_for_after(
    #[case] acts: &'static str,
    #[case] log: &str,
    #[case] interrupted: bool,
) {
    let (units, others) = ("a lib\nb lib", "keeps a");
    let played = play(&Scenario { units, others, acts, ..Scenario::default() });
    assert_eq!(played.log(), log);
    assert_eq!(played.summary.interrupted, interrupted);
}

#[rstest]
#[case::nothing_more_starts(OnFailure::Stop, "start a, fail a")]
#[case::what_does_not_depend_is_built(OnFailure::KeepGoing, "start a, fail a, start x, done x")]
fn failure(#[case] on_failure: OnFailure, #[case] expected: &str) {
    let units = "x lib\na lib\nb lib: a";
    let played = play(&Scenario { units, acts: "a: fail a", on_failure, ..Scenario::default() });
    assert_eq!(played.log(), expected);
    assert_eq!(played.failure(), r#"a: exit status: 1 "" """#);
    assert_eq!(played.summary.failed.len(), 1);
}

#[test]
fn nothing_starts_over_a_record_that_stays() {
    let stuck = "a";
    let played = play(&Scenario { units: CHAIN, stuck, ..Scenario::default() });
    assert_eq!(played.log(), "fail a");
    assert_eq!(played.failure(), "a: /a/record");
    assert_eq!(played.summary.failed.len(), 1);
}

#[test]
fn what_runs_may_end_after_a_failure() {
    let played = play(&Scenario {
        units: "a lib\nb lib\nc lib\nd bin: b",
        acts: "b:\na: fail a, meta b, end b",
        jobs: 2,
        ..Scenario::default()
    });
    assert_eq!(played.log(), "start b, start a, fail a, meta b, done b");
    assert!(played.recorded.contains_key("b"));
}

#[test]
fn failure_after_metadata_spares_what_has_started() {
    let played = play(&Scenario {
        units: CHAIN,
        acts: "a: meta a\nb: fail a, end b",
        jobs: 2,
        on_failure: OnFailure::KeepGoing,
        ..Scenario::default()
    });
    assert_eq!(played.log(), "start a, meta a, start b, fail a, done b");
}

#[rstest]
#[case::not_started("a: refuse", "a: No such file or directory (os error 2)")]
#[case::killed("a: killed a", r#"a: signal: 9 (SIGKILL) "" """#)]
#[case::output_of_rustc_was_told("a: err a x, out a y, fail a", r#"a: exit status: 1 "" """#)]
fn reason_of_failure(#[case] acts: &'static str, #[case] expected: &str) {
    let played = play(&Scenario { units: "a lib", acts, ..Scenario::default() });
    assert_eq!(played.failure(), expected);
    assert!(!played.recorded.contains_key("a"));
}

#[rstest]
#[case::status(
    "r: out r cargo::warning=w, out r cargo::rustc-cfg=x, err r e, fail r",
    "start r, warning r w, fail r",
    r#"r: exit status: 1 "cargo::warning=w\ncargo::rustc-cfg=x\n" "e\n""#
)]
#[case::error(
    "r: out r cargo::error=e, out r cargo:warning=w, end r",
    "start r, error r e, warning r w, fail r",
    "r: build script logged errors"
)]
#[case::instruction(
    "r: out r cargo::warning=w, out r cargo::rustc-env=x, end r",
    "start r, fail r",
    "r: Variable rustc-env has no value in build script of `r v1.0.0`: x"
)]
fn failure_of_a_build_script(
    #[case] acts: &'static str,
    #[case] log: &str,
    #[case] expected: &str,
) {
    let played = play(&Scenario { units: "r run\na lib: r", acts, ..Scenario::default() });
    assert_eq!(played.log(), log);
    assert_eq!(played.failure(), expected);
}

#[test]
fn output_of_build_scripts_can_be_told() {
    let played = play(&Scenario {
        units: "r run",
        acts: "r: out r cargo::rustc-cfg=x, err r y, end r",
        script_output: ScriptOutput::Told,
        ..Scenario::default()
    });
    let expected = "start r, out r cargo::rustc-cfg=x, err r y, executed r x, done r";
    assert_eq!(played.log(), expected);
}

#[test]
fn overridden_build_script_does_not_run() {
    let output = BuildScriptOutput { cfgs: vec!["x".into()], ..BuildScriptOutput::default() };
    let played = play(&Scenario {
        units: "r run\na lib: r",
        overridden: Some(("r", output)),
        ..Scenario::default()
    });
    assert_eq!(played.log(), "fresh r, start a x, done a");
}

#[test]
fn fresh_build_script_says_it_again() {
    let output = BuildScriptOutput {
        cfgs: vec!["x".into()],
        log_messages: vec![(Severity::Warning, "w".into())],
        ..BuildScriptOutput::default()
    };
    let played = play(&Scenario {
        units: "r run\na lib: r",
        fresh: "r",
        recorded: (Vec::new(), Some(output)),
        ..Scenario::default()
    });
    assert_eq!(played.log(), "fresh r, executed r x, warning r w, start a x, done a");
}

#[test]
fn compiler_is_heard_and_recorded() {
    let acts = concat!(
        r#"a: err a {"message":"m"#,
        r#"","level":"warning","children":[],"rendered":"\u001b[1mwarning\u001b[0m"}"#,
        "\u{2c} err a noise\u{2c} out a printed\u{2c} end a"
    );
    let played = play(&Scenario { units: "a lib", acts, ..Scenario::default() });
    assert_eq!(
        played.log(),
        "start a, says a \u{1b}[1mwarning\u{1b}[0m, err a noise, out a printed, done a"
    );
    let messages = &played.recorded["a"].messages;
    let [Message::Diagnostic(diagnostic), Message::Text(text)] = &messages[..] else {
        panic!("{messages:?}")
    };
    assert_eq!(diagnostic.rendered, "\u{1b}[1mwarning\u{1b}[0m");
    assert_eq!(text, "noise");
}

#[test]
fn fresh_unit_says_it_again() {
    let recorded = (vec![Message::Text("noise".into())], None);
    let played = play(&Scenario { units: "a lib", fresh: "a", recorded, ..Scenario::default() });
    assert_eq!(played.log(), "fresh a, err a noise");
}

#[test]
fn files_are_in_their_places() {
    let played = play(&Scenario { units: CHAIN, ..Scenario::default() });
    for file in ["deps/liba.rlib", "deps/liba.rmeta", "deps/c", "top/c"] {
        assert!(played.root.path().join(file).exists(), "{file}");
    }
}

#[rstest]
#[case::while_running("a: interrupt", "start a, kill a, fail a", "a: interrupted")]
#[case::between("a: end a, interrupt", "start a, done a", "")]
#[case::child_died_of_it("a: interrupt, killed a", "start a, fail a", "a: interrupted")]
#[case::child_had_ended("a: interrupt, end a", "start a, done a", "")]
fn interrupt(#[case] acts: &'static str, #[case] log: &str, #[case] failure: &str) {
    let played = play(&Scenario { units: CHAIN, acts, ..Scenario::default() });
    assert_eq!(played.log(), log);
    assert_eq!(played.failure(), failure);
    assert!(played.summary.interrupted);
    assert!(played.summary.failed.is_empty());
}

#[test]
fn interrupt_keeps_what_is_finished() {
    let played = play(&Scenario {
        units: "a lib\nb lib: a\nc lib: a",
        acts: "b:\nc: end b, interrupt",
        jobs: 2,
        ..Scenario::default()
    });
    let expected = "start a, done a, start b, start c, done b, kill c, fail c";
    assert_eq!(played.log(), expected);
    assert_eq!(played.recorded.keys().collect::<Vec<_>>(), ["a", "b"]);
}

#[test]
fn interrupt_after_everything_is_none() {
    let played =
        play(&Scenario { units: "a lib", acts: "a: end a, interrupt", ..Scenario::default() });
    assert_eq!(played.log(), "start a, done a");
    assert!(!played.summary.interrupted);
}

/// Starts as many processes as there are tokens and ends the oldest whenever one more cannot start.
struct Saturating {
    wanted: usize,
    left: RefCell<usize>,
    running: RefCell<Vec<Listener>>,
    most: RefCell<usize>,
}

impl Runner for Saturating {
    fn start(&self, _command: &CommandLine, listener: Listener) -> io::Result<Box<dyn Running>> {
        let mut running = self.running.borrow_mut();
        running.push(listener);
        *self.left.borrow_mut() -= 1;
        let mut most = self.most.borrow_mut();
        *most = running.len().max(*most);
        let n_ending = match *self.left.borrow() {
            0 => running.len(),
            _ if running.len() == self.wanted => 1,
            _ => 0,
        };
        for listener in running.drain(..n_ending) {
            let exit = Exit { success: true, code: Some(0), description: "exit status: 0".into() };
            listener(Heard::Ended(Ok(exit)));
        }
        Ok(Box::new(FakeProcess { name: String::new(), log: Log::default() }))
    }
}

#[rstest]
fn job_server_decides_how_many_run(#[values(1, 2, 4)] jobs: usize) {
    let fixture = graph("a lib\nb lib\nc lib\nd lib\ne lib\nf lib\ng lib");
    let root = tempfile::tempdir().unwrap();
    let directory = Utf8Path::from_path(root.path()).unwrap();
    let scenario = Scenario::default();
    let steps: DenseMap<UnitId, Step> =
        fixture.graph.units.ids().map(|id| step(&fixture, id, directory, &scenario)).collect();
    let needs = Needs::new(&fixture.graph);
    let runner = Saturating {
        wanted: jobs,
        left: RefCell::new(7),
        running: RefCell::default(),
        most: RefCell::new(0),
    };
    let work = Work {
        graph: &fixture.graph,
        packages: &packages(&fixture),
        descriptions: &descriptions(&fixture),
        steps: &steps,
        needs: &needs,
        priorities: &Priorities::new(&fixture.graph, &needs, &|_| None),
        complete: &|_, _| Ok(CommandLine::new("rustc", "/")),
    };
    let settings = Settings {
        on_failure: OnFailure::Stop,
        script_output: ScriptOutput::Quiet,
        file_names: FileNames::Told,
        bootstrap: Bootstrap::Allowed,
    };
    let world = super::World {
        runner: &runner,
        jobserver: &Jobserver::own(jobs).unwrap(),
        interrupt: &Interrupt::new(),
    };
    let mut freshness = NothingFresh;
    let summary =
        super::execute(&work, &settings, &world, &mut freshness, &mut |_| {}).unwrap().summary;
    assert_eq!(summary.built, 7);
    assert_eq!(*runner.most.borrow(), jobs);
}

/// Finds nothing fresh and remembers nothing.
#[derive(Clone, Copy, Debug, Default)]
struct NothingFresh;

impl Freshness for NothingFresh {
    fn check(&mut self, _unit: UnitId, _command: &CommandLine) -> Verdict {
        Verdict::Dirty(DirtyReason::NeverBuilt)
    }

    fn started(&mut self, _unit: UnitId, _command: &CommandLine) -> Result<(), FileError> {
        Ok(())
    }

    fn finished(&mut self, _unit: UnitId, _command: &CommandLine, _outcome: &Outcome) {}
}
