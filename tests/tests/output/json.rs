//! Messages for programs.

use atlas_tests::fixture::Fixture;
use rstest::rstest;

use crate::{CHAIN, check_messages};

#[rstest]
#[case::json("json")]
#[case::render("json-render-diagnostics")]
#[case::short("json-diagnostic-short")]
#[case::ansi("json-diagnostic-rendered-ansi")]
#[case::short_and_ansi("json-diagnostic-short,json-diagnostic-rendered-ansi")]
fn chain_of_units(#[case] format: &str) {
    let fixture = Fixture::new(CHAIN);
    let selection = format!("-j1 --message-format {format}");
    let messages = check_messages(&fixture, &selection);
    assert!(messages.iter().any(|message| message.contains("build-finished")));
    let again = check_messages(&fixture, &selection);
    assert!(again.iter().any(|message| message.contains("\"fresh\":true")));
    if format == "json" {
        fixture.write("src/main.rs", "fn main() { let other = 1; lib::f(); }\n");
        check_messages(&fixture, &selection);
    }
}

#[rstest]
#[case::default("")]
#[case::as_tests("--profile test")]
#[case::for_a_target("--target HOST")]
fn chain_of_checked_units(#[case] selection: &str) {
    let fixture = Fixture::new(CHAIN);
    let selection = format!("check -j1 --message-format json {selection}");
    let messages = check_messages(&fixture, &selection);
    assert!(messages.iter().any(|message| message.contains(".rmeta")));
    let again = check_messages(&fixture, &selection);
    assert!(again.iter().any(|message| message.contains("\"fresh\":true")));
}

#[rstest]
#[case::release("--release")]
#[case::own_profile("--profile mine")]
#[case::for_a_target("--target HOST")]
#[case::verbose("-v")]
#[case::quiet("-q")]
#[case::colors("--color always")]
fn with_other_flags(#[case] selection: &str) {
    let fixture = Fixture::new(CHAIN);
    check_messages(&fixture, &format!("-j1 --message-format json {selection}"));
}

#[test]
fn every_kind_of_target() {
    let fixture = Fixture::new(
        r#"
//- /Cargo.toml
[package]
name = "app"
edition = "2021"
[features]
extra = []
[lib]
crate-type = ["rlib", "cdylib", "staticlib"]
[[bin]]
name = "one"
required-features = ["extra"]
[[example]]
name = "plugin"
crate-type = ["cdylib"]
[dependencies]
mac = { path = "mac" }
//- /mac/Cargo.toml
[package]
name = "mac"
[lib]
proc-macro = true
//- /mac/src/lib.rs /src/lib.rs /examples/plugin.rs
//- /src/bin/one.rs /benches/four.rs
fn main() {}
//- /tests/three.rs
"#,
    );
    check_messages(&fixture, "-j1 --message-format json --features extra --all-targets -q");
    check_messages(&fixture, "-j1 --message-format json --features extra --all-targets -q");
    check_messages(&fixture, "check -j1 --message-format json --features extra --all-targets -q");
}

#[rstest]
#[case::json("json")]
#[case::render("json-render-diagnostics")]
#[case::short("json-diagnostic-short")]
fn error_in_a_library(#[case] format: &str) {
    let fixture = Fixture::new(CHAIN);
    fixture.write("lib/src/lib.rs", "pub fn f() { let a = 1; missing(); }\n");
    let messages = check_messages(&fixture, &format!("-j1 --message-format {format}"));
    assert!(messages.iter().any(|message| message.contains("\"success\":false")));
    check_messages(&fixture, &format!("check -j1 --message-format {format}"));
}
