//! Builds that are killed, with all that they started, just before a change of a file: at each of
//! them in turn from the beginning of a cut-off compile until its end is saved. What is built then
//! is right, is what would have been built, and leaves nothing behind.
#![cfg(all(target_os = "linux", target_arch = "x86_64"))]

use std::collections::BTreeSet;

use atlas_tests::repeated::Repeated;
use atlas_tests::restored::Restored;
use atlas_tests::{SWEEP, environment, trace};
use camino::{Utf8Path, Utf8PathBuf};
use rstest::rstest;

use crate::damage::spliced;
use crate::links::PUSH;
use crate::sequences::{ALL, TOWER};
use crate::{expect, set};

/// What is done after a build was killed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Then {
    /// The same build.
    Again,
    /// The same build, with dependents of all that is compiled.
    WithoutCutoff,
    /// A build after one more edit.
    OtherBody,
    /// A build after the edit was taken back.
    Back,
}

use Then::{Again, Back, OtherBody, WithoutCutoff};

const CUT_OFF: &[&str] = &["app/bin", "base/lib"];

fn edit(workspace: &Repeated, old: u32, new: u32) {
    let body = |n: u32| format!("UNIT + {n}\n}}\npub fn generic");
    workspace.fixture.replace("base/src/lib.rs", &body(old), &body(new));
}

impl Then {
    /// Builds, and compares what ran and what the program prints; then nothing is left to do.
    #[track_caller]
    fn take(self, workspace: &Repeated, at: &str) {
        let (selection, possible, printed) = match self {
            Again => ("", CUT_OFF, "112 12 2\n"),
            WithoutCutoff => ("--no-cutoff", ALL, "112 12 2\n"),
            OtherBody => ("", CUT_OFF, "113 13 3\n"),
            Back => ("", CUT_OFF, "111 11 1\n"),
        };
        match self {
            Again | WithoutCutoff => {}
            OtherBody => edit(workspace, 1, 2),
            Back => edit(workspace, 1, 0),
        }
        let ran = workspace.ran(selection);
        assert!(ran.is_subset(&set(possible)), "{ran:?} ran, killed at {at}");
        assert_eq!(workspace.prints("debug/app"), printed, "killed at {at}");
        let again = workspace.ran("");
        assert!(again.is_empty(), "{again:?} ran once more, killed at {at}");
    }

    /// Whether this is done for the `n`th change, unless all is done for all.
    fn is_wanted(self, n: usize) -> bool {
        SWEEP || n % 8 == 2 * (self as usize)
    }
}

/// Returns the names of all files but those of the compiler, of what earlier results there are, and
/// of notes that say whether objects are of another compile than metadata.
fn files(workspace: &Repeated) -> BTreeSet<Utf8PathBuf> {
    let is_ours = |path: &Utf8Path| {
        let is_other = |name: &str| ["incremental", "results", "spliced"].contains(&name);
        // A file that was being written when a build was killed stays under another name until it is
        // collected. So does the empty file that carried the lock of a unit.
        let is_left = |name: &str| name.starts_with(".writing-") || name == ".claim";
        let is_partial = path.file_name().is_some_and(is_left);
        !is_partial && !path.components().any(|it| is_other(it.as_str()))
    };
    let files = workspace.files(is_ours).into_iter();
    files.map(|path| path.strip_prefix(&workspace.target).expect("it is inside").into()).collect()
}

#[rstest]
#[case::again(Again)]
#[case::without_cutoff(WithoutCutoff)]
#[case::other_body(OtherBody)]
#[case::back(Back)]
fn a_killed_build_leaves_nothing_wrong(#[case] then: Then) {
    let workspace = Repeated::new(TOWER);
    expect(&workspace, "", ALL);
    edit(&workspace, 0, 1);
    let mut workspace = Restored::new(workspace);
    expect(&workspace, "", CUT_OFF);
    then.take(&workspace, "no change");
    let expected = files(&workspace);
    for n in 0.. {
        if !then.is_wanted(n) {
            continue;
        }
        workspace.restore();
        let command = workspace.command(&environment::atlas_binary(), "");
        let Some(at) = trace::kill_at(command, &workspace.target, n) else { break };
        let at = format!("{n}: {at}");
        then.take(&workspace, &at);
        let found = files(&workspace);
        let differing: Vec<_> = found.symmetric_difference(&expected).collect();
        assert!(differing.is_empty(), "{differing:?} after a kill at {at}");
        // What was cut off can be cut off again, unless it was compiled without.
        let from = if then == OtherBody { 2 } else { u32::from(then != Back) };
        edit(&workspace, from, 5);
        let ran = workspace.ran("");
        let is_cut_off = ran == set(CUT_OFF) || then == WithoutCutoff && ran == set(ALL);
        assert!(is_cut_off, "{ran:?} ran, killed at {at}");
        assert_eq!(workspace.prints("debug/app"), "116 16 6\n", "killed at {at}");
    }
}

/// A build that finds out at a link that dependents have to follow is killed, wherever it is.
#[test]
fn a_killed_second_look_is_taken_again() {
    let workspace = spliced();
    workspace.fixture.replace("mid/src/lib.rs", "10", PUSH);
    let mut workspace = Restored::new(workspace);
    for n in (0..).step_by(if SWEEP { 1 } else { 8 }) {
        let command = workspace.command(&environment::atlas_binary(), "");
        let at = trace::kill_at(command, &workspace.target, n);
        workspace.ran("");
        assert_eq!(workspace.prints("debug/app"), "106 0\n", "killed at {n}: {at:?}");
        expect::<&str>(&workspace, "", &[]);
        workspace.fixture.replace("base/src/lib.rs", "    5\n", "    6\n");
        workspace.ran("");
        assert_eq!(workspace.prints("debug/app"), "107 0\n", "killed at {n}: {at:?}");
        workspace.restore();
        if at.is_none() {
            break;
        }
    }
}
