//! What the user may do about an error, where the error itself does not say it. Knows every error of
//! the engine that has a remedy, and no stream.

use atlas_build::Error;
use atlas_build::workspace::{self, MetadataError};

/// What to do about an output that cannot be written.
pub(crate) const OUTPUTS: &str =
    "outputs go to the target directory; `--target-dir` or `CARGO_TARGET_DIR` names another one";

/// Returns the way out, if there is one that is not plain from the message.
pub(crate) fn of(error: &Error) -> Option<String> {
    match error {
        Error::Workspace(error) => of_workspace(error),
        Error::Layout(_) | Error::File(_) | Error::DepInfo(_) => Some(OUTPUTS.to_owned()),
        _ => None,
    }
}

fn of_workspace(error: &workspace::Error) -> Option<String> {
    match error {
        workspace::Error::CompilerMissing { setting: Some(setting), .. } => {
            Some(format!("the program is named by {setting}"))
        }
        workspace::Error::CompilerMissing { setting: None, .. } => Some(install("rustc")),
        workspace::Error::Metadata(MetadataError::Spawn(_)) => Some(install("cargo")),
        _ => None,
    }
}

/// Returns what to do about a tool that is not there.
pub(crate) fn install(tool: &str) -> String {
    format!("install Rust as on https://rustup.rs, or put `{tool}` on the `PATH`")
}
