//! What does not enter a key: with another one, results are found all the same.

use std::time::{Duration, SystemTime};

use atlas_tests::process::Command;
use atlas_tests::stored::{HERE, Place, Stored};
use rstest::rstest;

use crate::misses::{ALL, WORKSPACE};
use crate::{NONE, expect, expect_anew, rest};

#[rstest]
#[case::jobs("-j 1")]
#[case::colors("CARGO_TERM_COLOR=always")]
#[case::terminal("TERM=dumb COLUMNS=40 LINES=9 COLORTERM=1")]
#[case::session("USER=other LOGNAME=other SHLVL=5 OLDPWD=/ XDG_SESSION_ID=3 SSH_TTY=/dev/null")]
#[case::backtraces("RUST_BACKTRACE=1")]
#[case::variable_that_nobody_reads("NOBODY_READS_THIS=1")]
#[case::form_of_messages("--message-format json")]
#[case::quiet_rule("--keep-going")]
#[case::bytes_of_sources("-p app")]
#[case::results_that_are_kept("ATLAS_KEEP_RESULTS=0")]
#[case::cutoff("ATLAS_CUTOFF=off")]
fn another_selection_hits(#[case] other: &str) {
    let stored = Stored::new(WORKSPACE);
    expect(&stored, (HERE, ""), ALL, NONE);
    expect_anew(&stored, other, NONE, ALL);
    expect_anew(&stored, "", NONE, ALL);
}

#[rstest]
#[case::comment_at_the_end(|s: &Stored| s.replace("plain/src/lib.rs", "{ 1 }", "{ 1 } // comment"))]
#[case::comment_of_a_macro(|s: &Stored| s.replace("mac/src/lib.rs", "parse().unwrap()", "parse().unwrap() // comment"))]
#[case::time(|s: &Stored| s.set_modified("plain/src/lib.rs", SystemTime::now() - Duration::from_secs(9999)))]
#[case::time_in_the_future(|s: &Stored| s.set_modified("lib/data.txt", SystemTime::now() + Duration::from_secs(9999)))]
#[case::file_that_nobody_reads(|s: &Stored| s.write("plain/notes.txt", "text"))]
#[case::authors(|s: &Stored| s.replace("plain/Cargo.toml", "[package]", "[package]\nauthors = [\"other\"]"))]
#[case::target_of_another_kind(|s: &Stored| s.write("plain/examples/shown.rs", "fn main() {}"))]
#[case::another_member(|s: &Stored| s.write("plain/benches/timed.rs", "fn main() {}"))]
fn another_file_hits(#[case] edit: impl Fn(&Stored)) {
    let stored = Stored::new(WORKSPACE);
    expect(&stored, (HERE, ""), ALL, NONE);
    edit(&stored);
    expect_anew(&stored, "", NONE, ALL);
}

/// Elsewhere, what names the target directory is compiled: `lib` includes a file of `OUT_DIR`, and
/// those above see that.
#[test]
fn another_target_directory_compiles_what_names_it() {
    let stored = Stored::new(WORKSPACE);
    let there = Place { target: "there", ..HERE };
    let bound = ["app/bin", "lib/lib"];
    expect(&stored, (HERE, ""), ALL, NONE);
    expect(&stored, (there, ""), &bound, &rest(ALL, &bound));
    assert_eq!(stored.prints(there, "debug/app"), stored.prints(HERE, "debug/app"));
    stored.remove_directory(there.target);
    expect(&stored, (there, ""), NONE, ALL);
    expect_anew(&stored, "", NONE, ALL);
    expect(&stored, (there, ""), NONE, NONE);
}

/// Tests know the programs of their package by path: those beside them.
#[test]
fn tests_of_another_target_directory_start_their_own_programs() {
    let stored = Stored::new(
        "//- /Cargo.toml\n[package]\nname = \"app\"\nedition = \"2021\"\n[workspace]\n\
         //- /src/main.rs\nfn main() {}\n\
         //- /tests/it.rs\n#[test]\nfn it() { println!(\"<{}> <{}>\", env!(\"CARGO_BIN_EXE_app\"), env!(\"CARGO_TARGET_TMPDIR\")); }\n",
    );
    let there = Place { target: "there", ..HERE };
    expect(&stored, (HERE, "--test it"), &["app/bin", "app/test:it"], NONE);
    expect(&stored, (there, "--test it"), &["app/test:it"], &["app/bin"]);
    for place in [HERE, there] {
        drop(fs_err::remove_dir_all(stored.beside(place.target)));
        expect(&stored, (place, "--test it"), NONE, &["app/bin", "app/test:it"]);
        let deps = stored
            .made(place.target)
            .into_keys()
            .find(|path| path.starts_with("atlas/debug/deps/it-"));
        let test = stored.beside(place.target).join(deps.expect("the test is there"));
        let said = Command::new(&test).arg("--nocapture").run().expect_success("it").stdout;
        let target = stored.beside(place.target);
        assert!(said.contains(&format!("<{target}/debug/app> <{target}/tmp>")), "{said}");
    }
}

/// The profile's name is in the hash that tells units apart, and so in names of symbols.
#[test]
fn another_profile_of_equal_settings_is_another_one() {
    let stored = Stored::new(WORKSPACE);
    stored.replace("Cargo.toml", "[workspace]", "[profile.mine]\ninherits = \"dev\"\n[workspace]");
    expect(&stored, (HERE, ""), ALL, NONE);
    expect(&stored, (HERE, "--profile mine"), ALL, NONE);
    expect_anew(&stored, "--profile mine", NONE, ALL);
}

/// Incremental compilation counts: objects are cut in another way.
#[test]
fn incremental_compilation_or_none() {
    let stored = Stored::new(WORKSPACE);
    let compiled =
        ["app/bin", "lib/lib", "plain/lib", "mac/lib", "lib/build-script", "lib/run-build-script"];
    expect(&stored, (HERE, ""), ALL, NONE);
    expect_anew(&stored, "CARGO_INCREMENTAL=0", &compiled, &rest(ALL, &compiled));
    expect_anew(&stored, "CARGO_INCREMENTAL=0", NONE, ALL);
}

/// Two workspaces with one path package between them, and one of a registry.
const TWO: &str = r#"
//- /Cargo.toml /../other/Cargo.toml
[package]
name = "app"
edition = "2021"
[dependencies]
beside = { path = "../beside" }
foreign = "1"
[workspace]
//- /src/main.rs
fn main() { println!("{} {}", beside::text(), foreign::text()) }
//- /../other/src/main.rs
fn main() { println!("other {} {}", beside::text(), foreign::text()) }
//- /../beside/Cargo.toml
[package]
name = "beside"
edition = "2021"
//- /../beside/src/lib.rs
pub fn text() -> &'static str { "beside" }
//- /../vendor/foreign/.cargo-checksum.json /../vendor/inner/.cargo-checksum.json
{"files":{}}
//- /../vendor/foreign/Cargo.toml
[package]
name = "foreign"
version = "1.0.0"
edition = "2021"
[dependencies]
inner = "1"
//- /../vendor/foreign/build.rs
fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let out = std::path::PathBuf::from(std::env::var_os("OUT_DIR").unwrap());
    std::fs::write(out.join("generated.rs"), "pub fn text() -> &'static str { inner::text() }").unwrap();
}
//- /../vendor/foreign/src/lib.rs
include!(concat!(env!("OUT_DIR"), "/generated.rs"));
//- /../vendor/inner/Cargo.toml
[package]
name = "inner"
version = "1.0.0"
edition = "2021"
//- /../vendor/inner/src/lib.rs
pub fn text() -> &'static str { "foreign" }
"#;

/// Packages of a registry are restored in another workspace, generated sources or not.
#[test]
fn another_workspace_with_the_same_packages() {
    let stored = Stored::new(TWO);
    stored.vendor("ws");
    stored.vendor("other");
    let foreign = ["foreign/build-script", "foreign/lib", "foreign/run-build-script", "inner/lib"];
    let first = [&["app/bin", "beside/lib"], &foreign[..]].concat();
    expect(&stored, (HERE, ""), &first, NONE);
    let there = Place { workspace: "other", target: "there" };
    let shared = [&["beside/lib"], &foreign[..]].concat();
    expect(&stored, (there, ""), &["app/bin"], &shared);
    assert_eq!(stored.prints(there, "debug/app"), "other beside foreign\n");
    stored.remove_directory("there");
    expect(&stored, (there, ""), NONE, &first);
    expect(&stored, (HERE, ""), NONE, NONE);
}

/// Where the store is says nothing of what is in it.
#[test]
fn a_store_that_moved() {
    let stored = Stored::new(WORKSPACE);
    expect(&stored, (HERE, ""), ALL, NONE);
    stored.move_directory("store", "moved");
    stored.remove_directory(HERE.target);
    let selection = format!("ATLAS_STORE={}", stored.beside("moved"));
    let did = stored.build(HERE, &selection);
    assert_eq!((did.compiled, did.restored), (crate::set(NONE), crate::set(ALL)));
}
