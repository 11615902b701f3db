//! Measures builds with nothing or one file to do; see `docs/benchmarks.md`.
//!
//! `cargo bench -p atlas-tests --bench noop -- --help`

mod generated;
mod load;
mod options;
mod published;
mod subject;

use std::process::ExitCode;

use atlas_tests::limits::{self, Row};
use atlas_tests::release;
use clap::Parser as _;

use options::{Options, Part};

fn main() -> ExitCode {
    let options = Options::parse();
    let atlas = release::atlas();
    let mut rows = Vec::new();
    if options.wants(Part::Published) {
        rows.extend(published::measure(&atlas, options.rounds));
    }
    if options.wants(Part::Generated) {
        rows.extend(generated::measure(&atlas, options.rounds, options.large));
    }
    match options.markdown {
        true => limits::print_markdown(&rows),
        false => limits::print(&rows),
    }
    let is_kept = rows.iter().all(Row::is_kept);
    ExitCode::from(u8::from(options.check && !is_kept))
}
