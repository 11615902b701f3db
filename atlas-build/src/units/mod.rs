//! Units: what has to be compiled and run, in which order.

mod graph;
mod lto;
mod profile;
#[cfg(test)]
pub(crate) mod testing;

pub use graph::{CompileKind, CompileMode, Triple, Unit, UnitDependency, UnitGraph};
pub use lto::Lto;
pub use profile::{DebugInfo, DebugLevel, PanicStrategy, Profile, ProfileLto, ProfileRoot, Strip};
