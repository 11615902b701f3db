//! Command lines that ask for something that does not exist, or for two things at once.

use atlas_tests::fixture::Fixture;
use rstest::rstest;

use crate::{PACKAGE, check, check_meaning};

const WORKSPACE: &str = r#"
//- /Cargo.toml
[package]
name = "app"
version = "0.1.0"
edition = "2021"
[features]
one = []
[[bin]]
name = "special"
path = "src/special.rs"
required-features = ["one"]
[dependencies]
lib = { path = "lib" }
[workspace]
members = ["lib"]
//- /lib/Cargo.toml
[package]
name = "lib"
version = "0.2.0"
edition = "2021"
//- /lib/src/lib.rs /src/lib.rs
//- /src/special.rs /src/bin/plain.rs
fn main() {}
//- /examples/show.rs
fn main() {}
"#;

#[rstest]
#[case::unknown_flag("--frobnicate")]
#[case::exclusive_flags("--release --profile dev")]
#[case::message_format("--message-format xml")]
#[case::two_message_formats("--message-format json --message-format short")]
#[case::no_jobs("-j 0")]
#[case::bad_jobs("-j many")]
#[case::bad_color("--color blue")]
#[case::quiet_and_verbose("-q -v")]
#[case::unknown_package("-p nothing")]
#[case::similar_package("-p ap")]
#[case::wrong_version("-p lib@9.9.9")]
#[case::bad_spec("-p 'lib@not a version'")]
#[case::pattern_without_match("-p 'x*'")]
#[case::bad_pattern("-p 'a[b'")]
#[case::exclude_alone("--exclude lib")]
#[case::exclude_everything("--workspace --exclude app --exclude lib")]
#[case::unknown_feature("--features nothing")]
#[case::similar_feature("--features onee")]
#[case::similar_feature_of_a_member("--features app/onee")]
#[case::dep_feature("--features dep:lib")]
#[case::slashes("--features a/b/c")]
#[case::several_packages_unknown_feature("-p app -p lib --features nothing")]
#[case::unknown_profile("--profile nothing")]
#[case::bad_profile("--profile a.b")]
#[case::reserved_profile("--profile doc")]
#[case::unknown_target("--target no-such-triple")]
#[case::bad_target("--target 'a b'")]
#[case::target_without_value("--target")]
#[case::unknown_bin("--bin nothing")]
#[case::similar_bin("--bin plian")]
#[case::bin_with_the_name_of_its_file("--bin plain.rs")]
#[case::similar_but_for_capitals("-p APP")]
#[case::bin_of_another_kind("--bin show")]
#[case::unknown_bin_pattern("--bin 'x*'")]
#[case::unknown_example("--example nothing")]
#[case::unknown_test("--test nothing")]
#[case::unknown_bench("--bench nothing")]
#[case::no_lib("-p app --bench x --lib")]
#[case::required_features("--bin special")]
#[case::manifest_missing("--manifest-path no/Cargo.toml")]
#[case::manifest_is_a_directory("--manifest-path lib")]
#[case::manifest_is_another_file("--manifest-path src/lib.rs")]
#[case::manifest_has_another_name("--manifest-path lib/other.toml")]
#[case::config_without_value("--config build.jobs")]
#[case::config_file_missing("--config no.toml")]
#[case::config_bad_toml("--config build.jobs=")]
#[case::config_rejects_table("--config '{a=1}'")]
fn refused_as_by_cargo(#[case] selection: &str) {
    check(WORKSPACE, selection);
}

#[rstest]
#[case::config_bad_type("--config build.jobs=true", &["--config", "build.jobs", "integer"])]
#[case::feature_of_unknown_dependency("--features nothing/one", &["nothing/one"])]
#[case::feature_of_member("--features app/two", &["app/two"])]
fn refused_in_other_words(#[case] selection: &str, #[case] expected: &[&str]) {
    check_meaning(&Fixture::new(WORKSPACE), selection, expected);
}

#[test]
fn ambiguous_package() {
    let workspace = r#"
//- /Cargo.toml
[package]
name = "app"
edition = "2021"
[dependencies]
one = { path = "one", package = "twin" }
two = { path = "two", package = "twin" }
//- /one/Cargo.toml
[package]
name = "twin"
version = "1.0.0"
//- /two/Cargo.toml
[package]
name = "twin"
version = "2.0.0"
//- /src/lib.rs /one/src/lib.rs /two/src/lib.rs
"#;
    let said = check(workspace, "-p twin");
    assert!(said.contains("ambiguous"), "{said}");
}

#[test]
fn no_library() {
    let said = check(&format!("{PACKAGE}//- /src/main.rs\nfn main() {{}}\n"), "--lib");
    assert!(said.contains("no library targets found"), "{said}");
}

#[test]
fn locked_without_a_lock_file() {
    let said = check(WORKSPACE, "--locked");
    assert!(said.contains("--locked"), "{said}");
    check(WORKSPACE, "--frozen");
}
