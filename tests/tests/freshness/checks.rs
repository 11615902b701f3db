//! What is only checked: what runs for it, what it has in common with a build, and what does not
//! count for it.

use atlas_tests::repeated::Repeated;
use rstest::rstest;

use super::{Did, expect, expect_all};

/// A program over a library and a macro; the macro is made from a library of its own.
const CHECKED: &str = r#"
//- /Cargo.toml
[package]
name = "app"
edition = "2021"
[dependencies]
leaf = { path = "leaf" }
mac = { path = "mac" }
[workspace]
//- /build.rs
fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rustc-env=SAID=so");
}
//- /src/lib.rs
pub fn app() -> u32 {
    leaf::number() + mac::answer!()
}
#[cfg(test)]
mod tests {
    #[test]
    fn t() {}
}
//- /src/main.rs
fn main() {
    println!("{} {}", app::app(), env!("SAID"));
}
//- /tests/it.rs
#[test]
fn it() {
    assert_eq!(app::app(), 43);
}
//- /leaf/Cargo.toml
[package]
name = "leaf"
edition = "2021"
//- /leaf/src/lib.rs
pub fn number() -> u32 {
    1 // one
}
//- /mac/Cargo.toml
[package]
name = "mac"
edition = "2021"
[lib]
proc-macro = true
[dependencies]
inside = { path = "../inside" }
//- /mac/src/lib.rs
#[proc_macro]
pub fn answer(_: proc_macro::TokenStream) -> proc_macro::TokenStream {
    format!("{}u32", inside::answer()).parse().unwrap()
}
//- /inside/Cargo.toml
[package]
name = "inside"
edition = "2021"
//- /inside/src/lib.rs
pub fn answer() -> u32 {
    42
}
"#;

/// What a check and a build have in common.
const SHARED: [&str; 4] = ["app/build-script", "app/run-build-script", "inside/lib", "mac/lib"];
const CHECKS: [&str; 3] = ["check app/bin", "check app/lib", "check leaf/lib"];

#[test]
fn checks_and_builds_share_scripts_and_macros() {
    let workspace = Repeated::new(CHECKED);
    expect(&workspace, "check", &[&SHARED[..], &CHECKS[..]].concat());
    expect(&workspace, "", &["app/bin", "app/lib", "leaf/lib"]);
    for selection in ["check", "", "check"] {
        expect(&workspace, selection, &[]);
    }
    expect(
        &workspace,
        "check --all-targets",
        &["check app/bin-test", "check app/lib-test", "check app/test:it"],
    );
    expect(&workspace, "check --tests", &[]);
    assert_eq!(workspace.prints("debug/app"), "43 so\n");
}

#[test]
fn checks_come_after_builds_as_well() {
    let workspace = Repeated::new(CHECKED);
    let built = ["app/bin", "app/lib", "leaf/lib"];
    expect(&workspace, "", &[&SHARED[..], &built[..]].concat());
    expect(&workspace, "check", &CHECKS);
    expect(&workspace, "check --profile test", &["check app/bin-test", "check app/lib-test"]);
}

#[test]
fn nothing_is_put_where_the_user_finds_it() {
    let workspace = Repeated::new(CHECKED);
    assert!(!workspace.ran("check --all-targets").is_empty());
    let found = workspace.files(|path| {
        let inside = path.strip_prefix(&workspace.target);
        inside.is_ok_and(|inside| inside.starts_with("debug"))
    });
    assert_eq!(found, Vec::<camino::Utf8PathBuf>::new());
}

#[rstest]
#[case::body(
    |w: &Repeated| w.fixture.replace("leaf/src/lib.rs", "1", "2"),
    &["check leaf/lib"]
)]
#[case::white_space_in_a_signature(
    |w: &Repeated| w.fixture.replace("leaf/src/lib.rs", "number() ->", "number( ) ->"),
    &["check leaf/lib"]
)]
#[case::signature(
    |w: &Repeated| w.fixture.replace("leaf/src/lib.rs", "pub fn", "#[must_use]\npub fn"),
    &["check app/bin", "check app/lib", "check leaf/lib"]
)]
#[case::comment(|w: &Repeated| w.fixture.replace("leaf/src/lib.rs", "// one", "// two"), &[])]
#[case::program(|w: &Repeated| w.fixture.replace("src/main.rs", "{} {}", "{}/{}"), &["check app/bin"])]
#[case::tests(|w: &Repeated| w.fixture.replace("src/lib.rs", "fn t() {}", "fn t() { app(); }"), &[])]
#[case::integration_test(|w: &Repeated| w.fixture.replace("tests/it.rs", "43", "44"), &[])]
#[case::below_the_macro(
    |w: &Repeated| w.fixture.replace("inside/src/lib.rs", "42", "41"),
    &["inside/lib", "mac/lib", "check app/bin", "check app/lib"]
)]
#[case::script(
    |w: &Repeated| w.fixture.replace("build.rs", "=so", "=no"),
    &["app/build-script", "app/run-build-script", "check app/bin", "check app/lib"]
)]
fn edit_is_checked(#[case] edit: impl Fn(&Repeated), #[case] expected: &[&str]) {
    let workspace = Repeated::new(CHECKED);
    assert!(!workspace.ran("check").is_empty(), "the first check runs something");
    edit(&workspace);
    expect(&workspace, "check", expected);
    expect(&workspace, "check", &[]);
}

#[test]
fn edit_of_a_test_is_checked_with_tests() {
    let workspace = Repeated::new(CHECKED);
    assert!(!workspace.ran("check --tests").is_empty(), "the first check runs something");
    workspace.fixture.replace("src/lib.rs", "fn t() {}", "fn t() { super::app(); }");
    expect_all(
        &workspace,
        "check --tests",
        Did {
            ran: &["check app/lib-test"],
            counts: "1 compiled, 5 fresh, 3 spared",
            causes: &["check app/lib-test: file-changed src/lib.rs"],
            is_spared: true,
            ..Did::default()
        },
    );
}

#[test]
fn check_is_predicted() {
    let workspace = Repeated::new(CHECKED);
    let would = workspace.would("check").units("built");
    let expected = workspace.ran("check");
    assert_eq!(would, expected);
    assert!(workspace.would("check").units("built").is_empty());
}

#[test]
fn failed_check_is_done_again() {
    let workspace = Repeated::new(CHECKED);
    assert!(!workspace.ran("check").is_empty(), "the first check runs something");
    workspace.fixture.replace("leaf/src/lib.rs", "1", "\"\"");
    for _ in 0..2 {
        let outcome = workspace.build("check");
        assert_eq!(outcome.code, Some(101));
        assert!(outcome.stderr.contains("mismatched types"), "{}", outcome.stderr);
    }
    workspace.fixture.replace("leaf/src/lib.rs", "\"\"", "2");
    expect(&workspace, "check", &["check leaf/lib"]);
    expect(&workspace, "check", &[]);
}

#[test]
fn checked_library_does_not_satisfy_a_build() {
    let workspace = Repeated::new(CHECKED);
    assert!(!workspace.ran("").is_empty(), "the first build runs something");
    workspace.fixture.replace("leaf/src/lib.rs", "1", "2");
    expect(&workspace, "check", &CHECKS);
    expect(&workspace, "", &["app/bin", "leaf/lib"]);
    assert_eq!(workspace.prints("debug/app"), "44 so\n");
}
