//! The flags of `clippy`: those of a check, and its own.

use clap::Args;

use crate::args::BuildArgs;
use crate::fix::FixFlags;

/// The flags of `clippy`.
#[derive(Args, Clone, Debug)]
#[command(override_help = HELP)]
pub(crate) struct ClippyArgs {
    /// Those that `check` has too.
    #[command(flatten)]
    pub(crate) args: BuildArgs,

    /// Run Clippy only on the given crate, without linting the dependencies
    #[arg(long)]
    pub(crate) no_deps: bool,

    /// Automatically apply lint suggestions. This flag implies --no-deps and --all-targets
    #[arg(long)]
    pub(crate) fix: bool,

    /// Those of `fix`.
    #[command(flatten)]
    pub(crate) fixing: FixFlags,

    /// Print the documentation for a given lint
    #[arg(long, value_name = "LINT", num_args = 0..=1)]
    pub(crate) explain: Option<Option<String>>,

    /// Print version info and exit
    #[arg(short = 'V', long)]
    pub(crate) version: bool,

    /// What the compiler gets.
    #[arg(last = true)]
    pub(crate) lints: Vec<String>,
}

impl ClippyArgs {
    /// Returns whether a question about clippy itself is asked.
    pub(crate) fn asks_about_clippy(&self) -> bool {
        self.version || self.explain.is_some()
    }
}

/// The help of `cargo clippy`, which is not that of a command of cargo's own.
const HELP: &str = "\
Checks a package to catch common mistakes and improve your Rust code.

Usage:
    cargo atlas clippy [OPTIONS] [--] [<ARGS>...]

Common options:
    --no-deps                Run Clippy only on the given crate, without linting the dependencies
    --fix                    Automatically apply lint suggestions. This flag implies --no-deps and --all-targets
    -h, --help               Print this message
    -V, --version            Print version info and exit
    --explain [LINT]         Print the documentation for a given lint

See all options with cargo atlas check --help.

Allowing / Denying lints

To allow or deny a lint from the command line you can use cargo atlas clippy -- with:

    -W / --warn [LINT]       Set lint warnings
    -A / --allow [LINT]      Set lint allowed
    -D / --deny [LINT]       Set lint denied
    -F / --forbid [LINT]     Set lint forbidden

You can use tool lints to allow or deny lints from your code, e.g.:

    #[allow(clippy::needless_lifetimes)]

Manifest Options:
    --manifest-path <PATH>  Path to Cargo.toml
    --frozen                Require Cargo.lock and cache are up to date
    --locked                Require Cargo.lock is up to date
    --offline               Run without accessing the network
";
