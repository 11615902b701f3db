//! What to call the units of an account: short, and different where packages are.

use std::collections::{BTreeMap, BTreeSet};

use atlas_build::account::{Account, UnitAccount};

/// The names of all units.
#[derive(Debug)]
pub(super) struct Names(Vec<String>);

impl Names {
    /// Names the units: `foo (lib)`; with the version where there are several of one name.
    pub(super) fn of(account: &Account) -> Self {
        let mut versions = BTreeMap::<&str, BTreeSet<&str>>::new();
        for unit in &account.units {
            versions.entry(&unit.package).or_default().insert(&unit.package_id);
        }
        let name = |unit: &UnitAccount| {
            let is_unique = versions.get(unit.package.as_str()).is_none_or(|ids| ids.len() == 1);
            let version = if is_unique { String::new() } else { format!(" v{}", unit.version) };
            format!("{}{version} ({})", unit.package, target(unit))
        };
        Names(account.units.iter().map(name).collect())
    }

    /// Returns the name of a unit.
    pub(super) fn get(&self, unit: usize) -> &str {
        self.0.get(unit).map_or("?", String::as_str)
    }

    /// Returns the names of some units as a list, shortened to `max`.
    pub(super) fn list(&self, units: &[usize], max: usize) -> String {
        let shown: Vec<&str> = units.iter().take(max).map(|unit| self.get(*unit)).collect();
        match units.len().saturating_sub(max) {
            0 => shown.join(", "),
            n => format!("{} and {n} more", shown.join(", ")),
        }
    }
}

fn target(unit: &UnitAccount) -> String {
    let name = &unit.target;
    let test = if matches!(unit.mode.as_str(), "test" | "check-test") { " test" } else { "" };
    match unit.kinds.first().map_or("lib", String::as_str) {
        "custom-build" if unit.mode == "run-custom-build" => "build script run".to_owned(),
        "custom-build" => "build script".to_owned(),
        kind @ ("test" | "bench") => format!("{kind} \"{name}\""),
        kind @ ("bin" | "example") => format!("{kind} \"{name}\"{test}"),
        _ => format!("lib{test}"),
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::super::fixture;
    use super::*;

    #[rstest]
    #[case::lib("lib", "build", "foo (lib)")]
    #[case::macros("proc-macro", "build", "foo (lib)")]
    #[case::lib_test("lib", "test", "foo (lib test)")]
    #[case::checked("lib", "check", "foo (lib)")]
    #[case::checked_test("lib", "check-test", "foo (lib test)")]
    #[case::bin("bin", "build", "foo (bin \"x\")")]
    #[case::bin_test("bin", "test", "foo (bin \"x\" test)")]
    #[case::test("test", "test", "foo (test \"x\")")]
    #[case::script("custom-build", "build", "foo (build script)")]
    #[case::run("custom-build", "run-custom-build", "foo (build script run)")]
    fn units_are_named_by_package_and_target(
        #[case] kind: &str,
        #[case] mode: &str,
        #[case] expected: &str,
    ) {
        let mut unit = fixture::lib("foo");
        (unit.target, unit.kinds, unit.mode) = ("x".into(), vec![kind.into()], mode.into());
        assert_eq!(Names::of(&fixture::account([unit])).get(0), expected);
    }

    #[test]
    fn versions_are_named_where_there_are_several() {
        let mut other = fixture::lib("foo");
        (other.version, other.package_id) = ("0.2.0".to_owned(), "foo@0.2.0".to_owned());
        let units = [fixture::lib("foo"), other, fixture::lib("bar")];
        let names = Names::of(&fixture::account(units));
        assert_eq!(names.list(&[0, 1, 2], 3), "foo v0.1.0 (lib), foo v0.2.0 (lib), bar (lib)");
        assert_eq!(names.list(&[0, 1, 2], 1), "foo v0.1.0 (lib) and 2 more");
    }
}
