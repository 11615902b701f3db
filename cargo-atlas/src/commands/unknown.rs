//! `cargo atlas <something else>`: the other commands of cargo, and those that are installed beside it,
//! are cargo's. Nothing is built by atlas there, and nothing is said.

use std::ffi::OsStr;

use atlas_build::request::Environment;

use crate::args::Words;
use crate::error::ErrorChain;
use crate::terminal::Shell;
use crate::{exit, fallback};

/// Commands that only atlas has.
const OWN_COMMANDS: [&str; 3] = ["why", "graph", "cache"];

/// Has cargo do what was typed, unless it is certain that cargo has no such command either.
pub(crate) fn unknown(
    word: &OsStr,
    words: &Words,
    environment: &Environment,
    shell: &mut Shell,
) -> i32 {
    match mistake(&word.to_string_lossy()) {
        Some(error) => {
            shell.error_chain(&error);
            exit::FAILURE
        }
        None => fallback::become_cargo(words, environment, shell),
    }
}

/// Returns what is wrong with a word that cargo would not know what to say of.
fn mistake(word: &str) -> Option<ErrorChain> {
    let error = ErrorChain::new(format!("no such command: `{word}`"));
    // Cargo's own rule finds any word of three letters similar to any other.
    let is_near = |own: &&str| strsim::osa_distance(word, own) <= own.len() / 3;
    let similar = OWN_COMMANDS.into_iter().find(is_near)?;
    Some(error.hint(format!("a command with a similar name exists: `{similar}`")))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::letters_in_another_order("grahp", "a command with a similar name exists: `graph`")]
    #[case::too_few("cach", "a command with a similar name exists: `cache`")]
    fn mistakes_lead_on(#[case] word: &str, #[case] hint: &str) {
        let answer = mistake(word).expect("it is a mistake");
        assert_eq!(answer.message, format!("no such command: `{word}`"));
        assert_eq!(answer.hints, [hint]);
    }

    #[rstest]
    #[case::of_cargo("tree")]
    #[case::installed("fmt")]
    #[case::of_nobody("nonsense")]
    #[case::short("add")]
    fn others_are_for_cargo(#[case] word: &str) {
        assert!(mistake(word).is_none());
    }
}
