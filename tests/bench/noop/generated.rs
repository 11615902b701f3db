//! A generated workspace of many files: the time with nothing to do over that of a bare `stat` of
//! the same files, what is left of a build's time beside the compiler's after one change, and how
//! both grow.

use std::thread;
use std::time::{Duration, Instant};

use atlas_tests::limits::{Limit, Row};
use atlas_tests::release;
use atlas_tests::scale::{Size, Workspace};
use atlas_tests::statistics::Summary;
use atlas_tests::timing::{compilations, timed_compilers};
use camino::{Utf8Path, Utf8PathBuf};

use crate::load::load_state;
use crate::subject::{Builder, Subject, milliseconds, peak_kb, state_file, succeed};

const TEN_THOUSAND: Size = Size { packages: 200, files: 50 };
const HUNDRED_THOUSAND: Size = Size { packages: 1000, files: 100 };
/// As many threads as stat the files.
const N_THREADS: usize = 2;
const MAX_OVER_STAT: f64 = 3.0;
const MAX_OVERHEAD_MS: f64 = 20.0;
/// How much the ratio of a build to `stat` may grow when there are ten times as many files. `stat`
/// itself gets slower, as files no longer fit into the caches.
const MAX_GROWTH: f64 = 1.5;

/// Times of one workspace, in milliseconds.
#[derive(Debug)]
struct Times {
    size: Size,
    load: Vec<f64>,
    stat: Vec<f64>,
    no_op: Vec<f64>,
    edit: Vec<Edit>,
    peak_kb: Option<u64>,
}

/// A build after one change.
#[derive(Clone, Copy, Debug)]
struct Edit {
    total: f64,
    compiler: f64,
}

pub(crate) fn measure(atlas: &Utf8Path, rounds: u32, is_large: bool) -> Vec<Row> {
    let times = measure_size(atlas, rounds, TEN_THOUSAND);
    let mut rows = times.rows();
    if is_large {
        let large = measure_size(atlas, rounds, HUNDRED_THOUSAND);
        rows.extend(large.rows());
        rows.extend(growth(&times, &large));
    }
    rows
}

fn measure_size(atlas: &Utf8Path, rounds: u32, size: Size) -> Times {
    let directory = release::kept_dir("noop").join(format!("generated-{}", size.total()));
    let workspace = Workspace::at(&directory.join("ws"), size);
    let subject = Subject { workspace: workspace.root().to_owned(), args: Vec::new() };
    let builder = Builder { program: atlas.to_owned(), target: directory.join("target") };
    subject.settle(&builder);

    let sources = workspace.sources();
    let (mut load, mut stat, mut no_op) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..rounds {
        stat.push(milliseconds(stat_all(&sources)));
        no_op.push(milliseconds(subject.no_op(&builder)));
        load.extend(load_state(&state_file(&builder.target)).map(milliseconds));
    }
    let peak_kb = peak_kb(subject.build(&builder));
    let log = directory.join("times.txt");
    let build = || timed_compilers(subject.build(&builder), &log);
    // Once before: the wrapper is new to the build.
    succeed(build());
    let edit = (0..rounds).map(|_| {
        fs_err::write(&log, "").expect("the target directory is writable");
        workspace.change_a_body();
        let (total, _) = succeed(build());
        let compilers = compilations(&log);
        assert_eq!(compilers.len(), 1, "one change in a package that no other uses");
        Edit { total: milliseconds(total), compiler: milliseconds(compilers[0].took) }
    });
    let edit = edit.collect();
    Times { size, load, stat, no_op, edit, peak_kb }
}

/// Asks the system about each file, and returns how long that took.
fn stat_all(paths: &[Utf8PathBuf]) -> Duration {
    let start = Instant::now();
    thread::scope(|scope| {
        for part in paths.chunks(paths.len().div_ceil(N_THREADS)) {
            scope.spawn(move || {
                for path in part {
                    let metadata = std::fs::metadata(path);
                    assert!(metadata.is_ok_and(|metadata| metadata.len() > 0), "{path} is there");
                }
            });
        }
    });
    start.elapsed()
}

impl Times {
    fn rows(&self) -> Vec<Row> {
        let name = format!("{} files, {} packages: ", self.size.total(), self.size.packages);
        let time = |what: &str, times: Vec<f64>, limit: Limit| {
            Row::milliseconds(&format!("{name}{what}"), Summary::of(times), limit)
        };
        let over_stat = self.no_op.iter().zip(&self.stat).map(|(no_op, stat)| no_op / stat);
        let beside: Vec<f64> = self.edit.iter().map(|edit| edit.total - edit.compiler).collect();
        let no_op = Summary::of(self.no_op.iter().copied()).map_or(0.0, |no_op| no_op.median);
        let added = beside.iter().map(|time| time - no_op).collect();
        let is_limited = self.size == TEN_THOUSAND;
        let at_most = |limit| if is_limited { Limit::AtMost(limit) } else { Limit::None };
        vec![
            Row::ratio(
                &format!("{name}no-op/stat"),
                Summary::of(over_stat),
                at_most(MAX_OVER_STAT),
            ),
            time("no-op", self.no_op.clone(), Limit::None),
            time("stat of the sources by two threads", self.stat.clone(), Limit::None),
            time("loading the state", self.load.clone(), Limit::None),
            time("one change, without the compiler", beside, Limit::None),
            time("one change, without the compiler and a no-op", added, at_most(MAX_OVERHEAD_MS)),
            time(
                "one change, the compiler",
                self.edit.iter().map(|edit| edit.compiler).collect(),
                Limit::None,
            ),
            Row::memory(&format!("{name}peak memory of a no-op"), self.peak_kb),
        ]
    }

    /// Returns the median time for a file.
    #[expect(clippy::cast_precision_loss, reason = "fewer than 2^52 files")]
    fn per_file(&self, times: &[f64]) -> Option<f64> {
        let summary = Summary::of(times.iter().copied())?;
        Some(summary.median / self.size.total() as f64)
    }
}

/// Returns the time for a file of a large workspace over that of a small one: 1 if time grows as
/// the number of files does. Whether atlas is to blame if it does not, the last row tells.
fn growth(small: &Times, large: &Times) -> Vec<Row> {
    let row = |what: &str, times: fn(&Times) -> &[f64]| {
        let per_file = |of: &Times| of.per_file(times(of));
        let ratio = per_file(large).zip(per_file(small)).map(|(large, small)| large / small);
        let (many, few) = (large.size.total(), small.size.total());
        let what = format!("{what}, a file of {many}/a file of {few}");
        Row::ratio(&what, Summary::of(ratio), Limit::None)
    };
    let over_stat = |of: &Times| Some(of.per_file(&of.no_op)? / of.per_file(&of.stat)?);
    let relative = over_stat(large).zip(over_stat(small)).map(|(large, small)| large / small);
    vec![
        row("no-op", |times| &times.no_op),
        row("loading the state", |times| &times.load),
        row("stat", |times| &times.stat),
        Row::ratio("no-op/stat, many files/few", Summary::of(relative), Limit::AtMost(MAX_GROWTH)),
    ]
}
