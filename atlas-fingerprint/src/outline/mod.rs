//! What source files say of the modules of their crate: which they declare, where those are looked
//! for, and which paths they name. Knows the syntax of one file at a time; knows no package.

mod digests;
mod imports;
mod outlined;
mod places;
mod read;
mod sources;
mod walk;

pub use digests::{DigestExtent, SourceDigests};
pub use outlined::{Body, Condition, Mention, NamedPath, Outline, OutlineModule, Start};
pub use places::{Candidate, Place};
pub use sources::{Source, SourceContent, SourceTable};
pub use walk::{reached, walk};
