//! Placeholder of what plans are derived from.

use atlas_fingerprint::{Files, Moment};
use serde::{Deserialize, Serialize};

use crate::packages::PackageGraph;
use crate::request::BuildRequest;
use crate::workspace::Workspace;

/// What a plan was derived from.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Derivation {}

/// What a check says.
pub enum Checked {
    /// Same.
    Same,
    /// Same, stamps moved.
    Restamped(Derivation),
    /// Changed.
    Changed(()),
}

/// Derives.
pub fn derive(
    _files: &dyn Files,
    _request: &BuildRequest,
    _workspace: &Workspace,
    _packages: &PackageGraph,
    _before: Moment,
) -> Option<Derivation> {
    None
}

impl Derivation {
    /// Checks.
    pub fn check(&self, _files: &dyn Files, _moment: &dyn Fn() -> Option<Moment>) -> Checked {
        Checked::Changed(())
    }
}

/// Returns variables that count.
pub fn honoured_environment<'a>(
    env: &'a crate::request::Environment,
    _names: impl Iterator<Item = &'a str>,
) -> Vec<(&'a std::ffi::OsStr, &'a std::ffi::OsStr)> {
    env.vars.iter().map(|(name, value)| (name.as_os_str(), value.as_os_str())).collect()
}
