//! Small unit graphs for tests, written as text.

use std::collections::BTreeMap;
use std::sync::Arc;

use camino::Utf8PathBuf;

use crate::ids::{DenseId, DenseMap, PackageIndex, UnitId};
use crate::packages::{CrateType, Target, TargetKind};
use crate::platform::CompileKind;
use crate::units::{
    CompileMode, DebugInfo, DebugLevel, PanicStrategy, Profile, ProfileLto, ProfileRoot, Strip,
    Unit, UnitDependency, UnitGraph,
};

/// A graph whose units have names.
pub(crate) struct Fixture {
    /// The graph.
    pub(crate) graph: UnitGraph,
    names: DenseMap<UnitId, String>,
}

impl Fixture {
    /// Returns the unit of a name.
    #[track_caller]
    pub(crate) fn id(&self, name: &str) -> UnitId {
        let found = self.names.iter().find(|(_, known)| *known == name);
        found.unwrap_or_else(|| panic!("no unit `{name}`")).0
    }

    /// Returns the name of a unit.
    pub(crate) fn name(&self, id: UnitId) -> &str {
        &self.names[id]
    }
}

/// Builds a graph from lines `name kind: dependency …`; kinds are `lib`, `cdylib` (with a `lib`),
/// `proc-macro`, `bin`, `test`, `check`, `check-test`, `script` and `run`. Dependencies come first.
#[track_caller]
pub(crate) fn graph(text: &str) -> Fixture {
    let mut ids = BTreeMap::new();
    let mut names = DenseMap::new();
    let mut units = DenseMap::new();
    let mut dependencies = DenseMap::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let (head, tail) = line.split_once(':').unwrap_or((line, ""));
        let (name, kind) = head.split_once(' ').expect("a line is `name kind: …`");
        let id: UnitId = units.push(unit(name, kind, names.len()));
        names.push(name.to_owned());
        ids.insert(name.to_owned(), id);
        let below = tail.split_whitespace().map(|dependency| UnitDependency {
            unit: *ids.get(dependency).unwrap_or_else(|| panic!("no unit `{dependency}` yet")),
            extern_crate_name: dependency.to_owned(),
        });
        dependencies.push(below.collect());
    }
    let roots = units.ids().collect();
    Fixture { graph: UnitGraph { units, dependencies, roots }, names }
}

fn unit(name: &str, kind: &str, index: usize) -> Unit {
    let (kind, mode) = match kind {
        "lib" => (TargetKind::Lib(vec![CrateType::Lib]), CompileMode::Build),
        "cdylib" => (TargetKind::Lib(vec![CrateType::Lib, CrateType::Cdylib]), CompileMode::Build),
        "proc-macro" => (TargetKind::Lib(vec![CrateType::ProcMacro]), CompileMode::Build),
        "bin" => (TargetKind::Bin, CompileMode::Build),
        "test" => (TargetKind::Test, CompileMode::Test),
        "check" => (TargetKind::Lib(vec![CrateType::Lib]), CompileMode::Check { test: false }),
        "check-test" => (TargetKind::Test, CompileMode::Check { test: true }),
        "script" => (TargetKind::CustomBuild, CompileMode::Build),
        "run" => (TargetKind::CustomBuild, CompileMode::RunCustomBuild),
        other => panic!("no kind `{other}`"),
    };
    Unit {
        package: PackageIndex::from_index(index),
        target: Arc::new(target(name, kind)),
        profile: profile(),
        kind: CompileKind::Host,
        mode,
        features: Vec::new(),
        dep_hash: 0,
    }
}

/// Returns a target with nothing special about it.
pub(crate) fn target(name: &str, kind: TargetKind) -> Target {
    Target {
        kind,
        name: name.to_owned(),
        src_path: Utf8PathBuf::from("/nowhere/src/lib.rs"),
        required_features: None,
        tested: true,
        benched: true,
        documented: true,
        doctested: true,
        harness: true,
        proc_macro: false,
        edition: "2024".to_owned(),
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
        strip: Strip { value: None, deferred: false },
    }
}
