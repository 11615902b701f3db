//! Going back to what was there before: branches, features, profiles, directories that were moved.

use std::time::{Duration, SystemTime};

use atlas_tests::environment;
use atlas_tests::process::Command;
use atlas_tests::repeated::Repeated;
use camino::Utf8Path;
use rstest::rstest;

use super::{Did, expect, expect_all};

/// `app`, a program, uses `mid`, which uses `leaf`; `other` stands alone.
const CHAIN: &str = r#"
//- /Cargo.toml
[workspace]
members = ["app", "mid", "leaf", "other"]
resolver = "2"
[profile.dev]
opt-level = 0
//- /.gitignore
Cargo.lock
//- /leaf/Cargo.toml
[package]
name = "leaf"
edition = "2021"
[features]
loud = []
//- /leaf/src/lib.rs
pub const NUMBER: u32 = 1;
pub fn loud() -> bool {
    cfg!(feature = "loud") || cfg!(flagged)
}
//- /mid/Cargo.toml
[package]
name = "mid"
edition = "2021"
[dependencies]
leaf = { path = "../leaf" }
//- /mid/src/lib.rs
pub fn mid() -> String {
    format!("{} {}", leaf::NUMBER, leaf::loud())
}
//- /app/Cargo.toml
[package]
name = "app"
edition = "2021"
[features]
loud = ["leaf/loud"]
[dependencies]
mid = { path = "../mid" }
leaf = { path = "../leaf" }
//- /app/src/main.rs
fn main() {
    println!("{}", mid::mid());
}
//- /other/Cargo.toml
[package]
name = "other"
edition = "2021"
//- /other/src/lib.rs
pub fn other() {}
"#;

const ALL: &[&str] = &["app/bin", "leaf/lib", "mid/lib", "other/lib"];
const CHANGED: &[&str] = &["app/bin", "leaf/lib", "mid/lib"];

fn git(workspace: &Repeated, args: &[&str]) {
    let git = Command::new("git".into()).cwd(workspace.fixture.root());
    let git =
        git.args(&["-c", "user.name=a", "-c", "user.email=a@b.c", "-c", "commit.gpgsign=false"]);
    drop(git.args(args).run().expect_success("git"));
}

/// A repository with two branches, of which `one` is checked out; they differ in `leaf`.
fn branches() -> Repeated {
    let workspace = Repeated::new(CHAIN);
    for args in [&["init", "-q", "-b", "one"][..], &["add", "."], &["commit", "-qm", "one"]] {
        git(&workspace, args);
    }
    git(&workspace, &["checkout", "-qb", "two"]);
    workspace.fixture.replace("leaf/src/lib.rs", "= 1", "= 2");
    git(&workspace, &["commit", "-qam", "two"]);
    git(&workspace, &["checkout", "-q", "one"]);
    workspace
}

fn touch_everything(workspace: &Repeated, time: SystemTime) {
    for path in ["leaf/src/lib.rs", "mid/src/lib.rs", "app/src/main.rs", "other/src/lib.rs"] {
        workspace.fixture.set_modified(path, time);
    }
    for path in ["Cargo.toml", "leaf/Cargo.toml", "mid/Cargo.toml", "app/Cargo.toml"] {
        workspace.fixture.set_modified(path, time);
    }
}

#[test]
fn nothing_is_spared_where_nothing_happened() {
    let workspace = Repeated::new(CHAIN);
    expect(&workspace, "", ALL);
    expect_all(&workspace, "", Did { counts: "4 fresh", ..Did::default() });
}

#[rstest]
#[case::now(SystemTime::now())]
#[case::in_the_past(SystemTime::UNIX_EPOCH + Duration::from_secs(1000))]
#[case::in_the_future(SystemTime::now() + Duration::from_secs(3600))]
fn touch_of_everything(#[case] time: SystemTime) {
    let workspace = Repeated::new(CHAIN);
    expect(&workspace, "", ALL);
    touch_everything(&workspace, time);
    let spared = &[
        "app/bin: same-bytes app/src/main.rs",
        "leaf/lib: same-bytes leaf/src/lib.rs",
        "mid/lib: same-bytes mid/src/lib.rs",
        "other/lib: same-bytes other/src/lib.rs",
    ];
    expect_all(&workspace, "", Did { counts: "4 spared", spared, ..Did::default() });
    expect_all(&workspace, "", Did { counts: "4 fresh", ..Did::default() });
}

#[test]
fn branch_and_back_without_a_build_between() {
    let workspace = branches();
    expect(&workspace, "", ALL);
    git(&workspace, &["checkout", "-q", "two"]);
    git(&workspace, &["checkout", "-q", "one"]);
    let spared = &[
        "app/bin: same-dependencies leaf/lib mid/lib",
        "leaf/lib: same-bytes leaf/src/lib.rs",
        "mid/lib: same-dependencies leaf/lib",
    ];
    expect_all(&workspace, "", Did { counts: "1 fresh, 3 spared", spared, ..Did::default() });
    expect_all(&workspace, "", Did { counts: "4 fresh", ..Did::default() });
}

#[test]
fn branch_and_back_with_a_build_between_runs_no_compiler() {
    let workspace = branches();
    expect(&workspace, "", ALL);
    git(&workspace, &["checkout", "-q", "two"]);
    let causes = &["leaf/lib: file-changed leaf/src/lib.rs"];
    let did = Did { ran: CHANGED, counts: "3 compiled, 1 fresh", causes, ..Did::default() };
    expect_all(&workspace, "", did);
    assert_eq!(workspace.prints("debug/app"), "2 false\n");
    let spared = &[
        "app/bin: earlier-result, for dependency-changed leaf v0.0.0",
        "leaf/lib: earlier-result, for file-changed leaf/src/lib.rs",
        "mid/lib: earlier-result, for dependency-changed leaf v0.0.0",
    ];
    for (branch, printed) in [("one", "1 false\n"), ("two", "2 false\n"), ("one", "1 false\n")] {
        git(&workspace, &["checkout", "-q", branch]);
        expect_all(&workspace, "", Did { counts: "1 fresh, 3 spared", spared, ..Did::default() });
        assert_eq!(workspace.prints("debug/app"), printed);
        expect_all(&workspace, "", Did { counts: "4 fresh", ..Did::default() });
    }
}

/// Two earlier results are kept besides the last one, so that the third one is gone.
#[test]
fn as_many_earlier_results_are_kept_as_the_configuration_says() {
    let workspace = Repeated::new(CHAIN);
    let number = |n: u32| {
        workspace.fixture.write(
            "leaf/src/lib.rs",
            &format!("pub const NUMBER: u32 = {n};\npub fn loud() -> bool {{\n    false\n}}\n"),
        );
    };
    for n in 1..=4 {
        number(n);
        workspace.ran("");
    }
    for n in [3, 2, 4] {
        number(n);
        expect(&workspace, "", &[]);
        assert_eq!(workspace.prints("debug/app"), format!("{n} false\n"));
    }
    number(1);
    expect(&workspace, "", CHANGED);
    number(2);
    expect(&workspace, "ATLAS_KEEP_RESULTS=0", &[]);
    number(5);
    expect(&workspace, "ATLAS_KEEP_RESULTS=0", CHANGED);
    number(2);
    expect(&workspace, "ATLAS_KEEP_RESULTS=0", CHANGED);
    assert_eq!(workspace.prints("debug/app"), "2 false\n");
}

#[test]
fn fresh_clone_at_the_same_place() {
    let workspace = branches();
    expect(&workspace, "", ALL);
    let root = workspace.fixture.root();
    let (away, clone) = (workspace.fixture.beside("away"), root.as_str());
    fs_err::rename(root, &away).expect("it is ours");
    let git = Command::new("git".into()).args(&["clone", "-q", "-b", "one", away.as_str(), clone]);
    drop(git.run().expect_success("git clone"));
    touch_everything(&workspace, SystemTime::now() - Duration::from_secs(60));
    expect_all(&workspace, "", Did { counts: "4 spared", is_spared: true, ..Did::default() });
    expect_all(&workspace, "", Did { counts: "4 fresh", ..Did::default() });
}

/// The target directory is copied away and back: inodes and change times differ, and without `-a`
/// modification times do, too, and files that had two names are two files.
#[cfg(unix)]
#[rstest]
#[case::with_times("-a")]
#[case::without_times("-r")]
fn target_directory_copied_away_and_back(#[case] how: &str) {
    let workspace = Repeated::new(CHAIN);
    expect(&workspace, "", ALL);
    let (target, away) = (workspace.target.as_str(), workspace.fixture.beside("away"));
    let run = |program: &str, args: &[&str]| {
        drop(Command::new(program.into()).args(args).run().expect_success(program));
    };
    run("cp", &[how, target, away.as_str()]);
    run("rm", &["-r", target]);
    run("cp", &[how, away.as_str(), target]);
    expect_all(&workspace, "", Did { counts: "4 fresh", ..Did::default() });
    assert_eq!(workspace.prints("debug/app"), "1 false\n");
    workspace.fixture.replace("leaf/src/lib.rs", "= 1", "= 2");
    expect(&workspace, "", CHANGED);
    assert_eq!(workspace.prints("debug/app"), "2 false\n");
}

#[test]
fn feature_on_off_and_on() {
    let workspace = Repeated::new(CHAIN);
    let (on, off) = ("-p app --features loud", "-p app");
    let did = |counts: &'static str, causes| Did { counts, causes, ..Did::default() };
    expect(&workspace, off, CHANGED);
    let causes = &["app/bin: never-built", "leaf/lib: never-built", "mid/lib: never-built"];
    expect_all(&workspace, on, Did { ran: CHANGED, ..did("3 compiled", causes) });
    assert_eq!(workspace.prints("debug/app"), "1 true\n");
    for (selection, printed) in [(off, "1 false\n"), (on, "1 true\n"), (off, "1 false\n")] {
        expect_all(&workspace, selection, did("3 fresh", &[]));
        assert_eq!(workspace.prints("debug/app"), printed);
    }
}

/// Other settings are other units, or the same unit with an earlier result.
#[rstest]
#[case::profile(|w: &Repeated| flip(w, "Cargo.toml", "opt-level = 0", "opt-level = 1"), ALL)]
#[case::profile_of_one(
    |w: &Repeated| flip(w, "Cargo.toml", "opt-level = 0", "package.leaf.opt-level = 1"),
    CHANGED
)]
#[case::edition(
    |w: &Repeated| flip(w, "mid/Cargo.toml", "2021", "2018"),
    &["mid/lib", "app/bin"]
)]
#[case::flags_of_the_configuration(
    |w: &Repeated| match w.fixture.path(".cargo/config.toml").exists() {
        true => w.fixture.remove(".cargo/config.toml"),
        false => {
            w.fixture.write(".cargo/config.toml", "[build]\nrustflags = [\"--cfg\", \"flagged\"]\n");
        }
    },
    ALL
)]
#[case::variable_of_the_configuration(
    |w: &Repeated| match w.fixture.path(".cargo/config.toml").exists() {
        true => w.fixture.remove(".cargo/config.toml"),
        false => w.fixture.write(".cargo/config.toml", "[env]\nSET = \"1\"\n"),
    },
    ALL
)]
fn setting_there_and_back(#[case] change: impl Fn(&Repeated), #[case] expected: &[&str]) {
    let workspace = Repeated::new(CHAIN);
    expect(&workspace, "", ALL);
    change(&workspace);
    expect(&workspace, "", expected);
    for _ in 0..3 {
        change(&workspace);
        expect(&workspace, "", &[]);
    }
    expect_all(&workspace, "", Did { counts: "4 fresh", ..Did::default() });
}

/// Puts one text in the place of another, or that one in the place of this.
fn flip(workspace: &Repeated, path: &str, one: &str, other: &str) {
    let is_one = workspace.fixture.read(path).contains(one);
    let (old, new) = if is_one { (one, other) } else { (other, one) };
    workspace.fixture.replace(path, old, new);
}

/// Plain cargo's own files and locks in the same target directory change nothing for either.
#[test]
fn plain_cargo_between_two_builds() {
    let workspace = Repeated::new(CHAIN);
    expect(&workspace, "", ALL);
    for _ in 0..2 {
        let cargo = workspace.command(&environment::cargo(), "").run();
        drop(cargo.expect_success("cargo"));
        expect(&workspace, "", &[]);
        assert_eq!(workspace.prints("debug/app"), "1 false\n");
    }
    fs_err::write(workspace.target.join("debug/app"), "garbage").expect("it may be written");
    let ran = workspace.ran("");
    assert!(ran.iter().all(|unit| unit == "app/bin"), "{ran:?}");
    assert_eq!(workspace.prints("debug/app"), "1 false\n");
    let is_garbage = |path: &Utf8Path| fs_err::read(path).is_ok_and(|bytes| bytes == b"garbage");
    assert_eq!(workspace.files(is_garbage), [""; 0]);
}
