//! One build request as a test writes it: a line in the manner of a shell.
//!
//! `RUSTFLAGS='--cfg foo' in:member --lib -p x` sets a variable, starts in `member` and passes the
//! rest as arguments. `HOST` in an argument stands for the host triple. What is built is only
//! checked if the word `check` comes first of the arguments; other commands likewise.

use std::fmt;

use camino::Utf8PathBuf;

use crate::environment;

/// Commands that a line may begin with.
const COMMANDS: &[&str] = &["bench", "check", "clean", "doc", "run", "rustc", "rustdoc", "test"];

/// What to build, from where, with which variables.
#[derive(Clone, Debug)]
pub struct Selection {
    /// The line it was written as.
    pub text: String,
    /// Variables set for the command.
    pub env: Vec<(String, String)>,
    /// The subcommand: `build` unless the line names another one.
    pub subcommand: &'static str,
    /// Directory relative to the workspace.
    pub dir: Utf8PathBuf,
    /// Arguments after the subcommand.
    pub args: Vec<String>,
}

impl Selection {
    /// Parses a line.
    pub fn new(text: &str) -> Self {
        let mut selection = Selection {
            text: text.to_owned(),
            env: Vec::new(),
            subcommand: "build",
            dir: Utf8PathBuf::new(),
            args: Vec::new(),
        };
        for word in words(text) {
            let command = COMMANDS.iter().find(|command| **command == word);
            match (word.split_once('='), command) {
                _ if !selection.args.is_empty() => selection.args.push(word),
                (_, Some(command)) => selection.subcommand = command,
                (Some((name, value)), _) if is_variable(name) => {
                    selection.env.push((name.to_owned(), value.to_owned()));
                }
                _ => match word.strip_prefix("in:") {
                    Some(dir) => selection.dir = dir.into(),
                    None => selection.args.push(word),
                },
            }
        }
        for arg in &mut selection.args {
            *arg = arg.replace("HOST", environment::host());
        }
        selection
    }
}

impl fmt::Display for Selection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.text.as_str() {
            "" => f.write_str("(no arguments)"),
            text => f.write_str(text),
        }
    }
}

/// Returns the line that checks what another one builds.
pub fn checking(line: impl AsRef<str>) -> String {
    format!("check {}", line.as_ref()).trim_end().to_owned()
}

fn is_variable(name: &str) -> bool {
    !name.is_empty()
        && name.chars().all(|c| c == '_' || c.is_ascii_uppercase() || c.is_ascii_digit())
}

/// Splits at blanks outside single quotes; the quotes go.
fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = None;
    let mut quoted = false;
    for c in text.chars() {
        match c {
            '\'' => {
                quoted = !quoted;
                word.get_or_insert_default();
            }
            c if c.is_whitespace() && !quoted => words.extend(word.take()),
            c => word.get_or_insert_with(String::new).push(c),
        }
    }
    words.extend(word);
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_directory_and_arguments_are_told_apart() {
        let selection = Selection::new("RUSTFLAGS='--cfg a' in:m -p x --config 'A=\"1\"'");
        assert_eq!(selection.env, [("RUSTFLAGS".to_owned(), "--cfg a".to_owned())]);
        assert_eq!(selection.dir, "m");
        assert_eq!(selection.args, ["-p", "x", "--config", "A=\"1\""]);
        assert_eq!(selection.subcommand, "build");
    }

    #[test]
    fn subcommand_may_stand_anywhere_before_the_arguments() {
        for line in ["check A=1 in:m --lib", "A=1 check in:m --lib", "A=1 in:m check --lib"] {
            let selection = Selection::new(line);
            assert_eq!(selection.subcommand, "check");
            assert_eq!((selection.dir.as_str(), selection.args.len()), ("m", 1));
            assert_eq!(selection.env, [("A".to_owned(), "1".to_owned())]);
        }
        assert_eq!(Selection::new("-p check").args, ["-p", "check"]);
        assert_eq!(checking(""), "check");
    }
}
