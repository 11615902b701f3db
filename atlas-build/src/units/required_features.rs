//! `required-features`: whether a target may be built with the features that are on.

use std::collections::BTreeSet;

use crate::ids::PackageIndex;
use crate::packages::{Dependency, DependencyKind, FeatureValue, ResolvedDependency};
use crate::units::draft::Sources;
use crate::units::features::{DevUnits, Side};
use crate::units::roots::Proposal;
use crate::units::{CompileKind, UnitsError};

/// Returns whether the features that a target requires are on.
pub(super) fn are_required_features_on(
    sources: &Sources<'_>,
    proposal: &Proposal<'_>,
    warnings: &mut Vec<String>,
) -> Result<bool, UnitsError> {
    let Some(required) = &proposal.target.required_features else {
        return Ok(true);
    };
    let package = &sources.graph.packages[proposal.package];
    check_required_features(sources, proposal, required, warnings)?;
    let available = available_features(
        sources,
        proposal.package,
        sources.dev_units,
        &sources.workspace.requested_kinds,
    );
    if proposal.target.is_lib() || required.iter().all(|name| available.contains(name)) {
        return Ok(true);
    }
    if !proposal.requires_features {
        return Ok(false);
    }
    let quoted: Vec<String> = required.iter().map(|name| format!("`{name}`")).collect();
    Err(UnitsError::Message(format!(
        "target `{}` in package `{}` requires the features: {}\n\
         Consider enabling them by passing, e.g., `--features=\"{}\"`",
        proposal.target.name,
        package.name,
        quoted.join(", "),
        required.join(" ")
    )))
}

/// Checks that what a target requires exists at all.
fn check_required_features(
    sources: &Sources<'_>,
    proposal: &Proposal<'_>,
    required: &[String],
    warnings: &mut Vec<String>,
) -> Result<(), UnitsError> {
    let package = &sources.graph.packages[proposal.package];
    let invalid = |value: &str, reason: &str| {
        format!(
            "invalid feature `{value}` in required-features of target `{}`: {reason}",
            proposal.target.name
        )
    };
    for name in required {
        match FeatureValue::parse(name) {
            FeatureValue::Feature(feature) if !package.features.contains_key(&feature) => {
                let reason = format!("`{feature}` is not present in [features] section");
                warnings.push(invalid(name, &reason));
            }
            FeatureValue::Feature(_) => {}
            FeatureValue::Dep(_) => {
                let reason = "`dep:` prefixed feature values are not allowed in required-features";
                return Err(UnitsError::Message(invalid(name, reason)));
            }
            FeatureValue::DepFeature { weak: true, .. } => {
                let reason = "optional dependency with `?` is not allowed in required-features";
                return Err(UnitsError::Message(invalid(name, reason)));
            }
            FeatureValue::DepFeature { dep, feature, weak: false } => {
                let leads = |resolved: &&ResolvedDependency| {
                    let mut declared =
                        resolved.declarations.iter().map(|index| &package.dependencies[*index]);
                    declared.any(|declared| declared.name_in_toml == dep)
                };
                let Some(found) = package.resolved.iter().find(leads) else {
                    warnings.push(invalid(name, &format!("dependency `{dep}` does not exist")));
                    continue;
                };
                let owner = &sources.graph.packages[found.package];
                if !owner.features.contains_key(&feature) {
                    let reason = format!(
                        "feature `{feature}` does not exist in package `{} v{}`",
                        owner.name, owner.version
                    );
                    warnings.push(invalid(name, &reason));
                }
            }
        }
    }
    Ok(())
}

/// Returns the features of a package, and those of its dependencies as `dep/feature`.
pub(super) fn available_features(
    sources: &Sources<'_>,
    package: PackageIndex,
    dev_units: DevUnits,
    kinds: &[CompileKind],
) -> BTreeSet<String> {
    let graph = sources.graph;
    let toolchain = &sources.workspace.toolchain;
    let mut available =
        sources.features.features(package, Side::Target).cloned().unwrap_or_default();
    for resolved in &sources.edges[package] {
        let declared = |index: &usize| &graph.packages[package].dependencies[*index];
        let counts = |dependency: &Dependency| {
            (dependency.kind != DependencyKind::Development || dev_units == DevUnits::Yes)
                && kinds
                    .iter()
                    .chain([&CompileKind::Host])
                    .any(|kind| toolchain.is_active(dependency, kind))
        };
        if !resolved.declarations.iter().map(declared).any(counts) {
            continue;
        }
        let is_proc_macro = graph.packages[resolved.package].has_proc_macro();
        for dependency in resolved.declarations.iter().map(declared) {
            let to_host = is_proc_macro || dependency.kind == DependencyKind::Build;
            let side = if to_host { Side::Host } else { Side::Target };
            let on = sources.features.features(resolved.package, side);
            available.extend(
                on.into_iter().flatten().map(|name| format!("{}/{name}", dependency.name_in_toml)),
            );
        }
    }
    available
}
