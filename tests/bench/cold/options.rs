//! The command line of the benchmark.

use camino::Utf8PathBuf;
use clap::Parser;

/// Compares cold and no-op builds of `cargo atlas` with cargo's, in interleaved pairs.
#[derive(Parser, Debug)]
#[command(name = "cold", disable_version_flag = true)]
pub(crate) struct Options {
    /// Workspace to build, as an absolute path [default: a search tool with its library crates]
    #[arg(long, value_name = "DIR")]
    pub(crate) workspace: Option<Utf8PathBuf>,
    /// Number of pairs
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) pairs: u32,
    /// No-op builds by each after each cold build
    #[arg(long, default_value_t = 5)]
    pub(crate) no_ops: u32,
    /// Jobs, for both [default: one per processor]
    #[arg(short, long)]
    pub(crate) jobs: Option<u32>,
    /// Exit with 1 if the median ratio of cold builds is above 1.03, or if the engine takes 100 MB
    #[arg(long)]
    pub(crate) check: bool,
    /// Given by `cargo bench`
    #[arg(long, hide = true)]
    bench: bool,
    /// What to build, as for `cargo build`
    #[arg(last = true)]
    pub(crate) selection: Vec<String>,
}
