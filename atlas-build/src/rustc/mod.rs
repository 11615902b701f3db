//! rustc: what it is, how it is called, what it answers.

mod args;
mod blueprint;
mod build_output;
mod build_script;
mod env;
#[cfg(test)]
pub(crate) mod fixture;
mod outputs;
mod toolchain;

pub(crate) use args::rustc_command;
pub use blueprint::Blueprint;
pub use build_output::{BuildScriptOutput, LibraryPath, LinkArgTarget, Severity};
pub(crate) use build_script::build_script_command;
pub use env::JoinPathsError;
pub(crate) use env::{append_search_path, envify};
pub use outputs::{Output, OutputFlavor, UnsupportedCrateTypes};
pub use toolchain::{FileName, PlatformFacts, Toolchain};
