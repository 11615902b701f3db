//! What cargo's `clean` does, atlas's does, too: the same words, the same status, the same files; and
//! the same in atlas's part.

use std::collections::BTreeSet;

use atlas_tests::environment;
use atlas_tests::fixture::copy_tree;
use atlas_tests::process::Outcome;
use atlas_tests::repeated::Repeated;
use camino::{Utf8Path, Utf8PathBuf};

#[cfg(unix)]
use super::Stopped;
use super::{ALL, WORKSPACE, clean, cleaned, command, expect, tree};

/// Arguments, and the packages of which something is left in atlas's part.
const CASES: &[(&str, &str)] = &[
    ("", ""),
    ("-q", ""),
    ("-v", ""),
    ("--release", "HOST/debug:app,lib debug:app,lib"),
    ("--profile dev", "HOST/debug:app,lib release:app,lib"),
    ("-p lib", "HOST/debug:app,lib debug:app release:app,lib"),
    ("-p lib -v", "HOST/debug:app,lib debug:app release:app,lib"),
    ("-p lib -q", "HOST/debug:app,lib debug:app release:app,lib"),
    ("-p lib@0.1.0", "HOST/debug:app,lib debug:app release:app,lib"),
    ("-p lib --release", "HOST/debug:app,lib debug:app,lib release:app"),
    ("-p lib -p app", "HOST/debug:app,lib release:app,lib"),
    ("--workspace", "HOST/debug:app,lib release:app,lib"),
    ("-p app --target HOST", "HOST/debug:lib debug:lib release:app,lib"),
    ("-n", ALL_PLACES),
    ("-n -p lib", ALL_PLACES),
    ("-n --release", ALL_PLACES),
    ("--doc", ALL_PLACES),
    ("--doc -p lib", ALL_PLACES),
    ("-p nope", ALL_PLACES),
    ("-p la", ALL_PLACES),
    ("-p", ALL_PLACES),
    ("--profile nope", ALL_PLACES),
    ("--manifest-path nope/Cargo.toml", ALL_PLACES),
    ("--release --profile dev", ALL_PLACES),
    ("--nope", ALL_PLACES),
];

const ALL_PLACES: &str = "HOST/debug:app,lib debug:app,lib release:app,lib";

const BUILDS: [&str; 3] = ["", "--release", "--target HOST"];

/// A target directory as it was built, to be cleaned again and again.
struct Built {
    workspace: Repeated,
    template: Utf8PathBuf,
}

impl Built {
    fn new(programs: &[Utf8PathBuf]) -> Self {
        let workspace = Repeated::new(WORKSPACE);
        for selection in BUILDS {
            for program in programs {
                drop(workspace.command(program, selection).run().expect_success(selection));
            }
        }
        let template = workspace.fixture.beside("template");
        fs_err::rename(&workspace.target, &template).expect("both are beside the workspace");
        Built { workspace, template }
    }

    /// Cleans; returns how that ended and what is left.
    fn clean(&self, program: &Utf8Path, args: &str) -> (Outcome, BTreeSet<String>) {
        let target = &self.workspace.target;
        if target.exists() {
            fs_err::remove_dir_all(target).expect("it is ours");
        }
        copy_tree(&self.template, target, |_| true);
        (clean(&self.workspace, program, args), tree(target))
    }
}

/// In a target directory that only cargo knows, there is nothing to tell the two apart.
#[test]
fn what_cargo_has_built_is_cleaned_as_cargo_does() {
    let built = Built::new(&[environment::cargo()]);
    for (args, _) in CASES {
        let (cargo, theirs) = built.clean(&environment::cargo(), args);
        let (atlas, ours) = built.clean(&environment::atlas_binary(), args);
        assert_eq!(ours, theirs, "`{args}`");
        assert_eq!(atlas.code, cargo.code, "`{args}`: {}", atlas.stderr);
        assert_eq!(words(&atlas.stdout), words(&cargo.stdout), "`{args}`");
        assert_eq!(words(&atlas.stderr), words(&cargo.stderr), "`{args}`");
    }
}

#[test]
fn what_atlas_has_built_goes_with_it() {
    let built = Built::new(&[environment::cargo(), environment::atlas_binary()]);
    for (args, left) in CASES {
        let (cargo, theirs) = built.clean(&environment::cargo(), args);
        let (atlas, ours) = built.clean(&environment::atlas_binary(), args);
        let is_cargos = |path: &&String| !path.starts_with("atlas/");
        let [theirs, rest] = [&theirs, &ours].map(|all| all.iter().filter(is_cargos));
        assert!(theirs.eq(rest), "`{args}`");
        assert_eq!(atlas.code, cargo.code, "`{args}`: {}", atlas.stderr);
        assert_eq!(units(&ours), left.replace("HOST", environment::host()), "`{args}`");
        let hashes = |path: &&String| path.contains("/deps/") && !path.ends_with('/');
        let published = ours.iter().filter(|path| path.starts_with("atlas/")).filter(hashes);
        for path in published {
            let package = if path.contains("liblib-") { "lib-" } else { "app-" };
            let (place, _) = path.split_once("/deps/").expect("it is in `deps`");
            let unit = format!("{place}/unit/{package}");
            assert!(ours.iter().any(|path| path.starts_with(&unit)), "`{args}` leaves {path}");
        }
        // Files of both are counted together.
        let files = |said: &str| {
            let line =
                said.lines().find(|line| line.contains("Removed") || line.contains("Summary"));
            line.and_then(|line| line.split_whitespace().nth(1)?.parse::<usize>().ok())
        };
        let [theirs, ours] = [&cargo, &atlas].map(|outcome| files(&outcome.stderr));
        assert!(ours >= theirs, "`{args}`: {ours:?} of both, {theirs:?} of cargo");
    }
}

/// What a partial clean has removed is built again, and nothing else but what depends on it.
#[test]
fn next_build_makes_what_was_cleaned() {
    let workspace = Repeated::new(WORKSPACE);
    expect(&workspace, "", ALL);
    expect(&workspace, "--release", ALL);
    cleaned(&workspace, "-p app");
    expect(&workspace, "", &["app/bin"]);
    cleaned(&workspace, "-p lib");
    expect(&workspace, "", ALL);
    expect(&workspace, "--release", &[]);
    cleaned(&workspace, "--profile dev");
    expect(&workspace, "--release", &[]);
    expect(&workspace, "", ALL);
    expect(&workspace, "", &[]);
    cleaned(&workspace, "--dry-run -p lib");
    expect(&workspace, "", &[]);
    cleaned(&workspace, "");
    expect(&workspace, "", ALL);
    assert_eq!(workspace.prints("debug/app"), "1\n");
}

/// The state must not say that a build script was run whose directory is gone.
#[test]
fn unit_without_files_is_forgotten() {
    let workspace = Repeated::new(WORKSPACE);
    expect(&workspace, "-p lib", &ALL[1..]);
    let units = workspace.target.join("atlas/debug/unit");
    assert_eq!(units.read_dir_utf8().expect("there").count(), 3);
    cleaned(&workspace, "-p lib");
    assert_eq!(units.read_dir_utf8().expect("there").count(), 0);
    expect(&workspace, "-p lib", &ALL[1..]);
}

/// Returns what is said but for the name of the program, and for other tests that wait.
fn words(said: &str) -> Vec<String> {
    let lines = said.lines().filter(|line| !line.contains("lock on package cache"));
    lines.map(|line| line.replace("cargo atlas clean", "cargo clean")).collect()
}

#[cfg(unix)]
#[test]
fn clean_waits_for_a_build() {
    let workspace = Repeated::new(WORKSPACE);
    let stopped = Stopped::new(&workspace);
    // A build with another profile is nobody's concern.
    cleaned(&workspace, "--release -p lib");
    let clean = command(&workspace, &environment::atlas_binary(), "-p lib").start();
    clean.kill_after("Blocking waiting for file lock on build directory", 0);
    let build = stopped.finish();
    expect(&workspace, &build, &[]);
}

/// Returns the packages of which there are units, by place.
fn units(tree: &BTreeSet<String>) -> String {
    let mut places: std::collections::BTreeMap<&str, BTreeSet<&str>> = Default::default();
    for path in tree {
        let unit = path.strip_prefix("atlas/").and_then(|path| path.split_once("/unit/"));
        if let Some((place, unit)) = unit
            && let Some((package, _)) = unit.split_once('-')
        {
            places.entry(place).or_default().insert(package);
        }
    }
    let shown = places.into_iter().map(|(place, packages)| {
        let packages: Vec<&str> = packages.into_iter().collect();
        format!("{place}:{}", packages.join(","))
    });
    let mut shown: Vec<String> = shown.collect();
    // The host's triple may sort anywhere.
    shown.sort_by_key(|place| !place.starts_with(environment::host()));
    shown.join(" ")
}
