//! The command line of the benchmark.

use clap::{Parser, ValueEnum};

/// Measures builds with nothing or almost nothing to do, against cargo and against bare `stat`.
#[derive(Parser, Debug)]
#[command(name = "noop", disable_version_flag = true)]
pub(crate) struct Options {
    /// Pairs of builds, and builds of each other kind
    #[arg(long, default_value_t = 21, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) rounds: u32,
    /// Measure one part only
    #[arg(long, value_enum)]
    pub(crate) only: Option<Part>,
    /// Measure 100,000 files as well
    #[arg(long)]
    pub(crate) large: bool,
    /// Print the results as a table in Markdown
    #[arg(long)]
    pub(crate) markdown: bool,
    /// Exit with 1 if a limit is not kept
    #[arg(long)]
    pub(crate) check: bool,
    /// Given by `cargo bench`
    #[arg(long, hide = true)]
    bench: bool,
}

/// A part of the benchmark.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Part {
    /// A published program
    Published,
    /// A generated workspace
    Generated,
}

impl Options {
    pub(crate) fn wants(&self, part: Part) -> bool {
        self.only.is_none_or(|only| only == part)
    }
}
