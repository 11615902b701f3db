//! Edits between builds that overlap: nothing is recorded as built from what it was not built from,
//! and nobody hears of an error that is none.

use rstest::rstest;

use super::Shared;

/// The first build has compiled `leaf` and stands still. Then `leaf` is edited, and a second build
/// compiles it anew.
#[rstest]
#[case::below_a_library("mid", "NUMBER: u32 = 1", "NUMBER: u32 = 2", "2 10 one\n")]
#[case::below_a_program("app", "NUMBER: u32 = 1", "NUMBER: u32 = 2", "2 10 one\n")]
#[case::body_below_a_library("side", "mine = 10", "mine = 20", "1 20 one\n")]
#[case::body_below_a_program("app", "mine = 10", "mine = 20", "1 20 one\n")]
fn edit_between_builds(
    #[case] held: &str,
    #[case] old: &str,
    #[case] new: &str,
    #[case] expected: &str,
) {
    let shared = Shared::new();
    let first = shared.start_and_hold(held, "");
    shared.workspace.fixture.replace("leaf/src/lib.rs", old, new);
    let mut second = shared.start("");
    second.hear("Blocking");
    shared.go_on();
    shared.end_all([first, second]);
    shared.build("");
    assert_eq!(shared.prints(), expected);
    shared.compiled();
    shared.build("");
    shared.expect_once(&[]);
}

/// The same, and the edit is taken back by a third build while the first one stands still: what that
/// has read is not known, although everything looks as it did.
#[test]
fn edit_and_its_opposite() {
    let shared = Shared::new();
    shared.build("");
    shared.workspace.fixture.replace("side/src/lib.rs", "leaf::number()", "leaf::number() + 0");
    let first = shared.start_and_hold("side", "");
    shared.workspace.fixture.replace("leaf/src/lib.rs", "NUMBER: u32 = 1", "NUMBER: u32 = 2");
    shared.build("-p leaf");
    shared.workspace.fixture.replace("leaf/src/lib.rs", "NUMBER: u32 = 2", "NUMBER: u32 = 1");
    shared.build("-p leaf");
    shared.compiled();
    shared.go_on();
    shared.end(first);
    assert_eq!(shared.compiled()["side"], 1, "it was compiled once more");
    assert_eq!(shared.prints(), "1 10 one\n");
    shared.build("");
    shared.expect_once(&[]);
}

/// What the first build stands still over cannot be compiled any longer by the time it goes on, since
/// what it needs is gone from `leaf`; its own source was edited as well.
#[test]
fn error_that_comes_of_another_build_is_not_told() {
    let shared = Shared::new();
    let fixture = &shared.workspace.fixture;
    fixture.write("kept.rs", "pub fn side() -> u32 { leaf::number() }\n");
    shared.build("");
    fixture.replace("side/src/lib.rs", "leaf::number()", "leaf::number() + 0");
    // Reads the old source from a copy, as if it had done so before the edit.
    let first = shared.start_and_hold("side", "");
    fixture.replace("leaf/src/lib.rs", "pub fn number()", "pub fn other()");
    shared.build("-p leaf");
    // The compiler is about to fail; the source is right before anybody looks again.
    let compiler = fixture.script("fails.sh", "");
    drop(compiler);
    fixture.replace("side/src/lib.rs", "leaf::number() + 0", "leaf::other()");
    shared.go_on();
    shared.end(first);
    shared.build("");
    assert_eq!(shared.prints(), "1 10 one\n");
}
