//! What of a crate's source other crates can see. Knows one crate at a time, as texts; knows no
//! package, and no other crate.

mod attributes;
mod changes;
mod contents;
mod digests;
mod encode;
mod functions;
mod imports;
mod macros;
mod mentions;
mod names;
mod outline;
mod reach;
mod summarize;
mod summary;
#[cfg(test)]
mod tests;
mod texts;

pub use changes::{Change, ItemChange, ItemKind, interface_changes};
pub use digests::{CrateSource, InterfaceDigests, interface_digests};
pub use macros::{HarmlessMacros, defined_harmless_macros};
pub use summary::FileSummary;
pub use texts::{InterfaceComparison, compare_interfaces};
