//! rustc: what it is, how it is called, what it answers.

mod build_output;
mod toolchain;

pub use build_output::{BuildScriptOutput, LibraryPath, LinkArgTarget, Severity};
pub use toolchain::{FileName, PlatformFacts, Toolchain};
