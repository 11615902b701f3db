//! From a request to its unit graph: the stages in order.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::ids::PackageIndex;
use crate::packages::{Dependency, DependencyKind, PackageGraph, SelectError, Selection};
use crate::platform::CompileKind;
use crate::request::{BuildRequest, Intent, RustVersionCheck};
use crate::units::dependencies::follow;
use crate::units::draft::Sources;
use crate::units::duplicate_docs::remove_duplicate_docs;
use crate::units::extra_args::with_extra_args;
use crate::units::narrow::{narrow, reached};
use crate::units::profiles::{ProfileError, Profiles};
use crate::units::roots::{RootRequest, check_sources, dev_units, explicit_kind, roots};
use crate::units::runnable::targets_to_run;
use crate::units::share::share;
use crate::units::{Profile, UnitGraph, features};
use crate::workspace::{Unsupported, Workspace};

/// What is to be built.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct UnitPlan {
    /// The units.
    pub graph: UnitGraph,
    /// The profile asked for, without overrides, for the closing line.
    pub profile: Profile,
    /// Things to tell the user, in cargo's words.
    pub warnings: Vec<String>,
}

/// The request cannot be turned into units.
#[derive(Debug, thiserror::Error)]
pub enum UnitsError {
    /// A message in cargo's words.
    #[error("{0}")]
    Message(String),
    /// Crate roots that are not there; each is an error of its own, in cargo's words.
    #[error("could not compile due to {} previous target resolution error{}", .0.len(), if .0.len() == 1 { "" } else { "s" })]
    MissingSources(Vec<String>),
    /// Names that match nothing.
    #[error(transparent)]
    Select(#[from] SelectError),
    /// A profile that cannot be used.
    #[error(transparent)]
    Profile(#[from] ProfileError),
    /// Plain cargo has to take the request.
    #[error(transparent)]
    Unsupported(#[from] Unsupported),
}

/// Plans the units of a request.
///
/// # Errors
///
/// [`UnitsError`] in cargo's words if something asked for does not exist, or if the request needs
/// plain cargo.
pub fn build(
    request: &BuildRequest,
    workspace: &Workspace,
    packages: &PackageGraph,
    selection: &Selection,
) -> Result<UnitPlan, UnitsError> {
    let targets = match request.intent {
        Intent::Run => targets_to_run(request, workspace, packages)?,
        _ => request.targets.clone(),
    };
    let dev_units = dev_units(request.intent, &request.targets);
    let edges = narrow(packages, &selection.members);
    let resolved = reached(&edges, selection.members.iter().map(|member| member.package));
    let to_build = selection.packages(packages, &|id| resolved.contains(&id))?;
    check_testable(request.intent, packages, &to_build)?;
    let features = features::resolve(packages, &edges, &selection.members, workspace, dev_units);
    let profiles = Profiles::new(&request.profile, workspace, packages)?;
    let sources = Sources {
        workspace,
        graph: packages,
        edges: &edges,
        features: &features,
        profiles: &profiles,
        dev_units,
    };
    let root_request = RootRequest {
        intent: request.intent,
        packages: &to_build,
        selection: &request.packages,
        targets: &targets,
    };
    let (mut roots, root_warnings) = roots(&sources, &root_request)?;
    with_extra_args(&mut roots, &request.extra_args)?;
    check_sources(&sources, &roots)?;
    let mut draft = follow(&sources, roots, request.intent)?;
    if request.intent == (Intent::Doc { dependencies: true }) {
        remove_duplicate_docs(&mut draft, packages, &workspace.requested_kinds);
    }
    let to_host = workspace
        .requested_kinds
        .contains(&CompileKind::Host)
        .then(|| explicit_kind(&CompileKind::Host, &workspace.toolchain.host));
    let graph = share(&draft, to_host.as_ref());
    check_links(&graph, packages)?;
    if request.rust_version == RustVersionCheck::Deny {
        check_rust_versions(&graph, workspace, packages)?;
    }
    let warnings = [selection.warnings.clone(), profiles.warnings.clone(), root_warnings].concat();
    Ok(UnitPlan { graph, profile: profiles.base(), warnings })
}

/// Leaves it to cargo to refuse two packages that link to one native library (cargo's
/// `core/compiler/links.rs`): resolving refuses them only where the index of the registry tells.
fn check_links(graph: &UnitGraph, packages: &PackageGraph) -> Result<(), UnitsError> {
    let mut owners = BTreeMap::new();
    for package in graph.units.values().map(|unit| unit.package) {
        let Some(links) = &packages.packages[package].links else { continue };
        if *owners.entry(links.as_str()).or_insert(package) != package {
            let reason = format!("more than one package links to the native library `{links}`");
            return Err(Unsupported(reason).into());
        }
    }
    Ok(())
}

/// Refuses to test packages of others that have dependencies for their tests: nobody resolved those.
fn check_testable(
    intent: Intent,
    graph: &PackageGraph,
    packages: &[PackageIndex],
) -> Result<(), UnitsError> {
    if !intent.unwinds() && intent != Intent::Doctest {
        return Ok(());
    }
    for package in packages.iter().map(|id| &graph.packages[*id]) {
        let is_for_tests = |it: &Dependency| it.kind == DependencyKind::Development;
        if !package.is_member && package.dependencies.iter().any(is_for_tests) {
            return Err(UnitsError::Message(format!(
                "package `{}` cannot be tested because it requires dev-dependencies and is not a \
                 member of the workspace",
                package.name
            )));
        }
    }
    Ok(())
}

/// Refuses packages that declare a newer compiler than the one in use.
fn check_rust_versions(
    graph: &UnitGraph,
    workspace: &Workspace,
    packages: &PackageGraph,
) -> Result<(), UnitsError> {
    let rustc = &workspace.toolchain.version;
    // A nightly counts as the release that it leads to.
    let release = semver::Version::new(rustc.major, rustc.minor, rustc.patch);
    // As in cargo, a package is listed once for each of its units.
    let mut involved: Vec<_> = graph.units.values().map(|unit| unit.package).collect();
    involved.sort_unstable();
    let mut lines = Vec::new();
    let mut any_local = false;
    for package in involved.into_iter().map(|id| &packages.packages[id]) {
        if let Some(wanted) =
            package.facts.rust_version.as_ref().filter(|wanted| **wanted > release)
        {
            any_local |= package.is_local();
            let written = match package.facts.rust_version_text.as_str() {
                "" => wanted.to_string(),
                text => text.to_owned(),
            };
            lines.push(format!("  {}@{} requires rustc {written}", package.name, package.version));
        }
    }
    if lines.is_empty() {
        return Ok(());
    }
    let plural = if lines.len() == 1 { "" } else { "s" };
    let message = format!(
        "rustc {rustc} is not supported by the following package{plural}:\n{}\n",
        lines.join("\n")
    );
    if any_local {
        return Err(UnitsError::Message(message));
    }
    Err(UnitsError::Message(format!(
        "{message}Either upgrade rustc or select compatible dependency versions with\n\
             `cargo update <name>@<current-ver> --precise <compatible-ver>`\n\
             where `<compatible-ver>` is the latest version supporting rustc {rustc}\n"
    )))
}
