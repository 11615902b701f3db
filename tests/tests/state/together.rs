//! Builds at the same time in one target directory.
#![cfg(unix)]

use atlas_tests::environment;
use atlas_tests::process::Command;
use atlas_tests::repeated::Repeated;

use super::{ALL, CHAIN, expect};

/// A build that ends while another one with another profile runs: the state that is written last
/// has what both have found out.
#[test]
fn builds_with_different_profiles_keep_each_others_state() {
    let workspace = Repeated::new(CHAIN);
    let fixture = &workspace.fixture;
    // Stops in the release build at `mid`, until it may go on.
    let script = fixture.script(
        "rustc.sh",
        "case \"$*\" in *\"--crate-name mid \"*\"opt-level=3\"*) echo > reached; cat pipe;; esac\n\
         exec \"$@\"",
    );
    for pipe in ["pipe", "reached"] {
        let made = Command::new("mkfifo".into()).arg(fixture.path(pipe).as_str()).run();
        assert!(made.success(), "{}", made.stderr);
    }
    let debug = format!("RUSTC_WRAPPER={script}");
    let release = format!("{debug} --release");
    let running = workspace.command(&environment::atlas_binary(), &release).start();
    fs_err::read(fixture.path("reached")).expect("it is a pipe");
    expect(&workspace, &debug, ALL, 0);
    expect(&workspace, &debug, &[], 0);
    fs_err::write(fixture.path("pipe"), "").expect("the compiler reads");
    drop(running.wait().expect_success("the release build"));
    for selection in [&debug, &release] {
        expect(&workspace, selection, &[], 0);
    }
    assert_eq!(workspace.prints("debug/app"), "1 one\n");
    assert_eq!(workspace.prints("release/app"), "1 one\n");
}

/// Two builds with the same profile: the second one waits, and has nothing to do after that.
#[test]
fn builds_with_the_same_profile_do_everything_once() {
    let workspace = Repeated::new(CHAIN);
    let start = || workspace.command(&environment::atlas_binary(), "").start();
    let outcomes = [start(), start()].map(|running| running.wait().expect_success("a build"));
    let ran = outcomes.each_ref().map(atlas_tests::repeated::ran);
    let n_ran: usize = ran.iter().map(std::collections::BTreeSet::len).sum();
    assert_eq!(n_ran, ALL.len(), "{ran:?}");
    expect(&workspace, "", &[], 0);
}
