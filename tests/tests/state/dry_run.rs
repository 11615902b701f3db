//! `--dry-run` names what the build after it runs, and leaves no trace.

use std::collections::BTreeMap;
use std::time::SystemTime;

use atlas_tests::repeated::Repeated;
use camino::{Utf8Path, Utf8PathBuf};
use rstest::rstest;

use super::{ALL, CHAIN, set};

/// Sizes and times of files and directories.
type Listing = BTreeMap<Utf8PathBuf, (u64, SystemTime)>;

/// Returns what differs.
fn changes(before: &Listing, after: &Listing) -> Vec<Utf8PathBuf> {
    let all = before.keys().chain(after.keys());
    let mut changed: Vec<_> = all.filter(|path| before.get(*path) != after.get(*path)).collect();
    changed.dedup();
    changed.into_iter().cloned().collect()
}

/// What is known of everything below a directory without reading it.
fn listing(root: &Utf8Path) -> Listing {
    let mut listing = BTreeMap::new();
    let mut waiting = vec![root.to_owned()];
    while let Some(path) = waiting.pop() {
        let metadata = fs_err::symlink_metadata(&path).expect("it is there");
        if metadata.is_dir() {
            let entries = path.read_dir_utf8().expect("it can be read");
            waiting.extend(entries.map(|entry| entry.expect("it can be read").into_path()));
        }
        listing.insert(path, (metadata.len(), metadata.modified().expect("the system knows")));
    }
    listing
}

/// Builds after a prediction: what would be built is, and what may follow may be; nothing else.
#[rstest]
#[case::nothing(|_: &Repeated| (), &[], &[])]
#[case::touch(
    |w: &Repeated| w.fixture.set_modified("leaf/src/lib.rs", SystemTime::UNIX_EPOCH),
    &[],
    &[]
)]
#[case::below(
    |w: &Repeated| w.fixture.replace("leaf/src/lib.rs", "= 1", "= 2"),
    &["leaf/lib"],
    &["app/bin", "mid/lib"]
)]
#[case::body(
    |w: &Repeated| w.fixture.replace("leaf/src/lib.rs", "77", "78"),
    &["app/bin", "leaf/lib"],
    &[]
)]
#[case::above(
    |w: &Repeated| w.fixture.replace("app/src/main.rs", "println", "eprintln"),
    &["app/bin"],
    &[]
)]
#[case::below_and_above(
    |w: &Repeated| {
        w.fixture.replace("leaf/src/lib.rs", "= 1", "= 2");
        w.fixture.replace("app/src/main.rs", "println", "eprintln");
    },
    &["app/bin", "leaf/lib"],
    &["mid/lib"]
)]
#[case::script(
    |w: &Repeated| w.fixture.write("app/data.txt", "two\n"),
    &["app/run-build-script"],
    &["app/bin"]
)]
#[case::source_of_a_script(
    |w: &Repeated| w.fixture.replace("app/build.rs", "DATA={}", "DATA={}!"),
    &["app/build-script"],
    &["app/bin", "app/run-build-script"]
)]
#[case::manifest(
    |w: &Repeated| w.fixture.replace("mid/Cargo.toml", "2021", "2018"),
    &["mid/lib"],
    &["app/bin"]
)]
#[case::comment(
    |w: &Repeated| w.fixture.replace("leaf/src/lib.rs", ";", "; // One."),
    &[],
    &[]
)]
#[case::program_deleted(
    |w: &Repeated| {
        for path in w.files(|path| path.as_str().contains("/deps/app-")) {
            fs_err::remove_file(path).expect("it is there");
        }
    },
    &["app/bin"],
    &[]
)]
#[case::everything_deleted(
    |w: &Repeated| fs_err::remove_dir_all(w.target.join("atlas")).expect("it is there"),
    ALL,
    &[]
)]
fn after(#[case] change: impl Fn(&Repeated), #[case] built: &[&str], #[case] may_follow: &[&str]) {
    let workspace = Repeated::new(CHAIN);
    workspace.ran("");
    change(&workspace);
    let root = workspace.fixture.beside("");
    let before = listing(&root);
    for _ in 0..2 {
        let would = workspace.would("");
        assert_eq!(would.units("built"), set(built), "{would:?}");
        assert_eq!(would.units("may-follow"), set(may_follow), "{would:?}");
        let changed = changes(&before, &listing(&root));
        assert_eq!(changed, [""; 0], "a prediction changes nothing");
    }
    let spared = workspace.would("").units("spared");
    let ran = workspace.ran("");
    assert!(ran.is_superset(&set(built)), "{ran:?}");
    assert!(ran.is_subset(&set(&[built, may_follow].concat())), "{ran:?}");
    if ran.is_empty() && !spared.is_empty() {
        assert_eq!(workspace.why().units("spared"), spared);
    }
    assert_eq!(workspace.would("").units("fresh"), set(ALL));
}

/// Who sees nothing of an edit keeps its result, unless the user wants it otherwise.
#[rstest]
#[case::on("", &["app/bin", "leaf/lib"], &[], &["mid/lib"])]
#[case::off("--no-cutoff", &["leaf/lib"], &["app/bin", "mid/lib"], &[])]
fn after_an_edit_of_a_body(
    #[case] selection: &str,
    #[case] built: &[&str],
    #[case] may_follow: &[&str],
    #[case] spared: &[&str],
) {
    let workspace = Repeated::new(CHAIN);
    workspace.ran("");
    workspace.fixture.replace("leaf/src/lib.rs", "77", "78");
    let would = workspace.would(selection);
    assert_eq!(would.units("built"), set(built), "{would:?}");
    assert_eq!(would.units("may-follow"), set(may_follow), "{would:?}");
    assert_eq!(would.units("spared"), set(spared), "{would:?}");
    assert_eq!(workspace.ran(selection), set(&[built, may_follow].concat()));
    assert_eq!(workspace.why().units("spared"), set(spared));
}

/// Nothing has ever been built here: not even the directory is made.
#[test]
fn first_build() {
    let workspace = Repeated::new(CHAIN);
    let would = workspace.would("");
    assert_eq!(would.units("built"), set(ALL), "{would:?}");
    assert!(!workspace.target.exists());
}

/// Files for temporary use are gone when a build or a prediction is over.
#[test]
fn nothing_temporary_is_left() {
    let workspace = Repeated::new(CHAIN);
    let temporary = workspace.fixture.beside("tmp");
    fs_err::create_dir(&temporary).expect("nothing is there");
    let selection = format!("TMPDIR={temporary}");
    workspace.would(&selection);
    workspace.ran(&selection);
    workspace.fixture.replace("mid/Cargo.toml", "2021", "2018");
    workspace.would(&selection);
    workspace.ran(&selection);
    let left: Vec<_> = temporary.read_dir_utf8().expect("it is there").collect();
    assert!(left.is_empty(), "{left:?}");
}

/// What an earlier build left is known as well.
#[test]
fn earlier_result() {
    let workspace = Repeated::new(CHAIN);
    workspace.ran("");
    workspace.fixture.replace("leaf/src/lib.rs", "= 1", "= 2");
    workspace.ran("");
    workspace.fixture.replace("leaf/src/lib.rs", "= 2", "= 1");
    let would = workspace.would("");
    assert_eq!(would.units("spared"), set(&["app/bin", "leaf/lib", "mid/lib"]), "{would:?}");
    assert_eq!(workspace.ran(""), set(&[]));
}
