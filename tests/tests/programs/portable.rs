//! `portable`: artifacts hold no path of the machine, and people see the same messages as without.

use std::collections::BTreeMap;

use atlas_tests::build::{Build, build};
use atlas_tests::environment;
use atlas_tests::fixture::Fixture;
use atlas_tests::process::Command;
use atlas_tests::published::pin;
use atlas_tests::selection::Selection;
use atlas_tests::spoken;
use camino::{Utf8Path, Utf8PathBuf};

/// One of everything that brings paths into artifacts. `lib`, `app` and `outside` have warnings in
/// sources and in generated code.
const WORKSPACE: &str = r##"
//- /Cargo.toml
[package]
name = "app"
edition = "2024"
[dependencies]
outside = { path = "../outside" }
mac = { path = "mac" }
serde = { version = "1", features = ["derive"] }
[workspace]
//- /build.rs /../outside/build.rs
fn main() {
    let out = std::path::PathBuf::from(std::env::var_os("OUT_DIR").unwrap());
    let text = "pub fn generated(n: u32) { let unused = 1; if n > 2 { panic!(\"{n}\") } }";
    std::fs::write(out.join("generated.rs"), text).unwrap();
    println!("cargo::rerun-if-changed=build.rs");
}
//- /src/lib.rs
include!(concat!(env!("OUT_DIR"), "/generated.rs"));
pub mod inner;
//- /src/inner.rs
#[derive(serde::Serialize)]
pub struct Point(pub u32);
pub fn checked(n: u32) -> u32 {
    let unused = 2;
    assert!(n < 3, "too big");
    mac::twice!(n)
}
#[test]
fn small_numbers_are_right() {
    assert_eq!(checked(2), 4);
}
//- /src/main.rs
fn main() {
    let unused = 3;
    outside::generated(1);
    app::generated(1);
    println!("{} {}", app::inner::checked(1), outside::place());
}
//- /tests/it.rs
#[test]
fn integration() {
    assert_eq!(app::inner::checked(1), 2);
}
//- /mac/Cargo.toml
[package]
name = "mac"
edition = "2024"
[lib]
proc-macro = true
//- /mac/src/lib.rs
#[proc_macro]
pub fn twice(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    format!("({input}) * 2").parse().unwrap()
}
//- /../outside/Cargo.toml
[package]
name = "outside"
version = "1.2.3"
edition = "2024"
//- /../outside/src/lib.rs
include!(concat!(env!("OUT_DIR"), "/generated.rs"));
pub fn place() -> &'static str {
    let unused = 4;
    file!()
}
"##;

/// Without rustc's incremental state: with it rustc gives objects in libraries names that differ
/// from run to run.
const PORTABLE: &str = "ATLAS_PORTABLE=true ATLAS_CACHE=whole --lib --bins --tests";

fn workspace() -> Fixture {
    let fixture = Fixture::new(WORKSPACE);
    pin(&fixture, "portable");
    fixture
}

/// Builds in a target directory given relative to the workspace.
#[track_caller]
fn built(fixture: &Fixture, selection: &str, target: &str) -> Build {
    let built = build(&environment::atlas_binary(), fixture, &Selection::new(selection), target);
    assert!(built.outcome.success(), "{}", built.outcome.stderr);
    built
}

/// Returns what rustc made: libraries, metadata, plugins and programs.
fn made(build: &Build) -> BTreeMap<String, Vec<u8>> {
    let mut made = BTreeMap::new();
    let deps = build.target.join("atlas/debug/deps");
    for entry in deps.read_dir_utf8().expect("something is published") {
        let entry = entry.expect("it can be listed");
        let is_made = !matches!(entry.path().extension(), Some("d"));
        if is_made && entry.file_type().is_ok_and(|kind| kind.is_file()) {
            made.insert(
                entry.file_name().to_owned(),
                fs_err::read(entry.path()).expect("readable"),
            );
        }
    }
    made
}

fn cargo_home() -> Utf8PathBuf {
    match environment::text("CARGO_HOME") {
        home if home.is_empty() => Utf8Path::new(&environment::text("HOME")).join(".cargo"),
        home => home.into(),
    }
}

fn holds(bytes: &[u8], path: &Utf8Path) -> bool {
    bytes.windows(path.as_str().len()).any(|window| window == path.as_str().as_bytes())
}

/// Expects neither the directory around the workspace nor cargo's home in any file.
#[track_caller]
fn check_names_no_place(fixture: &Fixture, made: &BTreeMap<String, Vec<u8>>) {
    let around = fixture.root().parent().expect("it is in a directory");
    for (name, bytes) in made {
        for path in [around, &cargo_home()] {
            assert!(!holds(bytes, path), "{path} is in {name}");
        }
    }
}

#[test]
fn artifacts_are_the_same_at_two_places_and_name_neither() {
    let (first, second) = (workspace(), workspace());
    let inside = built(&first, PORTABLE, "ws/target");
    let outside = built(&second, PORTABLE, "elsewhere/out");
    let (one, other) = (made(&inside), made(&outside));
    let names = |files: &BTreeMap<String, Vec<u8>>| files.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&one), names(&other));
    let differ: Vec<&String> = one.keys().filter(|name| one[*name] != other[*name]).collect();
    assert!(differ.is_empty(), "differ: {differ:?}");
    check_names_no_place(&first, &one);
    let run = Command::new(&inside.target.join("debug/app")).run().expect_success("app");
    assert_eq!(run.stdout, "2 /path/outside-1.2.3/src/lib.rs\n");
}

#[test]
fn messages_are_those_of_a_build_that_is_not_portable() {
    let fixture = workspace();
    let said = |variables: &str| {
        let selection = format!("{variables} --message-format=json --lib --bins --tests");
        let mut messages = spoken::messages(&built(&fixture, &selection, "target"));
        messages.retain(|message| message.contains("compiler-message"));
        messages
    };
    let plain = said("");
    assert!(plain.iter().any(|line| line.contains("/generated.rs")), "{plain:#?}");
    assert!(plain.iter().any(|line| line.contains("/outside/src/lib.rs")), "{plain:#?}");
    assert_eq!(said("ATLAS_PORTABLE=true"), plain);
}

/// Wrong calls of everything that is declared in files with other names.
#[test]
fn errors_are_those_of_a_build_that_is_not_portable() {
    let fixture = workspace();
    let main = "fn main() { app::generated(); outside::generated(\"\"); outside::place(1);
        app::inner::checked(\"\"); serde::Serialize::serialize(&1, 2); let x: NoSuch; }\n";
    fixture.write("src/main.rs", main);
    let said = |selection: &str| {
        let selection = Selection::new(selection);
        let build = build(&environment::atlas_binary(), &fixture, &selection, "target");
        assert!(!build.outcome.success());
        spoken::stderr(&build)
    };
    assert_eq!(said("ATLAS_PORTABLE=true -q"), said("-q"));
}

#[test]
fn edits_reach_programs_and_the_setting_rebuilds() {
    let fixture = workspace();
    let selection = "ATLAS_PORTABLE=true -v";
    built(&fixture, selection, "target");
    let again = built(&fixture, selection, "target");
    assert!(!again.outcome.stderr.contains("Running"), "{}", again.outcome.stderr);
    fixture.replace("src/inner.rs", "mac::twice!(n)", "mac::twice!(n + 1)");
    let after = built(&fixture, selection, "target");
    let run = Command::new(&after.target.join("debug/app")).run().expect_success("app");
    assert_eq!(run.stdout, "4 /path/outside-1.2.3/src/lib.rs\n");
    let fresh = made(&built(&fixture, selection, "new"));
    let incremental = made(&after);
    check_names_no_place(&fixture, &incremental);
    let is_library = |name: &&String| name.ends_with(".rmeta");
    let differ = incremental.keys().filter(is_library).filter(|it| incremental[*it] != fresh[*it]);
    assert_eq!(differ.count(), 0, "metadata depends on what was built before");
    let plain = built(&fixture, "-v", "target");
    assert!(plain.outcome.stderr.contains("Running"), "{}", plain.outcome.stderr);
    let run = Command::new(&plain.target.join("debug/app")).run().expect_success("app");
    assert!(run.stdout.starts_with("4 /"), "{}", run.stdout);
    assert!(!run.stdout.contains("/path/"), "{}", run.stdout);
}
