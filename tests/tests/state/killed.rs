//! Builds that are killed.
#![cfg(unix)]

use atlas_tests::environment;
use atlas_tests::process::Command;
use atlas_tests::repeated::Repeated;
use camino::Utf8PathBuf;
use rstest::rstest;

use super::{ALL, CHAIN, expect};

/// A workspace whose compiler stops when it is to compile `crate_name` while there is a file `block`:
/// it opens the pipe `reached`, and goes on when `pipe` was written to.
fn blocking(crate_name: &str) -> (Repeated, String) {
    let workspace = Repeated::new(CHAIN);
    let fixture = &workspace.fixture;
    let script = fixture.script(
        "rustc.sh",
        &format!(
            "case \"$*\" in *\"--crate-name {crate_name} \"*) [ -f block ] && {{ echo > reached; \
             cat pipe; exit 1; }};; esac\nexec \"$@\""
        ),
    );
    for pipe in ["pipe", "reached"] {
        let made = Command::new("mkfifo".into()).arg(fixture.path(pipe).as_str()).run();
        assert!(made.success(), "{}", made.stderr);
    }
    let selection = format!("RUSTC_WRAPPER={script}");
    (workspace, selection)
}

/// Starts a build and kills it as soon as the compiler has stopped. Compilers run one by one, so
/// that all that is before this one has ended.
fn kill(workspace: &Repeated, selection: &str) {
    let fixture = &workspace.fixture;
    fixture.write("block", "");
    let command = workspace.command(&environment::atlas_binary(), selection);
    let started = command.env("CARGO_BUILD_JOBS", "1").start();
    fs_err::read(fixture.path("reached")).expect("it is a pipe");
    started.kill();
    fixture.remove("block");
    // Lets the orphan go.
    fs_err::write(fixture.path("pipe"), "").expect("somebody reads");
}

/// What was finished when a build was killed is not built again.
#[rstest]
#[case::second("mid", &["app/bin", "mid/lib"], &["app/build-script", "app/run-build-script"])]
#[case::last("app", &["app/bin"], &[])]
fn finished_units_survive(
    #[case] blocked: &str,
    #[case] always: &[&str],
    #[case] perhaps: &[&str],
) {
    let (workspace, selection) = blocking(blocked);
    kill(&workspace, &selection);
    let ran = workspace.ran(&selection);
    assert!(always.iter().all(|unit| ran.contains(*unit)), "{ran:?}");
    let is_known = |unit: &String| always.contains(&&**unit) || perhaps.contains(&&**unit);
    assert!(ran.iter().all(is_known), "{ran:?}");
    assert_eq!(workspace.prints("debug/app"), "1 one\n");
    expect(&workspace, &selection, &[], 0);
}

/// The same in a target directory with a state, and an edit that is taken back after the kill.
#[rstest]
#[case::edit_stays("= 2", &["app/bin", "mid/lib"], "2 one\n")]
#[case::edit_is_taken_back("= 1", &[], "1 one\n")]
#[case::other_edit("= 3", &["app/bin", "leaf/lib", "mid/lib"], "3 one\n")]
fn after_an_edit(#[case] then: &str, #[case] expected: &[&str], #[case] output: &str) {
    let (workspace, selection) = blocking("mid");
    expect(&workspace, &selection, ALL, 0);
    workspace.fixture.replace("leaf/src/lib.rs", "= 1", "= 2");
    kill(&workspace, &selection);
    assert_eq!(journals(&workspace).len(), 1);
    workspace.fixture.replace("leaf/src/lib.rs", "= 2", then);
    expect(&workspace, &selection, expected, 0);
    assert_eq!(workspace.prints("debug/app"), output);
    expect(&workspace, &selection, &[], 0);
    assert!(journals(&workspace).is_empty());
}

/// Returns the journals that builds have left.
fn journals(workspace: &Repeated) -> Vec<Utf8PathBuf> {
    let directory = workspace.target.join("atlas/debug/journals");
    let entries = directory.read_dir_utf8().into_iter().flatten();
    let paths = entries.map(|entry| entry.expect("it can be listed").into_path());
    paths.filter(|path| path.extension() != Some("lock")).collect()
}

/// The journal that a killed build has left is cut off, byte by byte or damaged: less is known, and
/// nothing that is not true.
#[test]
fn torn_journal() {
    let (workspace, selection) = blocking("app");
    expect(&workspace, &selection, ALL, 0);
    workspace.fixture.replace("leaf/src/lib.rs", "= 1", "= 2");
    kill(&workspace, &selection);
    let journal = journals(&workspace).remove(0);
    let whole = fs_err::read(&journal).expect("the build has left it");
    let saved = workspace.fixture.beside("saved");
    let copy = |from: &str, to: &str| {
        drop(Command::new("rm".into()).args(&["-rf", to]).run());
        let copied = Command::new("cp".into()).args(&["-a", from, to]).run();
        drop(copied.expect_success("cp"));
    };
    copy(workspace.target.as_str(), saved.as_str());
    let length = whole.len();
    for end in [0, 1, length / 4, length / 2, length - length / 4, length - 1] {
        copy(saved.as_str(), workspace.target.as_str());
        fs_err::write(&journal, &whole[..end]).expect("it may be written");
        let ran = workspace.ran(&selection);
        assert!(ran.contains("app/bin"), "{ran:?} after {end} of {length} bytes");
        assert_eq!(workspace.prints("debug/app"), "2 one\n");
        expect(&workspace, &selection, &[], 0);
    }
    for place in [0, 20, length / 2, length - 1] {
        copy(saved.as_str(), workspace.target.as_str());
        let mut bytes = whole.clone();
        bytes[place] ^= 1;
        fs_err::write(&journal, &bytes).expect("it may be written");
        workspace.ran(&selection);
        assert_eq!(workspace.prints("debug/app"), "2 one\n");
        expect(&workspace, &selection, &[], 0);
    }
}
