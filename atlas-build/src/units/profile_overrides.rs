//! `[profile.NAME.package.SPEC]`: which package an override is for, and what is wrong with it.

use std::collections::BTreeMap;

use cargo_util_schemas::core::PackageIdSpec;
use cargo_util_schemas::manifest::{ProfilePackageSpec, TomlProfile};

use crate::packages::{Package, PackageGraph, matches_spec, similar_name};
use crate::units::profiles::ProfileError;
use crate::workspace::Workspace;

/// Returns whether an override names a package.
pub(super) fn is_override_for(key: &ProfilePackageSpec, package: &Package) -> bool {
    matches!(key, ProfilePackageSpec::Spec(spec) if matches_spec(spec, package))
}

/// Refuses overrides that are ambiguous, and notes those of the manifest that fit no package.
pub(super) fn check_overrides(
    table: &str,
    tables: &BTreeMap<String, TomlProfile>,
    merged: &TomlProfile,
    workspace: &Workspace,
    packages: &PackageGraph,
    warnings: &mut Vec<String>,
) -> Result<(), ProfileError> {
    let declared = tables.get(table).and_then(|profile| profile.package.as_ref());
    let (Some(_), Some(overrides)) = (declared, &merged.package) else {
        return Ok(());
    };
    for package in packages.packages.values() {
        let fitting: Vec<String> = overrides
            .keys()
            .filter(|key| is_override_for(key, package))
            .map(ToString::to_string)
            .collect();
        if fitting.len() > 1 {
            return Err(ProfileError(format!(
                "multiple package overrides in profile `{table}` match package `{}`\n\
                 found package specs: {}",
                package.description(),
                fitting.join(", ")
            )));
        }
    }
    let manifest = workspace.manifest_profiles.get(table).and_then(|own| own.package.as_ref());
    for key in manifest.into_iter().flat_map(BTreeMap::keys) {
        let fits = packages.packages.values().any(|package| is_override_for(key, package));
        if let (ProfilePackageSpec::Spec(spec), false) = (key, fits) {
            warnings.push(unmatched_override(table, spec, packages));
        }
    }
    Ok(())
}

fn unmatched_override(table: &str, spec: &PackageIdSpec, packages: &PackageGraph) -> String {
    let same_name: Vec<String> = packages
        .packages
        .values()
        .filter(|package| package.name == spec.name())
        .map(crate::packages::Package::description)
        .collect();
    if !same_name.is_empty() {
        return format!(
            "profile package spec `{spec}` in profile `{table}` has a version or URL that does \
             not match any of the packages: {}",
            same_name.join(", ")
        );
    }
    let names = packages.packages.values().map(|package| package.name.as_str());
    let suggestion = match similar_name(spec.name(), names) {
        Some(name) => format!("\n\nhelp: a package with a similar name exists: `{name}`"),
        None => String::new(),
    };
    format!(
        "profile package spec `{spec}` in profile `{table}` did not match any packages{suggestion}"
    )
}
