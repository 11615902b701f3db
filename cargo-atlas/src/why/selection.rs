//! Which units of an account a package id specification means.

use atlas_build::account::Account;
use atlas_build::packages::similar_name;
use cargo_util_schemas::core::PackageIdSpec;

use crate::error::ErrorChain;

/// Returns the units of the packages that the specification means.
///
/// # Errors
///
/// A package that is not in the account.
pub(super) fn select(account: &Account, wanted: &str) -> Result<Vec<usize>, ErrorChain> {
    let spec = PackageIdSpec::parse(wanted).ok();
    let units = account.units.iter().enumerate().filter(|(_, unit)| {
        unit.package_id == wanted
            || spec.as_ref().is_some_and(|spec| is_meant(spec, &unit.package, &unit.package_id))
    });
    let units: Vec<usize> = units.map(|(index, _)| index).collect();
    if units.is_empty() { Err(unknown(account, wanted)) } else { Ok(units) }
}

fn is_meant(spec: &PackageIdSpec, package: &str, package_id: &str) -> bool {
    if spec.name() != package {
        return false;
    }
    let Ok(full) = PackageIdSpec::parse(package_id) else { return spec.version().is_none() };
    let is_version = match (spec.partial_version(), full.version()) {
        (Some(partial), Some(version)) => partial.matches(&version),
        (Some(_), None) => false,
        (None, _) => true,
    };
    is_version
        && spec.url().is_none_or(|url| full.url() == Some(url))
        && spec.kind().is_none_or(|kind| full.kind() == Some(kind))
}

fn unknown(account: &Account, wanted: &str) -> ErrorChain {
    let names = account.units.iter().map(|unit| unit.package.as_str());
    let meant = similar_name(wanted, names);
    let meant = meant.map(|name| format!("; did you mean `{name}`?")).unwrap_or_default();
    ErrorChain::new(format!("package `{wanted}` is not part of the last build{meant}"))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::super::fixture;
    use super::*;

    #[rstest]
    #[case::name("core", &[0])]
    #[case::version("net@0.1", &[1, 2])]
    #[case::full("path+file:///ws/core#0.1.0", &[0])]
    #[case::url("file:///ws/core", &[0])]
    fn specification_means_units(#[case] wanted: &str, #[case] expected: &[usize]) {
        let account = fixture::account(["core", "net", "net"].map(fixture::lib));
        assert_eq!(select(&account, wanted).unwrap(), expected);
    }

    #[rstest]
    #[case::similar("cor", "; did you mean `core`?")]
    #[case::other_version("core@2", "; did you mean `core`?")]
    #[case::nothing_like_it("database", "")]
    #[case::no_specification("a b", "")]
    fn unknown_package_is_an_error(#[case] wanted: &str, #[case] meant: &str) {
        let account = fixture::account([fixture::lib("core")]);
        let expected = format!("package `{wanted}` is not part of the last build{meant}");
        assert_eq!(select(&account, wanted).unwrap_err(), ErrorChain::new(expected));
    }
}
