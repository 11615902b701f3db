//! What of a crate's source other crates can see. Knows one crate at a time, as texts; knows no
//! package, and no other crate.

mod changes;
mod digests;
mod macros;
mod summary;

pub use changes::{Change, ItemChange, ItemKind, interface_changes};
pub use digests::{CrateSource, InterfaceDigests, interface_digests};
pub use macros::{HarmlessMacros, defined_harmless_macros};
pub use summary::FileSummary;
