//! From a request to its units, and what the user should know before anything is built.

use std::sync::Arc;

use crate::event::Event;
use crate::packages::{self, PackageGraph};
use crate::pipeline::Error;
use crate::request::{BuildRequest, Intent};
use crate::units::{self, UnitPlan};
use crate::workspace::{self, DependencyFeatures, Unsupported, Workspace};

/// What a request comes to, before anything is run.
#[derive(Clone, Debug)]
pub struct Planned {
    /// Configuration, toolchain, manifests.
    pub workspace: Workspace,
    /// Packages.
    pub packages: PackageGraph,
    /// Units.
    pub units: UnitPlan,
}

/// Plans a request, and tells what the user should know before anything is built.
///
/// # Errors
///
/// [`Error`] if the workspace cannot be read, if something asked for does not exist, or if the
/// request is for plain cargo.
pub fn plan(request: &BuildRequest, events: &mut dyn FnMut(Event)) -> Result<Planned, Error> {
    let workspace = workspace::load(request, &mut |before| {
        events(Event::Configured(Arc::new(before.config.clone())));
        warn(before.manifest_warnings, events);
        warn(&misspelled_variables(request), events);
    })?;
    let resolved = resolve(request, &workspace);
    // Cargo, if it has to take over, says it by itself.
    if !matches!(resolved, Err(Error::Unsupported(_))) {
        warn(&workspace.warnings, events);
    }
    let (packages, units) = resolved?;
    warn(&units.warnings, events);
    Ok(Planned { workspace, packages, units })
}

fn resolve(
    request: &BuildRequest,
    workspace: &Workspace,
) -> Result<(PackageGraph, UnitPlan), Error> {
    let packages = packages::build(workspace).map_err(Error::Unsupported)?;
    let selection = packages::select(request, workspace, &packages)?;
    if workspace.dependency_features == DependencyFeatures::Unresolved {
        let reason = "features of dependencies cannot be resolved for the workspace as a whole";
        return Err(Error::Unsupported(Unsupported(reason.to_owned())));
    }
    let units = units::build(request, workspace, &packages, &selection)?;
    Ok((packages, units))
}

/// Names variables that are not what they look like. Source: cargo's `ops/cargo_compile/mod.rs`.
pub(super) fn misspelled_variables(request: &BuildRequest) -> Vec<String> {
    let (wrong, right, tool) = match request.intent {
        Intent::Doc { .. } | Intent::Doctest => ("RUSTDOC_FLAGS", "RUSTDOCFLAGS", "rustdoc"),
        _ => ("RUST_FLAGS", "RUSTFLAGS", "rust"),
    };
    let warning = || {
        format!(
            "ignoring environment variable `{wrong}`\n  |\n  = help: {tool} flags are passed via `{right}`"
        )
    };
    request.env.get(wrong).map(|_| warning()).into_iter().collect()
}

fn warn(warnings: &[String], events: &mut dyn FnMut(Event)) {
    for warning in warnings {
        events(Event::Warning(warning.clone()));
    }
}

/// Returns the units of a request in cargo's own unit-graph JSON.
///
/// # Errors
///
/// As [`plan()`].
pub fn unit_graph(request: &BuildRequest, events: &mut dyn FnMut(Event)) -> Result<String, Error> {
    let planned = plan(request, events)?;
    Ok(units::to_json(&planned.units.graph, &planned.packages))
}
