//! Units: what has to be compiled and run, in which order.

mod build;
mod dependencies;
mod draft;
mod duplicate_docs;
mod extra_args;
mod features;
mod graph;
mod identity;
mod json;
mod lto;
mod narrow;
mod profile;
mod profile_overrides;
mod profiles;
mod required_features;
mod roots;
mod runnable;
mod share;
#[cfg(test)]
pub(crate) mod testing;
mod unit_for;

pub use build::{UnitPlan, UnitsError, build};
pub use graph::{CompileMode, Unit, UnitDependency, UnitGraph};
pub use identity::{Identity, Locations, UnitHash, identities};
pub use json::{DebugJson, TargetJson, to_json};
pub use lto::{Lto, lto};
pub(crate) use narrow::{narrow, reached};
pub use profile::{DebugInfo, DebugLevel, PanicStrategy, Profile, ProfileLto, ProfileRoot, Strip};
pub use profiles::ProfileError;
