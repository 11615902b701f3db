//! rustc: what it is, how it is called, what it answers.

mod build_output;
mod diagnostics;
mod directives;
mod toolchain;

pub use build_output::{BuildScriptOutput, LibraryPath, LinkArgTarget, Severity};
pub use diagnostics::{RustcMessage, parse_line, without_colors};
pub use directives::{Bootstrap, InvalidDirective, Script, log_message, parse as parse_directives};
pub use toolchain::{FileName, PlatformFacts, Toolchain};
