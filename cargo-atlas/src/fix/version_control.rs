//! Whether what is changed could be had back: cargo's rules and words (`ops/fix`,
//! `check_version_control`). git is asked by its own program.

use std::collections::BTreeMap;

use atlas_build::process::CommandLine;
use atlas_build::request::Environment;
use camino::Utf8Path;

use super::FixFlags;

/// Why nothing may be changed.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub(crate) enum VersionControlError {
    /// There is no version control.
    #[error(
        "no VCS found for this package and `cargo fix` can potentially perform destructive changes; \
         if you'd like to suppress this error pass `--allow-no-vcs`"
    )]
    None,
    /// Something is not committed.
    #[error(
        "the working directory of this package has uncommitted changes, and `cargo fix` can \
         potentially perform destructive changes; if you'd like to suppress this error pass \
         `--allow-dirty`, or commit the changes to these files:\n\n{0}\n"
    )]
    Uncommitted(String),
}

/// What was found out.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Permission {
    /// Files may be changed.
    Given,
    /// git is not there to be asked.
    Unknown,
}

/// Checks whether files of a directory may be changed.
///
/// # Errors
///
/// [`VersionControlError`] if they may not.
pub(crate) fn check(
    flags: &FixFlags,
    environment: &Environment,
    cwd: &Utf8Path,
) -> Result<Permission, VersionControlError> {
    if flags.allow_no_vcs {
        return Ok(Permission::Given);
    }
    let git = Git { environment, cwd };
    let is_in = |name: &str| cwd.ancestors().any(|above| above.join(name).exists());
    let is_other = [".hg", ".pijul", ".fslckout", "_FOSSIL_"].into_iter().any(is_in);
    let in_git = match (is_in(".git"), git.answer(&["--version"])) {
        (false, _) => false,
        (true, None) => return Ok(Permission::Unknown),
        (true, Some(_)) => git.has(cwd),
    };
    if !in_git && !is_other {
        return Err(VersionControlError::None);
    }
    if flags.allow_dirty || !is_in(".git") {
        return Ok(Permission::Given);
    }
    // Ignored or not, cargo looks at the repository around.
    let status = ["status", "--porcelain=v1", "-z", "--no-renames", "--untracked-files=normal"];
    let Some(status) = git.answer(&status) else { return Ok(Permission::Unknown) };
    match uncommitted(&status, flags.allow_staged).as_str() {
        "" => Ok(Permission::Given),
        files => Err(VersionControlError::Uncommitted(files.to_owned())),
    }
}

struct Git<'a> {
    environment: &'a Environment,
    cwd: &'a Utf8Path,
}

impl Git<'_> {
    /// Returns what git says; `None` if it fails.
    fn answer(&self, args: &[&str]) -> Option<String> {
        let mut line = CommandLine::new("git", self.cwd);
        line.args(args.iter().copied());
        let output = line.command_within(self.environment).output().ok()?;
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        output.status.success().then_some(said)
    }

    /// Returns whether a directory belongs to a repository: it is its own, or not ignored.
    fn has(&self, directory: &Utf8Path) -> bool {
        let Some(root) = self.answer(&["rev-parse", "--show-toplevel"]) else { return false };
        root.trim_end() == directory || self.answer(&["check-ignore", "-q", "."]).is_none()
    }
}

/// Returns the files that are not committed, in cargo's list.
fn uncommitted(status: &str, allow_staged: bool) -> String {
    let mut files: [BTreeMap<&str, &str>; 2] = Default::default();
    for entry in status.split('\0') {
        let (Some(state), Some(path)) = (entry.get(..2), entry.get(3..)) else { continue };
        let is_staged = state.ends_with(' ');
        if is_staged && allow_staged {
            continue;
        }
        files[usize::from(is_staged)].insert(path, if is_staged { "staged" } else { "dirty" });
    }
    let all = files.into_iter().flatten();
    all.map(|(path, state)| format!("  * {path} ({state})\n")).collect()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::nothing("", false, "")]
    #[case::dirty_first(
        "A  b\0 M c\0?? a/\0",
        false,
        "  * a/ (dirty)\n  * c (dirty)\n  * b (staged)\n"
    )]
    #[case::staged_and_edited("MM b\0", true, "  * b (dirty)\n")]
    #[case::staged("M  b\0", true, "")]
    fn files_are_listed_as_by_cargo(
        #[case] status: &str,
        #[case] allow_staged: bool,
        #[case] expected: &str,
    ) {
        assert_eq!(uncommitted(status, allow_staged), expected);
    }
}
