//! Compares builds from scratch with a warm store, by atlas, by cargo and by peers; what an empty store
//! costs; several worktrees at once; and collections. See `docs/benchmarks.md`.
//!
//! `cargo bench -p atlas-tests --bench store -- --help`
#![expect(clippy::print_stdout, reason = "a benchmark reports to the terminal")]

mod collection;
mod options;
mod peers;
mod rows;
mod site;
mod swarm;

use std::process::ExitCode;

use atlas_tests::limits::{self, Row};
use atlas_tests::release;
use camino::{Utf8Path, Utf8PathBuf};
use clap::Parser as _;

use options::Options;
use rows::Times;
use site::{Site, Who};

fn main() -> ExitCode {
    let options = Options::parse();
    let site = site(&options);
    println!("{} {}", site.original, site.args.join(" "));
    say_load();
    let mut rows = Vec::new();
    if options.rounds > 0 {
        rows.extend(rows::of_times(&times(&options, &site)));
    }
    if options.cold_pairs > 0 {
        rows.extend(rows::of_pairs(&cold_pairs(options.cold_pairs, &site)));
    }
    if options.worktrees > 0 {
        rows.extend(worktrees(options.worktrees, &site));
    }
    if options.collections > 0 {
        let directory = site.directory.join("collections");
        let result = collection::run(&site.atlas, &directory, options.collections);
        rows.extend(rows::of_collection(options.collections, &result));
    }
    say_load();
    match options.markdown {
        true => limits::print_markdown(&rows),
        false => limits::print(&rows),
    }
    let is_kept = rows.iter().all(Row::is_kept);
    ExitCode::from(u8::from(options.check && !is_kept))
}

/// Builds the program under test and fetches what the workspace depends on.
fn site(options: &Options) -> Site {
    let own = Utf8Path::new(env!("CARGO_MANIFEST_DIR")).parent();
    let own = own.expect("this package is in a workspace");
    let original = options.workspace.clone().unwrap_or_else(|| own.to_owned());
    let name = match &options.workspace {
        Some(workspace) => workspace.file_name().expect("a workspace has a name"),
        None => "own",
    };
    let directory = options.dir.clone().unwrap_or_else(|| release::kept_dir("store"));
    let atlas = release::atlas();
    let site = Site { atlas, directory: directory.join(name), original, args: options.args() };
    release::fetch(&site.copy(0));
    site
}

/// Measures builds from scratch, then builds with what they have left.
fn times(options: &Options, site: &Site) -> Times {
    let mut times = Times::default();
    for round in 0..options.rounds {
        // The store that is filled last is the one that is warm later.
        site.forget();
        let mut turns = [Who::Cargo, Who::Stored];
        turns.rotate_left(round as usize % 2);
        for who in turns {
            times.add(who, &site.build(who));
        }
    }
    let peers = match options.no_peers {
        true => Vec::new(),
        false => peers::start(&peers_directory(site)),
    };
    for peer in &peers {
        println!("{} fills its cache", peer.name());
        let _cold = peer.build(site);
    }
    for _ in 0..options.warm {
        times.add_warm("atlas", &site.build(Who::Stored));
        for peer in &peers {
            times.add_warm(peer.name(), &peer.build(site));
        }
    }
    times
}

/// Peers are the same for all workspaces.
fn peers_directory(site: &Site) -> Utf8PathBuf {
    site.directory.with_file_name("")
}

/// Measures atlas without a store and with an empty one; both take turns in going first.
fn cold_pairs(n: u32, site: &Site) -> Vec<rows::ColdPair> {
    let pair = |n: u32| {
        site.forget();
        if n.is_multiple_of(2) {
            let alone = site.build(Who::Alone);
            rows::ColdPair { alone, stored: site.build(Who::Stored) }
        } else {
            let stored = site.build(Who::Stored);
            rows::ColdPair { alone: site.build(Who::Alone), stored }
        }
    };
    (0..n).map(pair).collect()
}

/// Measures several copies at once: by cargo, with an empty store, and with a warm one.
fn worktrees(n: usize, site: &Site) -> Vec<Row> {
    let cargo = swarm::build(site, Who::Cargo, n);
    site.forget();
    let empty = swarm::build(site, Who::Stored, n);
    let warm = swarm::build(site, Who::Stored, n);
    for n in 1..n {
        site::remove(&site.target(n));
    }
    rows::of_worktrees(n, [cargo, empty, warm])
}

fn say_load() {
    let load = fs_err::read_to_string("/proc/loadavg").unwrap_or_default();
    println!("load of the last 1, 5 and 15 minutes: {}", load.trim());
}
