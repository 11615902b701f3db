//! `--gc`: what goes and what stays after builds with several features and on several branches.

use std::collections::BTreeSet;
use std::time::Duration;

use atlas_tests::environment;
use atlas_tests::process::Outcome;
use atlas_tests::repeated::Repeated;
use camino::Utf8PathBuf;
use rstest::rstest;

#[cfg(unix)]
use super::Stopped;
use super::{ALL, DAY, WORKSPACE, age, clean, cleaned, command, expect, tree};

/// Makes all builds so far look as if they had been long ago.
fn age_builds(workspace: &Repeated, ago: Duration) {
    age(workspace.files(|path| path.components().any(|it| it.as_str() == "used")), ago);
}

/// Returns the directories of units.
fn units(workspace: &Repeated) -> BTreeSet<String> {
    let mut units = tree(&workspace.target);
    units.retain(|path| {
        path.contains("/unit/") && path.ends_with('/') && path.matches('/').count() == 4
    });
    units
}

#[track_caller]
fn json(outcome: &Outcome) -> serde_json::Value {
    serde_json::from_str(&outcome.stdout).expect("it is JSON")
}

/// Returns what was removed in a place, such as `units unused 4`.
fn removed(answer: &serde_json::Value, kind: &str) -> Vec<String> {
    let places = answer["places"].as_array().expect("a list");
    let place = places.iter().find(|place| place["kind"] == kind).expect("the place");
    let rows = place["removed"].as_array().expect("a list").iter();
    let text =
        |row: &serde_json::Value, key: &str| row[key].as_str().unwrap_or_default().to_owned();
    rows.map(|row| format!("{} {} {}", text(row, "what"), text(row, "reason"), row["count"]))
        .collect()
}

#[test]
fn units_of_old_builds_go_and_others_stay() {
    let workspace = Repeated::new(WORKSPACE);
    expect(&workspace, "", ALL);
    let old = units(&workspace);
    age_builds(&workspace, 40 * DAY);
    expect(&workspace, "-p app --features more", ALL);
    let all = units(&workspace);
    let answer = json(&cleaned(&workspace, "--gc --json"));
    let left = units(&workspace);
    assert_eq!(left, all.difference(&old).cloned().collect());
    assert_eq!(left.len(), 4);
    assert_eq!(removed(&answer, "target"), ["units unused 4", "incremental state unused 3"]);
    expect(&workspace, "-p app --features more", &[]);
    expect(&workspace, "", ALL);
    expect(&workspace, "", &[]);
}

#[test]
fn units_that_a_later_build_shares_stay() {
    let workspace = Repeated::new(WORKSPACE);
    expect(&workspace, "", ALL);
    age_builds(&workspace, 40 * DAY);
    expect(&workspace, "-p lib", &[]);
    let answer = json(&cleaned(&workspace, "--gc --json"));
    assert_eq!(removed(&answer, "target"), ["units unused 1", "incremental state unused 1"]);
    expect(&workspace, "-p lib", &[]);
    expect(&workspace, "", &["app/bin"]);
}

/// The units of a request change with the branch; those of the other one are of use for as long.
#[test]
fn units_of_another_branch_stay_for_as_long() {
    let workspace = Repeated::new(WORKSPACE);
    expect(&workspace, "", ALL);
    age_builds(&workspace, 10 * DAY);
    workspace.fixture.replace("/lib/Cargo.toml", "0.1.0", "0.2.0");
    expect(&workspace, "", ALL);
    assert_eq!(removed(&json(&cleaned(&workspace, "--gc --json")), "target"), [""; 0]);
    workspace.fixture.replace("/lib/Cargo.toml", "0.2.0", "0.1.0");
    assert!(workspace.ran("").is_subset(&["app/bin".to_owned()].into()));
    workspace.fixture.replace("/lib/Cargo.toml", "0.1.0", "0.2.0");
    assert!(workspace.ran("").is_subset(&["app/bin".to_owned()].into()));
}

#[test]
fn last_build_stays_however_old() {
    let workspace = Repeated::new(WORKSPACE);
    expect(&workspace, "", ALL);
    age_builds(&workspace, 400 * DAY);
    cleaned(&workspace, "--gc --max-age 0");
    expect(&workspace, "", &[]);
}

#[test]
fn build_without_work_keeps_its_units() {
    let workspace = Repeated::new(WORKSPACE);
    expect(&workspace, "", ALL);
    expect(&workspace, "--release", ALL);
    age_builds(&workspace, 40 * DAY);
    expect(&workspace, "", &[]);
    cleaned(&workspace, "--gc");
    expect(&workspace, "", &[]);
    expect(&workspace, "--release", ALL);
}

#[test]
fn last_hour_stays() {
    let workspace = Repeated::new(WORKSPACE);
    expect(&workspace, "", ALL);
    expect(&workspace, "--release", ALL);
    let before = tree(&workspace.target);
    let outcome = cleaned(&workspace, "--gc --max-age 0");
    assert_eq!(tree(&workspace.target), before);
    assert_eq!(
        (outcome.stdout.as_str(), outcome.stderr.trim()),
        ("", "Removed 0 items, 0 B total")
    );
}

#[test]
fn leftovers_go_when_they_are_old() {
    let workspace = Repeated::new(WORKSPACE);
    expect(&workspace, "", ALL);
    let before = tree(&workspace.target);
    let unit = units(&workspace).pop_first().expect("there are units");
    let leftovers = [
        "atlas/.writing-aB3dE6".to_owned(),
        "atlas/debug/deps/.liblib-0123456789abcdef.rlib.new".to_owned(),
        "atlas/debug/deps/liblib-0123456789abcdef.rlib".to_owned(),
        "debug/.app.new".to_owned(),
        format!("{unit}results/0123456789abcdef/x"),
        format!("{unit}interfaces/.writing-aB3dE6"),
        format!("{unit}out/.restoring-liblib-0123456789abcdef.rlib"),
        format!("{unit}.claim"),
    ];
    let paths: Vec<Utf8PathBuf> =
        leftovers.iter().map(|path| workspace.target.join(path)).collect();
    for path in &paths {
        fs_err::create_dir_all(path.parent().expect("a file")).expect("it is ours");
        fs_err::write(path, "12345").expect("it is ours");
    }
    cleaned(&workspace, "--gc");
    let is_there: Vec<bool> = paths.iter().map(|path| path.exists()).collect();
    assert_eq!(is_there, [true, true, true, true, false, true, true, true]);
    age(paths.iter().filter(|path| path.exists()).cloned(), DAY);
    let answer = json(&cleaned(&workspace, "--gc --json"));
    assert_eq!(
        removed(&answer, "target"),
        ["artifacts unreferenced 1", "temporary files killed build 6"]
    );
    let mut after = tree(&workspace.target);
    after.retain(|path| !path.ends_with("/results/") && !path.ends_with("/interfaces/"));
    let mut before = before;
    before.retain(|path| !path.ends_with("/results/") && !path.ends_with("/interfaces/"));
    assert_eq!(after, before);
    expect(&workspace, "", &[]);
}

#[test]
fn results_that_are_kept_stay() {
    let workspace = Repeated::new(WORKSPACE);
    expect(&workspace, "", ALL);
    workspace.fixture.replace("/lib/src/lib.rs", "{ 1 }", "{ 3 }");
    expect(&workspace, "", &["app/bin", "lib/lib"]);
    cleaned(&workspace, "--gc");
    workspace.fixture.replace("/lib/src/lib.rs", "{ 3 }", "{ 1 }");
    expect(&workspace, "", &[]);
    assert_eq!(workspace.prints("debug/app"), "1\n");
}

#[test]
fn dry_run_changes_nothing_and_says_the_same() {
    let workspace = Repeated::new(WORKSPACE);
    expect(&workspace, "", ALL);
    age_builds(&workspace, 40 * DAY);
    expect(&workspace, "--release", ALL);
    let before = tree(&workspace.target);
    let dry = cleaned(&workspace, "--gc --dry-run");
    assert_eq!(tree(&workspace.target), before);
    assert!(dry.stderr.contains("Summary 7 items"), "{}", dry.stderr);
    assert!(dry.stderr.contains("warning: no files deleted due to --dry-run"), "{}", dry.stderr);
    let wet = cleaned(&workspace, "--gc");
    assert_eq!(wet.stdout, dry.stdout);
    assert!(wet.stderr.contains("Removed 7 items"), "{}", wet.stderr);
}

#[cfg(unix)]
#[test]
fn profile_that_is_being_built_is_left_alone() {
    let workspace = Repeated::new(WORKSPACE);
    expect(&workspace, "--release", ALL);
    age_builds(&workspace, 40 * DAY);
    let stopped = Stopped::new(&workspace);
    let answer = json(&cleaned(&workspace, "--gc --max-age 0 --json"));
    let build = stopped.finish();
    assert_eq!(answer["places"][0]["busy"], serde_json::json!(["debug"]));
    expect(&workspace, &build, &[]);
    expect(&workspace, "--release", ALL);
}

#[rstest]
#[case::package("--gc -p lib", "`--package` cannot be used with `--gc`")]
#[case::profile("--gc --profile dev", "`--profile` cannot be used with `--gc`")]
#[case::target("--sweep --target HOST", "`--target` cannot be used with `--sweep`")]
#[case::limit_alone("--max-age 3d", "`--max-age` is for collections")]
#[case::no_workspace("--gc --manifest-path nope/Cargo.toml", "does not exist")]
fn what_does_not_go_together_is_refused(#[case] args: &str, #[case] expected: &str) {
    let workspace = Repeated::new(WORKSPACE);
    let outcome = clean(&workspace, &environment::atlas_binary(), args);
    assert_eq!(outcome.code, Some(101), "{}", outcome.stderr);
    assert!(outcome.stderr.contains(expected), "{}", outcome.stderr);
}

#[test]
fn nothing_was_built_yet() {
    let workspace = Repeated::new(WORKSPACE);
    let answer = json(&cleaned(&workspace, "--gc --sweep --json"));
    assert_eq!((&answer["count"], &answer["bytes"]), (&0.into(), &0.into()));
    assert!(!workspace.target.exists());
}

#[test]
fn store_is_collected_too() {
    let workspace = Repeated::new(WORKSPACE);
    expect(&workspace, "", ALL);
    let store = workspace.fixture.beside("store");
    fs_err::create_dir(&store).expect("it is ours");
    let atlas = environment::atlas_binary();
    let command = |args: &str| command(&workspace, &atlas, args).env("ATLAS_STORE", store.as_str());
    let args = "--gc --max-size 1MiB --keep-toolchains --json";
    let answer = json(&command(args).run().expect_success(args));
    assert_eq!(answer["places"][1]["kind"], "store");
    assert_eq!(removed(&answer, "store"), [""; 0]);
    let without = json(&cleaned(&workspace, args));
    assert_eq!(without["places"].as_array().map(Vec::len), Some(1));
}
