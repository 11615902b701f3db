//! How much of each source file counts for a unit. A file that is read as text, or of which that is
//! not certain, counts by bytes.

use atlas_fingerprint::{Content, Files, Input, View};
use camino::Utf8PathBuf;

use crate::packages::Package;
use crate::process::CommandLine;
use crate::request::FreshnessLevel;
use crate::units::Unit;

/// What is known of a unit in this respect.
#[derive(Clone, Debug)]
pub(super) struct Rules {
    /// The crate root, if tokens count.
    root: Option<Utf8PathBuf>,
    /// How much of source files counts.
    view: View,
}

impl Rules {
    /// Settles them for a unit that is compiled by `command`.
    pub(super) fn of(unit: &Unit, package: &Package, command: &CommandLine) -> Self {
        let mut args = command.args.iter().map(|arg| arg.to_string_lossy());
        let mut sets_test = false;
        while let Some(arg) = args.next() {
            sets_test |= match arg.as_ref() {
                "--test" | "--cfg=test" => true,
                "--cfg" => args.next().is_some_and(|cfg| cfg == "test"),
                _ => false,
            };
        }
        let view = if sets_test { View::Tokens } else { View::TokensWithoutTests };
        let root = package.is_local().then(|| unit.target.src_path.clone());
        Rules { root, view }
    }
}

/// Returns files with how much of each counts.
pub(super) fn views(
    _files: &dyn Files,
    rules: &Rules,
    read: Vec<(Utf8PathBuf, Content)>,
) -> Vec<Input> {
    let _ = (&rules.root, rules.view);
    read.into_iter().map(|(path, content)| Input { path, content, view: View::Bytes }).collect()
}

/// Returns whether a file looks as it did.
pub(super) fn looks_same(
    _files: &dyn Files,
    level: FreshnessLevel,
    input: &Input,
    now: &Content,
) -> bool {
    match level {
        FreshnessLevel::Bytes => View::Bytes.sees_same(&input.content, now),
        FreshnessLevel::Tokens => input.view.sees_same(&input.content, now),
    }
}
