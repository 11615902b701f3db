//! Builds that are killed, with all that they started, just before a change of a file: while they file,
//! publish and restore. What is built then is right and takes nothing from the store that is not
//! whole.
#![cfg(all(target_os = "linux", target_arch = "x86_64"))]

use atlas_tests::stored::HERE;
use atlas_tests::{SWEEP, trace};
use rstest::rstest;

use crate::small::{self, PLAIN, THERE};

/// Every change of a file is one of this many at which a build is killed by default.
const STEP: usize = 37;

/// A build that finds nothing in the store, or everything, and where the changes of files are that
/// count.
#[rstest]
#[case::filing("", "store")]
#[case::building("", "target")]
#[case::restoring("full", "target")]
#[case::noting_what_was_restored("full", "store")]
fn a_killed_build_leaves_nothing_wrong(#[case] before: &str, #[case] below: &str) {
    let stored = small::small();
    let clean = small::clean(&stored);
    if !before.is_empty() {
        stored.build(HERE, PLAIN);
        stored.move_directory("store", before);
    }
    let mut n_killed = 0;
    for n in (0..).step_by(if SWEEP { 1 } else { STEP }) {
        small::forget(&stored, &["store", HERE.target, THERE.target]);
        if !before.is_empty() {
            stored.copy_directory(before, "store");
        }
        let command = stored.command(HERE, PLAIN);
        let Some(at) = trace::kill_at(command, &stored.beside(below), n) else { break };
        n_killed += 1;
        let at = format!("killed at {n}: {at}");
        small::expect_recovery(&stored, &clean, &at);
        small::expect_no_leftovers(&stored, &at);
    }
    assert!(n_killed > 0);
}
