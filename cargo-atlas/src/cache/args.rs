//! The words of `cache`.

use clap::{Args, Subcommand};

use crate::args::MANIFEST_OPTIONS;

/// The words of `cache`.
#[derive(Args, Clone, Debug)]
pub(crate) struct CacheArgs {
    /// What to say of the store
    #[command(subcommand)]
    pub(crate) question: CacheQuestion,
}

/// What can be said of the store.
#[derive(Subcommand, Clone, Debug)]
pub(crate) enum CacheQuestion {
    /// Show how much is in the store, of what kind and age, and what it was good for
    Stats(CacheWords),
    /// Read everything in the store and tell what of it is damaged
    Verify {
        /// Remove what is damaged, or of no use without it
        #[arg(long)]
        repair: bool,
        /// What all of them have.
        #[command(flatten)]
        words: CacheWords,
    },
    /// Show where the store is
    Path(CacheWords),
}

/// The words of each of them.
#[derive(Args, Clone, Debug)]
pub(crate) struct CacheWords {
    /// Answer as JSON
    #[arg(long)]
    pub(crate) json: bool,

    /// Path to Cargo.toml
    #[arg(long, value_name = "PATH", help_heading = MANIFEST_OPTIONS)]
    pub(crate) manifest_path: Option<String>,
}

impl CacheQuestion {
    /// Returns the words that all of them have.
    pub(crate) fn words(&self) -> &CacheWords {
        match self {
            CacheQuestion::Stats(words)
            | CacheQuestion::Path(words)
            | CacheQuestion::Verify { words, .. } => words,
        }
    }
}
