//! New objects under old metadata: the archives that are rlibs, which symbols they define and
//! need, and which crates a metadata file lists.

mod archive;
mod error;
mod exchange;
mod loaded;
mod object_file;
#[cfg(test)]
mod real;
mod symbols;
#[cfg(test)]
mod testing;

pub use error::SpliceError;
pub use exchange::{carries_metadata, splice};
pub use loaded::loaded_crates;
pub use symbols::{Symbols, needed, symbol_name, vanished};
