//! Lines for people: what is compiled, what is fresh, warnings and errors, how it ended.

use atlas_tests::build::Build;
use atlas_tests::fixture::Fixture;
use rstest::rstest;

use crate::{CHAIN, both, check, check_unordered, with_foreign_library};

/// First build, and a second one in which everything is fresh.
#[rstest]
#[case::default("")]
#[case::quiet("-q")]
#[case::release("--release")]
#[case::own_profile("--profile mine")]
#[case::for_a_target("--target HOST")]
#[case::colors("--color always")]
#[case::short("--message-format short")]
#[case::features("-p lib --features lib/extra")]
#[case::misspelled_variable("RUST_FLAGS=-Cx")]
fn chain_of_units(#[case] selection: &str) {
    let fixture = Fixture::new(CHAIN);
    // Variables come first.
    let selection = format!("{selection} -j1");
    check(&fixture, &selection);
    check(&fixture, &selection);
}

/// What was checked says again what it said, and libraries that were checked are no help to a build.
#[rstest]
#[case::default("")]
#[case::verbose("-v")]
#[case::quiet("-q")]
#[case::release("--release")]
#[case::for_a_target("--target HOST")]
#[case::colors("--color always")]
#[case::short("--message-format short")]
#[case::as_tests("--profile test")]
fn chain_of_checked_units(#[case] selection: &str) {
    let fixture = Fixture::new(CHAIN);
    let checked = format!("check -j1 {selection}");
    check(&fixture, &checked);
    check(&fixture, &checked);
    check(&fixture, &format!("-j1 {selection}"));
    check(&fixture, &checked);
}

#[rstest]
#[case::verbose("-v")]
#[case::very_verbose("-vv")]
fn chain_of_units_verbosely(#[case] selection: &str) {
    let fixture = Fixture::new(CHAIN);
    let selection = format!("-j1 {selection}");
    check(&fixture, &selection);
    check(&fixture, &selection);
    fixture.write("src/main.rs", "fn main() { let other = 1; lib::f(); }\n");
    check(&fixture, &selection);
}

/// Cargo gives some warnings when it reads a workspace, and others when it builds.
#[test]
fn warnings_about_manifests_are_told_once_and_first() {
    let fixture = Fixture::new(
        "//- /Cargo.toml\n[workspace]\nmembers = [\"a\"]\n//- /a/src/lib.rs\n//- /a/Cargo.toml\n\
         [package]\nname = \"a\"\nversion = \"0.1.0\"\nedition = \"2021\"\n\
         [lib]\ncrate_type = [\"lib\"]\n",
    );
    let said = check_unordered(&fixture, "");
    assert!(said.contains("virtual workspace defaulting"), "{said}");
    assert!(said.contains("`crate_type` is deprecated"), "{said}");
}

/// Warnings of packages outside the workspace are capped by nothing: they have paths. Those of
/// registries and repositories are.
#[test]
fn package_outside_the_workspace() {
    let fixture = with_foreign_library();
    check(&fixture, "-j1");
    check(&fixture, "-j1");
    check(&fixture, "-j1 -vv");
}

#[test]
fn warning_of_a_dirty_library_under_fresh_ones() {
    let fixture = Fixture::new(CHAIN);
    check(&fixture, "-j1");
    fixture.write("lib/src/lib.rs", "pub fn f() { let third = 1; }\n");
    check(&fixture, "-j1");
}

const TARGETS: &str = r#"
//- /Cargo.toml
[package]
name = "app"
edition = "2021"
//- /src/lib.rs
pub fn f() { let a = 1; }
#[cfg(test)]
mod tests { #[test] fn t() { let b = 2; } }
//- /src/bin/one.rs
fn main() { let c = 3; }
//- /examples/two.rs
fn main() { let d = 4; }
//- /tests/three.rs
#[test] fn t() { let e = 5; }
//- /benches/four.rs
fn main() { let g = 6; }
"#;

/// The library is compiled twice and says the same twice; it is shown once.
#[test]
fn several_targets_with_duplicates() {
    let fixture = Fixture::new(TARGETS);
    check_unordered(&fixture, "--lib --examples --benches");
    check_unordered(&fixture, "--lib --examples --benches");
}

#[test]
fn several_checked_targets() {
    let fixture = Fixture::new(TARGETS);
    check_unordered(&fixture, "check --all-targets --keep-going");
    check_unordered(&fixture, "check --all-targets --keep-going");
    fixture.write("tests/three.rs", "#[test] fn t() { missing(); }\n");
    let said = check_unordered(&fixture, "check --tests --keep-going");
    assert!(said.contains("could not compile `app` (test \"three\") due to 1 previous error"));
}

#[test]
fn errors_in_several_targets() {
    let fixture = Fixture::new(TARGETS);
    fixture.write("examples/two.rs", "fn main() { missing(); let x = 1; }\n");
    check_unordered(&fixture, "--example two");
    fixture.write("src/bin/one.rs", "fn main() { also_missing(); nothing() }\n");
    let said = check_unordered(&fixture, "--bins --examples --keep-going");
    assert!(said.contains("could not compile `app` (bin \"one\") due to 2 previous errors"));
    assert!(said.contains("could not compile `app` (example \"two\")"));
}

#[rstest]
#[case::default("")]
#[case::verbose("-v")]
#[case::quiet("-q")]
#[case::short("--message-format short")]
#[case::colors("--color always")]
fn error_in_a_library(#[case] selection: &str) {
    let fixture = Fixture::new(CHAIN);
    fixture.write("lib/src/lib.rs", "pub fn f() { let a = 1; missing(); }\n");
    let said = check(&fixture, &format!("-j1 {selection}"));
    assert!(said.contains("missing"), "{said}");
    // Not with `-v`: atlas also says why.
    if selection != "-v" {
        check(&fixture, &format!("-j1 {selection}"));
    }
    check(&fixture, &format!("check -j1 {selection}"));
}

#[rstest]
#[case::fails("println!(\"cargo::warning=w\"); eprintln!(\"e\"); std::process::exit(3);", "")]
#[case::fails_verbosely("eprintln!(\"e\"); std::process::exit(3);", "-vv")]
#[case::panics("panic!(\"no\")", "")]
#[case::error("println!(\"cargo::error=broken\"); println!(\"cargo::warning=w\");", "")]
#[case::unknown("println!(\"cargo::nonsense=1\");", "")]
#[case::no_value("println!(\"cargo::rustc-cfg\");", "")]
#[case::bad_flag("println!(\"cargo::rustc-flags=-x foo\");", "")]
#[case::bad_env("println!(\"cargo::rustc-env=FOO\");", "")]
#[case::old_syntax("println!(\"cargo:nonsense=1\");", "")]
#[case::rubbish("println!(\"\\u{0}\\u{7}rubbish = = :: cargo:\");", "")]
#[case::not_utf8(
    "use std::io::Write; std::io::stdout().write_all(b\"\\xff\\xfe\\ncargo::warning=\\xff\\n\").unwrap();",
    ""
)]
#[case::killed("std::process::abort()", "")]
#[case::bootstrap("println!(\"cargo::rustc-env=RUSTC_BOOTSTRAP=1\");", "")]
#[case::newer("println!(\"cargo::rustc-check-cfg=cfg(x\");", "")]
fn build_scripts(#[case] body: &str, #[case] selection: &str) {
    let fixture = Fixture::new(
        "//- /Cargo.toml\n[package]\nname = \"app\"\nversion = \"1.2.3\"\nedition = \"2021\"\n\
         //- /src/lib.rs\n",
    );
    fixture.write("build.rs", &format!("fn main() {{ {body} }}\n"));
    check(&fixture, &format!("-j1 {selection}"));
    if selection.is_empty() {
        check(&fixture, "-j1");
    }
}

/// A package of a registry, as `cargo vendor` lays it out, with warnings of every kind.
const VENDORED: &str = r#"
//- /.cargo/config.toml
[source.crates-io]
replace-with = "vendored"
[source.vendored]
directory = "vendor"
//- /Cargo.toml
[package]
name = "app"
edition = "2021"
[dependencies]
dep = "1"
//- /src/main.rs
fn main() { dep::f(); let unused = 1; }
//- /vendor/dep/Cargo.toml
[package]
name = "dep"
version = "1.0.0"
edition = "2021"
//- /vendor/dep/.cargo-checksum.json
{"files":{},"package":"0000000000000000000000000000000000000000000000000000000000000000"}
//- /vendor/dep/build.rs
fn main() { println!("cargo::warning=of a dependency"); println!("plain"); let unused = 1; }
//- /vendor/dep/src/lib.rs
pub fn f() { let unused = 1; }
"#;

/// Nobody can change it: its warnings are shown with `-vv` only, or if it fails.
#[rstest]
#[case::default("")]
#[case::verbose("-v")]
#[case::very_verbose("-vv")]
fn dependency_from_a_registry(#[case] selection: &str) {
    let fixture = Fixture::new(VENDORED);
    let selection = format!("-j1 {selection}");
    let said = check(&fixture, &selection);
    assert_eq!(said.contains("of a dependency"), selection.contains("-vv"), "{said}");
    check(&fixture, &selection);
}

#[rstest]
#[case::library("src/lib.rs", "pub fn f() { let unused = 1; missing() }")]
#[case::script("build.rs", "fn main() { println!(\"cargo::warning=it was me\"); panic!() }")]
fn dependency_from_a_registry_fails(#[case] file: &str, #[case] source: &str) {
    let fixture = Fixture::new(VENDORED);
    fixture.write(&format!("vendor/dep/{file}"), source);
    let said = check(&fixture, "RUST_BACKTRACE=0 -j1");
    assert!(said.contains("warning: dep@1.0.0: "), "{said}");
}

/// Packages that do not depend on each other: the first that fails stops the others, or not.
#[rstest]
#[case::stop("-j1")]
#[case::keep_going("-j1 --keep-going")]
fn several_packages_fail(#[case] selection: &str) {
    let package = |name: &str, more: &str| {
        format!("//- /{name}/Cargo.toml\n[package]\nname = \"{name}\"\nedition = \"2021\"\n{more}")
    };
    let above = package("c", "[dependencies]\na = { path = \"../a\" }\n");
    let fixture = Fixture::new(&format!(
        "//- /Cargo.toml\n[workspace]\nmembers = [\"a\", \"b\", \"c\"]\nresolver = \"2\"\n\
         {}{}{above}//- /a/src/lib.rs /b/src/lib.rs\npub fn f() {{ missing() }}\n\
         //- /c/src/lib.rs\n",
        package("a", ""),
        package("b", "")
    ));
    let said = check(&fixture, selection);
    let n_failed = if selection.contains("keep") { 2 } else { 1 };
    assert_eq!(said.matches("could not compile").count(), n_failed, "{said}");
}

/// The warning is cargo's; the note leaves out the report on disk, which only cargo writes.
#[test]
fn code_that_a_future_rust_rejects() {
    let fixture = Fixture::new(VENDORED);
    let source = "pub fn f() { if true { return } else { <_>::default() }; }";
    fixture.write("vendor/dep/src/lib.rs", source);
    let warning = "warning: the following packages contain code that will be rejected by a future \
         version of Rust: dep v1.0.0";
    let says = |builds: &[Build; 2]| {
        builds.each_ref().map(|build| build.outcome.stderr.lines().any(|line| line == warning))
    };
    assert_eq!(says(&both(&fixture, "")), [true, true]);
    let fresh = both(&fixture, "");
    assert_eq!(says(&fresh), [true, true]);
    assert!(fresh[1].outcome.stderr.contains("use the option `--future-incompat-report`"));
    assert_eq!(says(&both(&fixture, "-q")), [false, false]);
    let never = "--config future-incompat-report.frequency=\"never\"";
    assert_eq!(says(&both(&fixture, never)), [false, false]);
}

/// What cargo does not say is said after the time, and nowhere else.
#[rstest]
#[case::default("", Some("4 compiled"), Some("4 fresh"))]
#[case::quiet("-q", None, None)]
fn closing_line_says_what_was_done(
    #[case] selection: &str,
    #[case] first: Option<&str>,
    #[case] second: Option<&str>,
) {
    let fixture = Fixture::new(CHAIN);
    for expected in [first, second] {
        let [cargo, atlas] = both(&fixture, selection).map(|build| build.outcome.stderr);
        let line =
            |text: &str| Some(text.lines().last()?.split_once(" target(s) in ")?.1.to_owned());
        let counts = line(&atlas).and_then(|end| Some(end.split_once("s: ")?.1.to_owned()));
        assert_eq!(counts.as_deref(), expected, "{atlas}");
        assert!(line(&cargo).is_none_or(|end| end.ends_with('s')), "{cargo}");
    }
}
