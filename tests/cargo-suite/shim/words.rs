//! What stands on a command line of cargo: which word is the command. Knows no meaning of a command.

use std::ffi::OsString;

/// Flags before the command that are followed by a value.
const WITH_VALUE: &[&str] = &["--color", "--config", "-C", "-Z", "--explain"];

/// The arguments of cargo, without its own name.
#[derive(Debug)]
pub(crate) struct Words {
    words: Vec<String>,
}

impl Words {
    pub(crate) fn new(args: &[OsString]) -> Self {
        Words { words: args.iter().map(|arg| arg.to_string_lossy().into_owned()).collect() }
    }

    /// Returns the first word that is neither a flag nor a flag's value.
    pub(crate) fn command(&self) -> Option<&str> {
        let mut words = self.words.iter().map(String::as_str);
        while let Some(word) = words.next() {
            if WITH_VALUE.contains(&word) {
                words.next();
            } else if !word.starts_with(['-', '+']) {
                return Some(word);
            }
        }
        None
    }

    /// Returns whether there is a flag that only nightly cargo takes.
    pub(crate) fn is_unstable(&self) -> bool {
        let own = self.words.iter().take_while(|word| *word != "--");
        own.into_iter().any(|word| word.starts_with("-Z"))
    }
}

/// Returns the command that a short name stands for.
pub(crate) fn full_name(command: &str) -> &str {
    match command {
        "b" => "build",
        "c" => "check",
        "d" => "doc",
        "r" => "run",
        "t" => "test",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn words(line: &str) -> Words {
        Words { words: line.split_whitespace().map(str::to_owned).collect() }
    }

    #[rstest]
    #[case("build", Some("build"))]
    #[case("-v --config a=b --color always test x", Some("test"))]
    #[case("+nightly b", Some("b"))]
    #[case("--version", None)]
    fn the_command_is_the_first_word_that_is_no_flag(
        #[case] line: &str,
        #[case] command: Option<&str>,
    ) {
        assert_eq!(words(line).command(), command);
    }

    #[rstest]
    #[case("build -Zunstable-options", true)]
    #[case("test -- -Z unstable-options", false)]
    fn flags_of_a_program_are_not_cargos(#[case] line: &str, #[case] unstable: bool) {
        assert_eq!(words(line).is_unstable(), unstable);
    }
}
