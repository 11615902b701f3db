//! The script of a day: commands, and changes between them.
//!
//! ```text
//! @ 15.1.0            the commit that it begins with
//! $ cargo build       run by both, compared
//! ! sed -i s/a/b/ x   done in both copies by a shell; has to succeed
//! ```

use camino::Utf8Path;

/// What is done in a day.
#[derive(Debug)]
pub(crate) struct Script {
    /// The commit that it begins with.
    pub(crate) commit: String,
    /// What is done, in order.
    pub(crate) steps: Vec<Step>,
}

/// Something that is done.
#[derive(Debug)]
pub(crate) enum Step {
    /// A command that is compared.
    Command(String),
    /// A change of the workspace.
    Change(String),
}

impl Script {
    /// Reads a script. Panics where it cannot be understood.
    pub(crate) fn read(path: &Utf8Path) -> Self {
        let text = fs_err::read_to_string(path).unwrap_or_else(|error| panic!("{error}"));
        let mut script = Script { commit: "HEAD".to_owned(), steps: Vec::new() };
        for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
            match line.split_once(' ') {
                Some(("$", command)) => script.steps.push(Step::Command(command.to_owned())),
                Some(("!", change)) => script.steps.push(Step::Change(change.to_owned())),
                Some(("@", commit)) => commit.trim().clone_into(&mut script.commit),
                _ => panic!("{path}: a line begins with `$`, `!`, `@` or `#`: {line}"),
            }
        }
        script
    }
}
