//! Profiles as units carry them. Knows nothing of where the settings come from.

use serde::{Deserialize, Serialize};

/// Settings that decide how a unit is compiled. Equality, order and hash ignore `name` and `root`,
/// and whether a debug info level or a strip setting is deferred, as cargo's do.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Profile {
    /// Name of the profile asked for, such as `dev`.
    pub name: String,
    /// Which built-in profile it derives from.
    pub root: ProfileRoot,
    /// `opt-level`, as passed to rustc.
    pub opt_level: String,
    /// `lto`.
    pub lto: ProfileLto,
    /// `codegen-units`; `None` leaves it to rustc.
    pub codegen_units: Option<u32>,
    /// `debug`, as passed to `-C debuginfo` (`0`, `1`, `2`, `line-tables-only`, …).
    pub debuginfo: DebugInfo,
    /// `split-debuginfo`.
    pub split_debuginfo: Option<String>,
    /// `debug-assertions`.
    pub debug_assertions: bool,
    /// `overflow-checks`.
    pub overflow_checks: bool,
    /// `rpath`.
    pub rpath: bool,
    /// `incremental`.
    pub incremental: bool,
    /// `panic`.
    pub panic: PanicStrategy,
    /// `strip`.
    pub strip: Strip,
}

/// Which built-in profile a profile derives from; build scripts see it as `PROFILE`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum ProfileRoot {
    /// `release`.
    Release,
    /// `debug`.
    Debug,
}

/// `profile.lto`. The order of the variants is cargo's.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub enum ProfileLto {
    /// `"off"`.
    Off,
    /// `true` or `false`.
    Bool(bool),
    /// `"thin"`, `"fat"`, …
    Named(String),
}

impl ProfileLto {
    /// Returns the value as in cargo's unit-graph JSON.
    pub fn as_str(&self) -> &str {
        match self {
            ProfileLto::Off => "off",
            ProfileLto::Bool(true) => "true",
            ProfileLto::Bool(false) => "false",
            ProfileLto::Named(name) => name,
        }
    }
}

/// A debug info level. Equality ignores `deferred`.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct DebugInfo {
    /// The level.
    pub level: DebugLevel,
    /// For units built for the host: the level holds only if the same unit is also needed for the
    /// target; otherwise it becomes [`DebugLevel::None`].
    pub deferred: bool,
}

/// Values of `-C debuginfo`. The order of the variants is cargo's.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub enum DebugLevel {
    /// `0`.
    None,
    /// `line-directives-only`.
    LineDirectivesOnly,
    /// `line-tables-only`.
    LineTablesOnly,
    /// `1`.
    Limited,
    /// `2`.
    Full,
}

impl DebugLevel {
    /// Returns the value as passed to `-C debuginfo`.
    pub fn as_str(self) -> &'static str {
        match self {
            DebugLevel::None => "0",
            DebugLevel::LineDirectivesOnly => "line-directives-only",
            DebugLevel::LineTablesOnly => "line-tables-only",
            DebugLevel::Limited => "1",
            DebugLevel::Full => "2",
        }
    }
}

/// `profile.panic`. The order of the variants is cargo's.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub enum PanicStrategy {
    /// `unwind`.
    Unwind,
    /// `abort`.
    Abort,
}

impl PanicStrategy {
    /// Returns the value as passed to `-C panic`.
    pub fn as_str(self) -> &'static str {
        match self {
            PanicStrategy::Unwind => "unwind",
            PanicStrategy::Abort => "abort",
        }
    }
}

/// `profile.strip`. Equality ignores `deferred`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Strip {
    /// Value of `-C strip`; `None` strips nothing.
    pub value: Option<String>,
    /// Not set by the user: becomes `debuginfo` where nothing has debug info.
    pub deferred: bool,
}

impl Profile {
    /// What equality, order and hash look at.
    fn comparable(&self) -> impl Ord + std::hash::Hash + '_ {
        (
            (
                &self.opt_level,
                &self.lto,
                self.codegen_units,
                self.debuginfo.level,
                &self.split_debuginfo,
            ),
            (self.debug_assertions, self.overflow_checks, self.rpath, self.incremental),
            (self.panic, &self.strip.value),
        )
    }
}

impl PartialEq for Profile {
    fn eq(&self, other: &Self) -> bool {
        self.comparable() == other.comparable()
    }
}

impl Eq for Profile {}

impl PartialOrd for Profile {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Profile {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.comparable().cmp(&other.comparable())
    }
}

impl std::hash::Hash for Profile {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.comparable().hash(state);
    }
}
