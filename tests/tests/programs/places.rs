//! Artifacts made at two places are the same, byte for byte.

use std::collections::BTreeMap;

use atlas_tests::build::build;
use atlas_tests::environment;
use atlas_tests::fixture::Fixture;
use atlas_tests::published::pin;
use atlas_tests::selection::Selection;
use camino::Utf8Path;

/// Packages whose build scripts write files that the crate includes: their names get into metadata
/// and debug information.
const GENERATED: &str = r##"
//- /Cargo.toml
[package]
name = "app"
edition = "2024"
[dependencies]
libm = "0.2"
serde = { version = "1", features = ["derive"] }
serde_json = "1"
thiserror = "2"
//- /src/main.rs
#[derive(serde::Serialize, thiserror::Error, Debug)]
#[error("{0}")]
struct Broken(f64);

fn main() {
    println!("{} {}", serde_json::to_string(&Broken(1.5)).unwrap(), Broken(libm::sqrt(4.0)));
}
"##;

/// Builds a workspace in a new directory and returns the files that are published for dependents.
fn published(selection: &str) -> BTreeMap<String, Vec<u8>> {
    let fixture = Fixture::new(GENERATED);
    pin(&fixture, "generated");
    let selection = Selection::new(selection);
    let build = build(&environment::atlas_binary(), &fixture, &selection, "target");
    assert!(build.outcome.success(), "{}", build.outcome.stderr);
    let deps = build.target.join("atlas/debug/deps");
    let entries = deps.read_dir_utf8().expect("something is published");
    let file = |entry: camino::Utf8DirEntry| {
        let bytes = fs_err::read(entry.path()).expect("it is readable");
        (entry.file_name().to_owned(), bytes)
    };
    entries.map(|entry| file(entry.expect("it can be listed"))).collect()
}

fn is_library(name: &str) -> bool {
    matches!(Utf8Path::new(name).extension(), Some("rlib" | "rmeta" | "so" | "dylib" | "dll"))
}

#[test]
fn libraries_of_others_are_the_same_at_two_places() {
    let (first, second) = (published(""), published(""));
    let names = |files: &BTreeMap<String, Vec<u8>>| -> Vec<String> {
        files.keys().filter(|name| is_library(name)).cloned().collect()
    };
    assert_eq!(names(&first), names(&second));
    assert!(names(&first).iter().any(|name| name.starts_with("libserde_core-")));
    let differ: Vec<String> =
        names(&first).into_iter().filter(|name| first[name] != second[name]).collect();
    assert!(differ.is_empty(), "differ: {differ:?}");
}
