//! A bit is flipped in a file of the store, of each kind: the build after that is right and tells of it
//! once, and then the store is whole again. What other versions have is left alone.

use std::collections::BTreeMap;

use atlas_tests::SWEEP;
use atlas_tests::stored::{HERE, Stored};
use camino::{Utf8Path, Utf8PathBuf};
use rstest::rstest;

use crate::NONE;
use crate::small::{self, ALL, PLAIN};

/// What is known of the files of one directory of the store.
#[derive(Clone, Copy, Debug)]
struct Kind {
    /// The beginning of their names below `v1`.
    names: &'static str,
    /// How many of them are damaged by default, each in turn.
    n_tried: usize,
    /// Whether `cache verify` speaks of them. The others are notes of which nothing depends.
    is_verified: bool,
}

const BLOBS: Kind = Kind { names: "blobs/", n_tried: 20, is_verified: true };
const RESULTS: Kind = Kind { names: "results/", n_tried: 3, is_verified: true };
const HINTS: Kind = Kind { names: "hints/", n_tried: 3, is_verified: true };
const CHECKOUTS: Kind = Kind { names: "checkouts/", n_tried: 1, is_verified: true };
const COUNTS: Kind = Kind { names: "counts", n_tried: 1, is_verified: false };
const DUE: Kind = Kind { names: "due", n_tried: 1, is_verified: false };
const FORMAT: Kind = Kind { names: "format", n_tried: 1, is_verified: false };

impl Kind {
    fn files(self, store: &Utf8Path) -> Vec<Utf8PathBuf> {
        let top = store.join("v1");
        let mut files = small::files(&top);
        files.retain(|path| {
            path.strip_prefix(&top).is_ok_and(|path| path.as_str().starts_with(self.names))
                && path.metadata().is_ok_and(|metadata| metadata.len() > 0)
        });
        files.truncate(if SWEEP { usize::MAX } else { self.n_tried });
        assert!(!files.is_empty(), "nothing is called {}", self.names);
        files
    }
}

/// Flips a bit of a file. Other names of it keep the bytes that they have.
fn flip(path: &Utf8Path, place: impl Fn(usize) -> usize) {
    let mut bytes = fs_err::read(path).expect("the file is there");
    let n = place(bytes.len());
    bytes[n] ^= 0x10;
    fs_err::remove_file(path).expect("the file is ours");
    fs_err::write(path, bytes).expect("the file is ours");
}

/// The workspace with a store that has everything, and a copy of that store.
fn filled() -> (Stored, BTreeMap<String, Vec<u8>>) {
    let stored = small::small();
    let clean = small::clean(&stored);
    crate::expect(&stored, (HERE, PLAIN), ALL, NONE);
    stored.move_directory("store", "full");
    (stored, clean)
}

fn refill(stored: &Stored) {
    small::forget(stored, &["store", HERE.target]);
    stored.copy_directory("full", "store");
}

#[track_caller]
fn expect_damage(stored: &Stored, is_damaged: bool, at: &str) {
    let outcome = small::verified(stored, "cache verify");
    let code = i32::from(is_damaged);
    assert_eq!(outcome.code, Some(code), "{at}: {}{}", outcome.stdout, outcome.stderr);
}

#[rstest]
#[case::blobs(BLOBS)]
#[case::results(RESULTS)]
#[case::hints(HINTS)]
#[case::checkouts(CHECKOUTS)]
#[case::counts(COUNTS)]
#[case::due(DUE)]
#[case::format(FORMAT)]
fn a_flipped_bit(#[case] kind: Kind) {
    let (stored, clean) = filled();
    refill(&stored);
    for file in kind.files(&stored.store()) {
        refill(&stored);
        let at = file.as_str();
        flip(&file, |length| length / 2);
        expect_damage(&stored, kind.is_verified, at);
        let did = stored.build(HERE, PLAIN);
        small::expect_right(&stored, HERE, at);
        let differ = atlas_tests::stored::difference(&clean, &stored.made(HERE.target));
        assert!(differ.is_empty(), "{at}: {differ:?}");
        let warnings = small::warnings(&did.outcome);
        let names = |warning: &&str| warning.contains(at) && warning.contains("damaged");
        let n_told = usize::from(matches!(kind.names, "blobs/" | "results/" | "hints/"));
        assert_eq!(warnings.len(), n_told, "{at}: {warnings:?}");
        assert!(warnings.iter().all(names), "{at}: {warnings:?}");
        // One unit is made again, and those above it, whose results are there, are not.
        let n_compiled = if n_told == 0 { 0 } else { 1 };
        assert!(did.compiled.len() <= n_compiled, "{at}: {:?}", did.compiled);
        expect_damage(&stored, false, at);
        stored.remove_directory(HERE.target);
        let did = stored.build(HERE, PLAIN);
        assert_eq!((did.compiled, did.restored), (crate::set(NONE), crate::set(ALL)), "{at}");
        assert_eq!(small::warnings(&did.outcome), [""; 0], "{at}");
    }
}

/// What is damaged at its ends, cut off or empty is no better.
#[rstest]
#[case::first_bit(|path: &Utf8Path| flip(path, |_| 0))]
#[case::last_bit(|path: &Utf8Path| flip(path, |length| length - 1))]
#[case::cut_off(|path: &Utf8Path| cut(path, |length| length - 1))]
#[case::empty(|path: &Utf8Path| cut(path, |_| 0))]
fn everything_is_damaged(#[case] damage: fn(&Utf8Path)) {
    let (stored, clean) = filled();
    refill(&stored);
    for file in small::files(&stored.store()) {
        if file.metadata().is_ok_and(|metadata| metadata.len() > 0) {
            damage(&file);
        }
    }
    expect_damage(&stored, true, "all");
    small::expect_recovery(&stored, &clean, "all");
    small::expect_no_leftovers(&stored, "all");
}

fn cut(path: &Utf8Path, length: impl Fn(usize) -> usize) {
    let mut bytes = fs_err::read(path).expect("the file is there");
    bytes.truncate(length(bytes.len()));
    fs_err::remove_file(path).expect("the file is ours");
    fs_err::write(path, bytes).expect("the file is ours");
}

/// What is damaged is removed on demand; then there is nothing to be told of any longer.
#[rstest]
#[case::blobs(BLOBS)]
#[case::results(RESULTS)]
#[case::hints(HINTS)]
#[case::checkouts(CHECKOUTS)]
fn a_repair(#[case] kind: Kind) {
    let (stored, _clean) = filled();
    refill(&stored);
    let files = kind.files(&stored.store());
    files.iter().for_each(|file| flip(file, |length| length / 3));
    expect_damage(&stored, true, kind.names);
    drop(small::verified(&stored, "cache verify --repair").expect_success("a repair"));
    expect_damage(&stored, false, kind.names);
    assert!(files.iter().all(|file| !file.exists()));
    let did = stored.build(HERE, PLAIN);
    small::expect_right(&stored, HERE, kind.names);
    assert_eq!(small::warnings(&did.outcome), [""; 0]);
    crate::expect_anew(&stored, PLAIN, NONE, ALL);
    expect_damage(&stored, false, kind.names);
}

/// Whatever another version has made is not touched, by builds and by collections.
#[rstest]
#[case::older("v0")]
#[case::newer("v2")]
fn a_store_of_another_version(#[case] version: &str) {
    let stored = small::small();
    let other = stored.store().join(version);
    for path in ["format", "blobs/ab/abcdef", "tmp/x", "lock"] {
        let path = other.join(path);
        fs_err::create_dir_all(path.parent().expect("a file")).expect("it is ours");
        fs_err::write(&path, "other").expect("it is ours");
        small::age(&path, std::time::Duration::from_secs(999 * 24 * 60 * 60));
    }
    let before = small::files(&other);
    crate::expect(&stored, (HERE, PLAIN), ALL, NONE);
    crate::expect_anew(&stored, PLAIN, NONE, ALL);
    small::expect_whole(&stored, version);
    let collection = small::atlas(&stored, "none", "clean --gc --max-age 0s --max-size 0").run();
    drop(collection.expect_success("a collection"));
    drop(small::verified(&stored, "cache verify --repair").expect_success("a repair"));
    assert_eq!(small::files(&other), before);
    assert!(before.iter().all(|path| fs_err::read_to_string(path).unwrap() == "other"));
}
