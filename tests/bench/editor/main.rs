//! Has rust-analyzer check a workspace of 30 crates with cargo and with cargo atlas, and measures from a
//! save to the diagnostics that follow, in pairs; see `docs/editor.md`.
//!
//! `RUST_ANALYZER=… cargo bench -p atlas-tests --bench editor -- --help`

#![expect(clippy::print_stdout, reason = "a benchmark reports to the terminal")]

mod client;
mod generated;
mod options;
mod settings;
mod trial;

use std::process::ExitCode;

use atlas_tests::limits::{self, Limit, Row};
use atlas_tests::statistics::Summary;
use atlas_tests::{environment, release};
use camino::Utf8PathBuf;
use clap::Parser as _;

use options::Options;
use settings::Tool;
use trial::{Company, Seen, Trial};

fn main() -> ExitCode {
    let program = Utf8PathBuf::from(environment::text("RUST_ANALYZER"));
    if program.as_str().is_empty() {
        println!("left out: RUST_ANALYZER names no rust-analyzer");
        return ExitCode::SUCCESS;
    }
    let options = Options::parse();
    let directory = options.dir.clone().unwrap_or_else(|| release::kept_dir("editor"));
    let atlas = options.atlas.clone().unwrap_or_else(release::atlas);
    let [mut plain, mut own] = [Tool::Cargo, Tool::Atlas].map(|tool| {
        let workspace = directory.join(tool.name());
        generated::write(&workspace);
        Trial::start(&program, &atlas, &workspace, tool)
    });
    let mut rows = Vec::new();
    for company in [Company::Alone, Company::Terminal] {
        let mut pairs = Vec::new();
        for round in 0..options.rounds {
            // They take turns in going first.
            let pair = if round % 2 == 0 {
                [plain.round(round, company), own.round(round, company)]
            } else {
                let own = own.round(round, company);
                [plain.round(round, company), own]
            };
            println!("{company:?} {round}: cargo {:?}, atlas {:?}", pair[0], pair[1]);
            pairs.push(pair);
        }
        rows.extend(summed(company, &pairs));
    }
    match options.markdown {
        true => limits::print_markdown(&rows),
        false => limits::print(&rows),
    }
    ExitCode::SUCCESS
}

fn summed(company: Company, pairs: &[[Seen; 2]]) -> Vec<Row> {
    let of = |number: fn(&[Seen; 2]) -> f64| Summary::of(pairs.iter().map(number));
    let what = company.name();
    let time = |name: &str, of: Option<Summary>| {
        Row::milliseconds(&format!("{what}: {name}"), of, Limit::None)
    };
    vec![
        Row::ratio(
            &format!("{what}, until a diagnostic is there: cargo/atlas"),
            of(|[cargo, atlas]| cargo.there.as_secs_f64() / atlas.there.as_secs_f64()),
            Limit::None,
        ),
        Row::ratio(
            &format!("{what}, until it is gone: cargo/atlas"),
            of(|[cargo, atlas]| cargo.gone.as_secs_f64() / atlas.gone.as_secs_f64()),
            Limit::None,
        ),
        Row::ratio(
            &format!("{what}, until the check ends: cargo/atlas"),
            of(|[cargo, atlas]| cargo.ended.as_secs_f64() / atlas.ended.as_secs_f64()),
            Limit::None,
        ),
        time("cargo, ended", of(|[cargo, _]| cargo.ended.as_secs_f64() * 1000.0)),
        time("atlas, ended", of(|[_, atlas]| atlas.ended.as_secs_f64() * 1000.0)),
        time("cargo, there", of(|[cargo, _]| cargo.there.as_secs_f64() * 1000.0)),
        time("atlas, there", of(|[_, atlas]| atlas.there.as_secs_f64() * 1000.0)),
        time("cargo, gone", of(|[cargo, _]| cargo.gone.as_secs_f64() * 1000.0)),
        time("atlas, gone", of(|[_, atlas]| atlas.gone.as_secs_f64() * 1000.0)),
    ]
}
