//! A small workspace with a result of each kind, and what holds of it and of its store after a fault.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use atlas_tests::environment;
use atlas_tests::process::{Command, Outcome};
use atlas_tests::stored::{HERE, Place, Stored};
use camino::{Utf8Path, Utf8PathBuf};

use crate::NONE;

/// `app` uses `mac`, a macro, `lib`, whose build script writes a source file, and `foreign`, a package
/// of a registry.
const WORKSPACE: &str = r#"
//- /Cargo.toml
[package]
name = "app"
edition = "2021"
[dependencies]
foreign = "1"
lib = { path = "lib" }
mac = { path = "mac" }
[workspace]
//- /src/main.rs
fn main() { println!("{} {} {}", lib::GENERATED, mac::two!(), foreign::three()) }
//- /lib/Cargo.toml
[package]
name = "lib"
edition = "2021"
//- /lib/build.rs
fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let out = std::path::PathBuf::from(std::env::var_os("OUT_DIR").unwrap());
    std::fs::write(out.join("generated.rs"), "pub const GENERATED: u32 = 1;").unwrap();
}
//- /lib/src/lib.rs
include!(concat!(env!("OUT_DIR"), "/generated.rs"));
//- /mac/Cargo.toml
[package]
name = "mac"
edition = "2021"
[lib]
proc-macro = true
//- /mac/src/lib.rs
#[proc_macro]
pub fn two(_: proc_macro::TokenStream) -> proc_macro::TokenStream { "2".parse().unwrap() }
//- /../vendor/foreign/.cargo-checksum.json
{"files":{}}
//- /../vendor/foreign/Cargo.toml
[package]
name = "foreign"
version = "1.0.0"
edition = "2021"
//- /../vendor/foreign/src/lib.rs
pub fn three() -> u32 { 3 }
//- /../none/Cargo.toml
[package]
name = "none"
edition = "2021"
[workspace]
//- /../none/src/lib.rs
"#;

/// All units.
pub(crate) const ALL: &[&str] =
    &["app/bin", "foreign/lib", "lib/build-script", "lib/lib", "lib/run-build-script", "mac/lib"];

/// What the program prints.
const PRINTED: &str = "1 2 3\n";

/// Another target directory of the workspace.
pub(crate) const THERE: Place<'static> = Place { target: "there", ..HERE };

/// Without incremental compilation: the same sources make the same bytes.
pub(crate) const PLAIN: &str = "CARGO_INCREMENTAL=0";

/// Writes the workspace.
pub(crate) fn small() -> Stored {
    let stored = Stored::new(WORKSPACE);
    stored.vendor("ws");
    stored
}

/// Returns a command of atlas, such as `cache verify`, seen from a workspace.
pub(crate) fn atlas(stored: &Stored, workspace: &str, line: &str) -> Command {
    let words: Vec<&str> = line.split(' ').collect();
    Command::new(&environment::atlas_binary())
        .cwd(&stored.beside(workspace))
        .env("ATLAS_STORE", stored.store().as_str())
        .env("CARGO_NET_OFFLINE", "true")
        .env("CARGO_TERM_COLOR", "never")
        .args(&words)
}

/// Says whether the store is whole.
pub(crate) fn verified(stored: &Stored, line: &str) -> Outcome {
    atlas(stored, "ws", line).run()
}

#[track_caller]
pub(crate) fn expect_whole(stored: &Stored, at: &str) {
    let outcome = verified(stored, "cache verify");
    assert_eq!(outcome.code, Some(0), "{at}: {}", outcome.stderr);
}

/// Checks that the program does what it should.
#[track_caller]
pub(crate) fn expect_right(stored: &Stored, place: Place<'_>, at: &str) {
    assert_eq!(stored.prints(place, "debug/app"), PRINTED, "{at}");
}

/// Returns what a build without a store makes in the first target directory, which is gone afterwards.
pub(crate) fn clean(stored: &Stored) -> BTreeMap<String, Vec<u8>> {
    let command = stored.command(HERE, &format!("ATLAS_STORE=off {PLAIN}"));
    drop(command.run().expect_success("a build without a store"));
    let made = stored.made(HERE.target);
    stored.remove_directory(HERE.target);
    made
}

/// Removes directories beside the store that may be there.
pub(crate) fn forget(stored: &Stored, names: &[&str]) {
    for name in names {
        drop(fs_err::remove_dir_all(stored.beside(name)));
    }
}

/// Returns the warnings of a build that speak of the store.
pub(crate) fn warnings(outcome: &Outcome) -> Vec<&str> {
    atlas_tests::repeated::warnings(outcome)
}

/// Builds here and in another directory. All is right and as a build without a store makes it, the
/// store is whole, and nothing is left to do.
#[track_caller]
pub(crate) fn expect_recovery(stored: &Stored, clean: &BTreeMap<String, Vec<u8>>, at: &str) {
    stored.build(HERE, PLAIN);
    expect_right(stored, HERE, at);
    let made = stored.made(HERE.target);
    // What the next edit is compared with may be of an earlier compile.
    let is_made = |name: &&String| !name.contains("/interfaces/");
    let differ: Vec<&String> =
        clean.keys().filter(is_made).filter(|name| made.get(*name) != clean.get(*name)).collect();
    assert!(differ.is_empty(), "{at}: {differ:?}");
    // Of a compiler that was killed, files may be left in the directory of the unit; and a directory that
    // had no name yet, which collection removes.
    let is_left = |name: &String| name.contains("/unit/") || is_unnamed(name);
    let strange: Vec<&String> =
        made.keys().filter(|name| !clean.contains_key(*name) && !is_left(name)).collect();
    assert!(strange.is_empty(), "{at}: {strange:?}");
    expect_whole(stored, at);
    stored.build(THERE, PLAIN);
    expect_right(stored, THERE, at);
    for place in [HERE, THERE] {
        crate::expect(stored, (place, PLAIN), NONE, NONE);
    }
    expect_whole(stored, at);
}

/// Returns whether a path is that of atlas's part of a target directory before it has its name, or of
/// something in it.
fn is_unnamed(path: &str) -> bool {
    let first = path.split('/').next().unwrap_or_default();
    first.strip_prefix("atlas").is_some_and(|letters| letters.len() == 6)
}

/// Checks that collection leaves nothing of a store whose workspace is gone.
#[track_caller]
pub(crate) fn expect_no_leftovers(stored: &Stored, at: &str) {
    stored.move_directory("ws", "gone");
    for file in files(&stored.store()) {
        // Files without a name are left alone while somebody may be writing them.
        age(&file, Duration::from_secs(3 * 24 * 60 * 60));
    }
    for directory in directories(&stored.store().join("v1/hints")) {
        age(&directory, Duration::from_secs(3 * 24 * 60 * 60));
    }
    let collection = atlas(stored, "none", "clean --gc --max-age 0s --max-size 0").run();
    drop(collection.expect_success("a collection"));
    stored.move_directory("gone", "ws");
    let left: Vec<String> = files(&stored.store())
        .iter()
        .map(|path| path.strip_prefix(stored.store()).expect("it is below").to_string())
        .collect();
    let fixed = ["CACHEDIR.TAG", "v1/counts", "v1/due", "v1/format", "v1/lock", "v1/notes-lock"];
    let left: Vec<&String> = left.iter().filter(|path| !fixed.contains(&path.as_str())).collect();
    assert!(left.is_empty(), "{at}: {left:?}");
}

/// Makes a file or a directory look as if it had been made long ago.
pub(crate) fn age(path: &Utf8Path, age: Duration) {
    let file = fs_err::File::open(path).unwrap_or_else(|error| panic!("{error}"));
    file.file().set_modified(SystemTime::now() - age).expect("the owner may set it");
}

/// Returns all files below a directory, sorted.
pub(crate) fn files(top: &Utf8Path) -> Vec<Utf8PathBuf> {
    entries(top, false)
}

/// Returns all directories below a directory, sorted.
pub(crate) fn directories(top: &Utf8Path) -> Vec<Utf8PathBuf> {
    entries(top, true)
}

fn entries(top: &Utf8Path, wants_directories: bool) -> Vec<Utf8PathBuf> {
    let (mut found, mut waiting) = (Vec::new(), vec![top.to_owned()]);
    while let Some(directory) = waiting.pop() {
        for entry in directory.read_dir_utf8().into_iter().flatten().flatten() {
            let is_directory = entry.file_type().is_ok_and(|kind| kind.is_dir());
            if is_directory {
                waiting.push(entry.path().to_owned());
            }
            if is_directory == wants_directories {
                found.push(entry.into_path());
            }
        }
    }
    found.sort();
    found
}
