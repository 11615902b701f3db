//! `--sweep`: what plain cargo has left goes by age and toolchain, and what the last build needs stays.

use atlas_tests::environment;
use atlas_tests::repeated::{Repeated, ran};
use camino::{Utf8Path, Utf8PathBuf};
use rstest::rstest;

use super::{DAY, WORKSPACE, age, clean, cleaned, tree};

/// Builds by plain cargo; returns how many units ran.
#[track_caller]
fn cargo(workspace: &Repeated, selection: &str) -> usize {
    let outcome = workspace.command(&environment::cargo(), selection).run();
    ran(&outcome.expect_success(selection)).len()
}

/// Files that say when cargo used a unit.
fn fingerprints(workspace: &Repeated) -> Vec<Utf8PathBuf> {
    workspace.files(|path| path.as_str().contains("/.fingerprint/"))
}

fn units(workspace: &Repeated) -> usize {
    let fingerprints = workspace.target.join("debug/.fingerprint");
    fingerprints.read_dir_utf8().expect("it was built").count()
}

/// Makes files old that cargo compares with sources: those have to be older.
fn age_all(workspace: &Repeated) {
    let root = workspace.fixture.root();
    let sources = ["lib/build.rs", "lib/src/lib.rs", "lib/Cargo.toml", "app/src/main.rs"];
    age(sources.map(|path| root.join(path)), 50 * DAY);
    let built = workspace.files(|path| !path.as_str().contains("/incremental/"));
    age(built, 40 * DAY);
}

#[rstest]
#[case::features("", "-p app --features more", 4)]
#[case::flags("", "RUSTFLAGS='--cfg x'", 4)]
fn last_build_has_nothing_to_do_after_a_sweep(
    #[case] first: &str,
    #[case] last: &str,
    #[case] n_gone: usize,
) {
    let workspace = Repeated::new(WORKSPACE);
    assert_eq!(cargo(&workspace, first), 4);
    age_all(&workspace);
    assert_eq!(cargo(&workspace, first), 0, "times are as cargo wants them");
    age(fingerprints(&workspace), 40 * DAY);
    assert_eq!(cargo(&workspace, last), 4);
    let before = units(&workspace);
    cleaned(&workspace, "--sweep");
    assert_eq!(before - units(&workspace), n_gone);
    assert_eq!(cargo(&workspace, last), 0);
    assert_eq!(cargo(&workspace, first), 4);
}

/// cargo does not touch what it finds fresh: that a unit is old does not say that nobody needs it.
#[test]
fn old_dependencies_of_new_units_stay() {
    let workspace = Repeated::new(WORKSPACE);
    assert_eq!(cargo(&workspace, ""), 4);
    age_all(&workspace);
    workspace.fixture.replace("/app/src/main.rs", "{}\"", "{}!\"");
    assert_eq!(cargo(&workspace, ""), 1);
    age(of_package(&workspace, "lib"), 40 * DAY);
    cleaned(&workspace, "--sweep");
    assert_eq!(cargo(&workspace, ""), 0);
}

fn of_package(workspace: &Repeated, package: &str) -> Vec<Utf8PathBuf> {
    let directory = format!("/.fingerprint/{package}-");
    workspace.files(|path| path.as_str().contains(&directory))
}

#[test]
fn superseded_sessions_go() {
    let workspace = Repeated::new(WORKSPACE);
    assert_eq!(cargo(&workspace, ""), 4);
    let sessions = |workspace: &Repeated| {
        let directory = workspace.target.join("debug/incremental");
        let tree = tree(&directory);
        tree.into_iter().filter(|path| path.ends_with('/') && path.contains("/s-")).count()
    };
    let n_sessions = sessions(&workspace);
    let library = workspace.target.join("debug/incremental");
    let library = library.read_dir_utf8().expect("there").next().expect("there").expect("there");
    fs_err::create_dir(library.path().join("s-1-abc-svh")).expect("it is ours");
    fs_err::write(library.path().join("s-1-abc.lock"), "").expect("it is ours");
    let outcome = cleaned(&workspace, "--sweep");
    assert!(outcome.stdout.contains("superseded"), "{}", outcome.stdout);
    assert_eq!(sessions(&workspace), n_sessions);
    assert_eq!(cargo(&workspace, ""), 0);
}

/// Replaces the hash of the compiler in what cargo has noted.
fn give_other_compiler(workspace: &Repeated, package: &str) {
    for path in of_package(workspace, package) {
        if path.extension() == Some("json") {
            let text = fs_err::read_to_string(&path).expect("it is text");
            let (_, rest) = text.split_once(',').expect("it has fields");
            fs_err::write(&path, format!("{{\"rustc\":12345,{rest}")).expect("it is ours");
        }
    }
}

#[test]
fn units_of_other_toolchains_go() {
    let workspace = Repeated::new(WORKSPACE);
    assert_eq!(cargo(&workspace, ""), 4);
    give_other_compiler(&workspace, "app");
    let outcome = cleaned(&workspace, "--sweep --keep-toolchains");
    assert!(outcome.stdout.contains("toolchain"), "{}", outcome.stdout);
    assert_eq!(units(&workspace), 3);
}

#[test]
fn toolchains_do_not_count_where_none_is_known() {
    let workspace = Repeated::new(WORKSPACE);
    assert_eq!(cargo(&workspace, ""), 4);
    ["lib", "app"].iter().for_each(|package| give_other_compiler(&workspace, package));
    let outcome = cleaned(&workspace, "--sweep");
    assert!(outcome.stderr.contains("toolchains do not count"), "{}", outcome.stderr);
    assert_eq!(units(&workspace), 4);
}

#[rstest]
#[case::new_layout("debug/build/lib/0123456789abcdef/fingerprint/x", "")]
#[case::unknown_directory("debug/.fingerprint/lib/x", "")]
#[case::unknown_json(
    "debug/.fingerprint/lib-0123456789abcdef/lib-lib.json",
    "{\"rustc\":\"1.95\"}"
)]
fn unknown_layout_is_refused(#[case] path: &str, #[case] content: &str) {
    let workspace = Repeated::new(WORKSPACE);
    assert_eq!(cargo(&workspace, ""), 4);
    age_all(&workspace);
    write(&workspace.target.join(path), content);
    let before = tree(&workspace.target);
    let outcome = clean(&workspace, &environment::atlas_binary(), "--sweep --max-age 0");
    assert_eq!(outcome.code, Some(101), "{}", outcome.stderr);
    assert!(outcome.stderr.contains("is not laid out as cargo"), "{}", outcome.stderr);
    assert_eq!(tree(&workspace.target), before);
}

fn write(path: &Utf8Path, content: &str) {
    fs_err::create_dir_all(path.parent().expect("a file")).expect("it is ours");
    fs_err::write(path, content).expect("it is ours");
}

#[test]
fn dry_run_changes_nothing_and_says_the_same() {
    let workspace = Repeated::new(WORKSPACE);
    assert_eq!(cargo(&workspace, ""), 4);
    age_all(&workspace);
    age(fingerprints(&workspace), 40 * DAY);
    assert_eq!(cargo(&workspace, "-p app --features more"), 4);
    let before = tree(&workspace.target);
    let dry = cleaned(&workspace, "--sweep --dry-run");
    assert_eq!(tree(&workspace.target), before);
    let wet = cleaned(&workspace, "--sweep");
    assert_eq!(wet.stdout, dry.stdout);
    assert!(wet.stdout.contains("units"), "{}", wet.stdout);
}

#[test]
fn where_cargo_builds_nothing_goes() {
    let workspace = Repeated::new(WORKSPACE);
    assert_eq!(cargo(&workspace, ""), 4);
    age(fingerprints(&workspace), 40 * DAY);
    let lock = workspace.target.join("debug/.cargo-lock");
    let file = fs_err::File::options().write(true).open(lock).expect("it is ours");
    file.file().lock().expect("nobody else holds it");
    let before = tree(&workspace.target);
    let outcome = cleaned(&workspace, "--sweep --max-age 0");
    assert!(outcome.stderr.contains("`debug` is being built"), "{}", outcome.stderr);
    assert_eq!(tree(&workspace.target), before);
}

/// What atlas has built is not for a sweep.
#[test]
fn atlas_part_is_left_alone() {
    let workspace = Repeated::new(WORKSPACE);
    assert_eq!(workspace.ran("").len(), 4);
    assert_eq!(cargo(&workspace, ""), 4);
    age(workspace.files(|path| !path.as_str().contains("/debug/")), 40 * DAY);
    cleaned(&workspace, "--sweep --max-age 0");
    assert!(workspace.ran("").is_empty());
}
