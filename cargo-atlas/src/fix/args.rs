//! The flags of `fix`: those of a check, and when files may be changed.

use clap::Args;

use crate::args::BuildArgs;

/// The flags of `fix`.
#[derive(Args, Clone, Debug)]
pub(crate) struct FixArgs {
    /// Its own.
    #[command(flatten)]
    pub(crate) fixing: FixFlags,
    /// Those that `check` has too.
    #[command(flatten)]
    pub(crate) args: BuildArgs,
}

/// Flags that say what is fixed, and when files may be changed.
#[derive(Args, Clone, Default, Debug)]
pub(crate) struct FixFlags {
    /// Fix in preparation for the next edition
    #[arg(long)]
    pub(crate) edition: bool,

    /// Fix warnings to migrate to the idioms of an edition
    #[arg(long)]
    pub(crate) edition_idioms: bool,

    /// Fix code even if it already has compiler errors
    #[arg(long)]
    pub(crate) broken_code: bool,

    /// Fix code even if a VCS was not detected
    #[arg(long)]
    pub(crate) allow_no_vcs: bool,

    /// Fix code even if the working directory is dirty or has staged changes
    #[arg(long)]
    pub(crate) allow_dirty: bool,

    /// Fix code even if the working directory has staged changes
    #[arg(long)]
    pub(crate) allow_staged: bool,
}

impl FixFlags {
    /// Returns a flag that was given.
    pub(crate) fn given(&self) -> Option<&'static str> {
        let flags = [
            (self.edition, "--edition"),
            (self.edition_idioms, "--edition-idioms"),
            (self.broken_code, "--broken-code"),
            (self.allow_no_vcs, "--allow-no-vcs"),
            (self.allow_dirty, "--allow-dirty"),
            (self.allow_staged, "--allow-staged"),
        ];
        flags.into_iter().find_map(|(given, flag)| given.then_some(flag))
    }
}
