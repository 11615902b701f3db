//! The command line of the benchmark.

use camino::Utf8PathBuf;
use clap::Parser;

/// Compares builds from scratch with a warm store, by `cargo atlas`, by cargo and by peers.
#[derive(Parser, Debug)]
#[command(name = "store", disable_version_flag = true)]
pub(crate) struct Options {
    /// Builds from scratch by cargo, and by atlas with an empty store; 0 measures only what else is
    /// asked for
    #[arg(long, default_value_t = 1)]
    pub(crate) rounds: u32,
    /// Builds with a warm store, by each
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) warm: u32,
    /// Pairs of builds from scratch by atlas alone, with an empty store and without one
    #[arg(long, default_value_t = 0)]
    pub(crate) cold_pairs: u32,
    /// Copies of the workspace that are built at once
    #[arg(long, default_value_t = 0)]
    pub(crate) worktrees: usize,
    /// Builds of a small workspace with a small store
    #[arg(long, default_value_t = 0)]
    pub(crate) collections: u32,
    /// Leave out sccache and kache
    #[arg(long)]
    pub(crate) no_peers: bool,
    /// Workspace to build copies of [default: this one, all of it]
    #[arg(long, value_name = "DIR")]
    pub(crate) workspace: Option<Utf8PathBuf>,
    /// Jobs, for all [default: one per processor]
    #[arg(short, long)]
    pub(crate) jobs: Option<u32>,
    /// Directory for copies, target directories, stores and peers [default: in this target directory]
    #[arg(long, value_name = "DIR")]
    pub(crate) dir: Option<Utf8PathBuf>,
    /// Print the results as a table in Markdown
    #[arg(long)]
    pub(crate) markdown: bool,
    /// Exit with 1 if a limit is not kept
    #[arg(long)]
    pub(crate) check: bool,
    /// Given by `cargo bench`
    #[arg(long, hide = true)]
    bench: bool,
    /// What to build, as for `cargo build` [default: `--workspace`]
    #[arg(last = true)]
    pub(crate) selection: Vec<String>,
}

impl Options {
    /// Returns the arguments of every build.
    pub(crate) fn args(&self) -> Vec<String> {
        let jobs = self.jobs.map(|jobs| format!("-j{jobs}"));
        let all = vec!["--workspace".to_owned()];
        // `cargo bench` adds this to the end, wherever that is.
        let typed = self.selection.iter().filter(|arg| *arg != "--bench").cloned();
        let typed: Vec<String> = typed.collect();
        jobs.into_iter().chain(if typed.is_empty() { all } else { typed }).collect()
    }
}
