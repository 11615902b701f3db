//! A clone of a git repository, and which of its commits are visited. Knows nothing of cargo.

use atlas_tests::process::{Command, Outcome};
use camino::{Utf8Path, Utf8PathBuf};

/// A clone.
#[derive(Debug)]
pub(crate) struct Repository {
    root: Utf8PathBuf,
}

impl Repository {
    /// Clones a repository without copying its objects, and checks nothing out.
    pub(crate) fn clone_of(origin: &Utf8Path, root: &Utf8Path) -> Self {
        let clone = ["clone", "--quiet", "--shared", "--no-checkout"];
        let git = Command::new(Utf8Path::new("git")).args(&clone);
        let _said = git.arg(origin.as_str()).arg(root.as_str()).run().expect_success("git clone");
        Repository { root: root.to_owned() }
    }

    /// Returns where it is.
    pub(crate) fn root(&self) -> &Utf8Path {
        &self.root
    }

    /// Returns the commits that lead to the head, each the first parent of the next.
    pub(crate) fn commits(&self) -> Vec<String> {
        let list = self.git(&["rev-list", "--first-parent", "--reverse", "HEAD"]);
        list.stdout.lines().map(str::to_owned).collect()
    }

    /// Returns the commit that a revision names.
    pub(crate) fn commit(&self, revision: &str) -> String {
        self.git(&["rev-parse", "--verify", &format!("{revision}^{{commit}}")]).stdout.trim().into()
    }

    /// Brings a commit to the disk. Files that are the same in it are not touched, and what git
    /// ignores stays.
    pub(crate) fn check_out(&self, commit: &str) {
        let _said = self.git(&["clean", "--quiet", "--force", "-d"]);
        let _said = self.git(&["checkout", "--quiet", "--force", "--detach", commit]);
    }

    fn git(&self, args: &[&str]) -> Outcome {
        let git = Command::new(Utf8Path::new("git")).cwd(&self.root).args(args).run();
        git.expect_success(&format!("git {}", args.join(" ")))
    }
}

/// Returns which commits are visited: `n` of them, each the `every`-th after the one before, from a
/// given one or such that the last one is the head.
pub(crate) fn visited(all: &[String], from: Option<&str>, n: usize, every: usize) -> Vec<String> {
    let start = match from {
        Some(from) => all.iter().position(|commit| commit == from),
        None => Some(all.len().saturating_sub((n - 1) * every + 1)),
    };
    let start = start.unwrap_or_else(|| panic!("{from:?} does not lead to HEAD by first parents"));
    all[start..].iter().step_by(every).take(n).cloned().collect()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::the_last_ones(None, 2, 1, "de")]
    #[case::each_other_one_up_to_the_head(None, 2, 2, "ce")]
    #[case::all_there_are(None, 9, 1, "abcde")]
    #[case::from_a_commit(Some("b"), 2, 1, "bc")]
    #[case::each_other_one_from_a_commit(Some("b"), 9, 2, "bd")]
    fn commits_are_chosen(
        #[case] from: Option<&str>,
        #[case] n: usize,
        #[case] every: usize,
        #[case] expected: &str,
    ) {
        let all: Vec<String> = "abcde".chars().map(String::from).collect();
        assert_eq!(visited(&all, from, n, every).concat(), expected);
    }

    #[test]
    #[should_panic(expected = "does not lead to HEAD")]
    fn a_commit_beside_the_way_is_refused() {
        visited(&["a".to_owned()], Some("x"), 1, 1);
    }
}
