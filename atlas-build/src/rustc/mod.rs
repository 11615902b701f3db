//! rustc: how it is called for a unit, what comes of it, what it says.

mod args;
mod blueprint;
mod build_script;
mod diagnostics;
mod directives;
mod env;
#[cfg(test)]
pub(crate) mod fixture;
mod outputs;
mod program;
mod real_paths;
mod remaps;
mod rendering;
mod rustdoc;

pub(crate) use args::{rustc_command, source_and_directory};
pub use blueprint::Blueprint;
pub(crate) use build_script::build_script_command;
pub use diagnostics::{RustcMessage, parse_line};
pub use directives::{Bootstrap, InvalidDirective, Script, log_message, parse as parse_directives};
pub use env::JoinPathsError;
pub(crate) use env::{append_search_path, envify, set_search_path};
pub use outputs::{Output, OutputFlavor, UnsupportedCrateTypes};
pub(crate) use program::{library_directories, program_command, program_path};
pub(crate) use real_paths::{restore_json, restore_paths};
pub use remaps::Remap;
pub(crate) use remaps::remaps;
pub use rendering::{Rendering, set_rendering};
pub(crate) use rustdoc::{DoctestParts, dep_info_command, doctest_command, rustdoc_command};
