//! The cutoff: a library is compiled anew, and those that depend on it keep their results, because
//! nothing that they see of it has changed. See `docs/cutoff.md`.
//!
//! A dependent knows a library by its metadata. When the source of a library changes in nothing that
//! others see, the new metadata is thrown away: what was published stays, and new objects go under
//! it. Three questions are asked, each of which may end it:
//!
//! 1. May the unit be cut off at all ([`bar`])?
//! 2. Before the compile: does the source say the same to others as that from which the published
//!    metadata was made ([`foresee`])? If so, dependents need not wait for the compile.
//! 3. After the compile: do the new objects have all that dependents take from the old ones, and
//!    does the compiler say that the same crates are used ([`keep`])?
//!
//! What the published metadata was made from is written down beside it ([`carried`]), under the
//! digest of the metadata itself, so that what counts is what is really there.

mod bar;
mod carried;
mod foresee;
mod keep;
mod macros;
#[cfg(test)]
mod scenarios;
mod spliced;
mod symbols;

pub use foresee::{Foreseen, Foresight};
