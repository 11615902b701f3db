//! What a store may hold. Knows no store.

use std::time::{Duration, Instant, SystemTime};

use crate::cas::Toolchain;

/// How long a result is kept after its last use, unless something else is asked for.
pub const DEFAULT_MAX_AGE: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// What a store may hold, and how collection is to go about it.
#[derive(Clone, Debug)]
pub struct Limits {
    /// How many bytes; `None` sets no limit.
    pub max_size: Option<u64>,
    /// How long ago a result may have been used last; `None` sets no limit.
    pub max_age: Option<Duration>,
    /// Of which toolchains results are kept.
    pub toolchains: ToolchainRule,
    /// The present time.
    pub now: SystemTime,
    /// Find out what would go, and remove nothing.
    pub dry_run: bool,
    /// When to stop, done or not.
    pub deadline: Option<Instant>,
}

/// Of which toolchains results are kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum ToolchainRule {
    /// Of all.
    #[default]
    Any,
    /// Of those that are still installed.
    Installed,
    /// Of those with these names or versions, such as `stable` or `1.95`.
    Only(Vec<String>),
}

impl Limits {
    /// Nothing has to go but what nobody can use any longer.
    pub fn none(now: SystemTime) -> Self {
        Limits {
            max_size: None,
            max_age: None,
            toolchains: ToolchainRule::Any,
            now,
            dry_run: false,
            deadline: None,
        }
    }
}

impl ToolchainRule {
    /// Returns whether results of a toolchain are kept. `exists` tells whether a directory is there.
    pub(super) fn keeps(&self, toolchain: &Toolchain, exists: impl Fn() -> bool) -> bool {
        match self {
            ToolchainRule::Any => true,
            ToolchainRule::Installed => exists(),
            ToolchainRule::Only(names) => names.iter().any(|name| is_named(toolchain, name)),
        }
    }
}

/// Returns whether a name stands for a toolchain: `1.9` is `1.9.3`, but not `1.95.0`.
fn is_named(toolchain: &Toolchain, name: &str) -> bool {
    let directory = toolchain.sysroot.file_name().unwrap_or_default();
    [directory, toolchain.version.as_str()].iter().any(|full| {
        let rest = full.strip_prefix(name);
        !name.is_empty() && rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['-', '.']))
    })
}
