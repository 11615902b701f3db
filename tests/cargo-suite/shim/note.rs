//! One line for each start of cargo: which test, who did it, and what was asked for.

use std::env;
use std::ffi::OsString;
use std::io::Write as _;
use std::path::{Component, Path, PathBuf};

use fs_err::OpenOptions;

/// Where cargo's test-suite has its scratch directories: `…/cit/testsuite/<module>/<function>`.
const SCRATCH: &str = "cit";

/// The file of notes.
#[derive(Debug)]
pub(crate) struct Notes {
    path: Option<PathBuf>,
    test: String,
}

impl Notes {
    pub(crate) fn of_process() -> Self {
        let cwd = env::current_dir().unwrap_or_default();
        // The scratch directory is also where `HOME` is, for those that start elsewhere.
        let home = env::var_os("HOME").map(PathBuf::from).unwrap_or_default();
        let test = test_in(&cwd).or_else(|| test_in(&home)).unwrap_or_else(|| "?".to_owned());
        Notes { path: env::var_os("SUITE_NOTES").map(PathBuf::from), test }
    }

    /// Adds a line. Notes that cannot be written must not disturb a test.
    pub(crate) fn add(&self, who: &str, args: &[OsString]) {
        let args: Vec<_> = args.iter().map(|arg| arg.to_string_lossy()).collect();
        self.line(who, &args.join(" "));
    }

    /// Adds a line with words of ones own.
    pub(crate) fn line(&self, who: &str, what: &str) {
        let Some(path) = &self.path else { return };
        let line = format!("{}\t{who}\t{}\n", self.test, what.replace(['\n', '\t'], " "));
        let file = OpenOptions::new().create(true).append(true).open(path);
        let _ = file.and_then(|mut file| file.write_all(line.as_bytes()));
    }
}

/// Returns the name of the test that a path belongs to.
fn test_in(path: &Path) -> Option<String> {
    let names: Vec<_> = path
        .components()
        .filter_map(|component| match component {
            Component::Normal(name) => name.to_str(),
            _ => None,
        })
        .collect();
    let at = names.iter().position(|name| *name == SCRATCH)?;
    let test = names.get(at + 2..)?;
    // Tests of a terminal's output have one more directory, and are all called `case`.
    let n = test.iter().position(|name| *name == "case").map_or(2, |n| n + 1);
    Some(test.get(..n)?.join("::"))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("/t/tmp/cit/testsuite/build/one/foo/src", Some("build::one"))]
    #[case("/t/tmp/cit/testsuite/cargo_build/help/case/x", Some("cargo_build::help::case"))]
    #[case("/t/tmp", None)]
    fn a_test_is_told_by_its_directory(#[case] path: &str, #[case] test: Option<&str>) {
        assert_eq!(test_in(Path::new(path)).as_deref(), test);
    }
}
