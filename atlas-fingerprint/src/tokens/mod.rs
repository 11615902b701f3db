//! Rust source as tokens: digests in which comments and white space leave no trace where no macro
//! can read them, and what else the tokens of one file tell. Knows rustc's lexer; knows no crate, and opens no file.

pub(crate) mod attributes;
mod digests;
mod embeds;
pub(crate) mod items;
pub(crate) mod lexer;
pub(crate) mod modules;
pub(crate) mod names;
#[cfg(test)]
pub(crate) mod properties;
pub(crate) mod quoted;
mod scan;
pub(crate) mod source;
mod syntax;
pub(crate) mod test_items;

pub use digests::{TokenDigests, token_digests};
pub use embeds::{Embeds, embeds, named_sources};
pub use modules::{InlineModule, ModuleFile, ModulePath, module_files};
pub use syntax::parses;
