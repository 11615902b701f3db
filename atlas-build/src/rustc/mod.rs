//! rustc: what it is, how it is called, what it answers.

mod args;
mod ask;
mod blueprint;
mod build_output;
mod build_script;
mod diagnostics;
mod directives;
mod env;
#[cfg(test)]
pub(crate) mod fixture;
mod locate;
mod outputs;
mod probe;
mod toolchain;
mod version;

pub(crate) use args::rustc_command;
pub(crate) use ask::answer;
pub use blueprint::Blueprint;
pub use build_output::{BuildScriptOutput, LibraryPath, LinkArgTarget, Severity};
pub(crate) use build_script::build_script_command;
pub use diagnostics::{RustcMessage, parse_line};
pub use directives::{Bootstrap, InvalidDirective, Script, log_message, parse as parse_directives};
pub use env::JoinPathsError;
pub(crate) use env::{append_search_path, envify};
pub use locate::{Located, locate};
pub use outputs::{Output, OutputFlavor, UnsupportedCrateTypes};
pub use probe::{Compiler, Probe, ProbeError, probe};
pub use toolchain::{FileName, PlatformFacts, Runner, Toolchain};
pub use version::{VerboseVersion, verbose_version};
