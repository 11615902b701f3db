//! The command line of the program.

use camino::Utf8PathBuf;
use clap::{Parser, ValueEnum};

/// Builds consecutive commits of a git repository with `cargo atlas` in one target directory, and
/// compares each result with a clean one and with cargo's.
#[derive(Parser, Debug)]
#[command(name = "history", disable_version_flag = true)]
pub(crate) struct Options {
    /// A checkout; it is cloned, and stays as it is
    pub(crate) repository: Utf8PathBuf,
    /// Number of commits, each the first parent of the next
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) commits: u32,
    /// Build each K-th commit only
    #[arg(long, value_name = "K", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) every: u32,
    /// The first commit [default: as many before HEAD as are built]
    #[arg(long, value_name = "REV")]
    pub(crate) from: Option<String>,
    /// What is done with each commit
    #[arg(long, value_enum, default_value_t = Work::Both)]
    pub(crate) mode: Work,
    /// Compare each K-th of the built commits with a clean build
    #[arg(long, value_name = "K", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) clean_every: u32,
    /// Compare what a built program prints, such as 'rg --help'; can be given several times
    #[arg(long = "run", value_name = "COMMAND")]
    pub(crate) runs: Vec<String>,
    /// Where the clone and the target directories are made [default: a temporary directory]
    #[arg(long, value_name = "DIR")]
    pub(crate) dir: Option<Utf8PathBuf>,
    /// The program under test [default: built from this workspace, with optimizations]
    #[arg(long, value_name = "PROGRAM")]
    pub(crate) atlas: Option<Utf8PathBuf>,
    /// Print tables in Markdown
    #[arg(long)]
    pub(crate) markdown: bool,
    /// What to build, as for `cargo build`, with features and such
    #[arg(last = true)]
    pub(crate) selection: Vec<String>,
}

/// What is done with each commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Work {
    /// `check` only
    Check,
    /// `build` only
    Build,
    /// `check`, then `build`
    Both,
}

impl Work {
    /// Returns the subcommands.
    pub(crate) fn subcommands(self) -> &'static [&'static str] {
        match self {
            Work::Check => &["check"],
            Work::Build => &["build"],
            Work::Both => &["check", "build"],
        }
    }
}
