//! Compares checks and builds after a change of a function body at the bottom of a workspace with
//! cargo's, in pairs; see `docs/benchmarks.md`.
//!
//! `cargo bench -p atlas-tests --bench cutoff -- --help`

mod edit;
mod generated;
mod options;
mod subject;

use std::process::ExitCode;

use atlas_tests::limits::{self, Limit, Row};
use atlas_tests::release;
use atlas_tests::statistics::Summary;
use camino::{Utf8Path, Utf8PathBuf};
use clap::Parser as _;

use edit::{Edits, Place};
use options::Options;
use subject::{Pair, Subject};

const MIN_CHECK_RATIO: f64 = 20.0;
const MIN_BUILD_RATIO: f64 = 5.0;
const MAX_CLOSING_MS: f64 = 50.0;

fn main() -> ExitCode {
    let options = Options::parse();
    let directory = options.dir.clone().unwrap_or_else(|| release::kept_dir("cutoff"));
    let (name, copy, mut edits) = workspace(&options, &directory);
    release::fetch(&copy);
    let subject = Subject {
        atlas: release::atlas(),
        workspace: copy,
        directory: directory.join(&name),
        selection: options.selection.clone(),
    };
    let mut rows = Vec::new();
    for subcommand in options.subcommands() {
        subject.settle(subcommand, &mut edits);
        let pairs = (0..options.rounds).map(|n| subject.pair(subcommand, n, &mut edits));
        rows.extend(summed(&name, subcommand, &pairs.collect::<Vec<_>>()));
    }
    match options.markdown {
        true => limits::print_markdown(&rows),
        false => limits::print(&rows),
    }
    let is_kept = rows.iter().all(Row::is_kept);
    ExitCode::from(u8::from(options.check && !is_kept))
}

/// Makes what is edited and built: its name, where it is, and the edits.
fn workspace(options: &Options, directory: &Utf8Path) -> (String, Utf8PathBuf, Edits) {
    let (name, original, place) = match &options.workspace {
        Some(workspace) => {
            let file = options.edit.clone().expect("required with a workspace");
            let old = options.old.clone().expect("required with a workspace");
            let name = workspace.file_name().expect("a workspace has a name").to_owned();
            (name, workspace.clone(), Place { file, old, new: options.new.clone() })
        }
        None => {
            let original = directory.join("generated");
            generated::write(&original);
            (format!("{}-crates", generated::N_CRATES), original, generated::edit())
        }
    };
    let copy = directory.join(&name).join("ws");
    if !copy.exists() {
        release::copy_workspace(&original, &copy);
    }
    let text = fs_err::read_to_string(original.join(&place.file));
    let text = text.unwrap_or_else(|error| panic!("{error}"));
    let edits = Edits::new(&place, &text, &copy);
    (name, copy, edits)
}

fn summed(name: &str, subcommand: &str, pairs: &[Pair]) -> Vec<Row> {
    let [by_cargo, by_atlas] = pairs.last().map_or([0, 0], |pair| pair.n_compiled);
    let min = if subcommand == "check" { MIN_CHECK_RATIO } else { MIN_BUILD_RATIO };
    let of = |number: fn(&Pair) -> f64| Summary::of(pairs.iter().map(number));
    let time = |what: &str, times: Option<Summary>, limit: Limit| {
        Row::milliseconds(&format!("{name}, {subcommand}: {what}"), times, limit)
    };
    let cargo = of(|pair| pair.cargo.as_secs_f64() * 1000.0);
    let atlas = of(|pair| pair.atlas.as_secs_f64() * 1000.0);
    let mut rows = vec![
        Row::ratio(
            &format!("{name}, {subcommand}: cargo/atlas"),
            of(Pair::ratio),
            Limit::AtLeast(min),
        ),
        time(&format!("cargo, {by_cargo} crates"), cargo, Limit::None),
        time(&format!("atlas, {by_atlas} crates"), atlas, Limit::None),
        time(
            "from the last compiler's or linker's end to that of atlas",
            of(Pair::closing),
            Limit::AtMost(MAX_CLOSING_MS),
        ),
        time("of this, for what it made", of(Pair::settling), Limit::None),
    ];
    let before_next = Summary::of(pairs.iter().filter_map(Pair::before_next));
    if before_next.is_some() {
        let what = "from the first compiler's end to the next start";
        rows.push(time(what, before_next, Limit::None));
    }
    rows
}
