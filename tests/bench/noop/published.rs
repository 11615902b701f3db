//! A published program of over 150 units, whose dependencies come from the registry: cargo's time
//! with nothing to do over atlas's.

use atlas_tests::environment;
use atlas_tests::fixture::copy_tree;
use atlas_tests::limits::{Limit, Row};
use atlas_tests::process::Command;
use atlas_tests::published::source;
use atlas_tests::release;
use atlas_tests::statistics::Summary;
use camino::{Utf8Path, Utf8PathBuf};

use crate::subject::{Builder, Subject, milliseconds, peak_kb};

/// Counts lines of code; its lock file is published with it.
const PROGRAM: &str = "tokei@15.0.0";
const MIN_UNITS: usize = 150;
const MIN_RATIO: f64 = 10.0;

pub(crate) fn measure(atlas: &Utf8Path, rounds: u32) -> Vec<Row> {
    let directory = release::kept_dir("noop").join(PROGRAM.replace('@', "-"));
    let subject = Subject { workspace: workspace(&directory), args: vec!["--locked".to_owned()] };
    let n_units = count_units(&subject, &directory.join("units"));
    assert!(n_units > MIN_UNITS, "{PROGRAM} has {n_units} units only");
    let cargo = Builder { program: environment::cargo(), target: directory.join("cargo") };
    let atlas = Builder { program: atlas.to_owned(), target: directory.join("atlas") };
    subject.settle(&cargo);
    subject.settle(&atlas);

    let mut times = (Vec::new(), Vec::new());
    for round in 0..rounds {
        // Both take turns in going first.
        let (first, second) = match round.is_multiple_of(2) {
            true => (&cargo, &atlas),
            false => (&atlas, &cargo),
        };
        let (one, two) = (subject.no_op(first), subject.no_op(second));
        let (of_cargo, of_atlas) = if round.is_multiple_of(2) { (one, two) } else { (two, one) };
        times.0.push(milliseconds(of_cargo));
        times.1.push(milliseconds(of_atlas));
    }
    let ratios = times.0.iter().zip(&times.1).map(|(cargo, atlas)| cargo / atlas);
    let name = format!("{PROGRAM}, {n_units} units: ");
    let time = |who: &str, times: &[f64]| {
        Row::milliseconds(&format!("{name}{who}"), Summary::of(times.iter().copied()), Limit::None)
    };
    vec![
        Row::ratio(&format!("{name}cargo/atlas"), Summary::of(ratios), Limit::AtLeast(MIN_RATIO)),
        time("cargo", &times.0),
        time("atlas", &times.1),
        Row::memory(&format!("{name}peak memory of cargo"), peak_kb(subject.build(&cargo))),
        Row::memory(&format!("{name}peak memory of atlas"), peak_kb(subject.build(&atlas))),
    ]
}

/// Copies the program to where it stays, as a workspace of its own.
fn workspace(directory: &Utf8Path) -> Utf8PathBuf {
    let workspace = directory.join("ws");
    let complete = directory.join("copied.txt");
    if !complete.exists() {
        copy_tree(&source(PROGRAM), &workspace, |_| true);
        let manifest = workspace.join("Cargo.toml");
        let text = fs_err::read_to_string(&manifest).expect("a package has a manifest");
        // It lies below the directory of another workspace.
        let text = format!("{text}\n[workspace]\n");
        fs_err::write(&manifest, text).expect("the target directory is writable");
        release::fetch(&workspace);
        fs_err::write(&complete, "").expect("the target directory is writable");
    }
    workspace
}

/// Asks cargo, in a target directory that no build uses.
fn count_units(subject: &Subject, target: &Utf8Path) -> usize {
    let outcome = Command::new(&environment::cargo())
        .cwd(&subject.workspace)
        .env("RUSTC_BOOTSTRAP", "1")
        .env("CARGO_TARGET_DIR", target.as_str())
        .args(&["build", "--offline", "--unit-graph", "-Zunstable-options"])
        .args(&subject.args)
        .run()
        .expect_success("cargo build --unit-graph");
    let graph: serde_json::Value =
        serde_json::from_str(&outcome.stdout).expect("the unit graph is JSON");
    graph["units"].as_array().expect("the unit graph has units").len()
}
