//! The flags of `clean`: those of cargo, and those of collections.

use std::time::Duration;

use clap::Args;

use crate::args::{COMPILATION_OPTIONS, MANIFEST_OPTIONS, PACKAGE_SELECTION};
use crate::config::quantity;

/// The heading of flags that cargo does not have.
const COLLECTION_OPTIONS: &str = "Collection Options";

/// The flags of `clean`.
#[derive(Args, Clone, Default, Debug)]
pub(crate) struct CleanArgs {
    /// Whether or not to clean just the documentation directory
    #[arg(long)]
    pub(crate) doc: bool,

    /// Display what would be deleted without deleting anything
    #[arg(short = 'n', long)]
    pub(crate) dry_run: bool,

    /// Package to clean artifacts for
    #[arg(short, long, value_name = "SPEC", num_args = 0..=1, help_heading = PACKAGE_SELECTION)]
    pub(crate) package: Option<Vec<String>>,

    /// Clean artifacts of the workspace members
    #[arg(long, help_heading = PACKAGE_SELECTION)]
    pub(crate) workspace: bool,

    /// Whether or not to clean release artifacts
    #[arg(short, long, conflicts_with = "profile", help_heading = COMPILATION_OPTIONS)]
    pub(crate) release: bool,

    /// Clean artifacts of the specified profile
    #[arg(long, value_name = "PROFILE-NAME", help_heading = COMPILATION_OPTIONS)]
    pub(crate) profile: Option<String>,

    /// Target triple to clean output for
    #[arg(long, value_name = "TRIPLE", num_args = 0..=1, help_heading = COMPILATION_OPTIONS)]
    pub(crate) target: Option<Vec<String>>,

    /// Directory for all generated artifacts
    #[arg(long, value_name = "DIRECTORY", help_heading = COMPILATION_OPTIONS)]
    pub(crate) target_dir: Option<String>,

    /// Path to Cargo.toml
    #[arg(long, value_name = "PATH", help_heading = MANIFEST_OPTIONS)]
    pub(crate) manifest_path: Option<String>,

    /// Remove what no recent build has used: from atlas's part of the target directory, and from the
    /// store
    #[arg(long, help_heading = COLLECTION_OPTIONS)]
    pub(crate) gc: bool,

    /// Remove what plain cargo has left in the target directory and nobody has used of late
    #[arg(long, help_heading = COLLECTION_OPTIONS)]
    pub(crate) sweep: bool,

    /// What was not used for longer goes; without it, 30 days, and `store-age` for the store
    #[arg(long, value_name = "TIME", value_parser = parse_age, help_heading = COLLECTION_OPTIONS)]
    pub(crate) max_age: Option<Duration>,

    /// How big the store may be; what was used least recently goes until it fits. The target
    /// directory goes by age alone
    #[arg(
        long, value_name = "SIZE", value_parser = parse_size, requires = "gc",
        help_heading = COLLECTION_OPTIONS
    )]
    pub(crate) max_size: Option<u64>,

    /// Keep results of these toolchains only; without a value, of those that are installed
    #[arg(
        long, value_name = "LIST", num_args = 0..=1, require_equals = true, value_delimiter = ',',
        help_heading = COLLECTION_OPTIONS
    )]
    pub(crate) keep_toolchains: Option<Vec<String>>,

    /// Answer as JSON
    #[arg(long, help_heading = COLLECTION_OPTIONS)]
    pub(crate) json: bool,
}

impl CleanArgs {
    /// Returns whether a collection is asked for, and not what cargo does.
    pub(crate) fn is_collection(&self) -> bool {
        self.gc || self.sweep
    }

    /// Returns the flags of cargo that a collection does not go with.
    pub(crate) fn selection(&self) -> Option<&'static str> {
        let flags = [
            (self.package.is_some(), "--package"),
            (self.workspace, "--workspace"),
            (self.target.is_some(), "--target"),
            (self.profile.is_some(), "--profile"),
            (self.release, "--release"),
            (self.doc, "--doc"),
        ];
        flags.into_iter().find_map(|(given, flag)| given.then_some(flag))
    }

    /// Returns a flag of collections.
    pub(crate) fn limit(&self) -> Option<&'static str> {
        let flags = [
            (self.max_age.is_some(), "--max-age"),
            (self.keep_toolchains.is_some(), "--keep-toolchains"),
            (self.json, "--json"),
        ];
        flags.into_iter().find_map(|(given, flag)| given.then_some(flag))
    }
}

fn parse_age(text: &str) -> Result<Duration, &'static str> {
    // Nothing is as old as nothing.
    let age = if text == "0" { Some(Duration::ZERO) } else { quantity::age(text) };
    age.ok_or("expected a span of time such as `30d`")
}

fn parse_size(text: &str) -> Result<u64, &'static str> {
    quantity::size(text).ok_or("expected a size such as `10GiB`")
}
