//! Package id specifications, and names that a user may have meant.

use cargo_util_schemas::core::PackageIdSpec;

use crate::packages::Package;

/// Returns whether a package is one that the specification means (cargo's `pkgid` reference).
pub fn matches_spec(spec: &PackageIdSpec, package: &Package) -> bool {
    if spec.name() != package.name {
        return false;
    }
    if spec.partial_version().is_some_and(|version| !version.matches(&package.version)) {
        return false;
    }
    if spec.url().is_none() && spec.kind().is_none() {
        return true;
    }
    let Ok(full) = PackageIdSpec::parse(&package.id) else {
        return false;
    };
    spec.url().is_none_or(|url| full.url() == Some(url))
        && spec.kind().is_none_or(|kind| full.kind() == Some(kind))
}

/// Returns the name closest to `wanted`, if one is close enough to be a typing error: cargo's
/// `util/edit_distance.rs`. Of equally close names it is the first.
pub fn similar_name<'a>(wanted: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    names.filter(|name| is_similar(wanted, name)).min_by_key(|name| distance(wanted, name))
}

/// Returns whether one name may be a typing error for the other, by the same rule.
pub fn is_similar(wanted: &str, name: &str) -> bool {
    distance(wanted, name) <= 3
}

fn distance(wanted: &str, name: &str) -> usize {
    strsim::osa_distance(&wanted.to_lowercase(), &name.to_lowercase())
}
