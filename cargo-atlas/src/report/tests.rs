//! Streams of events, and what is written for them.

use std::sync::Arc;
use std::time::Duration;

use atlas_build::account::{Change, Cutoff, ItemChange, ItemKind, Obstacle, SpareRule};
use atlas_build::event::DirtyReason;
use atlas_build::event::{
    Artifact, BuildScriptExecuted, DiagnosticLevel, Event, Failure, OutputStream, Summary,
    UnitDescription,
};
use atlas_build::ids::{DenseId, UnitId};
use atlas_build::packages::TargetKind;
use atlas_build::process::CommandLine;
use atlas_build::request::{BuildRequest, Environment, MessageFormat};
use atlas_build::script::Severity;
use atlas_build::units::{CompileMode, DebugLevel};
use atlas_build::workspace::Config;
use cargo_metadata::Message;
use rstest::rstest;

use super::{Reporter, fixture};
use crate::terminal::{Captured, DisplayFlags, Settings, Shell, TermConfig};

const JSON: MessageFormat =
    MessageFormat::Json { render_diagnostics: false, short: false, ansi: false };

/// A build that is told to a reporter event by event.
pub(super) struct Told {
    units: Vec<UnitDescription>,
    flags: DisplayFlags,
    format: MessageFormat,
    backtraces: bool,
}

impl Told {
    pub(super) fn of(units: impl IntoIterator<Item = UnitDescription>) -> Self {
        Told {
            units: units.into_iter().collect(),
            flags: DisplayFlags::default(),
            format: MessageFormat::Human,
            backtraces: false,
        }
    }

    fn verbose(mut self, verbose: u8) -> Self {
        self.flags.verbose = verbose;
        self
    }

    fn format(mut self, format: MessageFormat) -> Self {
        self.format = format;
        self
    }

    fn written(&self, events: impl IntoIterator<Item = Event>) -> Captured {
        self.write(events, None)
    }

    pub(super) fn write(
        &self,
        events: impl IntoIterator<Item = Event>,
        summary: Option<&Summary>,
    ) -> Captured {
        let settings = Settings::resolve(&self.flags, &TermConfig::default()).unwrap();
        let (shell, captured) = Shell::captured(settings);
        let request = request(self);
        let mut reporter = Reporter::new(shell, self.flags.clone(), &request);
        reporter.on_event(Event::Planned(Arc::new(fixture::planned(self.units.clone()))));
        events.into_iter().for_each(|event| reporter.on_event(event));
        if let Some(summary) = summary {
            reporter.finish(summary, Duration::from_millis(120));
        }
        captured
    }
}

fn request(told: &Told) -> BuildRequest {
    let mut env = Environment::default();
    if told.backtraces {
        env.vars.insert("RUST_BACKTRACE".into(), "1".into());
    }
    BuildRequest {
        message_format: told.format,
        extra_verbose: told.flags.verbose > 1,
        ..BuildRequest::new("/ws".into(), env)
    }
}

fn id(index: usize) -> UnitId {
    UnitId::from_index(index)
}

fn command() -> Arc<CommandLine> {
    Arc::new(CommandLine::new("/bin/rustc", "/ws"))
}

fn started(unit: usize) -> Event {
    Event::Started(id(unit), command())
}

fn finished(unit: usize) -> Event {
    Event::Finished(id(unit), Duration::ZERO)
}

fn diagnostic(unit: usize, level: DiagnosticLevel, text: &str) -> Event {
    Event::Diagnostic(id(unit), fixture::diagnostic(level, text))
}

fn warning(unit: usize, text: &str) -> Event {
    diagnostic(unit, DiagnosticLevel::Warning, text)
}

fn said(unit: usize, severity: Severity, text: &str) -> Event {
    Event::BuildScriptMessage(id(unit), severity, text.to_owned())
}

fn failed(unit: usize) -> Event {
    Event::Failed(
        id(unit),
        Failure::Exit {
            command: command(),
            code: Some(1),
            status: "exit status: 1".to_owned(),
            stdout: String::new(),
            stderr: String::new(),
        },
    )
}

fn foreign(package: &str) -> UnitDescription {
    UnitDescription { is_local: false, source: None, ..fixture::lib(package) }
}

#[test]
fn package_is_announced_once() {
    let told = Told::of([fixture::script_run("foo"), fixture::lib("foo"), foreign("bar")]);
    let written = told.written([started(0), finished(0), started(2), started(1)]);
    assert_eq!(written.stderr(), "   Compiling foo v0.1.0 (/ws/foo)\n   Compiling bar v0.1.0\n");
}

#[test]
fn verbose_build_tells_what_is_fresh_and_what_runs() {
    let told = Told::of([foreign("bar"), fixture::lib("foo")]).verbose(1);
    let dirty = Event::Dirty(id(1), DirtyReason::NeverBuilt);
    let written = told.written([Event::Fresh(id(0)), finished(0), dirty, started(1), finished(1)]);
    assert_eq!(
        written.stderr(),
        "       Fresh bar v0.1.0\n   Compiling foo v0.1.0 (/ws/foo)\n     Running `/bin/rustc`\n"
    );
}

#[test]
fn verbose_build_tells_what_was_spared_and_why() {
    let told = Told::of([fixture::lib("foo"), fixture::lib("bar")]).verbose(1);
    let rule = SpareRule::SameBytes { path: "/ws/foo/src/lib.rs".into() };
    let events = [Event::Spared(id(0), rule), Event::Fresh(id(0)), Event::Fresh(id(1))];
    assert_eq!(
        told.written(events).stderr(),
        "      Spared foo v0.1.0 (/ws/foo): `foo/src/lib.rs` has another time stamp, but the same \
         content\n       Fresh bar v0.1.0 (/ws/bar)\n"
    );
}

#[test]
fn verbose_build_tells_why_something_is_dirty() {
    let told = Told::of([fixture::lib("foo")]).verbose(1);
    let reason = DirtyReason::FileChanged { path: "/ws/foo/src/lib.rs".into() };
    let written = told.written([Event::Dirty(id(0), reason), started(0)]).stderr();
    let line = written.lines().next();
    assert_eq!(
        line,
        Some("       Dirty foo v0.1.0 (/ws/foo): the file `foo/src/lib.rs` has changed")
    );
}

fn changes() -> Vec<ItemChange> {
    let (path, kind, how) = ("f".to_owned(), ItemKind::Fn, Change::Body);
    vec![ItemChange { path, kind, how, codegen: true, signature: false }]
}

#[test]
fn verbose_build_tells_what_others_see() {
    let told = Told::of([fixture::lib("foo"), fixture::lib("bar")]).verbose(1);
    let reason = DirtyReason::FileChanged { path: "/ws/foo/src/lib.rs".into() };
    let events = [
        Event::Cutoff(id(0), Cutoff::Changed { changes: changes() }),
        Event::Dirty(id(0), reason),
        started(0),
        started(1),
        Event::Cutoff(id(1), Cutoff::Spared { changes: changes() }),
        finished(1),
    ];
    assert_eq!(
        told.written(events).stderr(),
        "       Dirty foo v0.1.0 (/ws/foo): the file `foo/src/lib.rs` has changed\n   \
         No cutoff foo v0.1.0 (/ws/foo): foo::f: body changed; dependents follow\n   \
         Compiling foo v0.1.0 (/ws/foo)\n     Running `/bin/rustc`\n   \
         Compiling bar v0.1.0 (/ws/bar)\n     Running `/bin/rustc`\n      \
         Cutoff bar v0.1.0 (/ws/bar): bar::f: body changed; interface unchanged\n"
    );
}

/// A library is built and a program above it cannot be linked: both are built again.
fn second_look() -> [Event; 16] {
    let obstacle = Obstacle::LinkFailed { unit: 2 };
    [
        started(0),
        warning(0, "w"),
        finished(0),
        Event::Fresh(id(1)),
        warning(1, "v"),
        finished(1),
        started(2),
        Event::Cutoff(id(0), Cutoff::Undone { changes: Vec::new(), obstacle }),
        Event::Reconsidered,
        Event::Dirty(id(0), DirtyReason::CutoffUndone),
        started(0),
        warning(0, "w"),
        finished(0),
        started(1),
        finished(1),
        started(2),
    ]
}

#[test]
fn nothing_is_told_twice_when_everything_is_looked_at_again() {
    let told = Told::of(["foo", "bar", "baz"].map(fixture::lib));
    assert_eq!(
        told.written(second_look()).stderr(),
        "   Compiling foo v0.1.0 (/ws/foo)\nwarning: w\n\n\
         warning: `foo` (lib) generated 1 warning\nwarning: v\n\n\
         warning: `bar` (lib) generated 1 warning\n   Compiling baz v0.1.0 (/ws/baz)\n   \
         Compiling bar v0.1.0 (/ws/bar)\n"
    );
    let json = Told::of(["foo", "bar", "baz"].map(fixture::lib)).format(JSON);
    assert_eq!(parsed(&json.written(second_look())).len(), 2);
}

#[test]
fn verbose_build_tells_why_everything_is_looked_at_again() {
    let told = Told::of(["foo", "bar", "baz"].map(fixture::lib)).verbose(1);
    let written = told.written(second_look()).stderr();
    let note = "note: dependents of `foo` are built after all: `baz` (lib) cannot be linked with the \
        new code\n";
    assert!(written.contains(note), "{written}");
}

#[test]
fn warning_of_a_second_look_is_counted_with_the_others() {
    let told = Told::of(["foo", "bar", "baz"].map(fixture::lib));
    let more = [warning(0, "x"), finished(0)];
    let written = told.written(second_look().into_iter().chain(more)).stderr();
    assert!(written.ends_with("warning: x\n\nwarning: `foo` (lib) generated 2 warnings\n"));
}

#[test]
fn check_is_announced_as_such() {
    let check = CompileMode::Check { test: false };
    let written =
        Told::of([fixture::unit("foo", "foo", TargetKind::Bin, check)]).written([started(0)]);
    assert_eq!(written.stderr(), "    Checking foo v0.1.0 (/ws/foo)\n");
}

#[test]
fn duplicate_warnings_are_shown_once_and_counted() {
    let told = Told::of([
        fixture::lib("foo"),
        fixture::unit("foo", "foo", fixture::lib("foo").target.kind.clone(), CompileMode::Test),
    ]);
    let events = [
        started(0),
        warning(0, "w"),
        warning(0, "v"),
        finished(0),
        started(1),
        warning(1, "w"),
        finished(1),
    ];
    assert_eq!(
        told.written(events).stderr(),
        "   Compiling foo v0.1.0 (/ws/foo)\nwarning: w\n\nwarning: v\n\n\
         warning: `foo` (lib) generated 2 warnings\n\
         warning: `foo` (lib test) generated 1 warning (1 duplicate)\n"
    );
}

#[test]
fn summaries_of_rustc_are_left_out() {
    let mut summary = fixture::diagnostic(DiagnosticLevel::Warning, "1 warning emitted");
    summary.is_summary = true;
    let told = Told::of([fixture::lib("foo")]);
    let events = [Event::Fresh(id(0)), Event::Diagnostic(id(0), summary), finished(0)];
    assert_eq!(told.written(events).stderr(), "");
}

#[rstest]
#[case::local(fixture::lib("foo"), 0, true)]
#[case::foreign(foreign("foo"), 0, false)]
#[case::foreign_but_asked_for(foreign("foo"), 2, true)]
fn stored_warnings_of_foreign_packages_are_hidden(
    #[case] unit: UnitDescription,
    #[case] verbose: u8,
    #[case] is_shown: bool,
) {
    let told = Told::of([unit]).verbose(verbose);
    let written = told.written([Event::Fresh(id(0)), warning(0, "w"), finished(0)]);
    assert_eq!(written.stderr().contains("warning: w"), is_shown);
}

#[test]
fn failure_waits_for_other_jobs() {
    let told = Told::of([fixture::lib("foo"), fixture::lib("bar")]);
    let events = [
        started(0),
        started(1),
        warning(0, "w"),
        diagnostic(0, DiagnosticLevel::Error, "e"),
        failed(0),
        failed(1),
    ];
    let written =
        told.write(events, Some(&Summary { failed: vec![id(0), id(1)], ..Summary::default() }));
    assert_eq!(
        written.stderr(),
        "   Compiling foo v0.1.0 (/ws/foo)\n   Compiling bar v0.1.0 (/ws/bar)\n\
         warning: w\n\nerror: e\n\nwarning: `foo` (lib) generated 1 warning\n\
         error: could not compile `foo` (lib) due to 1 previous error; 1 warning emitted\n\
         warning: build failed, waiting for other jobs to finish...\n\
         error: could not compile `bar` (lib)\n\n\
         Caused by:\n  process didn't exit successfully: `/bin/rustc` (exit status: 1)\n"
    );
}

#[test]
fn build_script_speaks_when_it_ends() {
    let told = Told::of([fixture::script_run("foo"), fixture::lib("foo")]);
    let events = [
        started(0),
        said(0, Severity::Warning, "hey"),
        Event::Output(id(0), OutputStream::Stdout, "x".into()),
        finished(0),
        diagnostic(1, DiagnosticLevel::Error, "e"),
        failed(1),
    ];
    let written = told.written(events);
    assert_eq!(
        written.stderr(),
        "   Compiling foo v0.1.0 (/ws/foo)\nwarning: foo@0.1.0: hey\nerror: e\n\n\
         warning: foo@0.1.0: hey\nerror: could not compile `foo` (lib) due to 1 previous error\n"
    );
    assert_eq!(written.stdout(), "");
}

#[test]
fn output_of_build_scripts_is_shown_when_very_verbose() {
    let told = Told::of([fixture::script_run("foo")]).verbose(2);
    let output = |stream, line: &str| Event::Output(id(0), stream, line.to_owned());
    let written =
        told.written([output(OutputStream::Stdout, "a"), output(OutputStream::Stderr, "b")]);
    assert_eq!(
        (written.stdout(), written.stderr()),
        ("[foo 0.1.0] a\n".into(), "[foo 0.1.0] b\n".into())
    );
}

#[rstest]
#[case::explained(DebugLevel::None, true)]
#[case::good_already(DebugLevel::Full, false)]
fn poor_backtraces_of_build_scripts_are_explained(
    #[case] debuginfo: DebugLevel,
    #[case] is_explained: bool,
) {
    let script = fixture::unit("foo", "b", TargetKind::CustomBuild, CompileMode::Build);
    let mut told = Told::of([script, fixture::script_run("foo")]);
    told.backtraces = true;
    let artifact = Arc::new(Artifact { debuginfo, ..artifact() });
    let written = told.written([Event::Artifact(id(0), artifact), failed(1)]);
    assert_eq!(written.stderr().contains("note: To improve backtraces"), is_explained);
}

#[test]
fn success_ends_with_the_profile() {
    let summary = Summary { built: 1, fresh: 2, ..Summary::default() };
    let written = Told::of([]).write([], Some(&summary));
    assert_eq!(
        written.stderr(),
        "    Finished `dev` profile [unoptimized + debuginfo] target(s) in 0.12s: 1 compiled, 2 \
         fresh\n"
    );
}

#[test]
fn interrupted_build_ends_in_silence() {
    let summary = Summary { interrupted: true, ..Summary::default() };
    let written = Told::of([]).format(JSON).write([], Some(&summary));
    assert_eq!((written.stdout(), written.stderr()), (String::new(), String::new()));
}

#[test]
fn configuration_files_may_silence_the_build() {
    let told = Told::of([fixture::lib("foo")]);
    let config = Config { term_quiet: Some(true), ..Config::default() };
    let events = [Event::Configured(Arc::new(config)), Event::Warning("w".into()), started(0)];
    assert_eq!(told.written(events).stderr(), "");
}

#[test]
fn flags_go_before_configuration_files() {
    let told = Told::of([fixture::lib("foo")]).verbose(1);
    let config = Config { term_quiet: Some(true), ..Config::default() };
    let events = [Event::Configured(Arc::new(config)), Event::Warning("w".into())];
    assert_eq!(told.written(events).stderr(), "warning: w\n");
}

#[test]
fn waiting_names_the_package() {
    let told = Told::of([fixture::lib("foo")]);
    let written = told.written([Event::Blocking(UnitId::from_index(0))]);
    let expected = "waiting for another process to build `foo v0.1.0 (/ws/foo)`";
    assert_eq!(written.stderr(), format!("    Blocking {expected}\n"));
}

fn artifact() -> Artifact {
    Artifact {
        opt_level: "0".to_owned(),
        debuginfo: DebugLevel::Full,
        debug_assertions: true,
        overflow_checks: true,
        features: vec!["default".to_owned()],
        filenames: vec!["/ws/target/debug/libfoo.rlib".into()],
        executable: None,
        fresh: false,
    }
}

fn parsed(written: &Captured) -> Vec<Message> {
    Message::parse_stream(written.stdout().as_bytes()).map(Result::unwrap).collect()
}

#[test]
fn messages_are_those_of_cargo() {
    let told = Told::of([fixture::script_run("foo"), fixture::lib("foo")]).format(JSON);
    let executed = BuildScriptExecuted {
        linked_libs: vec!["z".to_owned()],
        linked_paths: vec!["native=/z".to_owned()],
        cfgs: vec!["a".to_owned()],
        env: vec![("K".to_owned(), "V".to_owned())],
        out_dir: "/ws/target/out".into(),
    };
    let events = [
        Event::BuildScriptExecuted(id(0), Arc::new(executed)),
        warning(1, "w"),
        Event::Artifact(id(1), Arc::new(artifact())),
        finished(1),
    ];
    let written = told.write(events, Some(&Summary::default()));
    let messages = parsed(&written);
    let [
        Message::BuildScriptExecuted(executed),
        Message::CompilerMessage(message),
        Message::CompilerArtifact(artifact),
        Message::BuildFinished(end),
    ] = &messages[..]
    else {
        panic!("{messages:#?}")
    };
    assert_eq!(executed.env, [("K".to_owned(), "V".to_owned())]);
    assert_eq!(message.target.name, "foo");
    assert_eq!(message.message.rendered.as_deref(), Some("warning: w\n\n"));
    assert_eq!(artifact.package_id.repr, "path+file:///ws/foo#0.1.0");
    assert_eq!(artifact.profile.opt_level, "0");
    assert!(end.success);
    // Warnings are not counted where another program shows them.
    assert!(!written.stderr().contains("generated"), "{}", written.stderr());
}

#[test]
fn artifact_is_written_as_cargo_writes_it() {
    let told = Told::of([fixture::lib("foo")]).format(JSON);
    let written = told.written([Event::Artifact(id(0), Arc::new(artifact()))]);
    let expected = r#"{"reason":"compiler-artifact","package_id":"path+file:///ws/foo#0.1.0",
        "manifest_path":"/ws/foo/Cargo.toml","target":{"kind":["lib"],"crate_types":["lib"],
        "name":"foo","src_path":"/ws/foo/src/lib.rs","edition":"2024","doc":true,
        "doctest":true,"test":true},"profile":{"opt_level":"0","debuginfo":2,
        "debug_assertions":true,"overflow_checks":true,"test":false},"features":["default"],
        "filenames":["/ws/target/debug/libfoo.rlib"],"executable":null,"fresh":false}"#;
    assert_eq!(written.stdout().trim_end(), expected.replace("\n        ", ""));
}

#[rstest]
#[case(DebugLevel::None, "0")]
#[case(DebugLevel::Limited, "1")]
#[case(DebugLevel::LineTablesOnly, "\"line-tables-only\"")]
#[case(DebugLevel::LineDirectivesOnly, "\"line-directives-only\"")]
fn debuginfo_is_a_number_or_a_name(#[case] debuginfo: DebugLevel, #[case] expected: &str) {
    let told = Told::of([fixture::lib("foo")]).format(JSON);
    let artifact = Artifact { debuginfo, ..artifact() };
    let written = told.written([Event::Artifact(id(0), Arc::new(artifact))]);
    assert!(written.stdout().contains(&format!("\"debuginfo\":{expected},")));
    parsed(&written);
}

#[test]
fn colors_are_kept_where_they_are_asked_for() {
    let ansi = MessageFormat::Json { render_diagnostics: false, short: false, ansi: true };
    let written = Told::of([fixture::lib("foo")]).format(ansi).written([warning(0, "w")]);
    let messages = parsed(&written);
    let [Message::CompilerMessage(message)] = &messages[..] else { panic!("{messages:#?}") };
    let rendered = message.message.rendered.as_deref();
    assert_eq!(rendered, Some("\u{1b}[1mwarning\u{1b}[0m: w\n\n"));
}

#[test]
fn diagnostics_can_be_rendered_beside_the_messages() {
    let render = MessageFormat::Json { render_diagnostics: true, short: false, ansi: false };
    let told = Told::of([fixture::lib("foo")]).format(render);
    let events = [warning(0, "w"), Event::Artifact(id(0), Arc::new(artifact())), finished(0)];
    let written = told.written(events);
    assert_eq!(written.stderr(), "warning: w\n\nwarning: `foo` (lib) generated 1 warning\n");
    assert!(matches!(parsed(&written)[..], [Message::CompilerArtifact(_)]));
}
