//! What units leave in the target directory, whatever the settings, and that a build with nothing to
//! do never looks at the store.

use atlas_tests::stored::{self, HERE, Place, Stored};
use rstest::rstest;

use crate::misses::{ALL, WORKSPACE};
use crate::{NONE, expect, expect_anew, rest, set};

/// What the first build leaves there is there after the second, whatever it is for.
#[rstest]
#[case::debug_info_beside_objects("--config profile.dev.split-debuginfo='\"unpacked\"'")]
#[case::debug_info_beside_programs("--config profile.dev.split-debuginfo='\"packed\"'")]
#[case::assembly("RUSTFLAGS='--emit=asm'")]
#[case::stripped("--config profile.dev.strip='\"symbols\"'")]
#[case::several_objects(
    "--config profile.dev.incremental=false --config profile.dev.codegen-units=4"
)]
#[case::link_time_optimization("--config profile.dev.lto='\"thin\"'")]
fn everything_comes_back(#[case] selection: &str) {
    let stored = Stored::new(WORKSPACE);
    expect(&stored, (HERE, selection), ALL, NONE);
    let made = stored.made(HERE.target);
    expect_anew(&stored, selection, NONE, ALL);
    let differ = stored::difference(&made, &stored.made(HERE.target));
    assert!(differ.is_empty(), "{differ:#?}");
}

/// What an earlier compile left is no part of the result of a later one.
#[test]
fn leftovers_are_left() {
    let stored = Stored::new(WORKSPACE);
    let selection = "RUSTFLAGS='-Csave-temps'";
    expect(&stored, (HERE, selection), ALL, NONE);
    stored.replace("plain/src/lib.rs", "{ 1 }", "{ 1 }\npub fn other() {}");
    expect(&stored, (HERE, selection), &["app/bin", "plain/lib"], NONE);
    let n_files = stored.made(HERE.target).len();
    expect_anew(&stored, selection, NONE, ALL);
    assert!(stored.made(HERE.target).len() < n_files);
    assert_eq!(stored.prints(HERE, "debug/app").lines().next(), Some("4 one 1"));
}

/// A script that makes a link is right to do so, and runs.
#[test]
fn links_in_out_dir() {
    let stored = Stored::new(WORKSPACE);
    stored.replace(
        "lib/build.rs",
        "let n = ",
        "std::os::unix::fs::symlink(\"generated.rs\", out.join(\"link\")).unwrap();\n    let n = ",
    );
    expect(&stored, (HERE, ""), ALL, NONE);
    let run = ["lib/run-build-script"];
    expect_anew(&stored, "", &run, &rest(ALL, &run));
    assert_eq!(stored.prints(HERE, "debug/app").lines().next(), Some("4 one 1"));
}

/// A build that fails files what did not, and nothing of what did.
#[test]
fn a_failed_build() {
    let stored = Stored::new(WORKSPACE);
    stored.replace("src/inner.rs", "println!", "no_such_macro!");
    for did_before in [NONE, &rest(ALL, &["app/bin"])] {
        drop(fs_err::remove_dir_all(stored.beside(HERE.target)));
        let did = stored.did(HERE, stored.command(HERE, "").arg("-vv").run());
        assert_eq!(did.outcome.code, Some(101));
        assert!(did.outcome.stderr.contains("no_such_macro"), "{}", did.outcome.stderr);
        assert_eq!(did.restored, set(did_before));
    }
    stored.replace("src/inner.rs", "no_such_macro!", "println!");
    expect(&stored, (HERE, ""), &["app/bin"], NONE);
}

/// What would be restored is told before, and nothing is brought.
#[test]
fn a_dry_run_tells_what_would_be_restored() {
    let stored = Stored::new(WORKSPACE);
    expect(&stored, (HERE, ""), ALL, NONE);
    stored.remove_directory(HERE.target);
    let would = stored.command(HERE, "").args(&["--dry-run", "--message-format", "json"]).run();
    let would = would.expect_success("a dry run").stdout;
    let story = atlas_tests::story::Story::parse(&would, stored.root());
    // What was compiled after a run of a build script is not known before that.
    let known = ["lib/build-script", "lib/run-build-script", "mac/lib", "plain/lib"];
    assert_eq!(story.restored(), set(&known));
    assert!(!stored.beside(HERE.target).join("debug").exists());
    expect(&stored, (HERE, ""), NONE, ALL);
}

/// A store that cannot be used is told of, and nothing else changes.
#[test]
fn a_store_that_is_no_directory() {
    let stored = Stored::new(WORKSPACE);
    stored.write("../store", "text");
    let did = stored.build(HERE, "");
    assert_eq!(did.compiled, set(ALL));
    assert!(
        did.outcome.stderr.contains("warning: the store cannot be used"),
        "{}",
        did.outcome.stderr
    );
    expect_anew(&stored, "", ALL, NONE);
}

/// Without the store, nothing is looked for and nothing is filed.
#[rstest]
#[case::off("ATLAS_STORE=off")]
#[case::nothing_is_used("ATLAS_CACHE=none")]
fn a_build_without_the_store(#[case] selection: &str) {
    let stored = Stored::new(WORKSPACE);
    expect(&stored, (HERE, selection), ALL, NONE);
    expect_anew(&stored, "", ALL, NONE);
    expect_anew(&stored, selection, ALL, NONE);
}

/// Warnings in packages of others are shown with `-vv` only, wherever the result comes from.
#[test]
fn warnings_of_foreign_packages() {
    let stored = Stored::new(
        "//- /Cargo.toml\n[package]\nname = \"app\"\nedition = \"2021\"\n[dependencies]\nforeign = \"1\"\n[workspace]\n\
         //- /src/main.rs\nfn main() { foreign::run() }\n\
         //- /../vendor/foreign/.cargo-checksum.json\n{\"files\":{}}\n\
         //- /../vendor/foreign/Cargo.toml\n[package]\nname = \"foreign\"\nversion = \"1.0.0\"\nedition = \"2021\"\n\
         //- /../vendor/foreign/src/lib.rs\npub fn run() { let unused = 1; }\n",
    );
    stored.vendor("ws");
    let said = |more: &str| {
        drop(fs_err::remove_dir_all(stored.beside(HERE.target)));
        let outcome = stored.command(HERE, "").arg(more).run().expect_success(more);
        outcome.stderr.contains("unused variable")
    };
    assert!(said("-vv"), "compiled with -vv");
    assert!(!said("-v"), "restored without -vv");
    assert!(said("-vv"), "restored with -vv");
}

/// A build with nothing to do opens its own state only.
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
#[test]
fn a_build_with_nothing_to_do_never_looks_at_the_store() {
    use atlas_tests::trace::trace;
    let stored = Stored::new(WORKSPACE);
    expect(&stored, (HERE, ""), ALL, NONE);
    expect_anew(&stored, "", NONE, ALL);
    for _ in 0..2 {
        // The plan of a build with `-vv` is another one.
        drop(stored.command(HERE, "").run().expect_success("a build with nothing to do"));
        let trace = trace(stored.command(HERE, ""));
        assert!(trace.outcome.success(), "{}", trace.outcome.stderr);
        assert!(trace.processes.is_empty(), "{:?}", trace.processes);
        let all = trace.opened.iter().chain(&trace.changed).chain(&trace.listed);
        let base = stored.beside("");
        let state = stored.beside("target/atlas/state.bin");
        let is_other = |path: &&camino::Utf8PathBuf| {
            path.starts_with(&base) && **path != state && path.extension() != Some("toml")
        };
        let others: Vec<_> = all.filter(is_other).collect();
        assert!(others.is_empty(), "{others:#?}");
    }
}

/// Equal files of two target directories have equal bytes, and different owners.
#[test]
fn what_is_brought_to_two_places_is_the_same() {
    let stored = Stored::new(WORKSPACE);
    let there = Place { target: "there", ..HERE };
    expect(&stored, (HERE, "-p plain"), &["plain/lib"], NONE);
    expect(&stored, (there, "-p plain"), NONE, &["plain/lib"]);
    let differ = stored::difference(&stored.made(HERE.target), &stored.made("there"));
    let differ: Vec<&String> = differ.iter().filter(|path| !path.ends_with(".d")).collect();
    assert!(differ.is_empty(), "{differ:?}");
}
