//! Programs built by both do the same, and lie where cargo puts them.

use atlas_tests::build::{Build, build};
use atlas_tests::environment;
use atlas_tests::fixture::Fixture;
use atlas_tests::process::{Command, Outcome};
use atlas_tests::published::{Case, Extent};
use atlas_tests::selection::Selection;
use rstest::rstest;

/// Builds by both, compares the files in `dir`, and what `program` prints for `args`.
#[track_caller]
fn check(fixture: &Fixture, selection: &str, dir: &str, program: &str, args: &[&str]) {
    let selection = Selection::new(selection);
    let cargo = build(&environment::cargo(), fixture, &selection, "cargo");
    assert!(cargo.outcome.success(), "cargo fails on {selection}\n{}", cargo.outcome.stderr);
    let atlas = build(&environment::atlas_binary(), fixture, &selection, "atlas");
    assert!(atlas.outcome.success(), "atlas fails on {selection}\n{}", atlas.outcome.stderr);
    assert_eq!(atlas.artifacts(dir), cargo.artifacts(dir), "files in {dir}, atlas's and cargo's");
    let run = |build: &Build| -> Outcome {
        Command::new(&build.target.join(dir).join(program)).args(args).cwd(fixture.root()).run()
    };
    let (expected, actual) = (run(&cargo), run(&atlas));
    assert_eq!(actual.code, expected.code, "exit code");
    assert_eq!(actual.stdout, expected.stdout, "standard output");
    assert_eq!(actual.stderr, expected.stderr, "standard error");
}

const WORKSPACE: &str = r##"
//- /Cargo.toml
[package]
name = "app"
version = "4.5.6"
edition = "2021"
[features]
loud = ["lib/loud"]
[dependencies]
lib = { path = "lib" }
mac = { path = "mac" }
[lib]
name = "app_lib"
crate-type = ["rlib", "cdylib"]
[workspace]
//- /build.rs
fn main() {
    println!("cargo::rustc-env=SAID={}-{}", std::env::var("PROFILE").unwrap(), std::env::var("OPT_LEVEL").unwrap());
    let out = std::path::PathBuf::from(std::env::var_os("OUT_DIR").unwrap());
    std::fs::write(out.join("generated.rs"), "pub const GENERATED: u32 = 42;").unwrap();
}
//- /src/lib.rs
include!(concat!(env!("OUT_DIR"), "/generated.rs"));
//- /src/main.rs
fn main() {
    println!("{} {} {}", env!("CARGO_PKG_VERSION"), env!("SAID"), app_lib::GENERATED);
    println!("{} {} {}", lib::greeting(), mac::answer!(), cfg!(debug_assertions));
    std::process::exit(if cfg!(feature = "loud") { 3 } else { 0 });
}
//- /lib/Cargo.toml
[package]
name = "lib"
edition = "2021"
[features]
loud = []
//- /lib/src/lib.rs
pub fn greeting() -> &'static str {
    if cfg!(feature = "loud") { "HELLO" } else { "hello" }
}
//- /mac/Cargo.toml
[package]
name = "mac"
edition = "2021"
[lib]
proc-macro = true
//- /mac/src/lib.rs
extern crate proc_macro;
#[proc_macro]
pub fn answer(_: proc_macro::TokenStream) -> proc_macro::TokenStream {
    "7 * 6".parse().unwrap()
}
"##;

#[rstest]
#[case::debug("", "debug")]
#[case::release("--release", "release")]
#[case::features("--features loud", "debug")]
#[case::own_profile("--config profile.mine.inherits=\"dev\" --profile mine", "mine")]
fn fixture(#[case] selection: &str, #[case] dir: &str) {
    check(&Fixture::new(WORKSPACE), selection, dir, "app", &[]);
}

#[test]
fn fixture_for_a_target() {
    let dir = format!("{}/debug", environment::host());
    check(&Fixture::new(WORKSPACE), "--target HOST", &dir, "app", &[]);
}

#[rstest]
#[case::ripgrep("ripgrep", &["ripgrep@15.2.0"], "rg", &["--count", "a", "Cargo.toml"])]
#[case::fd("fd-find", &["fd-find@10.5.0"], "fd", &["--max-depth", "1", "Cargo"])]
#[case::hyperfine("hyperfine", &["hyperfine@1.20.0"], "hyperfine", &["--version"])]
#[case::sd("sd", &["sd@1.0.0"], "sd", &["--preview", "name", "x", "Cargo.toml"])]
#[case::zoxide("zoxide", &["zoxide@0.10.0"], "zoxide", &["init", "bash"])]
#[case::just("just", &["just@1.59.0"], "just", &["--help"])]
fn published_in_a_sweep(
    #[case] name: &'static str,
    #[case] packages: &'static [&'static str],
    #[case] program: &str,
    #[case] args: &[&str],
) {
    if environment::switch("ATLAS_SWEEP") {
        let fixture = Case { name, packages, extent: Extent::All }.assemble();
        check(&fixture, "", "debug", program, args);
    }
}
