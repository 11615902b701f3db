//! Places for outputs that cannot be written to. Permissions do not stop the superuser: a file in
//! place of a directory, and the other way round, stops everybody.

use atlas_tests::build::build;
use atlas_tests::environment;
use atlas_tests::fixture::Fixture;
use atlas_tests::selection::Selection;
use camino::Utf8Path;
use rstest::rstest;

use crate::{check_meaning, check_own};

const PROGRAM: &str = "//- /Cargo.toml\n[package]\nname = \"app\"\nversion = \"0.1.0\"\n\
     edition = \"2021\"\n//- /src/main.rs\nfn main() {}\n";

#[test]
fn target_directory_is_a_file() {
    let fixture = Fixture::new(PROGRAM);
    fixture.write("occupied", "");
    let target = fixture.root().join("occupied");
    for selection in ["--target-dir occupied", "--target-dir occupied/inner"] {
        let expected = [target.as_str(), "directory", "help: ", "`--target-dir`"];
        check_meaning(&fixture, selection, &expected);
    }
}

/// What lies in the way is named, and the build goes on once it is gone.
#[rstest]
#[case::profile("debug")]
#[case::own_directory("atlas")]
#[case::published("atlas/debug/deps")]
#[case::units("atlas/debug/unit")]
#[case::journals("atlas/debug/journals")]
fn file_in_the_way(#[case] path: &str) {
    let fixture = Fixture::new(PROGRAM);
    let file = fixture.beside("atlas").join(path);
    put(&file);
    check_own(&fixture, "", &[file.as_str(), "help: outputs go to the target directory"]);
    fs_err::remove_file(&file).unwrap();
    succeed(&fixture);
}

#[test]
fn directory_in_the_way() {
    let fixture = Fixture::new(PROGRAM);
    let directory = fixture.beside("atlas").join("atlas/debug/moment");
    put(&directory.join("x"));
    check_own(&fixture, "", &[directory.as_str(), "help: outputs go to the target directory"]);
    fs_err::remove_dir_all(&directory).unwrap();
    succeed(&fixture);
}

/// A directory of the user's is never removed to make place for a program.
#[test]
fn directory_in_place_of_the_program() {
    let fixture = Fixture::new(PROGRAM);
    for target in ["cargo", "atlas"] {
        put(&fixture.beside(target).join("debug/app/precious"));
    }
    let directory = fixture.beside("atlas").join("debug/app");
    check_meaning(&fixture, "", &[directory.as_str(), "directory"]);
    assert!(directory.join("precious").exists());
    let left: Vec<_> = fixture.beside("atlas").join("debug").read_dir_utf8().unwrap().collect();
    let is_temporary = |name: &str| name.starts_with(".app");
    assert!(!left.iter().flatten().any(|entry| is_temporary(entry.file_name())));
    fs_err::remove_dir_all(&directory).unwrap();
    succeed(&fixture);
}

/// Where what happens is written down there is a file: nothing is built that would be forgotten, and
/// what is in the way is named.
#[test]
fn journal_cannot_be_written() {
    let fixture = Fixture::new(PROGRAM);
    succeed(&fixture);
    let path = fixture.beside("atlas").join("atlas/debug/journals");
    put(&path);
    fixture.write("src/main.rs", "fn main() { println!(\"new\") }\n");
    check_own(&fixture, "", &[path.as_str(), "help: outputs go to the target directory"]);
    fs_err::remove_file(&path).unwrap();
    assert!(succeed(&fixture).contains("Compiling app"));
    assert!(!succeed(&fixture).contains("Compiling app"));
}

/// The state cannot be replaced: the build is right, and says why the next one has more to do.
#[test]
fn state_cannot_be_written() {
    let fixture = Fixture::new(PROGRAM);
    succeed(&fixture);
    let path = fixture.beside("atlas").join("atlas/state.bin");
    fs_err::remove_file(&path).unwrap();
    put(&path.join("x"));
    fixture.write("src/main.rs", "fn main() { println!(\"new\") }\n");
    let said = succeed(&fixture);
    assert!(said.contains("Compiling app") && said.contains(path.as_str()), "{said}");
    fs_err::remove_dir_all(&path).unwrap();
    succeed(&fixture);
    assert!(!succeed(&fixture).contains("Compiling app"));
}

/// Makes an empty file, and the directories above it.
fn put(path: &Utf8Path) {
    let parent = path.parent().expect("a file is in a directory");
    fs_err::create_dir_all(parent).expect("the fixture is writable");
    fs_err::write(path, "").expect("the fixture is writable");
}

/// Builds by atlas, runs the program and returns what atlas says.
#[track_caller]
fn succeed(fixture: &Fixture) -> String {
    let atlas = build(&environment::atlas_binary(), fixture, &Selection::new(""), "atlas");
    let outcome = atlas.outcome.expect_success("the build");
    let program = atlas_tests::process::Command::new(&atlas.target.join("debug/app"));
    let _ran = program.run().expect_success("the program");
    outcome.stderr
}

/// Messages that cannot be written are an error: a program that reads them must not take half of
/// them for all.
#[test]
#[cfg(target_os = "linux")]
fn standard_output_is_full() {
    let fixture = Fixture::new(PROGRAM);
    let selection = Selection::new("--message-format json");
    let target = fixture.beside("atlas");
    let binary = environment::atlas_binary();
    let command = atlas_tests::build::command(&binary, &fixture, &selection, &target);
    let outcome = command.stdout_to("/dev/full".into()).run();
    assert_eq!(outcome.code, Some(101));
    assert!(outcome.stderr.contains("error: failed to write to standard output"));
    assert!(outcome.stderr.contains("No space left on device"), "{}", outcome.stderr);
}
