//! Stores that cannot be written, or not any longer, or that go: the build is right and succeeds, and
//! says so once. Permissions do not stop the superuser: a file in place of a directory stops everybody.

use atlas_tests::process::Outcome;
use atlas_tests::stored::{HERE, Place, Stored};
use camino::Utf8Path;
use rstest::rstest;

use crate::small::{self, ALL, PLAIN, THERE};

/// Builds; that succeeds, makes what a build without a store makes, and tells of the store as often as
/// is said.
#[track_caller]
fn expect_build(stored: &Stored, place: Place<'_>, selection: &str, n_warnings: usize) -> Outcome {
    let did = stored.build(place, selection);
    small::expect_right(stored, place, selection);
    let warnings = small::warnings(&did.outcome);
    assert_eq!(warnings.len(), n_warnings, "{warnings:?}");
    did.outcome
}

fn put(path: &Utf8Path) {
    fs_err::create_dir_all(path.parent().expect("a file is in a directory")).expect("it is ours");
    fs_err::write(path, "in the way").expect("it is ours");
}

/// Nothing can be stored, from the beginning. What is in the way is left alone.
#[rstest]
#[case::the_store("store")]
#[case::this_version("store/v1")]
#[case::temporary_files("store/v1/tmp")]
#[case::blobs("store/v1/blobs")]
#[case::results("store/v1/results")]
#[case::hints("store/v1/hints")]
#[case::checkouts("store/v1/checkouts")]
fn a_file_is_in_the_way(#[case] path: &str) {
    let stored = small::small();
    let clean = small::clean(&stored);
    let file = stored.beside(path);
    put(&file);
    let outcome = expect_build(&stored, HERE, PLAIN, 1);
    assert!(small::warnings(&outcome)[0].contains(file.as_str()), "{}", outcome.stderr);
    assert!(atlas_tests::stored::difference(&clean, &stored.made(HERE.target)).is_empty());
    assert_eq!(fs_err::read_to_string(&file).unwrap(), "in the way");
    // Nothing is left to do, and so nothing to be told.
    crate::expect(&stored, (HERE, PLAIN), crate::NONE, crate::NONE);
    fs_err::remove_file(&file).expect("it is ours");
    stored.remove_directory(HERE.target);
    crate::expect(&stored, (HERE, PLAIN), ALL, crate::NONE);
    crate::expect_anew(&stored, PLAIN, crate::NONE, ALL);
}

/// A directory is where a file of a fixed name should be.
#[rstest]
#[case::lock("lock")]
#[case::lock_of_notes("notes-lock")]
#[case::format("format")]
#[case::counts("counts")]
fn a_directory_is_in_the_way(#[case] name: &str, #[values(false, true)] is_full: bool) {
    let stored = small::small();
    if is_full {
        stored.build(THERE, PLAIN);
        fs_err::remove_file(stored.store().join("v1").join(name)).expect("it is there");
    }
    let directory = stored.store().join("v1").join(name);
    fs_err::create_dir_all(directory.join("x")).expect("it is ours");
    let outcome = expect_build(&stored, HERE, PLAIN, 1);
    assert!(small::warnings(&outcome)[0].contains(directory.as_str()), "{}", outcome.stderr);
    fs_err::remove_dir_all(&directory).expect("it is ours");
    stored.build_anew(PLAIN);
    small::expect_right(&stored, HERE, name);
    crate::expect_anew(&stored, PLAIN, crate::NONE, ALL);
    small::expect_whole(&stored, name);
}

/// A store that may only be read is read, and that is nothing to be told of.
#[test]
fn a_store_that_may_only_be_read() {
    use std::os::unix::fs::PermissionsExt as _;
    let stored = small::small();
    stored.build(HERE, PLAIN);
    let all = [vec![stored.store()], small::directories(&stored.store())].concat();
    let set_mode = |mode: u32| {
        for path in all.iter().cloned().chain(small::files(&stored.store())) {
            let mode = if path.is_dir() { mode | 0o111 } else { mode };
            let permissions = std::fs::Permissions::from_mode(mode);
            fs_err::set_permissions(&path, permissions).expect("it is ours");
        }
    };
    set_mode(0o444);
    let is_superuser = fs_err::write(stored.store().join("x"), "").is_ok();
    let before = small::files(&stored.store());
    stored.remove_directory(HERE.target);
    let did = stored.build(HERE, PLAIN);
    assert_eq!(did.restored, crate::set(ALL));
    assert_eq!(small::warnings(&did.outcome), [""; 0]);
    stored.replace("src/main.rs", "println!(", "println!(/* more */");
    let edited = stored.build(HERE, "CARGO_INCREMENTAL=0 ATLAS_FRESHNESS=bytes");
    small::expect_right(&stored, HERE, "read only");
    assert_eq!(small::warnings(&edited.outcome), [""; 0]);
    if !is_superuser {
        assert_eq!(small::files(&stored.store()), before);
    }
    set_mode(0o755);
}

/// Runs builds whose files may have `n_kilobytes` at most, those of compilers aside: as on a disk that
/// is full for what is bigger.
fn bounded(stored: &Stored, place: Place<'_>, n_kilobytes: u32) -> Outcome {
    // The limit is soft, and a wrapper takes it back. Who ignores the signal gets an error.
    let body = "ulimit -S -f unlimited; exec \"$@\"";
    let wrapper = stored.script("wrapper.sh", body);
    let program = atlas_tests::environment::atlas_binary();
    let limit = n_kilobytes * 2;
    let body = format!("trap '' XFSZ; ulimit -S -f {limit}; exec {program} \"$@\"");
    let script = stored.script("bounded.sh", &body);
    let command = atlas_tests::process::Command::new(&script)
        .cwd(&stored.beside(place.workspace))
        .env("ATLAS_STORE", stored.store().as_str())
        .env("CARGO_TARGET_DIR", stored.beside(place.target).as_str())
        .env("CARGO_NET_OFFLINE", "true")
        .env("CARGO_TERM_COLOR", "never")
        .env("CARGO_INCREMENTAL", "0")
        .env("RUSTC_WRAPPER", wrapper.as_str());
    command.args(&["build", "-vv"]).run()
}

/// What does not fit is told once, and what was stored before is whole.
#[rstest]
#[case::nearly_all_fits(600)]
#[case::programs_do_not(100)]
#[case::hardly_anything_fits(40)]
fn a_full_disk(#[case] n_kilobytes: u32) {
    let stored = small::small();
    let clean = small::clean(&stored);
    let outcome = bounded(&stored, HERE, n_kilobytes).expect_success("a build");
    small::expect_right(&stored, HERE, "full");
    let warnings = small::warnings(&outcome);
    assert_eq!(warnings.len(), 1, "{warnings:?}");
    assert!(warnings[0].contains(stored.store().as_str()), "{warnings:?}");
    small::expect_whole(&stored, "full");
    stored.remove_directory(HERE.target);
    small::expect_recovery(&stored, &clean, "full");
    small::expect_no_leftovers(&stored, "full");
}

/// What can be restored is; what does not fit into the target directory is built.
#[test]
fn a_full_disk_while_restoring() {
    let stored = small::small();
    let clean = small::clean(&stored);
    stored.build(HERE, PLAIN);
    stored.remove_directory(HERE.target);
    drop(bounded(&stored, HERE, 100).expect_success("a build"));
    small::expect_right(&stored, HERE, "full");
    small::expect_recovery(&stored, &clean, "full");
}

/// The store, or a part of it, is deleted while a compiler runs, each of them in turn.
#[rstest]
#[case::all_at_first("build_script_build", "store", false)]
#[case::all_in_between("lib", "store", true)]
#[case::all_at_last("app", "store", false)]
#[case::this_version("mac", "store/v1", true)]
#[case::temporary_files("lib", "store/v1/tmp", false)]
#[case::blobs("app", "store/v1/blobs", true)]
#[case::results("app", "store/v1/results", false)]
#[case::hints("mac", "store/v1/hints", true)]
#[case::lock("lib", "store/v1/lock", false)]
fn a_store_that_is_deleted_during_a_build(
    #[case] unit: &str,
    #[case] what: &str,
    #[case] is_full: bool,
) {
    let stored = small::small();
    if is_full {
        stored.build(THERE, PLAIN);
        // So that something has to be built.
        stored.replace("lib/build.rs", "u32 = 1", "u32 = 0 + 1");
        stored.replace("mac/src/lib.rs", "\"2\"", "\"1 + 1\"");
    }
    let path = stored.beside(what);
    let body =
        format!("case \"$*\" in *'--crate-name {unit} '*) rm -rf {path};; esac\nexec \"$@\"");
    let wrapper = stored.script("wrapper.sh", &body);
    let selection = format!("{PLAIN} RUSTC_WRAPPER={wrapper}");
    expect_build(&stored, HERE, &selection, 0);
    // A result may have been written without its files, since who deletes takes no lock. That is found
    // out when somebody wants it.
    for _ in 0..2 {
        stored.build_anew(PLAIN);
        small::expect_right(&stored, HERE, what);
    }
    crate::expect_anew(&stored, PLAIN, crate::NONE, ALL);
}
