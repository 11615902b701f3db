//! A unit on files in memory, built by writing what its process would write. For tests.

use std::ffi::OsString;
use std::sync::Arc;
use std::time::Duration;

use atlas_fingerprint::{
    Digest, DirtyReason, FileTable, Files, Hasher, Ledger, MemoryFiles, State,
};
use camino::Utf8PathBuf;

use super::freshness::{Freshness, Job, Outcome, Recorded, Rules, Verdict};
use super::message::Message;
use super::published::Published;
use crate::event::{Diagnostic, DiagnosticLevel};
use crate::fingerprints::Sources;
use crate::ids::{DenseId, DenseMap, PackageIndex, UnitId};
use crate::packages::{CrateType, Package, PackageFacts, PackageGraph, Target, TargetKind};
use crate::plan::{BuildScriptStep, CompileStep, Output, OutputFlavor, Step};
use crate::platform::{CompileKind, Triple};
use crate::process::CommandLine;
use crate::request::{CacheMode, Cutoff, Environment, FreshnessLevel};
use crate::script::BuildScriptOutput;
use crate::toolchain::Toolchain;
use crate::units::{
    CompileMode, DebugInfo, DebugLevel, PanicStrategy, Profile, ProfileLto, ProfileRoot, Strip,
    Unit, UnitDependency, UnitGraph,
};

/// Where the unit under test has its files.
pub(super) const UNIT_DIR: &str = "/ws/target/atlas/debug/unit/a-0";
/// `OUT_DIR` of the build script.
pub(super) const OUT_DIR: &str = "/ws/target/atlas/debug/unit/a-0/build";
/// The published library.
pub(super) const PUBLISHED: &str = "/ws/target/atlas/debug/deps/liba.rlib";
/// The published metadata.
pub(super) const METADATA: &str = "/ws/target/atlas/debug/deps/liba.rmeta";
/// The library where the user finds it.
pub(super) const UPLIFTED: &str = "/ws/target/debug/liba.rlib";
/// The published debug info, which rustc need not write.
pub(super) const DEBUG_INFO: &str = "/ws/target/atlas/debug/deps/a.dwp";
/// The debug info where the user finds it.
pub(super) const UPLIFTED_DEBUG_INFO: &str = "/ws/target/debug/a.dwp";

/// The state.
pub(super) const STATE: &str = "/ws/target/atlas/state.bin";
/// What builds that were killed leave.
const JOURNALS: &str = "/ws/target/atlas/debug/journals";
/// The file whose time is the present moment.
const PROBE: &str = "/ws/target/atlas/debug/moment";

/// A workspace with one unit, and what its process would do.
pub(super) struct World {
    pub(super) files: MemoryFiles,
    pub(super) packages: PackageGraph,
    pub(super) units: UnitGraph,
    pub(super) toolchain: Toolchain,
    pub(super) environment: Environment,
    pub(super) step: Step,
    pub(super) command: CommandLine,
    pub(super) dependencies: Vec<(UnitId, Digest)>,
    /// What rustc says to have read.
    pub(super) dep_info: String,
    /// What the build script tells.
    pub(super) output: BuildScriptOutput,
    /// What was published by the last run.
    pub(super) published: Option<Published>,
    /// What may be used again.
    pub(super) rules: Rules,
}

impl World {
    /// A library with `src/lib.rs` and `src/b.rs`, built once.
    pub(super) fn library() -> Self {
        let world = World::new(CompileMode::Build);
        world.files.put("/ws/src/lib.rs", "mod b;");
        world.files.put("/ws/src/b.rs", "fn b() {}");
        world.built()
    }

    /// A build script that tells `output`, run once.
    pub(super) fn script(output: BuildScriptOutput) -> Self {
        let mut world = World::new(CompileMode::RunCustomBuild);
        world.output = output;
        for path in ["build.rs", "Cargo.toml", "data/one", "data/deep/two", "other"] {
            world.files.put(format!("/ws/{path}"), path);
        }
        world.files.put("/ws/target/CACHEDIR.TAG", "");
        world.built()
    }

    /// Nothing is there yet.
    pub(super) fn new(mode: CompileMode) -> Self {
        let unit = unit(mode);
        let packages = packages(&unit.target);
        let dependency =
            UnitDependency { unit: UnitId::from_index(1), extern_crate_name: "d".into() };
        let mut dependent = unit.clone();
        dependent.dep_hash = 1;
        let units = UnitGraph {
            units: [unit, dependent].into_iter().collect(),
            dependencies: [vec![dependency], Vec::new()].into_iter().collect(),
            roots: vec![UnitId::from_index(0)],
        };
        World {
            files: MemoryFiles::new(),
            packages,
            units,
            toolchain: toolchain(),
            environment: Environment::default(),
            step: step(mode),
            command: CommandLine::new("/bin/rustc", "/ws"),
            dependencies: vec![(UnitId::from_index(1), Digest::of_bytes(b"d"))],
            dep_info: "/t/a.d: src/lib.rs src/b.rs\n".to_owned(),
            output: BuildScriptOutput::default(),
            published: None,
            rules: Rules {
                cache: CacheMode::Incremental,
                level: FreshnessLevel::Tokens,
                keep_results: 0,
                cutoff: Cutoff::On,
            },
        }
    }

    /// Builds for the first time, after the files have settled.
    pub(super) fn built(mut self) -> Self {
        self.files.tick();
        assert_eq!(self.build(), Some(DirtyReason::NeverBuilt));
        self.files.tick();
        self
    }

    /// Builds if need be; returns why.
    pub(super) fn build(&mut self) -> Option<DirtyReason> {
        self.build_while(|_| ())
    }

    /// Builds if need be, with something done while the process runs; returns why.
    pub(super) fn build_while(&mut self, meanwhile: impl Fn(&MemoryFiles)) -> Option<DirtyReason> {
        let (reason, published) = self.with(|world, freshness, job| match freshness.check(&job) {
            Verdict::Fresh(recorded) => (None, recorded.published),
            Verdict::Dirty(reason) => {
                freshness.started(&job).expect("memory can be written");
                world.files.tick();
                meanwhile(&world.files);
                world.files.tick();
                world.write_outputs();
                world.files.tick();
                let outcome = world.outcome();
                let finished = freshness.finished(&job, &outcome).expect("outputs are there");
                (Some(reason), finished.published)
            }
        });
        self.published = Some(published);
        self.files.tick();
        reason
    }

    /// Starts a build that never finishes; returns why it was started.
    pub(super) fn interrupted(&mut self) {
        self.with(|_, freshness, job| freshness.started(&job).expect("memory can be written"));
    }

    /// Looks whether the unit is fresh.
    pub(super) fn check(&self) -> Result<Box<Recorded>, DirtyReason> {
        self.with(|_, freshness, job| match freshness.check(&job) {
            Verdict::Fresh(recorded) => Ok(recorded),
            Verdict::Dirty(reason) => Err(reason),
        })
    }

    /// Calls a function with all that it needs, and keeps what it leaves.
    pub(super) fn with<R>(
        &self,
        call: impl for<'a> FnOnce(&'a World, Freshness<'a>, Job<'a>) -> R,
    ) -> R {
        let sources = Sources {
            packages: &self.packages,
            units: &self.units,
            toolchain: &self.toolchain,
            environment: &self.environment,
        };
        let mapped = self.files.map(STATE.into()).expect("memory can be read");
        let state = match &mapped {
            Some(bytes) => State::parse(bytes).unwrap_or(State::empty()),
            None => State::empty(),
        };
        let ledger = Ledger::open(&self.files, state, JOURNALS.into()).expect("memory can be read");
        let table = FileTable::new(&self.files, state, PROBE.into(), vec!["/ws".into()]);
        let job = Job {
            unit: UnitId::from_index(0),
            step: &self.step,
            command: &self.command,
            dependencies: &self.dependencies,
        };
        let freshness =
            Freshness::new(sources, &self.files, "/ws/target".into(), &table, &ledger, self.rules);
        let result = call(self, freshness, job);
        let news = table.news();
        if ledger.is_changed() || !news.is_empty() {
            ledger.save(STATE.into(), &state, news, None).expect("memory can be written");
        }
        result
    }

    /// Does what the unit's process does.
    pub(super) fn write_outputs(&self) {
        match &self.step {
            Step::Compile(step) => {
                let digest = |path: &str| self.files.digest(path.into()).ok();
                let (root, module) = (digest("/ws/src/lib.rs"), digest("/ws/src/b.rs"));
                let text = format!("{root:?} {module:?} {:?}", self.command);
                let digest = Hasher::new("rustc").text(&text).finish();
                self.files.put(PUBLISHED, digest.to_string());
                // Only the crate root decides what dependents see.
                self.files.put(METADATA, format!("{root:?}"));
                self.files.link(PUBLISHED, UPLIFTED);
                self.files.put(&step.dep_info, &self.dep_info);
            }
            _ => self.files.put(format!("{OUT_DIR}/generated"), "generated"),
        }
        self.files.take_opened();
    }

    /// What comes of the process.
    pub(super) fn outcome(&self) -> Outcome {
        let diagnostic = Diagnostic {
            level: DiagnosticLevel::Warning,
            rendered: "warning: \u{1b}[0munused".to_owned(),
            json: "{}".to_owned(),
            machine_applicable: true,
            is_summary: false,
        };
        let build_script = match &self.step {
            Step::Compile(_) => None,
            _ => Some(self.output.clone()),
        };
        let line = Message::Text("line".to_owned());
        let messages = vec![Message::Diagnostic(diagnostic), line];
        Outcome {
            messages,
            build_script,
            duration: Duration::from_millis(5),
            keeps_metadata: false,
        }
    }

    /// Sets or removes a variable that processes inherit.
    pub(super) fn inherit(&mut self, name: &str, value: Option<&str>) {
        match value {
            Some(value) => self.environment.vars.insert(name.into(), value.into()),
            None => self.environment.vars.remove(&OsString::from(name)),
        };
    }
}

fn step(mode: CompileMode) -> Step {
    let command = CommandLine::new("/bin/rustc", "/ws");
    if mode == CompileMode::RunCustomBuild {
        return Step::RunBuildScript(BuildScriptStep {
            command,
            unit_dir: UNIT_DIR.into(),
            out_dir: OUT_DIR.into(),
            links_metadata: Vec::new(),
            search_paths: Vec::new(),
            label: "a@1.0.0".to_owned(),
        });
    }
    let out_dir = Utf8PathBuf::from(UNIT_DIR).join("out");
    let output = |published: &str, uplifted: Option<&str>, flavor| Output {
        path: out_dir.join(Utf8PathBuf::from(published).file_name().expect("a file")),
        published: published.into(),
        uplifted: uplifted.map(Utf8PathBuf::from),
        flavor,
    };
    Step::Compile(CompileStep {
        command,
        unit_dir: UNIT_DIR.into(),
        dep_info: out_dir.join("a.d"),
        outputs: vec![
            output(PUBLISHED, Some(UPLIFTED), OutputFlavor::Linkable),
            output(METADATA, None, OutputFlavor::Metadata),
            output(DEBUG_INFO, Some(UPLIFTED_DEBUG_INFO), OutputFlavor::DebugInfo),
        ],
        out_dir,
        additions: Default::default(),
        remaps: Vec::new(),
        pages: None,
        pipelined: true,
    })
}

fn unit(mode: CompileMode) -> Unit {
    let (kind, src_path) = match mode {
        CompileMode::RunCustomBuild => (TargetKind::CustomBuild, "/ws/build.rs"),
        _ => (TargetKind::Lib(vec![CrateType::Lib]), "/ws/src/lib.rs"),
    };
    let target = Target {
        kind,
        name: "a".to_owned(),
        src_path: src_path.into(),
        required_features: None,
        tested: true,
        benched: true,
        documented: true,
        doctested: true,
        harness: true,
        proc_macro: false,
        edition: "2024".to_owned(),
    };
    Unit {
        package: PackageIndex::from_index(0),
        target: Arc::new(target),
        profile: profile(),
        kind: CompileKind::Host,
        mode,
        features: vec!["f".to_owned()],
        dep_hash: 0,
    }
}

fn profile() -> Profile {
    Profile {
        name: "dev".to_owned(),
        root: ProfileRoot::Debug,
        opt_level: "0".to_owned(),
        lto: ProfileLto::Bool(false),
        codegen_units: None,
        debuginfo: DebugInfo { level: DebugLevel::Full, deferred: false },
        split_debuginfo: None,
        debug_assertions: true,
        overflow_checks: true,
        rpath: false,
        incremental: true,
        panic: PanicStrategy::Unwind,
        strip: Strip { value: None, deferred: true },
    }
}

fn packages(target: &Target) -> PackageGraph {
    let package = Package {
        id: "path+file:///ws#a@1.0.0".to_owned(),
        name: "a".to_owned(),
        version: semver::Version::new(1, 0, 0),
        source: None,
        manifest_path: "/ws/Cargo.toml".into(),
        is_member: true,
        targets: vec![target.clone()],
        features: Default::default(),
        dependencies: Vec::new(),
        resolved: Vec::new(),
        links: None,
        lint_flags: Vec::new(),
        inputs: Vec::new(),
        facts: PackageFacts::default(),
    };
    let mut packages = DenseMap::new();
    let index = packages.push(package);
    let workspace_root = "/ws".into();
    PackageGraph { packages, members: vec![index], default_members: vec![index], workspace_root }
}

fn toolchain() -> Toolchain {
    Toolchain {
        rustc: "/bin/rustc".into(),
        rustc_wrapper: None,
        rustc_workspace_wrapper: None,
        rustdoc: "/bin/rustdoc".into(),
        cargo: "/bin/cargo".into(),
        rustup_toolchain: None,
        verbose_version: "rustc 1.95.0\nrelease: 1.95.0\n".to_owned(),
        version: semver::Version::new(1, 95, 0),
        host: Triple::new("x86_64-unknown-linux-gnu"),
        sysroot: "/sysroot".into(),
        platforms: Default::default(),
    }
}
