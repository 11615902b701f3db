//! Compares cold and no-op builds with cargo's, in interleaved pairs; see `docs/benchmarks.md`.
//!
//! `cargo bench -p atlas-tests --bench cold -- --help`
#![expect(clippy::print_stdout, reason = "a benchmark reports to the terminal")]

mod options;
mod pair;

use std::process::ExitCode;

use atlas_tests::environment;
use atlas_tests::fixture::Fixture;
use atlas_tests::published::SEARCH_TOOL;
use atlas_tests::release;
use atlas_tests::statistics::Summary;
use clap::Parser as _;

use options::Options;
use pair::{Pair, Subject};

const MAX_RATIO: f64 = 1.03;
const MAX_PEAK_KB: u64 = 100_000;

fn main() -> ExitCode {
    let options = Options::parse();
    let fixture = options.workspace.is_none().then(|| SEARCH_TOOL.assemble());
    let subject = subject(&options, fixture.as_ref());
    println!("{} {}", subject.workspace, subject.args.join(" "));
    println!("pair  cargo s  atlas s  ratio  cpu ratio  no-op ratio  atlas kB  cargo kB");
    let pairs: Vec<Pair> = (0..options.pairs).map(|n| measure(&subject, n)).collect();
    let ratio = report("cold, atlas/cargo", pairs.iter().map(Pair::cold));
    report("processor time, atlas/cargo", pairs.iter().filter_map(Pair::cpu));
    report("no-op, atlas/cargo", pairs.iter().filter_map(Pair::no_op));
    let peak_kb = pairs.iter().filter_map(|pair| pair.atlas.cold.peak_kb).max();
    let slow = ratio.is_some_and(|ratio| ratio.median > MAX_RATIO);
    let large = peak_kb.is_some_and(|kb| kb >= MAX_PEAK_KB);
    println!("peak memory of the engine: {} kB", show(peak_kb));
    if slow {
        println!("too slow: the median of cold builds is above {MAX_RATIO}");
    }
    if large {
        println!("too large: the engine may take less than {MAX_PEAK_KB} kB");
    }
    ExitCode::from(u8::from(options.check && (slow || large)))
}

/// Builds the program under test and fetches what the workspace depends on.
fn subject(options: &Options, fixture: Option<&Fixture>) -> Subject {
    let workspace = options.workspace.clone();
    let workspace = workspace.or_else(|| fixture.map(|fixture| fixture.root().to_owned()));
    let workspace = workspace.expect("a workspace is given or assembled");
    let atlas = release::atlas();
    release::fetch(&workspace);
    let default =
        if fixture.is_some() { vec!["-p".to_owned(), "ripgrep".to_owned()] } else { vec![] };
    let selection = match options.selection.is_empty() {
        true => default,
        false => options.selection.clone(),
    };
    let jobs = options.jobs.map(|jobs| format!("-j{jobs}"));
    Subject {
        cargo: environment::cargo(),
        atlas,
        workspace,
        args: jobs.into_iter().chain(selection).collect(),
        n_no_ops: options.no_ops,
    }
}

fn measure(subject: &Subject, n: u32) -> Pair {
    let pair = subject.pair(n);
    println!(
        "{:>4} {:>8.2} {:>8.2} {:>6.3} {:>10} {:>12} {:>9} {:>9}",
        n + 1,
        pair.cargo.cold.wall.as_secs_f64(),
        pair.atlas.cold.wall.as_secs_f64(),
        pair.cold(),
        pair.cpu().map_or_else(|| "?".to_owned(), |ratio| format!("{ratio:.3}")),
        pair.no_op().map_or_else(|| "?".to_owned(), |ratio| format!("{ratio:.3}")),
        show(pair.atlas.cold.peak_kb),
        show(pair.cargo.cold.peak_kb),
    );
    pair
}

fn report(what: &str, ratios: impl Iterator<Item = f64>) -> Option<Summary> {
    let summary = Summary::of(ratios);
    match summary {
        Some(summary) => println!("{what}: {summary}"),
        None => println!("{what}: not measured"),
    }
    summary
}

fn show(number: Option<u64>) -> String {
    number.map_or_else(|| "?".to_owned(), |number| number.to_string())
}
