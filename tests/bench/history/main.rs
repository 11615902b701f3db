//! Builds consecutive commits of a git repository in one target directory, and compares each result
//! with a clean one and with cargo's; see `docs/history.md`.
//!
//! `cargo run -p atlas-tests --bin history -- --help`

mod options;
mod outcome;
mod places;
mod program;
mod report;
mod repository;
mod tally;
mod visit;

use std::process::ExitCode;

use atlas_tests::release;
use camino::{Utf8Path, Utf8PathBuf};
use clap::Parser as _;

use options::Options;
use places::Places;
use report::Format;
use repository::Repository;
use visit::{Visit, Visitor};

fn main() -> ExitCode {
    let options = Options::parse();
    let directory = tempfile::Builder::new().prefix("atlas-history-").tempdir();
    let directory = directory.expect("the temporary directory is writable");
    let directory = match &options.dir {
        Some(directory) => directory.clone(),
        None => Utf8PathBuf::from_path_buf(directory.path().to_owned()).expect("it is UTF-8"),
    };
    let visits = visit_all(&options, &directory);
    let is_equal = visits.iter().all(|visit| visit.differences.is_empty());
    ExitCode::from(u8::from(!is_equal))
}

/// Builds in a directory, which has to be empty, and reports.
fn visit_all(options: &Options, directory: &Utf8Path) -> Vec<Visit> {
    fs_err::create_dir_all(directory).expect("the directory is writable");
    let directory = directory.canonicalize_utf8().expect("the directory is there");
    let origin = options.repository.canonicalize_utf8();
    let origin = origin.unwrap_or_else(|error| panic!("{}: {error}", options.repository));
    let repository = Repository::clone_of(&origin, &directory.join("repository"));
    let commits = commits(options, &repository);
    let atlas = options.atlas.clone().unwrap_or_else(release::atlas);
    let visitor = Visitor {
        repository,
        places: Places::new(&directory),
        atlas,
        subcommands: options.mode.subcommands(),
        selection: options.selection.clone(),
        runs: options.runs.clone(),
    };
    let format = if options.markdown { Format::Markdown } else { Format::Plain };
    report::print_head(format);
    let mut visits = Vec::new();
    for (n, commit) in commits.iter().enumerate() {
        let with_clean = n.is_multiple_of(size(options.clean_every)) || n + 1 == commits.len();
        let these = visitor.visit(n, commit, with_clean);
        these.iter().for_each(|visit| report::print_visit(visit, format));
        report::print_differences(&these);
        visits.extend(these);
    }
    for subcommand in options.mode.subcommands() {
        report::print_summary(subcommand, &visits, format);
    }
    visits
}

fn commits(options: &Options, repository: &Repository) -> Vec<String> {
    let from = options.from.as_ref().map(|from| repository.commit(from));
    let (n, every) = (size(options.commits), size(options.every));
    repository::visited(&repository.commits(), from.as_deref(), n, every)
}

fn size(number: u32) -> usize {
    usize::try_from(number).expect("numbers of commits are small")
}
