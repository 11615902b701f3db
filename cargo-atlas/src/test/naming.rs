//! What to call test programs, in cargo's words.

use atlas_build::Executable;
use atlas_build::packages::TargetKind;
use camino::Utf8Path;

/// Returns what a program is made from and where it is: `unittests src/lib.rs (target/…)`.
pub(crate) fn announcement(executable: &Executable, unit_tests: &str, cwd: &Utf8Path) -> String {
    let source = &executable.target.src_path;
    let source = source.strip_prefix(&executable.package_root).unwrap_or(source);
    let path = executable.path.strip_prefix(cwd).unwrap_or(&executable.path);
    match executable.target.kind {
        TargetKind::Test | TargetKind::Bench => format!("{source} ({path})"),
        _ => format!("{unit_tests} {source} ({path})"),
    }
}
