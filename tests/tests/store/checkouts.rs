//! Branches and checkouts: what is compiled where, exactly.

use atlas_tests::process::Command;
use atlas_tests::stored::{HERE, Place, Stored, blobs};
use rstest::rstest;

use crate::{NONE, expect, expect_anew, rest};

/// A program over a chain of two packages of the workspace, on one of a registry.
const WORKSPACE: &str = r#"
//- /Cargo.toml
[package]
name = "app"
edition = "2021"
[dependencies]
top = { path = "top" }
[workspace]
//- /.gitignore
target
//- /src/main.rs
fn main() { println!("{}", top::top()) }
//- /top/Cargo.toml
[package]
name = "top"
edition = "2021"
[dependencies]
base = { path = "../base" }
//- /top/src/lib.rs
pub fn top() -> String { base::base() }
//- /base/Cargo.toml
[package]
name = "base"
edition = "2021"
[dependencies]
foreign = "1"
//- /base/src/lib.rs
pub fn base() -> String { format!("{} a {}", foreign::text(), env!("CARGO_MANIFEST_DIR")) }
//- /../vendor/foreign/.cargo-checksum.json
{"files":{}}
//- /../vendor/foreign/Cargo.toml
[package]
name = "foreign"
version = "1.0.0"
edition = "2021"
//- /../vendor/foreign/src/lib.rs
pub fn text() -> &'static str { "foreign" }
"#;

const ALL: &[&str] = &["app/bin", "base/lib", "foreign/lib", "top/lib"];
const LOCAL: &[&str] = &["app/bin", "base/lib", "top/lib"];
/// What an edit of a body of `base` compiles.
const EDITED: &[&str] = &["app/bin", "base/lib"];

#[track_caller]
fn git(stored: &Stored, directory: &str, line: &str) {
    let git = Command::new("git".into()).cwd(&stored.beside(directory));
    let git = git.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1");
    let identity = ["-c", "user.name=a", "-c", "user.email=a@b", "-c", "init.defaultBranch=main"];
    let args: Vec<&str> = line.split(' ').collect();
    drop(git.args(&identity).args(&args).run().expect_success(line));
}

/// Two branches: on `other`, a body of `base` is another one.
fn branches() -> Stored {
    let stored = Stored::new(WORKSPACE);
    stored.vendor("ws");
    let lock = Command::new(&atlas_tests::environment::cargo()).cwd(stored.root());
    drop(lock.args(&["generate-lockfile", "--offline"]).run().expect_success("a lock file"));
    for line in ["init -q", "add .", "commit -qm one", "switch -qc other"] {
        git(&stored, "ws", line);
    }
    stored.replace("base/src/lib.rs", " a ", " b ");
    for line in ["commit -qam two", "switch -q main"] {
        git(&stored, "ws", line);
    }
    stored
}

fn printed(stored: &Stored, place: Place<'_>) -> String {
    stored.prints(place, "debug/app").trim().to_owned()
}

#[track_caller]
fn prints(stored: &Stored, place: Place<'_>, letter: &str) {
    let root = stored.beside(place.workspace);
    assert_eq!(printed(stored, place), format!("foreign {letter} {root}/base"));
}

/// With the target directory kept, an earlier result of the unit is there. If none is kept, what
/// nobody sees anything of is compiled rather than looked for: a result of the store has metadata of
/// its own, which all dependents would have to follow.
#[rstest]
#[case::results_are_kept("", NONE, NONE)]
#[case::no_results_are_kept("ATLAS_KEEP_RESULTS=0", EDITED, NONE)]
#[case::no_results_are_kept_nor_cut_off("ATLAS_KEEP_RESULTS=0 ATLAS_CUTOFF=off", NONE, LOCAL)]
fn a_branch_and_back(
    #[case] selection: &str,
    #[case] compiled: &[&str],
    #[case] restored: &[&str],
) {
    let stored = branches();
    expect(&stored, (HERE, selection), ALL, NONE);
    git(&stored, "ws", "switch -q other");
    let did = stored.build(HERE, selection);
    assert!(did.compiled.contains("base/lib") && did.restored.is_empty(), "{did:?}");
    prints(&stored, HERE, "b");
    git(&stored, "ws", "switch -q main");
    expect(&stored, (HERE, selection), compiled, restored);
    prints(&stored, HERE, "a");
    expect(&stored, (HERE, selection), NONE, NONE);
}

#[test]
fn a_branch_and_back_with_the_target_directory_removed() {
    let stored = branches();
    expect(&stored, (HERE, ""), ALL, NONE);
    git(&stored, "ws", "switch -q other");
    // Metadata differs, since an edit of a body is compiled as a whole here.
    let did = stored.build_anew("");
    assert!(did.restored.contains("foreign/lib") && did.compiled.contains("base/lib"), "{did:?}");
    prints(&stored, HERE, "b");
    git(&stored, "ws", "switch -q main");
    expect_anew(&stored, "", NONE, ALL);
    prints(&stored, HERE, "a");
    git(&stored, "ws", "switch -q other");
    expect_anew(&stored, "", NONE, ALL);
    prints(&stored, HERE, "b");
}

#[test]
fn a_second_worktree() {
    let stored = branches();
    expect(&stored, (HERE, ""), ALL, NONE);
    git(&stored, "ws", "worktree add -q ../tree other");
    let tree = Place { workspace: "tree", target: "there" };
    expect(&stored, (tree, ""), LOCAL, &["foreign/lib"]);
    prints(&stored, tree, "b");
    prints(&stored, HERE, "a");
    // Each is fresh and stays what it is.
    for (place, letter) in [(HERE, "a"), (tree, "b")] {
        expect(&stored, (place, ""), NONE, NONE);
        drop(fs_err::remove_dir_all(stored.beside(place.target)));
        expect(&stored, (place, ""), NONE, ALL);
        prints(&stored, place, letter);
    }
}

/// Two checkouts that take turns in one target directory.
#[test]
fn one_target_directory_of_two_checkouts() {
    let stored = branches();
    git(&stored, "ws", "worktree add -q ../tree other");
    let tree = Place { workspace: "tree", ..HERE };
    expect(&stored, (HERE, ""), ALL, NONE);
    for (place, letter) in [(tree, "b"), (HERE, "a"), (tree, "b"), (HERE, "a")] {
        stored.build(place, "");
        prints(&stored, place, letter);
        expect(&stored, (place, ""), NONE, NONE);
    }
}

#[test]
fn a_fresh_clone_at_the_same_path() {
    let stored = branches();
    expect(&stored, (HERE, ""), ALL, NONE);
    git(&stored, "", "clone -q ws clone");
    stored.remove_directory("ws");
    stored.remove_directory(HERE.target);
    stored.move_directory("clone", "ws");
    expect(&stored, (HERE, ""), NONE, ALL);
    prints(&stored, HERE, "a");
}

#[test]
fn a_fresh_clone_at_another_path() {
    let stored = branches();
    expect(&stored, (HERE, ""), ALL, NONE);
    git(&stored, "", "clone -q ws clone");
    let clone = Place { workspace: "clone", target: "there" };
    expect(&stored, (clone, ""), LOCAL, &["foreign/lib"]);
    prints(&stored, clone, "a");
}

#[test]
fn a_checkout_that_moved() {
    let stored = branches();
    let before = Place { workspace: "ws", target: "ws/target" };
    let after = Place { workspace: "moved", target: "moved/target" };
    expect(&stored, (before, ""), ALL, NONE);
    stored.move_directory("ws", "moved");
    let did = stored.build(after, "");
    assert!(did.compiled.iter().all(|unit| LOCAL.contains(&&**unit)), "{did:?}");
    prints(&stored, after, "a");
    stored.move_directory("moved", "ws");
    let did = stored.build(before, "");
    assert_eq!(did.compiled, crate::set(NONE));
    prints(&stored, before, "a");
}

/// With `portable`, those crates are restored elsewhere that do not ask where they are.
#[rstest]
#[case::of_equal_shape(("ws/target", "wt", "wt/target"))]
#[case::with_a_target_directory_elsewhere(("target", "wt", "there"))]
#[case::whose_name_comes_before_others(("ws/target", "clone", "clone/target"))]
#[case::at_another_depth(("ws/target", "a/b/clone", "a/b/clone/target"))]
fn a_portable_clone(#[case] (target, workspace, there): (&str, &str, &str)) {
    let stored = branches();
    let here = Place { target, ..HERE };
    stored.replace("base/src/lib.rs", "env!(\"CARGO_MANIFEST_DIR\")", "file!()");
    git(&stored, "ws", "commit -qam portable");
    git(&stored, "", &format!("clone -q ws {workspace}"));
    let clone = Place { workspace, target: there };
    expect(&stored, (here, "ATLAS_PORTABLE=true"), ALL, NONE);
    expect(&stored, (clone, "ATLAS_PORTABLE=true"), NONE, ALL);
    assert_eq!(printed(&stored, clone), printed(&stored, here));
}

/// `env!("CARGO_MANIFEST_DIR")` is of the checkout, whatever can be moved otherwise.
#[test]
fn a_portable_clone_that_asks_where_it_is() {
    let stored = branches();
    git(&stored, "", "clone -q ws clone");
    let clone = Place { workspace: "clone", target: "there" };
    expect(&stored, (HERE, "ATLAS_PORTABLE=true"), ALL, NONE);
    let did = stored.build(clone, "ATLAS_PORTABLE=true");
    assert!(did.compiled.contains("base/lib"), "{did:?}");
    prints(&stored, clone, "a");
    prints(&stored, HERE, "a");
}

/// Files that are restored may be the store's own under another name: builds elsewhere neither see
/// that nor suffer from it.
#[test]
fn what_is_restored_elsewhere_leaves_the_first_tree_alone() {
    let stored = branches();
    let there = Place { target: "there", ..HERE };
    expect(&stored, (HERE, ""), ALL, NONE);
    let made = stored.made(HERE.target);
    expect(&stored, (there, ""), NONE, ALL);
    expect(&stored, (HERE, ""), NONE, NONE);
    stored.replace("base/src/lib.rs", " a ", " c ");
    stored.build(there, "");
    prints(&stored, there, "c");
    assert!(atlas_tests::stored::difference(&made, &stored.made(HERE.target)).is_empty());
    git(&stored, "ws", "checkout -q .");
    expect(&stored, (HERE, ""), NONE, NONE);
    prints(&stored, HERE, "a");
}

/// Somebody writes into a library in one tree: it is never brought to another.
#[test]
fn what_is_written_through_a_restored_file_is_noticed() {
    let stored = branches();
    expect(&stored, (HERE, ""), ALL, NONE);
    expect_anew(&stored, "", NONE, ALL);
    let is_library = |path: &String| path.ends_with(".rlib") || path.ends_with(".rmeta");
    for path in stored.made(HERE.target).into_keys().filter(is_library) {
        let path = stored.beside(HERE.target).join(path);
        let mut bytes = fs_err::read(&path).expect("it is there");
        drop(Command::new("chmod".into()).args(&["u+w", path.as_str()]).run());
        bytes.iter_mut().for_each(|byte| *byte = !*byte);
        fs_err::write(&path, bytes).expect("it is ours");
    }
    let there = Place { target: "there", ..HERE };
    for place in [there, HERE] {
        stored.build(place, "");
        prints(&stored, place, "a");
    }
    stored.remove_directory(HERE.target);
    stored.build(HERE, "");
    prints(&stored, HERE, "a");
}

/// Blobs that are damaged or gone are noticed where they are needed, and made anew.
#[rstest]
#[case::damaged(|bytes: &mut Vec<u8>| bytes[0] ^= 1)]
#[case::cut_off(|bytes: &mut Vec<u8>| bytes.truncate(bytes.len() / 2))]
#[case::emptied(Vec::clear)]
fn damage_in_the_store(#[case] damage: impl Fn(&mut Vec<u8>)) {
    let stored = branches();
    expect(&stored, (HERE, ""), ALL, NONE);
    for path in blobs(&stored.store()) {
        let mut bytes = fs_err::read(&path).expect("it is there");
        if !bytes.is_empty() {
            damage(&mut bytes);
            fs_err::remove_file(&path).expect("it is ours");
            fs_err::write(&path, bytes).expect("it is ours");
        }
    }
    stored.remove_directory(HERE.target);
    let did = stored.build(HERE, "");
    assert_eq!(did.restored, crate::set(NONE));
    assert!(did.outcome.stderr.contains("in the store was damaged"), "{}", did.outcome.stderr);
    prints(&stored, HERE, "a");
    // Names of objects in a library of the workspace are random, so that another program was looked
    // for; that what it is filed over was damaged is found when it is needed.
    stored.build_anew("");
    prints(&stored, HERE, "a");
    expect_anew(&stored, "", NONE, ALL);
    prints(&stored, HERE, "a");
}

/// A result whose incremental state is gone is edited: what is compiled then is right.
#[test]
fn what_is_restored_can_be_edited() {
    let stored = branches();
    expect(&stored, (HERE, ""), ALL, NONE);
    expect_anew(&stored, "", NONE, ALL);
    stored.replace("base/src/lib.rs", " a ", " d ");
    expect(&stored, (HERE, ""), EDITED, NONE);
    prints(&stored, HERE, "d");
    stored.replace("base/src/lib.rs", "pub fn base", "pub fn seen() {}\npub fn base");
    expect(&stored, (HERE, ""), LOCAL, NONE);
    prints(&stored, HERE, "d");
    expect_anew(&stored, "", NONE, ALL);
    stored.replace("top/src/lib.rs", "base::base()", "base::base() + \"\"");
    let compiled = ["app/bin", "top/lib"];
    expect(&stored, (HERE, ""), &compiled, NONE);
    prints(&stored, HERE, "d");
    expect(
        &stored,
        (HERE, "check"),
        &["check app/bin", "check base/lib", "check foreign/lib", "check top/lib"],
        NONE,
    );
    assert_eq!(rest(ALL, LOCAL), ["foreign/lib"]);
}
