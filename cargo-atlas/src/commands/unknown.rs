//! `cargo atlas <something else>`: says what there is.

use std::ffi::OsStr;

use crate::error::ErrorChain;
use crate::exit;
use crate::terminal::Shell;

/// Commands that cargo has and atlas has not; the answer names the way to them.
const COMMANDS_OF_CARGO: [&str; 14] = [
    "add", "clippy", "doc", "fetch", "fix", "fmt", "install", "metadata", "package", "publish",
    "remove", "rustdoc", "tree", "update",
];

/// Refuses a command that does not exist.
pub(crate) fn unknown(word: &OsStr, shell: &mut Shell) -> i32 {
    shell.error_chain(&answer(&word.to_string_lossy()));
    exit::FAILURE
}

fn answer(word: &str) -> ErrorChain {
    let chain = ErrorChain::new(format!("no such command: `{word}`"));
    if word.starts_with('+') {
        return chain.hint(format!("name the toolchain first: `cargo {word} atlas`"));
    }
    let chain = chain.hint(
        "the commands of `cargo atlas` are `build`, `check`, `run`, `test`, `bench`, `rustc`, `clean`, \
         `why`, `graph`, `cache` and `config`",
    );
    let full = match word {
        "d" => "doc",
        "rm" => "remove",
        word => word,
    };
    if COMMANDS_OF_CARGO.contains(&full) {
        chain.hint(format!("run `cargo {full}` for what cargo does"))
    } else {
        chain
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    const OURS: &str = "the commands of `cargo atlas` are `build`, `check`, `run`, `test`, `bench`, \
         `rustc`, `clean`, `why`, `graph`, `cache` and `config`";

    #[rstest]
    #[case::of_cargo("tree", &[OURS, "run `cargo tree` for what cargo does"])]
    #[case::alias("rm", &[OURS, "run `cargo remove` for what cargo does"])]
    #[case::of_nobody("foo", &[OURS])]
    #[case::toolchain("+nightly", &["name the toolchain first: `cargo +nightly atlas`"])]
    fn answer_leads_on(#[case] word: &str, #[case] hints: &[&str]) {
        let answer = answer(word);
        assert_eq!(answer.message, format!("no such command: `{word}`"));
        assert_eq!(answer.hints, hints);
    }
}
