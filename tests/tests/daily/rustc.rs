//! `rustc`: arguments and crate types reach the one target that was asked for.

use atlas_tests::fixture::Fixture;
use atlas_tests::results;
use rstest::rstest;

use crate::{atlas, both, check, compiled};

const WORKSPACE: &str = r#"
//- /Cargo.toml
[package]
name = "app"
edition = "2021"
[dependencies]
dep = { path = "dep" }
[workspace]
members = ["dep"]
//- /src/lib.rs
pub fn f() -> bool { let unused = dep::is_set(); cfg!(set) }
//- /src/main.rs
fn main() { println!("{} {}", cfg!(set), dep::is_set()); }
#[test] fn t() {}
//- /examples/e.rs
fn main() {}
//- /dep/Cargo.toml
[package]
name = "dep"
edition = "2021"
//- /dep/src/lib.rs
pub fn is_set() -> bool { cfg!(set) }
"#;

#[rstest]
#[case::plain("rustc")]
#[case::lib("rustc --lib -- --cfg set -A unexpected_cfgs")]
#[case::bin("rustc --bin app -- --cfg set -A unexpected_cfgs")]
#[case::several("rustc -- --cfg set")]
#[case::wrong_argument("rustc --lib -- --no-such-flag")]
#[case::printing("rustc --lib -- --print crate-name")]
#[case::package("rustc -p dep -- --cap-lints allow")]
#[case::crate_type("rustc --lib --crate-type cdylib")]
#[case::crate_type_of_a_binary("rustc --bin app --crate-type lib")]
#[case::one_test("rustc --bin app --profile test")]
#[case::check("rustc --bin app --profile check")]
#[case::release("rustc --release --lib -- -C debuginfo=1")]
#[case::pattern("rustc -p 'd*'")]
#[case::print("rustc --print cfg")]
fn same(#[case] line: &str) {
    let line = line.replacen("rustc", "rustc -j1", 1);
    let line = line.replace("-j1 --print", "--print");
    let fixture = Fixture::new(WORKSPACE);
    if line.contains("--print cfg") {
        // Handed over, which is told.
        let [cargo, atlas] = both(&fixture, &line);
        assert_eq!(atlas.outcome.code, cargo.outcome.code);
        return;
    }
    check(&fixture, &line);
}

#[test]
fn results_are_where_cargo_puts_them() {
    let fixture = Fixture::new(WORKSPACE);
    let [cargo, atlas] = both(&fixture, "rustc --lib --crate-type cdylib,staticlib,rlib");
    assert_eq!(atlas.outcome.code, Some(0), "{}", atlas.outcome.stderr);
    assert_eq!(results::files(&atlas, "debug"), results::files(&cargo, "debug"));
}

/// Each set of arguments has results of its own: going back compiles nothing.
#[test]
fn arguments_are_for_the_target_only() {
    let fixture = Fixture::new(WORKSPACE);
    let line = "rustc -v --bin app -- --cfg set -A unexpected_cfgs";
    assert_eq!(compiled(&atlas(&fixture, line)), ["dep", "app", "app"]);
    assert_eq!(compiled(&atlas(&fixture, line)), [""; 0]);
    assert_eq!(compiled(&atlas(&fixture, "-v")), ["app"]);
    let run = atlas(&fixture, "run -q");
    assert_eq!(run.outcome.stdout, "false false\n");
    atlas(&fixture, line);
    assert_eq!(compiled(&atlas(&fixture, line)), [""; 0]);
    let program = fixture.beside("atlas").join("debug/app");
    let said = atlas_tests::process::Command::new(&program).cwd(fixture.root()).run();
    assert_eq!(said.stdout, "true false\n");
}
