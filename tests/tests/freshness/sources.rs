//! Edits of source files and manifests.

use atlas_tests::repeated::Repeated;
use rstest::rstest;

use super::{after, expect};

/// `app`, a program, uses `mid`, which uses `leaf`.
const CHAIN: &str = r#"
//- /Cargo.toml
[workspace]
members = ["app", "mid", "leaf"]
resolver = "2"
//- /leaf/Cargo.toml
[package]
name = "leaf"
version = "0.1.0"
edition = "2021"
description = "one"
//- /leaf/src/lib.rs
mod inner;
/// Documented.
pub fn leaf() -> String {
    format!("{} {}", inner::number(), include_str!("my text.txt").trim())
}
pub const BYTES: &[u8] = include_bytes!("bytes.bin");
//- /leaf/src/inner.rs
pub(crate) fn number() -> u32 {
    1
}
//- /leaf/src/my%20text.txt
text
//- /leaf/src/bytes.bin
12345
//- /leaf/src/bytes.txt
Nobody reads this.
//- /mid/Cargo.toml
[package]
name = "mid"
version = "0.1.0"
edition = "2021"
description = "one"
[dependencies]
leaf = { path = "../leaf" }
//- /mid/src/lib.rs
pub fn mid() -> String {
    format!("{} {} {}", leaf::leaf(), leaf::BYTES.len(), env!("CARGO_PKG_DESCRIPTION"))
}
//- /app/Cargo.toml
[package]
name = "app"
version = "0.1.0"
edition = "2021"
[dependencies]
mid = { path = "../mid" }
//- /app/src/main.rs
mod shared;
fn main() {
    println!("{} {}", mid::mid(), shared::name());
}
//- /app/src/shared.rs
pub fn name() -> &'static str {
    "shared"
}
//- /app/src/bin/second.rs
#[path = "../shared.rs"]
mod shared;
fn main() {
    println!("{}", shared::name());
}
"#;

const LEAF: &[&str] = &["leaf/lib"];
const BINS: &[&str] = &["app/bin", "app/bin:second"];
const ALL: &[&str] = &["leaf/lib", "mid/lib", "app/bin", "app/bin:second"];
/// What runs after an edit of which `mid` sees nothing: the library, and what links it.
const LEAF_AND_LINKS: &[&str] = &["leaf/lib", "app/bin", "app/bin:second"];
const ABOVE: &[&str] = &["mid/lib", "app/bin", "app/bin:second"];

#[rstest]
#[case::nothing(|_: &Repeated| (), &[], "1 text 6 one shared\n")]
#[case::touch(
    |w: &Repeated| w.fixture.set_modified("leaf/src/lib.rs", std::time::SystemTime::now()),
    &[],
    "1 text 6 one shared\n"
)]
#[case::written_again(
    |w: &Repeated| w.fixture.write("leaf/src/lib.rs", &w.fixture.read("leaf/src/lib.rs")),
    &[],
    "1 text 6 one shared\n"
)]
#[case::same_size(
    |w: &Repeated| w.fixture.replace("leaf/src/inner.rs", "1", "2"),
    LEAF_AND_LINKS,
    "2 text 6 one shared\n"
)]
#[case::modification_time_kept(edit_in_secret, LEAF_AND_LINKS, "2 text 6 one shared\n")]
#[case::replaced_by_a_file_of_the_same_size_and_time(
    replace_in_secret,
    LEAF_AND_LINKS,
    "2 text 6 one shared\n"
)]
#[case::older_than_before(edit_in_the_past, LEAF_AND_LINKS, "2 text 6 one shared\n")]
#[case::newer_than_now(edit_in_the_future, LEAF_AND_LINKS, "2 text 6 one shared\n")]
#[case::comment(
    |w: &Repeated| w.fixture.replace("app/src/main.rs", "fn main", "// comment\nfn main"),
    &["app/bin"],
    "1 text 6 one shared\n"
)]
#[case::included_text(
    |w: &Repeated| w.fixture.replace("leaf/src/my text.txt", "text", "TEXT"),
    ALL,
    "1 TEXT 6 one shared\n"
)]
#[case::included_bytes(
    |w: &Repeated| w.fixture.write("leaf/src/bytes.bin", "1"),
    ALL,
    "1 text 1 one shared\n"
)]
#[case::two_programs_share_a_module(
    |w: &Repeated| w.fixture.replace("app/src/shared.rs", "shared", "both"),
    BINS,
    "1 text 6 one both\n"
)]
#[case::new_module(add_module, ALL, "3 text 6 one shared\n")]
#[case::module_becomes_a_directory(move_module, ALL, "1 text 6 one shared\n")]
#[case::file_that_nobody_reads(
    |w: &Repeated| w.fixture.write("leaf/src/unused.rs", "nonsense"),
    &[],
    "1 text 6 one shared\n"
)]
#[case::file_that_nobody_reads_removed(
    |w: &Repeated| w.fixture.remove("leaf/src/bytes.txt"),
    &[],
    "1 text 6 one shared\n"
)]
#[case::module_renamed(
    |w: &Repeated| {
        w.fixture.rename("app/src/shared.rs", "app/src/common.rs");
        w.fixture.replace("app/src/main.rs", "shared", "common");
        w.fixture.replace("app/src/bin/second.rs", "shared", "common");
    },
    BINS,
    "1 text 6 one shared\n"
)]
#[case::new_program(
    |w: &Repeated| w.fixture.write("app/src/bin/third.rs", "fn main() {}"),
    &["app/bin:third"],
    "1 text 6 one shared\n"
)]
#[case::program_removed(
    |w: &Repeated| w.fixture.remove("app/src/bin/second.rs"),
    &[],
    "1 text 6 one shared\n"
)]
#[case::manifest_comment(
    |w: &Repeated| w.fixture.replace("leaf/Cargo.toml", "[package]", "# comment\n[package]"),
    &[],
    "1 text 6 one shared\n"
)]
#[case::description_that_nobody_reads(
    |w: &Repeated| w.fixture.replace("leaf/Cargo.toml", "\"one\"", "\"two\""),
    &[],
    "1 text 6 one shared\n"
)]
#[case::description_that_is_read(
    |w: &Repeated| w.fixture.replace("mid/Cargo.toml", "\"one\"", "\"two\""),
    ABOVE,
    "1 text 6 two shared\n"
)]
#[case::version(
    |w: &Repeated| w.fixture.replace("mid/Cargo.toml", "0.1.0", "0.2.0"),
    &["mid/lib", "app/bin", "app/bin:second"],
    "1 text 6 one shared\n"
)]
#[case::edition(
    |w: &Repeated| w.fixture.replace("leaf/Cargo.toml", "2021", "2018"),
    ALL,
    "1 text 6 one shared\n"
)]
#[case::lints(
    |w: &Repeated| w.fixture.write(
        "app/Cargo.toml",
        &(w.fixture.read("app/Cargo.toml") + "[lints.rust]\nunused = \"deny\"\n")
    ),
    BINS,
    "1 text 6 one shared\n"
)]
fn edit(#[case] change: impl Fn(&Repeated), #[case] expected: &[&str], #[case] output: &str) {
    let workspace = after(CHAIN, change, expected);
    assert_eq!(workspace.prints("debug/app"), output);
}

/// Changes a file and gives it the time that it had.
fn edit_in_secret(workspace: &Repeated) {
    let time = workspace.fixture.modified("leaf/src/inner.rs");
    workspace.fixture.replace("leaf/src/inner.rs", "1", "2");
    workspace.fixture.set_modified("leaf/src/inner.rs", time);
}

/// Puts a file in the place of another that has its size and its time.
fn replace_in_secret(workspace: &Repeated) {
    let fixture = &workspace.fixture;
    fixture.write("new.rs", &fixture.read("leaf/src/inner.rs").replace('1', "2"));
    fixture.set_modified("new.rs", fixture.modified("leaf/src/inner.rs"));
    fixture.rename("new.rs", "leaf/src/inner.rs");
}

fn edit_in_the_past(workspace: &Repeated) {
    workspace.fixture.replace("leaf/src/inner.rs", "1", "2");
    workspace.fixture.set_modified("leaf/src/inner.rs", std::time::SystemTime::UNIX_EPOCH);
}

fn edit_in_the_future(workspace: &Repeated) {
    let hour = std::time::Duration::from_secs(3600);
    workspace.fixture.replace("leaf/src/inner.rs", "1", "2");
    workspace.fixture.set_modified("leaf/src/inner.rs", std::time::SystemTime::now() + hour);
}

fn add_module(workspace: &Repeated) {
    workspace.fixture.write("leaf/src/inner/deep.rs", "pub(crate) const NUMBER: u32 = 3;\n");
    let inner = "mod deep;\npub(crate) fn number() -> u32 {\n    deep::NUMBER\n}\n";
    workspace.fixture.write("leaf/src/inner.rs", inner);
}

fn move_module(workspace: &Repeated) {
    let inner = workspace.fixture.read("leaf/src/inner.rs");
    workspace.fixture.write("leaf/src/inner/mod.rs", &inner);
    workspace.fixture.remove("leaf/src/inner.rs");
}

#[test]
fn edit_and_back_without_a_build_between_is_no_change() {
    let workspace = Repeated::new(CHAIN);
    expect(&workspace, "", ALL);
    let text = workspace.fixture.read("leaf/src/inner.rs");
    workspace.fixture.write("leaf/src/inner.rs", "pub(crate) fn number() -> u32 { 5 }");
    workspace.fixture.write("leaf/src/inner.rs", &text);
    expect(&workspace, "", &[]);
}

#[test]
fn edits_in_quick_succession_are_all_seen() {
    let workspace = Repeated::new(CHAIN);
    expect(&workspace, "", ALL);
    for number in ["2", "3", "4"] {
        workspace.fixture.write("leaf/src/inner.rs", "");
        let inner = format!("pub(crate) fn number() -> u32 {{\n    {number}\n}}\n");
        workspace.fixture.write("leaf/src/inner.rs", &inner);
        expect(&workspace, "", LEAF_AND_LINKS);
        assert_eq!(workspace.prints("debug/app"), format!("{number} text 6 one shared\n"));
    }
}

#[test]
fn second_file_of_a_module_is_refused_as_in_a_clean_build() {
    let workspace = Repeated::new(CHAIN);
    expect(&workspace, "", ALL);
    workspace.fixture.write("leaf/src/inner/mod.rs", "pub(crate) fn number() -> u32 { 9 }");
    // FIXME: cargo says the same as long as nothing else is edited; a clean build fails.
    expect(&workspace, "", &[]);
}

#[cfg(unix)]
#[rstest]
#[case::other_target(|w: &Repeated| relink(w, "other.rs"), LEAF_AND_LINKS)]
#[case::same_bytes(|w: &Repeated| relink(w, "same.rs"), &[])]
#[case::edited_at_its_place(|w: &Repeated| w.fixture.replace("real.rs", "1", "7"), LEAF_AND_LINKS)]
fn linked_source(#[case] change: impl Fn(&Repeated), #[case] expected: &[&str]) {
    let workspace = Repeated::new(CHAIN);
    let fixture = &workspace.fixture;
    let inner = fixture.read("leaf/src/inner.rs");
    fixture.write("real.rs", &inner);
    fixture.write("same.rs", &inner);
    fixture.write("other.rs", &inner.replace('1', "7"));
    relink(&workspace, "real.rs");
    expect(&workspace, "", ALL);
    change(&workspace);
    expect(&workspace, "", expected);
    expect(&workspace, "", &[]);
}

#[cfg(unix)]
fn relink(workspace: &Repeated, to: &str) {
    workspace.fixture.remove("leaf/src/inner.rs");
    let link = workspace.fixture.path("leaf/src/inner.rs");
    fs_err::os::unix::fs::symlink(format!("../../{to}"), link).expect("links can be made");
}

#[test]
fn source_with_two_names_edited_by_the_other() {
    let workspace = Repeated::new(CHAIN);
    let fixture = &workspace.fixture;
    let other = fixture.path("elsewhere.rs");
    fs_err::hard_link(fixture.path("leaf/src/inner.rs"), &other).expect("links can be made");
    expect(&workspace, "", ALL);
    let time = fixture.modified("elsewhere.rs");
    fixture.replace("elsewhere.rs", "1", "8");
    fixture.set_modified("elsewhere.rs", time);
    expect(&workspace, "", LEAF_AND_LINKS);
    expect(&workspace, "", &[]);
}

#[test]
fn removed_module_fails_and_returns() {
    let workspace = Repeated::new(CHAIN);
    expect(&workspace, "", ALL);
    workspace.fixture.rename("leaf/src/inner.rs", "away");
    let outcome = workspace.build("");
    assert_eq!(outcome.code, Some(101), "{}", outcome.stderr);
    workspace.fixture.rename("away", "leaf/src/inner.rs");
    // What was there before the build that failed is there again.
    expect(&workspace, "", &[]);
}

#[test]
fn lock_file_selects_another_version() {
    let workspace = Repeated::new(CHAIN);
    let fixture = &workspace.fixture;
    expect(&workspace, "", ALL);
    fixture.replace("leaf/Cargo.toml", "0.1.0", "0.3.0");
    assert!(fixture.read("Cargo.lock").contains("0.1.0"));
    expect(&workspace, "", ALL);
    assert!(fixture.read("Cargo.lock").contains("0.3.0"));
    fixture.replace("leaf/Cargo.toml", "0.3.0", "0.1.0");
    expect(&workspace, "", &[]);
}

#[test]
fn part_of_a_workspace_then_all_of_it() {
    let workspace = Repeated::new(CHAIN);
    expect(&workspace, "-p leaf", LEAF);
    expect(&workspace, "-p mid", &["mid/lib"]);
    expect(&workspace, "", BINS);
    expect(&workspace, "-p leaf", &[]);
}

/// The clock was set back, or another system with another clock has written the files: all times are
/// in the future, also those of what was built.
#[test]
fn times_in_the_future_hide_no_edit() {
    let workspace = Repeated::new(CHAIN);
    expect(&workspace, "", ALL);
    let later = std::time::SystemTime::now() + std::time::Duration::from_secs(86_400);
    let set_back = || {
        for file in workspace.files(|_| true) {
            let file = fs_err::OpenOptions::new().append(true).open(file).expect("it is ours");
            file.file().set_modified(later).expect("it is ours");
        }
        for path in ["leaf/src/lib.rs", "leaf/src/inner.rs", "mid/src/lib.rs", "app/src/main.rs"] {
            workspace.fixture.set_modified(path, later);
        }
    };
    set_back();
    expect(&workspace, "", &[]);
    for (old, new) in [("1", "2"), ("2", "3")] {
        workspace.fixture.replace("leaf/src/inner.rs", &format!(" {old}\n"), &format!(" {new}\n"));
        expect(&workspace, "", LEAF_AND_LINKS);
        assert_eq!(workspace.prints("debug/app"), format!("{new} text 6 one shared\n"));
        set_back();
        expect(&workspace, "", &[]);
    }
}
