//! The command line of the benchmark.

use camino::Utf8PathBuf;
use clap::Parser;

/// Compares checks and builds after a change of a function body, by `cargo atlas` and by cargo.
#[derive(Parser, Debug)]
#[command(name = "cutoff", disable_version_flag = true)]
pub(crate) struct Options {
    /// Pairs of checks, and of builds
    #[arg(long, default_value_t = 7, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) rounds: u32,
    /// Measure one of `check` and `build` only
    #[arg(long, value_parser = ["check", "build"])]
    pub(crate) only: Option<String>,
    /// Workspace to edit a copy of [default: 36 generated crates]
    #[arg(long, value_name = "DIR", requires_all = ["edit", "old", "new"])]
    pub(crate) workspace: Option<Utf8PathBuf>,
    /// File to edit, from the workspace
    #[arg(long, value_name = "FILE", requires = "workspace")]
    pub(crate) edit: Option<Utf8PathBuf>,
    /// Text in it that is replaced
    #[arg(long, value_name = "TEXT", requires = "workspace")]
    pub(crate) old: Option<String>,
    /// What replaces it; `{n}` stands for another number each time. Several take turns
    #[arg(long, value_name = "TEXT", requires = "workspace", value_parser = text_with_number)]
    pub(crate) new: Vec<String>,
    /// Directory for the copy and the target directories, which are kept [default: in this target
    /// directory]
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
    /// What to build, as for `cargo build`
    #[arg(last = true)]
    pub(crate) selection: Vec<String>,
}

impl Options {
    pub(crate) fn subcommands(&self) -> Vec<&'static str> {
        let wanted = |it: &&str| self.only.as_ref().is_none_or(|only| only == it);
        ["check", "build"].into_iter().filter(wanted).collect()
    }
}

fn text_with_number(text: &str) -> Result<String, String> {
    match text.contains("{n}") {
        true => Ok(text.to_owned()),
        false => Err("there is no `{n}` in it".to_owned()),
    }
}
