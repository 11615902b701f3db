//! What of a crate's source other crates can see. Knows one crate at a time, as texts; knows no
//! package, and no other crate.
//!
//! **Everything counts unless a rule lets it go.** The parser only finds where items and bodies end
//! ([`outline`]); what is digested are the tokens of rustc's lexer ([`encode`]). So a construct that
//! nothing here knows counts, and a file that does not parse counts as a whole.
//!
//! | what | seen of code | signature |
//! | --- | --- | --- |
//! | body of a plain function: no type or constant parameters, not inlined | no | no |
//! | body that is generic, inlined or inherited | with places | no |
//! | body of `const fn`, `async fn`, or one that returns `impl Trait` | with places | yes |
//! | body with items, constants, or a macro that may make some ([`contents`], [`macros`]) | with places | yes |
//! | private function or import that nothing seen mentions ([`reach`]) | no | no |
//! | constants, statics, macros, derives, values in types | with places | yes |
//! | what a procedural macro gets | with places, docs and white space | the same without places |
//! | documentation of all else | no | no |
//! | all else | yes | yes |
//!
//! The places of a function's head count with those of its body (debug information has them), and
//! where `#[track_caller]` makes a value of them. In a signature they count only where a constant is
//! made out of one (`line!()`).
//!
//! A file is read once, into a [`FileSummary`]; what depends on other files (what a macro's name
//! means, and who mentions whom) is decided when digests are made of all summaries of a crate.

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
#[cfg(test)]
mod properties;
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
