//! The sentence of a reason; in cargo's words where cargo has the same reason.

use atlas_build::event::{DirtyReason, RecordFault};
use camino::Utf8Path;

/// Returns why something is built, without the evidence; paths are relative to `root` if they are
/// below it.
pub(crate) fn headline(reason: &DirtyReason, root: &Utf8Path) -> String {
    let shown = |path| relative(path, root);
    match reason {
        DirtyReason::NeverBuilt => "not built here before".to_owned(),
        DirtyReason::Unfinished => "the last build of it did not finish".to_owned(),
        DirtyReason::Forced => "forced".to_owned(),
        DirtyReason::RecordUnreadable(fault) => format!("its record {}", record_fault(fault)),
        DirtyReason::CompilerChanged { .. } => "the toolchain changed".to_owned(),
        DirtyReason::TargetChanged { .. } => "the target changed".to_owned(),
        DirtyReason::FeaturesChanged { .. } => "the list of features changed".to_owned(),
        DirtyReason::ProfileChanged { .. } => "the profile configuration changed".to_owned(),
        DirtyReason::ArgumentsChanged { .. } => "the command changed".to_owned(),
        DirtyReason::EnvironmentChanged { name } => {
            format!("the environment variable {name} changed")
        }
        DirtyReason::FileChanged { path } => format!("the file `{}` has changed", shown(path)),
        DirtyReason::FileMissing { path } => format!("the file `{}` is missing", shown(path)),
        DirtyReason::FileChangedWhileCompiling { path } => {
            format!("the file `{}` was changed while it was compiled", shown(path))
        }
        DirtyReason::CutoffUndone => {
            "dependents could not do with its new objects under its old metadata".to_owned()
        }
        DirtyReason::DependencyChanged { name } => {
            format!("the dependency `{}` was rebuilt", unversioned(name))
        }
        DirtyReason::DependencyAdded { name } => format!("the dependency `{name}` was added"),
        DirtyReason::DependencyRemoved { name } => format!("the dependency `{name}` was removed"),
        DirtyReason::BuildScriptOutputChanged { name } => {
            format!("the build script of `{}` gave other output", unversioned(name))
        }
        DirtyReason::OutputMissing { path } => format!("the output `{}` is missing", shown(path)),
        DirtyReason::OutputChanged { path } => format!("the output `{}` was changed", shown(path)),
        DirtyReason::RerunIfChanged { path } => {
            format!("the file `{}` has changed (rerun-if-changed)", shown(path))
        }
        DirtyReason::RerunIfEnvChanged { name } => {
            format!("the environment variable {name} changed (rerun-if-env-changed)")
        }
        DirtyReason::RerunRequested { path } => {
            format!("the path `{}` does not exist (rerun-if-changed)", shown(path))
        }
    }
}

/// Returns a path without the directory it is below.
pub(crate) fn relative<'a>(path: &'a Utf8Path, root: &Utf8Path) -> &'a Utf8Path {
    match path.strip_prefix(root) {
        Ok(inner) if inner != "" => inner,
        _ => path,
    }
}

/// The fingerprint names dependencies with their versions, and cargo does not.
fn unversioned(name: &str) -> &str {
    name.split_once(" v").map_or(name, |(name, _)| name)
}

/// Returns what is wrong with something that earlier builds wrote, to stand after its name.
pub(crate) fn record_fault(fault: &RecordFault) -> String {
    match fault {
        RecordFault::Io { error } => format!("could not be read: {error}"),
        RecordFault::Truncated => "is cut short".to_owned(),
        RecordFault::BadChecksum => "is damaged".to_owned(),
        RecordFault::OtherVersion { found } => format!("is of another version ({found})"),
        RecordFault::Malformed => "makes no sense".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::below("/ws/a/src/lib.rs", "the file `src/lib.rs` has changed")]
    #[case::outside("/x/lib.rs", "the file `/x/lib.rs` has changed")]
    #[case::itself("/ws/a", "the file `/ws/a` has changed")]
    fn paths_are_relative_to_the_root(#[case] path: &str, #[case] expected: &str) {
        let reason = DirtyReason::FileChanged { path: path.into() };
        assert_eq!(headline(&reason, "/ws/a".into()), expected);
    }

    /// The words of cargo 1.95, but for what it says about time stamps.
    #[rstest]
    #[case::toolchain(
        DirtyReason::CompilerChanged { old: vec![], new: vec![] },
        "the toolchain changed"
    )]
    #[case::features(
        DirtyReason::FeaturesChanged { old: vec![], new: vec![] },
        "the list of features changed"
    )]
    #[case::profile(
        DirtyReason::ProfileChanged { old: vec![], new: vec![] },
        "the profile configuration changed"
    )]
    #[case::variable(
        DirtyReason::EnvironmentChanged { name: "A".into() },
        "the environment variable A changed"
    )]
    #[case::missing(
        DirtyReason::FileMissing { path: "/ws/src/a.rs".into() },
        "the file `src/a.rs` is missing"
    )]
    #[case::forced(DirtyReason::Forced, "forced")]
    fn same_reason_has_the_words_of_cargo(#[case] reason: DirtyReason, #[case] expected: &str) {
        assert_eq!(headline(&reason, "/ws".into()), expected);
    }

    #[test]
    fn dependencies_are_named_as_cargo_names_them() {
        let reason = DirtyReason::DependencyChanged { name: "dep v1.0.0".to_owned() };
        assert_eq!(headline(&reason, "/".into()), "the dependency `dep` was rebuilt");
    }
}
