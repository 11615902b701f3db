//! `--cache`: how much of earlier builds may be used.

use atlas_tests::repeated::{self, Repeated};
use rstest::rstest;

use super::{ALL, CHAIN, built, expect, set};

/// Returns how many compilers were given a directory for incremental state.
fn n_incremental(workspace: &Repeated, selection: &str) -> usize {
    let outcome = workspace.build(selection).expect_success(selection);
    let commands = outcome.stderr.lines().filter(|line| line.trim_start().starts_with("Running `"));
    commands.filter(|line| line.contains("incremental=")).count()
}

#[test]
fn without_a_cache_everything_is_built_each_time() {
    let workspace = built();
    for _ in 0..2 {
        let outcome = workspace.build("--cache none").expect_success("without a cache");
        assert_eq!(repeated::ran(&outcome), set(ALL));
        assert_eq!(repeated::counts(&outcome), "5 compiled");
        let forced = ALL.iter().map(|unit| format!("{unit}: forced"));
        assert_eq!(workspace.why().root_causes(), forced.collect::<Vec<_>>());
    }
    expect(&workspace, "", &[], 0);
    expect(&workspace, "ATLAS_CACHE=none", ALL, 0);
    expect(&workspace, "ATLAS_CACHE=none --cache incremental", &[], 0);
}

#[test]
fn whole_artifacts_have_no_incremental_state() {
    let workspace = Repeated::new(CHAIN);
    assert_eq!(n_incremental(&workspace, "--cache whole"), 0);
    let is_incremental = |path: &camino::Utf8Path| path.as_str().contains("/incremental/");
    assert_eq!(workspace.files(is_incremental), [""; 0]);
    expect(&workspace, "--cache whole", &[], 0);
    workspace.fixture.replace("leaf/src/lib.rs", "= 1", "= 2");
    assert_eq!(n_incremental(&workspace, "--cache whole"), 0);
    assert_eq!(workspace.prints("debug/app"), "2 one\n");
    expect(&workspace, "--cache whole", &[], 0);
}

/// A switch between the modes finds what each of them left, or builds what it needs, once.
#[rstest]
#[case::whole_first("--cache whole", "--cache incremental")]
#[case::incremental_first("--cache incremental", "--cache whole")]
fn modes_by_turns(#[case] one: &str, #[case] other: &str) {
    let workspace = Repeated::new(CHAIN);
    expect(&workspace, one, ALL, 0);
    workspace.ran(other);
    for _ in 0..2 {
        expect(&workspace, one, &[], 0);
        expect(&workspace, other, &[], 0);
        assert_eq!(workspace.prints("debug/app"), "1 one\n");
    }
}
