//! The units of a build and the edges between them: an immutable value. Knows no command line, no
//! path of an artifact and nothing of what is fresh.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::ids::{DenseMap, PackageIndex, UnitId};
use crate::packages::{CrateType, PackageGraph, Target};
use crate::platform::CompileKind;
use crate::units::profile::Profile;

/// Everything one request builds.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct UnitGraph {
    /// Units in cargo's order.
    pub units: DenseMap<UnitId, Unit>,
    /// What each unit depends on, in cargo's order.
    pub dependencies: DenseMap<UnitId, Vec<UnitDependency>>,
    /// Units asked for, in cargo's order.
    pub roots: Vec<UnitId>,
}

/// One run of the compiler or of a build script.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct Unit {
    /// The package.
    pub package: PackageIndex,
    /// The target; `Package::targets` holds the same value.
    pub target: Arc<Target>,
    /// The profile, with overrides applied.
    pub profile: Profile,
    /// For which machine it is compiled.
    pub kind: CompileKind,
    /// What is done with it.
    pub mode: CompileMode,
    /// Features of the package that are on, sorted.
    pub features: Vec<String>,
    /// Digest of everything below: units that differ only in what they depend on stay apart.
    pub dep_hash: u64,
}

impl Unit {
    /// Returns whether the unit runs a build script.
    pub fn is_run_custom_build(&self) -> bool {
        self.mode == CompileMode::RunCustomBuild
    }

    /// Returns whether rustc writes metadata early enough for dependents to start on it: the unit
    /// is a library of crate type `lib` or `rlib` only, or a library that is only checked.
    pub fn is_pipelinable(&self) -> bool {
        let has_metadata = matches!(self.mode, CompileMode::Build | CompileMode::Check { .. });
        has_metadata && self.target.is_lib() && !self.requires_upstream_objects()
    }

    /// Returns whether compiling it needs object code of what it depends on. Checking and documenting
    /// never do.
    pub fn requires_upstream_objects(&self) -> bool {
        !self.mode.is_check()
            && !self.mode.is_doc()
            && (self.mode.is_any_test()
                || self.target.rustc_crate_types().iter().any(CrateType::requires_upstream_objects))
    }
}

/// An edge of the graph.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct UnitDependency {
    /// The unit depended on.
    pub unit: UnitId,
    /// Name by which the dependent's source refers to it.
    pub extern_crate_name: String,
}

impl CompileKind {
    /// Returns the kind of a dependency on `target` from a unit of this kind.
    pub fn for_target(&self, target: &Target) -> CompileKind {
        if target.for_host() { CompileKind::Host } else { self.clone() }
    }
}

/// What is done with a unit's target. The order of the variants is cargo's.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub enum CompileMode {
    /// Compiled with `--test`.
    Test,
    /// Compiled.
    Build,
    /// Type-checked.
    Check {
        /// With `--test`.
        test: bool,
    },
    /// Documented by rustdoc.
    Doc,
    /// Its examples in documentation are compiled and run by rustdoc, after everything else.
    Doctest,
    /// The build script is run.
    RunCustomBuild,
}

impl CompileMode {
    /// Returns whether the unit is compiled as a test.
    pub fn is_any_test(self) -> bool {
        matches!(self, CompileMode::Test | CompileMode::Check { test: true } | CompileMode::Doctest)
    }

    /// Returns whether rustc is told `--test`, or would be if the target had a harness.
    pub fn is_rustc_test(self) -> bool {
        matches!(self, CompileMode::Test | CompileMode::Check { test: true })
    }

    /// Returns whether the unit is only type-checked.
    pub fn is_check(self) -> bool {
        matches!(self, CompileMode::Check { .. })
    }

    /// Returns whether rustdoc makes pages.
    pub fn is_doc(self) -> bool {
        self == CompileMode::Doc
    }

    /// Returns whether rustdoc runs examples.
    pub fn is_doctest(self) -> bool {
        self == CompileMode::Doctest
    }

    /// Returns a name that tells it from all others.
    pub fn full_name(self) -> &'static str {
        match self {
            CompileMode::Check { test: true } => "check-test",
            other => other.as_str(),
        }
    }

    /// Returns the name in cargo's unit-graph JSON, which does not say what is checked as a test.
    pub fn as_str(self) -> &'static str {
        match self {
            CompileMode::Test => "test",
            CompileMode::Build => "build",
            CompileMode::Check { .. } => "check",
            CompileMode::Doc => "doc",
            CompileMode::Doctest => "doctest",
            CompileMode::RunCustomBuild => "run-custom-build",
        }
    }
}

impl UnitGraph {
    /// Panics unless the graph is well formed: every edge leads to a unit of the graph, no unit
    /// depends on itself through others, everything is reachable from a root, and runs of build
    /// scripts that depend on anything depend on the script they run. For tests.
    pub fn verify(&self, packages: &PackageGraph) {
        assert_eq!(self.units.len(), self.dependencies.len(), "one dependency list a unit");
        let order = self.topological_order();
        assert_eq!(order.len(), self.units.len(), "the graph has a cycle");
        let mut reached = DenseMap::<UnitId, bool>::filled(self.units.len(), false);
        let mut stack = self.roots.clone();
        while let Some(id) = stack.pop() {
            if !std::mem::replace(&mut reached[id], true) {
                stack.extend(self.dependencies[id].iter().map(|dependency| dependency.unit));
            }
        }
        for (id, unit) in self.units.iter() {
            let below = || self.dependencies[id].iter().map(|edge| &self.units[edge.unit]);
            let is_script =
                |below: &Unit| below.target == unit.target && below.mode == CompileMode::Build;
            assert!(
                !unit.is_run_custom_build() || below().next().is_none() || below().any(is_script),
                "a run of {} lacks its script",
                packages.packages[unit.package].id
            );
            assert!(reached[id], "unit of {} is not reachable", packages.packages[unit.package].id);
        }
    }

    /// Returns the units, dependencies before dependents; units on a cycle are left out.
    pub fn topological_order(&self) -> Vec<UnitId> {
        let mut waiting: DenseMap<UnitId, usize> =
            self.dependencies.values().map(Vec::len).collect();
        let dependents = self.dependents();
        let mut order: Vec<UnitId> =
            waiting.iter().filter(|(_, n)| **n == 0).map(|(id, _)| id).collect();
        let mut next = 0;
        while let Some(&id) = order.get(next) {
            next += 1;
            for &dependent in &dependents[id] {
                waiting[dependent] -= 1;
                if waiting[dependent] == 0 {
                    order.push(dependent);
                }
            }
        }
        order
    }

    /// Returns the units that depend on each unit; one that depends on a unit twice is listed
    /// twice.
    pub fn dependents(&self) -> DenseMap<UnitId, Vec<UnitId>> {
        let mut dependents = DenseMap::filled(self.units.len(), Vec::new());
        for (id, dependencies) in self.dependencies.iter() {
            for dependency in dependencies {
                dependents[dependency.unit].push(id);
            }
        }
        dependents
    }
}
