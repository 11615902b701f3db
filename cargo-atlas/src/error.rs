//! What is shown when atlas itself cannot go on: a message, its causes and hints, laid out as cargo
//! lays them out. Knows no stream and no colour.

use std::error::Error;
use std::fmt::Write;

/// A message for the user with what led to it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct ErrorChain {
    /// What went wrong.
    pub(crate) message: String,
    /// Why, the nearest cause first.
    pub(crate) causes: Vec<String>,
    /// What the user may do about it.
    pub(crate) hints: Vec<String>,
}

impl ErrorChain {
    /// Creates a chain of one message.
    pub(crate) fn new(message: impl Into<String>) -> Self {
        ErrorChain { message: message.into(), causes: Vec::new(), hints: Vec::new() }
    }

    /// Creates a chain of an error and its sources.
    pub(crate) fn of(error: &dyn Error) -> Self {
        let mut chain = ErrorChain::new(error.to_string());
        let mut source = error.source();
        while let Some(error) = source {
            let text = error.to_string();
            // Errors of files repeat what was tried on which path.
            let above = chain.causes.last().unwrap_or(&chain.message);
            let rest = text.strip_prefix(above.as_str()).and_then(|rest| rest.strip_prefix(": "));
            let cause = rest.map(str::to_owned).unwrap_or(text);
            chain.causes.push(cause);
            source = error.source();
        }
        chain
    }

    /// Appends a cause below the ones that are there.
    pub(crate) fn caused_by(mut self, cause: impl Into<String>) -> Self {
        self.causes.push(cause.into());
        self
    }

    /// Appends a hint.
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// Returns the blocks that follow the message: one for each cause, indented.
    pub(crate) fn causes_text(&self) -> String {
        let mut text = String::new();
        for cause in &self.causes {
            text.push_str("\nCaused by:\n");
            push_indented(&mut text, cause);
        }
        text
    }
}

/// Indents by two; empty lines stay empty, and the last line gets its end.
fn push_indented(text: &mut String, lines: &str) {
    for line in lines.lines() {
        let indent = if line.is_empty() { "" } else { "  " };
        let _ = writeln!(text, "{indent}{line}");
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("outer")]
    struct Outer(#[source] std::io::Error);

    #[rstest]
    #[case::none(&[], "")]
    #[case::one(&["because"], "\nCaused by:\n  because\n")]
    #[case::two(&["a", "b"], "\nCaused by:\n  a\n\nCaused by:\n  b\n")]
    #[case::lines_are_indented_unless_empty(
        &["a (exit status: 3)\n--- stdout\nx\n\n--- stderr\ny\n"],
        "\nCaused by:\n  a (exit status: 3)\n  --- stdout\n  x\n\n  --- stderr\n  y\n"
    )]
    fn causes_are_laid_out_as_cargo_does(#[case] causes: &[&str], #[case] expected: &str) {
        let mut chain = ErrorChain::new("message");
        chain.causes = causes.iter().map(|&cause| cause.to_owned()).collect();
        assert_eq!(chain.causes_text(), expected);
    }

    #[test]
    fn causes_do_not_repeat_the_message() {
        let error = Outer(std::io::Error::other("outer: inner"));
        assert_eq!(ErrorChain::of(&error), ErrorChain::new("outer").caused_by("inner"));
    }

    #[test]
    fn sources_become_causes() {
        let error = Outer(std::io::Error::other("inner"));
        assert_eq!(ErrorChain::of(&error), ErrorChain::new("outer").caused_by("inner"));
    }
}
