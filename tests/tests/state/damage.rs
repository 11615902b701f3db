//! The state file and the journal are damaged. The build is right all the same, and says in one line
//! what it could not use.

use atlas_tests::repeated::{self, Repeated};
use camino::{Utf8Path, Utf8PathBuf};
use rstest::rstest;

use super::{ALL, built, expect, set, state};

/// Length of the header, which is followed by rows, which are followed by blobs.
const HEADER: usize = 64;

fn change(path: &Utf8Path, change: impl FnOnce(&mut Vec<u8>)) {
    let mut bytes = fs_err::read(path).expect("it is there");
    change(&mut bytes);
    fs_err::remove_file(path).expect("it is there");
    fs_err::write(path, bytes).expect("it may be written");
}

/// Returns how many bytes the rows are.
fn n_rows(bytes: &[u8]) -> usize {
    let length = u64::from_le_bytes(*bytes[16..].first_chunk().expect("there is a header"));
    usize::try_from(length).expect("they are in memory")
}

fn truncate(path: &Utf8Path, length: impl FnOnce(&[u8]) -> usize) {
    change(path, |bytes| bytes.truncate(length(bytes)));
}

fn flip(path: &Utf8Path, place: impl FnOnce(&[u8]) -> usize) {
    change(path, |bytes| {
        let place = place(bytes);
        bytes[place] ^= 4;
    });
}

/// Nothing of the file can be used: everything is built anew, and told once.
#[rstest]
#[case::empty(|path: &Utf8Path| truncate(path, |_| 0), "cut short")]
#[case::cut_in_the_header(|path: &Utf8Path| truncate(path, |_| HEADER / 2), "cut short")]
#[case::cut_after_the_header(|path: &Utf8Path| truncate(path, |_| HEADER), "cut short")]
#[case::cut_in_the_rows(|path: &Utf8Path| truncate(path, |it| HEADER + n_rows(it) / 2), "cut short")]
#[case::cut_after_the_rows(|path: &Utf8Path| truncate(path, |it| HEADER + n_rows(it)), "cut short")]
#[case::cut_at_the_end(|path: &Utf8Path| truncate(path, |it| it.len() - 1), "cut short")]
#[case::bit_in_the_version(|path: &Utf8Path| flip(path, |_| 8), "version")]
#[case::bit_in_a_length(|path: &Utf8Path| flip(path, |_| 16), "")]
#[case::bit_in_the_digest(|path: &Utf8Path| flip(path, |_| 40), "")]
#[case::bit_in_the_first_row(|path: &Utf8Path| flip(path, |_| HEADER), "")]
#[case::bit_in_the_rows(|path: &Utf8Path| flip(path, |it| HEADER + n_rows(it) / 2), "")]
#[case::bit_in_the_last_row(|path: &Utf8Path| flip(path, |it| HEADER + n_rows(it) - 1), "")]
#[case::other_version(|path: &Utf8Path| change(path, |it| it[8..12].fill(0x77)), "version")]
#[case::other_magic(|path: &Utf8Path| change(path, |it| it[..8].fill(b'x')), "")]
#[case::garbage(|path: &Utf8Path| change(path, |it| *it = b"garbage\n".repeat(1000)), "")]
#[case::zeroes(|path: &Utf8Path| change(path, |it| it.fill(0)), "")]
#[case::longer(|path: &Utf8Path| change(path, |it| it.push(0)), "")]
fn state_that_cannot_be_used(#[case] damage: impl Fn(&Utf8Path), #[case] said: &str) {
    let workspace = built();
    damage(&state(&workspace));
    let would = workspace.would("");
    assert_eq!(would.units("fresh"), set(&[]), "{would:?}");
    let outcome = workspace.build("").expect_success("a damaged state");
    assert_eq!(repeated::ran(&outcome), set(ALL));
    let warnings = repeated::warnings(&outcome);
    assert_eq!(warnings.len(), 1, "{warnings:?}");
    let path = state(&workspace);
    assert!(warnings[0].starts_with(&format!("the state `{path}` ")), "{warnings:?}");
    assert!(warnings[0].contains(said), "{warnings:?}");
    assert!(warnings[0].ends_with("; everything is built anew"), "{warnings:?}");
    assert_eq!(workspace.prints("debug/app"), "1 one\n");
    expect(&workspace, "", &[], 0);
}

/// There is no state, as in a target directory that is new: nothing is wrong.
#[test]
fn state_deleted() {
    let workspace = built();
    fs_err::remove_file(state(&workspace)).expect("it is there");
    expect(&workspace, "", ALL, 0);
    expect(&workspace, "", &[], 0);
}

/// Each blob has its own digest: one that is damaged costs what it is about. A plan can be made
/// again without a word; a unit is built anew.
#[test]
fn damaged_blobs_are_never_believed() {
    let workspace = built();
    let bytes = fs_err::read(state(&workspace)).expect("it is there");
    let start = HEADER + n_rows(&bytes);
    let step = (bytes.len() - start) / 12;
    for place in (start..bytes.len()).step_by(step) {
        fs_err::write(state(&workspace), &bytes).expect("it may be written");
        flip(&state(&workspace), |_| place);
        let ran = workspace.ran("");
        assert!(ran.len() < ALL.len(), "{ran:?} for byte {place}");
        assert_eq!(workspace.prints("debug/app"), "1 one\n");
        expect(&workspace, "", &[], 0);
    }
}

/// What is in the way stays where it is; all that it costs is time.
#[rstest]
#[case::directory(|path: &Utf8Path| fs_err::create_dir(path).expect("nothing is there"))]
#[case::directory_that_is_not_empty(
    |path: &Utf8Path| fs_err::create_dir_all(path.join("x")).expect("nothing is there")
)]
// Whoever may do everything can read any file, but not this.
#[cfg_attr(unix, case::link_to_itself(
    |path: &Utf8Path| fs_err::os::unix::fs::symlink(path, path).expect("nothing is there")
))]
fn something_else_in_place_of_the_state(#[case] put: impl Fn(&Utf8Path)) {
    let workspace = built();
    fs_err::remove_file(state(&workspace)).expect("it is there");
    put(&state(&workspace));
    // What cannot be saved stays in the journal, from where the next build knows it.
    for expected in [ALL, &[]] {
        let outcome = workspace.build("").expect_success("a state that cannot be read");
        assert_eq!(repeated::ran(&outcome), set(expected));
        assert_eq!(workspace.prints("debug/app"), "1 one\n");
        let warnings = repeated::warnings(&outcome);
        if state(&workspace).is_file() {
            // It could be replaced, and is right from now on.
            assert_eq!(warnings.len(), usize::from(!expected.is_empty()), "{warnings:?}");
            continue;
        }
        assert!(warnings[0].contains("everything is built anew"), "{warnings:?}");
        assert_eq!(warnings.len(), 2, "{warnings:?}");
    }
    drop(fs_err::remove_dir_all(state(&workspace)));
    expect(&workspace, "", &[], 0);
    expect(&workspace, "", &[], 0);
}

#[cfg(unix)]
#[test]
fn state_without_permission_to_read() {
    use std::os::unix::fs::PermissionsExt;
    let workspace = built();
    let path = state(&workspace);
    let mode = std::fs::Permissions::from_mode(0o000);
    fs_err::set_permissions(&path, mode).expect("it is ours");
    let may_read = fs_err::File::open(&path).is_ok();
    let (expected, n_warnings) = if may_read { (&[][..], 0) } else { (ALL, 1) };
    expect(&workspace, "", expected, n_warnings);
    expect(&workspace, "", &[], 0);
}

fn journals(workspace: &Repeated) -> Utf8PathBuf {
    workspace.target.join("atlas/debug/journals")
}

/// A journal is what a killed build leaves. What cannot be understood of it tells nothing.
#[rstest]
#[case::empty(b"".to_vec())]
#[case::zeroes(vec![0; 1000])]
#[case::garbage(b"garbage\n".repeat(100))]
#[case::long_entry(vec![0xff; 40])]
fn journal_of_garbage(#[case] bytes: Vec<u8>) {
    let workspace = built();
    fs_err::create_dir(journals(&workspace)).expect("nothing is there");
    fs_err::write(journals(&workspace).join("x"), bytes).expect("it may be written");
    expect(&workspace, "", &[], 0);
    workspace.fixture.replace("leaf/src/lib.rs", "= 1", "= 2");
    expect(&workspace, "", &["app/bin", "leaf/lib", "mid/lib"], 0);
    assert_eq!(workspace.prints("debug/app"), "2 one\n");
    expect(&workspace, "", &[], 0);
    assert!(!journals(&workspace).exists());
}

#[test]
fn file_in_place_of_the_journals() {
    let workspace = built();
    fs_err::write(journals(&workspace), "").expect("nothing is there");
    expect(&workspace, "", &[], 0);
    workspace.fixture.replace("leaf/src/lib.rs", "= 1", "= 2");
    let outcome = workspace.build("");
    assert_eq!(outcome.code, Some(101), "{}", outcome.stderr);
    assert!(outcome.first_error().contains("journals"), "{}", outcome.stderr);
    fs_err::remove_file(journals(&workspace)).expect("it is there");
    expect(&workspace, "", &["app/bin", "leaf/lib", "mid/lib"], 0);
    assert_eq!(workspace.prints("debug/app"), "2 one\n");
}

/// What the last build did is told by a file of its own.
#[test]
fn damaged_account_is_none() {
    let workspace = built();
    let account = workspace.target.join("atlas/last-build");
    flip(&account, |bytes| bytes.len() / 2);
    let why = atlas_tests::process::Command::new(&atlas_tests::environment::atlas_binary())
        .cwd(workspace.fixture.root())
        .env("CARGO_TARGET_DIR", workspace.target.as_str());
    let outcome = why.args(&["why"]).run();
    assert_eq!(outcome.code, Some(101), "{}", outcome.stderr);
    assert!(outcome.first_error().contains("no build is on record"), "{}", outcome.stderr);
    expect(&workspace, "", &[], 0);
}
