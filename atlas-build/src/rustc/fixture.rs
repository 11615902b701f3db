//! A small workspace made by hand, for tests of everything that is derived from units. Paths are
//! below `/w`; nothing is read or written.

use std::collections::BTreeMap;
use std::sync::Arc;

use camino::Utf8PathBuf;
use cargo_platform::Cfg;

use crate::ids::{DenseMap, PackageIndex, UnitId};
use crate::layout::Layout;
use crate::packages::{CrateType, Package, PackageFacts, PackageGraph, Target, TargetKind};
use crate::platform::{CompileKind, Triple};
use crate::request::{BuildRequest, Environment};
use crate::rustc::Blueprint;
use crate::toolchain::{FileName, PlatformFacts, Toolchain};
use crate::units::{
    CompileMode, DebugInfo, DebugLevel, Lto, PanicStrategy, Profile, ProfileLto, ProfileRoot,
    Strip, Unit, UnitDependency, UnitGraph,
};
use crate::workspace::{Config, DependencyFeatures, Resolver, Workspace};

/// The triple of the host.
pub(crate) const HOST: &str = "x86_64-unknown-linux-gnu";

/// Everything that a [`Blueprint`] borrows.
pub(crate) struct Fixture {
    pub(crate) request: BuildRequest,
    pub(crate) workspace: Workspace,
    pub(crate) packages: PackageGraph,
    pub(crate) units: UnitGraph,
    pub(crate) lto: DenseMap<UnitId, Lto>,
    pub(crate) layout: Layout,
}

impl Fixture {
    pub(crate) fn new() -> Self {
        Fixture {
            request: request(),
            workspace: workspace(),
            packages: PackageGraph {
                packages: DenseMap::new(),
                members: Vec::new(),
                default_members: Vec::new(),
                workspace_root: "/w".into(),
            },
            units: UnitGraph {
                units: DenseMap::new(),
                dependencies: DenseMap::new(),
                roots: Vec::new(),
            },
            lto: DenseMap::new(),
            layout: Layout::new("/w/target".into(), "dev"),
        }
    }

    /// Adds a member of the workspace in `/w/<name>`.
    pub(crate) fn member(&mut self, name: &str, targets: Vec<Target>) -> PackageIndex {
        let index = self.packages.packages.push(package(name, &format!("/w/{name}"), targets));
        self.packages.members.push(index);
        index
    }

    /// Adds a package from the default registry in `/r/<name>`.
    pub(crate) fn registry(&mut self, name: &str, targets: Vec<Target>) -> PackageIndex {
        let index = self.packages.packages.push(package(name, &format!("/r/{name}"), targets));
        let package = &mut self.packages.packages[index];
        package.source = Some("registry+https://example.com/index".to_owned());
        package.is_member = false;
        index
    }

    /// Adds a unit of a package's target of that number.
    pub(crate) fn unit(
        &mut self,
        package: PackageIndex,
        target: usize,
        mode: CompileMode,
        below: &[UnitId],
    ) -> UnitId {
        let target = Arc::new(self.packages.packages[package].targets[target].clone());
        let dependencies = below.iter().map(|unit| UnitDependency {
            unit: *unit,
            extern_crate_name: self.units.units[*unit].target.crate_name(),
        });
        self.units.dependencies.push(dependencies.collect());
        self.lto.push(Lto::OnlyObject);
        let incremental = self.packages.packages[package].is_local();
        let level = if target.for_host() { DebugLevel::None } else { DebugLevel::Full };
        self.units.units.push(Unit {
            package,
            profile: profile(level, incremental),
            target,
            kind: CompileKind::Host,
            mode,
            features: Vec::new(),
            dep_hash: 0,
        })
    }

    pub(crate) fn blueprint(&self) -> Blueprint<'_> {
        self.try_blueprint().expect("linux has all crate types")
    }

    pub(crate) fn try_blueprint(
        &self,
    ) -> Result<Blueprint<'_>, crate::rustc::UnsupportedCrateTypes> {
        let Fixture { request, workspace, packages, units, lto, layout } = self;
        Blueprint::new(request, workspace, packages, units, lto, layout)
    }
}

/// Returns a text in which hashes are `[H]`.
pub(crate) fn without_hashes(text: &str) -> String {
    let mut result = String::new();
    let mut rest = text;
    while let Some(start) = rest.find(|c: char| c.is_ascii_hexdigit()) {
        let (before, word) = rest.split_at(start);
        let end = word.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(word.len());
        let is_hash = end == 16 && word[..end].chars().all(|c| c.is_ascii_hexdigit());
        result.push_str(before);
        result.push_str(if is_hash { "[H]" } else { &word[..end] });
        rest = &word[end..];
    }
    result + rest
}

pub(crate) fn lib(crate_types: &[CrateType]) -> Target {
    target(TargetKind::Lib(crate_types.to_vec()), "", "src/lib.rs")
}

/// Returns a target; an empty name is that of its package.
pub(crate) fn target(kind: TargetKind, name: &str, path: &str) -> Target {
    Target {
        kind,
        name: name.to_owned(),
        src_path: path.into(),
        required_features: None,
        tested: true,
        benched: true,
        documented: true,
        doctested: false,
        harness: true,
        proc_macro: false,
        edition: "2021".to_owned(),
    }
}

pub(crate) fn build_script() -> Target {
    target(TargetKind::CustomBuild, "build-script-build", "build.rs")
}

fn package(name: &str, root: &str, mut targets: Vec<Target>) -> Package {
    let root = Utf8PathBuf::from(root);
    for target in &mut targets {
        target.src_path = root.join(&target.src_path);
        if target.name.is_empty() {
            target.name = if target.is_lib() { name.replace('-', "_") } else { name.to_owned() };
        }
    }
    Package {
        id: format!("path+file://{root}#{name}@0.1.0"),
        name: name.to_owned(),
        version: semver::Version::new(0, 1, 0),
        source: None,
        manifest_path: root.join("Cargo.toml"),
        is_member: true,
        targets,
        features: BTreeMap::new(),
        dependencies: Vec::new(),
        resolved: Vec::new(),
        links: None,
        lint_flags: Vec::new(),
        inputs: Vec::new(),
        facts: PackageFacts::default(),
    }
}

fn profile(level: DebugLevel, incremental: bool) -> Profile {
    Profile {
        name: "dev".to_owned(),
        root: ProfileRoot::Debug,
        opt_level: "0".to_owned(),
        lto: ProfileLto::Bool(false),
        codegen_units: None,
        debuginfo: DebugInfo { level, deferred: false },
        split_debuginfo: None,
        debug_assertions: true,
        overflow_checks: true,
        rpath: false,
        incremental,
        panic: PanicStrategy::Unwind,
        strip: Strip { value: None, deferred: false },
    }
}

fn request() -> BuildRequest {
    let vars = [("LD_LIBRARY_PATH".into(), "/rust/lib".into())];
    BuildRequest::new("/w".into(), Environment { vars: vars.into() })
}

fn workspace() -> Workspace {
    let metadata = r#"{"packages":[],"workspace_members":[],"workspace_default_members":[],
        "resolve":null,"workspace_root":"/w","target_directory":"/w/target","version":1}"#;
    Workspace {
        root: "/w".into(),
        is_virtual: true,
        current_manifest: "/w/Cargo.toml".into(),
        resolver: Resolver::V2,
        target_directory: "/w/target".into(),
        requested_kinds: vec![CompileKind::Host],
        config: Config { jobs: 2, ..Config::default() },
        toolchain: toolchain(),
        manifest_profiles: BTreeMap::new(),
        metadata: serde_json::from_str(metadata).expect("the text is right"),
        rust_versions: BTreeMap::new(),
        dependency_features: DependencyFeatures::Resolved,
        manifests: BTreeMap::new(),
        manifest_warnings: Vec::new(),
        warnings: Vec::new(),
    }
}

fn toolchain() -> Toolchain {
    Toolchain {
        rustc: "/rust/bin/rustc".into(),
        rustc_wrapper: None,
        rustc_workspace_wrapper: None,
        rustdoc: "/rust/bin/rustdoc".into(),
        cargo: "/rust/bin/cargo".into(),
        rustup_toolchain: None,
        verbose_version: format!("rustc 1.95.0\nhost: {HOST}\nrelease: 1.95.0\n"),
        version: semver::Version::new(1, 95, 0),
        host: Triple::new(HOST),
        sysroot: "/rust".into(),
        platforms: [(CompileKind::Host, platform(HOST, &LINUX_FILES))].into(),
    }
}

/// Prefix and suffix of what Linux has, by crate type.
pub(crate) const LINUX_FILES: [(&str, &str, &str); 6] = [
    ("bin", "", ""),
    ("rlib", "lib", ".rlib"),
    ("dylib", "lib", ".so"),
    ("cdylib", "lib", ".so"),
    ("staticlib", "lib", ".a"),
    ("proc-macro", "lib", ".so"),
];

pub(crate) fn platform(triple: &str, files: &[(&str, &str, &str)]) -> PlatformFacts {
    let file_name = |prefix: &str, suffix: &str| FileName {
        prefix: prefix.to_owned(),
        suffix: suffix.to_owned(),
    };
    let cfgs = [
        "debug_assertions",
        "panic=\"unwind\"",
        "target_has_atomic=\"8\"",
        "target_has_atomic=\"ptr\"",
        "target_os=\"linux\"",
        "unix",
    ];
    PlatformFacts {
        triple: Triple::new(triple),
        cfgs: cfgs.map(|cfg| cfg.parse::<Cfg>().expect("the text is right")).to_vec(),
        rustflags: Vec::new(),
        rustdocflags: Vec::new(),
        linker: None,
        runner: None,
        links_overrides: BTreeMap::new(),
        file_names: files
            .iter()
            .map(|(kind, prefix, suffix)| ((*kind).to_owned(), file_name(prefix, suffix)))
            .collect(),
        split_debuginfo: vec!["off".to_owned(), "packed".to_owned()],
        sysroot_libdir: format!("/rust/lib/rustlib/{triple}/lib").into(),
    }
}

/// The units of a workspace that has one of everything: an application with a build script, which
/// depends on a dylib, a library of several types, a procedural macro, and a library with `links`.
pub(crate) struct Sample {
    pub(crate) fixture: Fixture,
    pub(crate) sys_script: UnitId,
    pub(crate) sys_run: UnitId,
    pub(crate) sys: UnitId,
    pub(crate) lib_a: UnitId,
    pub(crate) mac: UnitId,
    pub(crate) dy: UnitId,
    pub(crate) app_run: UnitId,
    pub(crate) app: UnitId,
    pub(crate) app_test: UnitId,
    pub(crate) app_bin: UnitId,
    pub(crate) example: UnitId,
    pub(crate) it: UnitId,
}

impl Sample {
    pub(crate) fn new() -> Self {
        let mut fixture = Fixture::new();
        let types = [CrateType::Rlib, CrateType::Cdylib, CrateType::Staticlib];
        let dy = fixture.member("dy", vec![lib(&[CrateType::Dylib])]);
        let lib_a = fixture.member("lib-a", vec![lib(&types)]);
        let mac = fixture.member("mac", vec![lib(&[CrateType::ProcMacro])]);
        let app = application(&mut fixture);
        let sys = fixture.member("sys", vec![lib(&[CrateType::Lib]), build_script()]);
        fixture.packages.packages[sys].links = Some("thing".to_owned());

        let build = CompileMode::Build;
        let sys_script = fixture.unit(sys, 1, build, &[]);
        let sys_run = fixture.unit(sys, 1, CompileMode::RunCustomBuild, &[sys_script]);
        let sys = fixture.unit(sys, 0, build, &[sys_run]);
        let lib_a = fixture.unit(lib_a, 0, build, &[]);
        let mac = fixture.unit(mac, 0, build, &[sys]);
        let dy = fixture.unit(dy, 0, build, &[]);
        let app_script = fixture.unit(app, 4, build, &[]);
        let app_run = fixture.unit(app, 4, CompileMode::RunCustomBuild, &[app_script, sys_run]);
        let below = [app_run, dy, lib_a, mac, sys];
        let app_lib = fixture.unit(app, 0, build, &below);
        let app_test = fixture.unit(app, 0, CompileMode::Test, &below);
        let below = [app_run, dy, lib_a, mac, app_lib, sys];
        let app_bin = fixture.unit(app, 1, build, &below);
        let example = fixture.unit(app, 2, build, &below);
        let it = fixture.unit(app, 3, CompileMode::Test, &[&below[..], &[app_bin]].concat());
        fixture.units.roots = vec![app_lib, app_test, app_bin, example, it];
        for unit in [app_run, app_lib, app_test, app_bin, example, it, app_script] {
            let features = ["default", "fancy-one"].map(str::to_owned);
            fixture.units.units[unit].features = features.to_vec();
        }
        for run in [sys_run, app_run] {
            fixture.units.units[run].profile.debuginfo.level = DebugLevel::Full;
        }
        fixture.units.verify(&fixture.packages);
        Sample {
            fixture,
            sys_script,
            sys_run,
            sys,
            lib_a,
            mac,
            dy,
            app_run,
            app: app_lib,
            app_test,
            app_bin,
            example,
            it,
        }
    }
}

fn application(fixture: &mut Fixture) -> PackageIndex {
    let targets = vec![
        lib(&[CrateType::Lib]),
        target(TargetKind::Bin, "", "src/main.rs"),
        target(TargetKind::ExampleBin, "ex-one", "examples/ex-one.rs"),
        target(TargetKind::Test, "it", "tests/it.rs"),
        build_script(),
    ];
    let index = fixture.member("my-app", targets);
    let package = &mut fixture.packages.packages[index];
    package.version = "1.2.3-rc.1".parse().expect("the text is right");
    for feature in ["default", "fancy-one", "other"] {
        package.features.insert(feature.to_owned(), Vec::new());
    }
    let flags = ["--warn=unused", "--warn=unexpected_cfgs", "--check-cfg", "cfg(foo)"];
    package.lint_flags = flags.map(str::to_owned).to_vec();
    package.facts.authors = ["A <a@b>", "B"].map(str::to_owned).to_vec();
    package.facts.rust_version_text = "1.80".to_owned();
    index
}
