//! The unit graph in cargo's own JSON (version 1 of `--unit-graph`, see the unstable section of the
//! Cargo Book), so that the two can be compared.

use camino::Utf8Path;
use serde::Serialize;

use crate::ids::DenseId;
use crate::packages::{CrateType, PackageGraph, Target};
use crate::units::{DebugLevel, Profile, Unit, UnitDependency, UnitGraph};

/// Returns the graph as one line of JSON.
pub fn to_json(graph: &UnitGraph, packages: &PackageGraph) -> String {
    let units = graph.units.iter().map(|(id, unit)| {
        unit_json(unit, &packages.packages[unit.package].id, &graph.dependencies[id])
    });
    let json = GraphJson {
        version: 1,
        units: units.collect(),
        roots: graph.roots.iter().map(|root| root.index()).collect(),
    };
    serde_json::to_string(&json).expect("strings, numbers and lists always serialize")
}

#[derive(Serialize)]
struct GraphJson<'a> {
    version: u32,
    units: Vec<UnitJson<'a>>,
    roots: Vec<usize>,
}

#[derive(Serialize)]
struct UnitJson<'a> {
    pkg_id: &'a str,
    target: TargetJson<'a>,
    profile: ProfileJson<'a>,
    platform: Option<&'a str>,
    mode: &'static str,
    features: &'a [String],
    dependencies: Vec<DependencyJson<'a>>,
}

#[derive(Serialize)]
struct DependencyJson<'a> {
    index: usize,
    extern_crate_name: &'a str,
}

/// A target, as in cargo's JSON messages too.
#[derive(Serialize)]
pub struct TargetJson<'a> {
    kind: Vec<&'a str>,
    crate_types: Vec<String>,
    name: &'a str,
    src_path: &'a Utf8Path,
    edition: &'a str,
    #[serde(rename = "required-features", skip_serializing_if = "Option::is_none")]
    required_features: Option<&'a [String]>,
    doc: bool,
    doctest: bool,
    test: bool,
}

#[derive(Serialize)]
struct ProfileJson<'a> {
    name: &'a str,
    opt_level: &'a str,
    lto: &'a str,
    codegen_backend: Option<&'a str>,
    codegen_units: Option<u32>,
    debuginfo: DebugJson,
    split_debuginfo: Option<&'a str>,
    debug_assertions: bool,
    overflow_checks: bool,
    rpath: bool,
    incremental: bool,
    panic: &'static str,
    strip: StripJson<'a>,
}

/// A debug info level, as in cargo's JSON messages too: numbers where there once were only numbers.
#[derive(Serialize)]
#[serde(untagged)]
pub enum DebugJson {
    /// `0`, `1` or `2`.
    Number(u32),
    /// Any other level.
    Name(&'static str),
}

#[derive(Serialize)]
#[serde(rename_all = "lowercase")]
enum StripJson<'a> {
    Resolved(StripValueJson<'a>),
    Deferred(StripValueJson<'a>),
}

#[derive(Serialize)]
enum StripValueJson<'a> {
    None,
    Named(&'a str),
}

fn unit_json<'a>(
    unit: &'a Unit,
    package_id: &'a str,
    dependencies: &'a [UnitDependency],
) -> UnitJson<'a> {
    let dependency = |dependency: &'a UnitDependency| DependencyJson {
        index: dependency.unit.index(),
        extern_crate_name: &dependency.extern_crate_name,
    };
    UnitJson {
        pkg_id: package_id,
        target: TargetJson::new(&unit.target),
        profile: profile_json(&unit.profile),
        platform: unit.kind.triple().map(|triple| triple.as_str()),
        mode: unit.mode.as_str(),
        features: &unit.features,
        dependencies: dependencies.iter().map(dependency).collect(),
    }
}

impl<'a> TargetJson<'a> {
    /// Prepares a target for serialization.
    pub fn new(target: &'a Target) -> Self {
        TargetJson {
            kind: target.kind_names(),
            crate_types: target
                .rustc_crate_types()
                .iter()
                .map(CrateType::as_str)
                .map(str::to_owned)
                .collect(),
            name: &target.name,
            src_path: &target.src_path,
            edition: &target.edition,
            required_features: target.required_features.as_deref(),
            doc: target.documented,
            doctest: target.doctested,
            test: target.tested,
        }
    }
}

fn profile_json(profile: &Profile) -> ProfileJson<'_> {
    let strip = match &profile.strip.value {
        None => StripValueJson::None,
        Some(name) => StripValueJson::Named(name),
    };
    ProfileJson {
        name: &profile.name,
        opt_level: &profile.opt_level,
        lto: profile.lto.as_str(),
        codegen_backend: None,
        codegen_units: profile.codegen_units,
        debuginfo: DebugJson::new(profile.debuginfo.level),
        split_debuginfo: profile.split_debuginfo.as_deref(),
        debug_assertions: profile.debug_assertions,
        overflow_checks: profile.overflow_checks,
        rpath: profile.rpath,
        incremental: profile.incremental,
        panic: profile.panic.as_str(),
        strip: if profile.strip.deferred {
            StripJson::Deferred(strip)
        } else {
            StripJson::Resolved(strip)
        },
    }
}

impl DebugJson {
    /// Prepares a level for serialization.
    pub fn new(level: DebugLevel) -> Self {
        match level {
            DebugLevel::None => DebugJson::Number(0),
            DebugLevel::Limited => DebugJson::Number(1),
            DebugLevel::Full => DebugJson::Number(2),
            DebugLevel::LineDirectivesOnly | DebugLevel::LineTablesOnly => {
                DebugJson::Name(level.as_str())
            }
        }
    }
}
