//! Builds with the real rustc: what it tells, when, and what it writes.
#![cfg(unix)]

use std::cell::RefCell;

use atlas_fingerprint::{DirtyReason, FileError};
use camino::{Utf8Path, Utf8PathBuf};

use crate::event::{Event, Failure, Summary, UnitDescription};
use crate::execute::testing::compile_step;
use crate::execute::testing::environment;
use crate::execute::{
    FileNames, Freshness, Jobserver, OnFailure, ScriptOutput, Settings, System, Work, World,
    execute,
};
use crate::ids::{DenseMap, UnitId};
use crate::interrupt::Interrupt;
use crate::packages::PackageGraph;
use crate::packages::testing::package;
use crate::plan::{CompileStep, Needs, OutputFlavor, Priorities, Step};
use crate::process::CommandLine;
use crate::rustc::Bootstrap;
use crate::store::{Outcome, Verdict};
use crate::units::testing::{Fixture, graph};

/// A directory with sources, compiled by rustc.
struct Project {
    directory: tempfile::TempDir,
    fixture: Fixture,
    /// Emitted by libraries.
    emit: &'static str,
    rustc: String,
}

impl Project {
    fn new(units: &str, emit: &'static str, sources: &[(&str, &str)]) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let project = Project { directory, fixture: graph(units), emit, rustc: "rustc".to_owned() };
        for (name, source) in sources {
            fs_err::write(project.root().join(name).with_extension("rs"), source).unwrap();
        }
        project
    }

    fn root(&self) -> &Utf8Path {
        Utf8Path::from_path(self.directory.path()).unwrap()
    }

    fn step(&self, id: UnitId) -> CompileStep {
        let name = self.fixture.name(id);
        let is_lib = self.fixture.graph.units[id].target.is_lib();
        let (rlib, rmeta) = (format!("lib{name}.rlib"), format!("lib{name}.rmeta"));
        let mut files = vec![(&*rlib, OutputFlavor::Linkable), (&*rmeta, OutputFlavor::Metadata)];
        if !is_lib {
            files = vec![(name, OutputFlavor::Normal)];
        } else if !self.emit.contains("link") {
            files.remove(0);
        }
        let mut step = compile_step(name, self.root(), &files);
        let mut command = CommandLine::new(&self.rustc, self.root());
        command.args(["--crate-name", name, "--edition=2024"]).arg(format!("{name}.rs"));
        command.args(["--error-format=json", "--json=artifacts"]);
        if is_lib {
            command.args(["--crate-type", "lib"]).arg(format!("--emit=dep-info,{}", self.emit));
        } else {
            command.arg("--emit=dep-info,link");
        }
        command.arg("--out-dir").arg(step.out_dir.as_str());
        command.arg("-C").arg(format!("incremental={}", step.unit_dir.join("incremental")));
        command.arg("-L").arg(format!("dependency={}", self.root().join("deps")));
        for dependency in &self.fixture.graph.dependencies[id] {
            let extension = if is_lib { "rmeta" } else { "rlib" };
            let name = &dependency.extern_crate_name;
            let path = self.root().join(format!("deps/lib{name}.{extension}"));
            command.arg("--extern").arg(format!("{name}={path}"));
        }
        step.command = command;
        step
    }

    fn build(&self, interrupt: &Interrupt, events: &mut dyn FnMut(Event)) -> Summary {
        let graph = &self.fixture.graph;
        let steps: DenseMap<UnitId, Step> =
            graph.units.ids().map(|id| Step::Compile(self.step(id))).collect();
        let needs = Needs::new(graph);
        let jobserver = Jobserver::own(2).unwrap();
        let work = Work {
            graph,
            packages: &PackageGraph {
                packages: graph.units.ids().map(|id| package(self.fixture.name(id))).collect(),
                members: Vec::new(),
                default_members: Vec::new(),
                workspace_root: Utf8PathBuf::new(),
            },
            descriptions: &DenseMap::<UnitId, UnitDescription>::new(),
            steps: &steps,
            needs: &needs,
            priorities: &Priorities::new(graph, &needs, &|_| None),
            complete: &|id, _| match &steps[id] {
                Step::Compile(step) => Ok(step.command.clone()),
                _ => panic!("only compiles"),
            },
        };
        let settings = Settings {
            on_failure: OnFailure::Stop,
            script_output: ScriptOutput::Quiet,
            file_names: FileNames::Told,
            bootstrap: Bootstrap::Allowed,
        };
        let world = World {
            runner: &System::new(jobserver.clone(), environment()),
            jobserver: &jobserver,
            interrupt,
        };
        execute(&work, &settings, &world, &mut Recorder::default(), events).unwrap().summary
    }

    /// Builds, and returns `start`, `meta` and `done` of each unit, diagnostics and failures.
    fn log(&self) -> Vec<String> {
        let log = RefCell::new(Vec::new());
        let name = |id: UnitId| self.fixture.name(id);
        self.build(&Interrupt::new(), &mut |event| {
            log.borrow_mut().push(match event {
                Event::Started(id, _) => format!("start {}", name(id)),
                Event::MetadataReady(id) => format!("meta {}", name(id)),
                Event::Finished(id, _) => format!("done {}", name(id)),
                Event::Diagnostic(id, it) => {
                    format!("{} {}", name(id), it.rendered.lines().next().unwrap_or_default())
                }
                Event::Failed(id, Failure::Exit { status, .. }) => {
                    format!("fail {} {status}", name(id))
                }
                Event::Failed(id, failure) => format!("fail {} {failure:?}", name(id)),
                _ => return,
            });
        });
        log.into_inner()
    }
}

/// Checks that the calls come in the order that the trait promises.
#[derive(Default)]
struct Recorder(Vec<(UnitId, &'static str)>);

impl Recorder {
    #[track_caller]
    fn call(&mut self, unit: UnitId, name: &'static str, after: &[&str]) {
        let last = self.0.iter().rev().find(|(known, _)| *known == unit).map(|(_, name)| *name);
        assert!(after.contains(&last.unwrap_or("nothing")), "{name} after {last:?}");
        self.0.push((unit, name));
    }
}

impl Freshness for Recorder {
    fn check(&mut self, unit: UnitId, _command: &CommandLine) -> Verdict {
        self.call(unit, "check", &["nothing"]);
        Verdict::Dirty(DirtyReason::NeverBuilt)
    }

    fn started(&mut self, unit: UnitId, _command: &CommandLine) -> Result<(), FileError> {
        self.call(unit, "started", &["check"]);
        Ok(())
    }

    fn metadata_published(&mut self, unit: UnitId) {
        self.call(unit, "metadata", &["started"]);
    }

    fn finished(&mut self, unit: UnitId, _command: &CommandLine, outcome: &Outcome) {
        assert!(!outcome.duration.is_zero());
        self.call(unit, "finished", &["started", "metadata"]);
    }
}

const SOURCES: &[(&str, &str)] = &[
    ("a", "pub fn a() -> u32 { 1 }"),
    ("b", "fn unused() {} pub fn b() -> u32 { a::a() }"),
    ("c", "fn main() { std::process::exit(b::b() as i32 + 41) }"),
];

#[test]
fn program_is_built_and_runs() {
    let project = Project::new("a lib\nb lib: a\nc bin: b", "metadata,link", SOURCES);
    for _ in 0..2 {
        let log = project.log();
        let at = |entry: &str| log.iter().position(|it| it == entry).expect("it was logged");
        assert!(at("meta a") < at("start b"), "{log:?}");
        assert!(at("done a") < at("start c") && at("done b") < at("start c"), "{log:?}");
        assert!(at("b warning: function `unused` is never used") < at("done b"), "{log:?}");
        let program = CommandLine::new(project.root().join("top/c"), project.root());
        assert_eq!(program.output().unwrap().status.code(), Some(42));
    }
}

#[test]
fn checking_again_writes_metadata_again() {
    let project = Project::new("a check\nb check: a", "metadata", &SOURCES[..2]);
    for _ in 0..2 {
        let log = project.log();
        // Which of the two is done first is open.
        assert!(
            log.contains(&"done a".to_owned()) && log.contains(&"done b".to_owned()),
            "{log:?}"
        );
        assert!(project.root().join("deps/liba.rmeta").exists());
    }
}

#[test]
fn errors_are_told_before_the_failure() {
    let project =
        Project::new("a lib\nb lib: a", "metadata,link", &[("a", "pub fn a() -> u32 {}")]);
    let log = project.log();
    assert_eq!(log[0], "start a");
    assert_eq!(log[1], "a error[E0308]: mismatched types");
    assert_eq!(log.last().unwrap(), "fail a exit status: 1");
}

#[test]
fn summary_counts_what_was_built() {
    let project = Project::new("a check\nb check: a", "metadata", &SOURCES[..2]);
    let summary = project.build(&Interrupt::new(), &mut |_| {});
    assert_eq!((summary.built, summary.fresh), (2, 0));
}

/// The compiler of this project never ends by itself: it reads from a pipe that nobody writes to.
#[test]
fn interrupt_ends_processes() {
    let project = Project::new("a lib\nb lib: a", "metadata,link", &[]);
    let rustc = "#!/bin/sh\nmkfifo pipe; echo up; exec 3<>pipe; exec cat <&3\n";
    let path = project.root().join("rustc");
    fs_err::write(&path, rustc).unwrap();
    let executable = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    fs_err::set_permissions(&path, executable).unwrap();
    let project = Project { rustc: path.into_string(), ..project };
    let interrupt = Interrupt::new();
    let mut failures = Vec::new();
    let summary = project.build(&interrupt, &mut |event| match event {
        Event::Output(..) => interrupt.raise(),
        Event::Failed(_, failure) => failures.push(failure),
        _ => {}
    });
    assert!(summary.interrupted);
    assert!(matches!(failures[..], [Failure::Interrupted]), "{failures:?}");
}
