//! The command line of the benchmark.

use camino::Utf8PathBuf;
use clap::Parser;

/// Measures from a save to diagnostics in rust-analyzer, with cargo and with `cargo atlas`.
#[derive(Parser, Debug)]
#[command(name = "editor", disable_version_flag = true)]
pub(crate) struct Options {
    /// Pairs of edits, alone and beside a build in a terminal
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) rounds: u32,
    /// The program under test [default: built with optimizations]
    #[arg(long, value_name = "FILE")]
    pub(crate) atlas: Option<Utf8PathBuf>,
    /// Directory for the workspaces, which are kept [default: in this target directory]
    #[arg(long, value_name = "DIR")]
    pub(crate) dir: Option<Utf8PathBuf>,
    /// Print the results as a table in Markdown
    #[arg(long)]
    pub(crate) markdown: bool,
    /// Given by `cargo bench`
    #[arg(long, hide = true)]
    bench: bool,
}
