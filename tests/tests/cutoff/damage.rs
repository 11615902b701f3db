//! What is written down for the cutoff, and what it made, is cut short, changed, removed or replaced
//! by a directory. What is built then is right, whatever it costs.

use atlas_tests::SWEEP;
use atlas_tests::repeated::Repeated;
use atlas_tests::restored::Restored;
use camino::{Utf8Path, Utf8PathBuf};
use rstest::rstest;

use crate::expect;
use crate::links::{PUSH, parts, remove_push};

const CUT_OFF: &[&str] = &["app/bin", "base/lib"];

fn cut_short(path: &Utf8Path) {
    let bytes = fs_err::read(path).expect("it is there");
    fs_err::write(path, &bytes[..bytes.len() / 2]).expect("it may be written");
}

fn change_a_byte(path: &Utf8Path) {
    let mut bytes = fs_err::read(path).expect("it is there");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs_err::write(path, bytes).expect("it may be written");
}

fn remove(path: &Utf8Path) {
    fs_err::remove_file(path).expect("it is there");
}

fn replace_by_a_directory(path: &Utf8Path) {
    remove(path);
    fs_err::create_dir_all(path.join("inside")).expect("nothing is there");
}

/// A library whose objects lack what others may need, and one that is about to need it.
pub(crate) fn spliced() -> Repeated {
    let workspace = parts();
    workspace.ran("");
    remove_push(&workspace);
    expect(&workspace, "", CUT_OFF);
    workspace
}

/// Returns what the engine keeps in the directories of the libraries.
fn kept(workspace: &Repeated) -> Vec<Utf8PathBuf> {
    let is_kept = |path: &Utf8Path| {
        let is_part = |part: &str| path.components().any(|it| it.as_str().starts_with(part));
        is_part("unit")
            && (is_part("base-") || is_part("mid-"))
            && !is_part("incremental")
            && !is_part("results")
    };
    workspace.files(is_kept)
}

#[rstest]
#[case::cut_short(cut_short)]
#[case::changed(change_a_byte)]
#[case::removed(remove)]
#[case::directory(replace_by_a_directory)]
fn damaged_files_are_never_believed(#[case] damage: fn(&Utf8Path)) {
    let mut workspace = Restored::new(spliced());
    let files = kept(&workspace);
    for name in ["spliced", "symbols", ".rlib", ".rmeta", ".d"] {
        assert!(files.iter().any(|path| path.as_str().ends_with(name)), "{name} of {files:?}");
    }
    assert!(files.iter().any(|path| path.as_str().contains("/interfaces/")), "{files:?}");
    for path in files {
        let name = path.strip_prefix(&workspace.target).expect("it is inside").to_owned();
        for is_edited in [true, false] {
            if !is_edited && !SWEEP {
                continue;
            }
            damage(&path);
            if !is_edited {
                workspace.ran("");
                assert_eq!(workspace.prints("debug/app"), "115 0\n", "{name}");
            }
            workspace.fixture.replace("base/src/lib.rs", "    5\n", "    6\n");
            workspace.fixture.replace("mid/src/lib.rs", "10", PUSH);
            let outcome = workspace.build("");
            assert!(outcome.success(), "{name}: {}", outcome.stderr);
            assert_eq!(workspace.prints("debug/app"), "107 0\n", "{name}");
            let again = workspace.ran("");
            assert!(again.is_empty(), "{name}: {again:?} ran once more");
            workspace.restore();
        }
    }
}
