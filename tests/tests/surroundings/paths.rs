//! Names of directories and files, and the bytes that text files begin lines and themselves with.

use atlas_tests::environment;
use atlas_tests::fixture::Fixture;
use atlas_tests::process::Command;
use atlas_tests::selection::Selection;
use atlas_tests::spoken;
use camino::{Utf8Path, Utf8PathBuf};
use rstest::rstest;

use super::{PACKAGE, check, check_selection};

/// Moves all files of a workspace into a directory below.
fn moved(text: &str, directory: &str) -> Fixture {
    let below = text.replace("//- /", &format!("//- /{}/", directory.replace(' ', "%20")));
    Fixture::new(&below)
}

#[rstest]
#[case::blanks("a directory with blanks")]
#[case::letters("größe/日本")]
#[case::quotes("it's \"quoted\" $HOME `x` #1 %41")]
#[case::hyphen("-p")]
fn names_of_directories_may_be_anything(#[case] directory: &str) {
    let selection = Selection { dir: directory.into(), ..Selection::new("") };
    check_selection(&moved(PACKAGE, directory), &selection);
}

#[test]
fn paths_may_be_long() {
    let deep = vec!["d".repeat(200); 10].join("/");
    check(&moved(PACKAGE, &deep), &format!("in:{deep}"));
}

#[test]
fn packages_that_differ_in_case_only_are_two() {
    let text = r#"
//- /Cargo.toml
[workspace]
members = ["App", "app"]
resolver = "2"
//- /App/Cargo.toml
[package]
name = "App"
version = "0.1.0"
edition = "2021"
//- /app/Cargo.toml
[package]
name = "app"
version = "0.1.0"
edition = "2021"
[dependencies]
other = { path = "../App", package = "App" }
//- /App/src/lib.rs
#![allow(non_snake_case)]
pub fn f() {}
//- /app/src/main.rs
fn main() { other::f() }
"#;
    check(&Fixture::new(text), "");
}

#[cfg(unix)]
#[test]
fn checkouts_behind_links_are_where_they_are_said_to_be() {
    let fixture = moved(PACKAGE, "real");
    std::os::unix::fs::symlink("real", fixture.path("link")).expect("the fixture is writable");
    let said = check(&fixture, "--manifest-path link/Cargo.toml");
    assert!(said.contains("ws/link)"), "{said}");
}

#[cfg(unix)]
#[test]
fn sources_may_be_links() {
    let fixture = Fixture::new(PACKAGE);
    let (here, there) = (fixture.path("src"), fixture.beside("sources"));
    fs_err::rename(&here, &there).expect("the fixture is writable");
    std::os::unix::fs::symlink(&there, &here).expect("the fixture is writable");
    check(&fixture, "");
}

#[rstest]
#[case::carriage_returns(&|text: &str| text.replace('\n', "\r\n"))]
#[case::byte_order_mark(&|text: &str| format!("\u{feff}{text}"))]
fn text_files_may_come_from_other_systems(#[case] change: &dyn Fn(&str) -> String) {
    let fixture = Fixture::new(PACKAGE);
    for file in ["Cargo.toml", "build.rs", "src/main.rs"] {
        let text = fs_err::read_to_string(fixture.path(file)).expect("it is there");
        fixture.write(file, &change(&text));
    }
    check(&fixture, "");
}

#[cfg(target_os = "linux")]
fn latin(name: &[u8]) -> std::path::PathBuf {
    use std::os::unix::ffi::OsStrExt;
    std::ffi::OsStr::from_bytes(name).into()
}

#[cfg(target_os = "linux")]
#[test]
fn names_of_files_in_a_package_need_not_be_text() {
    let fixture = Fixture::new(PACKAGE);
    let directory = fixture.root().as_std_path().join(latin(b"d\xe9"));
    fs_err::create_dir(&directory).expect("the fixture is writable");
    fs_err::write(directory.join(latin(b"f\xe9")), "").expect("the fixture is writable");
    check(&fixture, "");
}

/// rustc takes no such argument, so that cargo fails; atlas has it do so.
#[cfg(target_os = "linux")]
#[test]
fn workspaces_whose_path_is_no_text_are_for_cargo() {
    let fixture = Fixture::new(PACKAGE);
    let directory = fixture.beside("x").as_std_path().with_file_name(latin(b"caf\xe9"));
    fs_err::rename(fixture.root(), &directory).expect("the fixture is writable");
    // The kit's paths are text: a shell goes there.
    let run = |program: &Utf8Path, atlas: &str| {
        let parent = fixture.beside("");
        let script = format!("cd caf* && '{program}' {atlas} build");
        Command::new(&Utf8PathBuf::from("/bin/sh")).cwd(&parent).args(&["-c", &script]).run()
    };
    let cargo = run(&environment::cargo(), "");
    let atlas = run(&environment::atlas_binary(), "atlas");
    assert_eq!((cargo.code, atlas.code), (Some(101), Some(101)));
    let note = "note: handing over to cargo: the path of the current directory is not UTF-8\n";
    let rest = atlas.stderr.strip_prefix(note).expect("it is said");
    // The compiler panics, in a thread with a number.
    let without_thread = |text: &str| -> String {
        let lines = text.lines().filter(|line| !line.starts_with("thread "));
        lines.map(|line| format!("{line}\n")).collect()
    };
    assert_eq!(spoken::difference(&without_thread(&cargo.stderr), &without_thread(rest)), None);
}
