//! Lines for people: what is compiled, what is fresh, warnings and errors, how it ended.

use atlas_tests::fixture::Fixture;
use rstest::rstest;

use crate::{CHAIN, check, check_unordered, with_foreign_library};

/// First build, second build, and one after an edit.
#[rstest]
#[case::default("")]
#[case::quiet("-q")]
#[case::release("--release")]
#[case::own_profile("--profile mine")]
#[case::for_a_target("--target HOST")]
#[case::colors("--color always")]
#[case::short("--message-format short")]
#[case::short_colors("--message-format short --color always")]
#[case::features("-p lib --features lib/extra")]
fn chain_of_units(#[case] selection: &str) {
    let fixture = Fixture::new(CHAIN);
    let selection = format!("-j1 {selection}");
    check(&fixture, &selection);
    check(&fixture, &selection);
    fixture.write("src/main.rs", "fn main() { let other = 1; lib::f(); }\n");
    check(&fixture, &selection);
    check(&fixture, &selection);
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
