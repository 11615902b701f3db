//! What flags select, and what is said when they select nothing.

use atlas_build::request::{BuildRequest, PackageSelection, TargetSelection};
use rstest::rstest;

use crate::support::{Fixture, bins, lines};

fn fixture() -> Fixture {
    Fixture::new(
        r#"
//- Cargo.toml
[workspace]
members = ["apple", "banana", "cherry"]
default-members = ["apple"]
resolver = "2"
//- apple/Cargo.toml
[package]
name = "apple"
version = "1.0.0"
edition = "2021"
[features]
sweet = []
//- apple/src/main.rs
//- apple/src/bin/core.rs
//- banana/Cargo.toml
[package]
name = "banana"
version = "1.2.3"
edition = "2021"
[features]
ripe = []
[[bin]]
name = "peel"
required-features = ["ripe"]
path = "src/main.rs"
//- banana/src/lib.rs
pub fn banana() {}
//- banana/src/main.rs
//- cherry/Cargo.toml
[package]
name = "cherry"
version = "0.1.0"
edition = "2021"
//- cherry/src/lib.rs
pub fn cherry() {}
"#,
    )
}

fn packages(names: &[&str]) -> PackageSelection {
    PackageSelection::Packages(names.iter().map(|&name| name.to_owned()).collect())
}

#[rstest]
#[case::default_members(PackageSelection::Default, &["apple/bin", "apple/bin"])]
#[case::named(packages(&["banana"]), &["banana/lib"])]
#[case::versioned(packages(&["banana@1.2"]), &["banana/lib"])]
#[case::pattern(packages(&["*rr*"]), &["cherry/lib"])]
#[case::all(
    PackageSelection::All(Vec::new()), &["apple/bin", "apple/bin", "banana/lib", "cherry/lib"]
)]
#[case::excluded(
    PackageSelection::OptOut(vec!["apple".to_owned()]), &["banana/lib", "cherry/lib"]
)]
fn selected_packages(#[case] selection: PackageSelection, #[case] expected: &[&str]) {
    let planned = fixture().plan(|request| request.packages = selection);
    let units = lines(&planned, |_| String::new());
    let units: Vec<&str> = units.iter().map(|line| line.trim_end_matches(" build")).collect();
    assert_eq!(units, expected);
}

/// The targets are skipped where nobody named them.
#[test]
fn required_features_that_are_on() {
    let planned = fixture().plan(|request| {
        request.packages = packages(&["banana"]);
        request.features.features = vec!["ripe".to_owned()];
    });
    assert_eq!(lines(&planned, |_| String::new()), ["banana/bin build", "banana/lib build"]);
}

fn select(packages: PackageSelection, targets: TargetSelection) -> impl FnOnce(&mut BuildRequest) {
    move |request| {
        request.packages = packages;
        request.targets = targets;
    }
}

#[rstest]
#[case::package(
    packages(&["banan"]),
    TargetSelection::Default,
    "package ID specification `banan` did not match any packages\n\n\
     help: a package with a similar name exists: `banana`"
)]
#[case::version(
    packages(&["banana@2"]),
    TargetSelection::Default,
    "package ID specification `banana@2` did not match any packages\n\
     help: there are similar package ID specifications:\n\n  banana@1.2.3"
)]
#[case::binary(
    PackageSelection::Default,
    bins(&["cor"]),
    "no bin target named `cor` in default-run packages\n\n\
     help: a target with a similar name exists: `core`"
)]
#[case::missing_feature(
    packages(&["banana"]),
    bins(&["peel"]),
    "target `peel` in package `banana` requires the features: `ripe`\n\
     Consider enabling them by passing, e.g., `--features=\"ripe\"`"
)]
fn what_does_not_exist(
    #[case] selection: PackageSelection,
    #[case] targets: TargetSelection,
    #[case] expected: &str,
) {
    assert_eq!(fixture().error(select(selection, targets)), expected);
}

#[rstest]
#[case::similar(
    "swet",
    "the package 'apple' does not contain this feature: swet\n\
     help: there is a similarly named feature: sweet"
)]
#[case::elsewhere(
    "ripe",
    "the package 'apple' does not contain this feature: ripe\n\
     help: package with the missing feature: banana"
)]
#[case::hidden("dep:sweet", "feature `dep:sweet` is not allowed to use explicit `dep:` syntax")]
fn feature_that_does_not_exist(#[case] feature: &str, #[case] expected: &str) {
    let message = fixture().error(|request| request.features.features = vec![feature.to_owned()]);
    assert_eq!(message, expected);
}
