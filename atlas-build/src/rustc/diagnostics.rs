//! What rustc writes to standard error with `--error-format=json --json=artifacts,…`: one JSON
//! message a line, with other text in between. Pure; knows nothing of who reads it.

use std::borrow::Cow;

use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::event::{Diagnostic, DiagnosticLevel};

/// A line that rustc wrote.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum RustcMessage {
    /// The metadata is written: dependents may start.
    MetadataWritten,
    /// A diagnostic.
    Diagnostic(Diagnostic),
    /// What a future version will refuse, as rustc's JSON.
    FutureIncompat(String),
    /// A line that is no message, such as one of `RUSTC_LOG`.
    Text(String),
}

/// The members of all messages that matter; each kind of message has some of them.
#[derive(Deserialize)]
struct Line<'a> {
    #[serde(borrow, rename = "$message_type")]
    message_type: Option<Cow<'a, str>>,
    #[serde(borrow)]
    artifact: Option<Cow<'a, str>>,
    future_incompat_report: Option<IgnoredAny>,
    #[serde(borrow)]
    message: Option<Cow<'a, str>>,
    #[serde(borrow)]
    level: Option<Cow<'a, str>>,
    rendered: Option<String>,
    #[serde(default)]
    children: Vec<Child>,
}

/// A note or suggestion. Only one level deep: deeper ones do not come with suggestions.
#[derive(Deserialize)]
struct Child {
    #[serde(default)]
    spans: Vec<Span>,
}

#[derive(Deserialize)]
struct Span {
    suggestion_applicability: Option<String>,
}

/// Parses a line of rustc's standard error, without its line break. Returns `None` for messages
/// that nobody needs.
pub fn parse_line(line: &str) -> Option<RustcMessage> {
    let text = || Some(RustcMessage::Text(line.to_owned()));
    if !line.starts_with('{') {
        return text();
    }
    let Ok(parsed) = serde_json::from_str::<Line<'_>>(line) else {
        return text();
    };
    if let Some(artifact) = parsed.artifact {
        return artifact.ends_with(".rmeta").then_some(RustcMessage::MetadataWritten);
    }
    if parsed.future_incompat_report.is_some() {
        return Some(RustcMessage::FutureIncompat(line.to_owned()));
    }
    match (parsed.message, parsed.level) {
        (Some(message), Some(level)) => Some(RustcMessage::Diagnostic(Diagnostic {
            level: level_of(&level),
            rendered: parsed.rendered.unwrap_or_default(),
            json: line.to_owned(),
            machine_applicable: parsed.children.iter().any(is_machine_applicable),
            is_summary: is_summary(&message),
        })),
        _ if parsed.message_type.as_deref() == Some("section_timing") => None,
        _ => text(),
    }
}

/// Internal compiler errors and the like are no [`DiagnosticLevel::Error`]: cargo does not count
/// them either.
fn level_of(level: &str) -> DiagnosticLevel {
    match level {
        "error" => DiagnosticLevel::Error,
        "warning" => DiagnosticLevel::Warning,
        _ => DiagnosticLevel::Other,
    }
}

fn is_machine_applicable(child: &Child) -> bool {
    let applicabilities =
        child.spans.iter().filter_map(|span| span.suggestion_applicability.as_deref());
    applicabilities.into_iter().any(|applicability| applicability == "MachineApplicable")
}

fn is_summary(message: &str) -> bool {
    message.starts_with("aborting due to")
        || message.ends_with("warning emitted")
        || message.ends_with("warnings emitted")
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    const WARNING: &str = r#"{"$message_type":"diagnostic","message":"unused variable: `x`","code":{"code":"unused_variables","explanation":null},"level":"warning","spans":[],"children":[{"message":"try","code":null,"level":"help","spans":[{"suggested_replacement":"_x","suggestion_applicability":"MachineApplicable"}],"children":[],"rendered":null}],"rendered":"\u001b[33mwarning\u001b[0m: unused\n"}"#;

    fn diagnostic(line: &str) -> Diagnostic {
        match parse_line(line) {
            Some(RustcMessage::Diagnostic(diagnostic)) => diagnostic,
            other => panic!("not a diagnostic: {other:?}"),
        }
    }

    #[test]
    fn diagnostic_keeps_text_and_json() {
        let found = diagnostic(WARNING);
        assert_eq!(found.level, DiagnosticLevel::Warning);
        assert_eq!(found.rendered, "\u{1b}[33mwarning\u{1b}[0m: unused\n");
        assert_eq!(found.json, WARNING);
        assert!(found.machine_applicable);
        assert!(!found.is_summary);
    }

    #[rstest]
    #[case("error", DiagnosticLevel::Error)]
    #[case("warning", DiagnosticLevel::Warning)]
    #[case("error: internal compiler error", DiagnosticLevel::Other)]
    #[case("failure-note", DiagnosticLevel::Other)]
    fn level_is_cargos(#[case] level: &str, #[case] expected: DiagnosticLevel) {
        let line = format!(r#"{{"message":"m","level":"{level}","rendered":"r","children":[]}}"#);
        assert_eq!(diagnostic(&line).level, expected);
    }

    #[rstest]
    #[case("aborting due to 2 previous errors; 1 warning emitted", true)]
    #[case("1 warning emitted", true)]
    #[case("12 warnings emitted", true)]
    #[case("unused variable: `emitted`", false)]
    fn summary_is_recognized(#[case] message: &str, #[case] expected: bool) {
        let line = format!(r#"{{"message":"{message}","level":"error","rendered":"r"}}"#);
        assert_eq!(diagnostic(&line).is_summary, expected);
    }

    #[rstest]
    #[case::maybe(r#"{"message":"m","level":"error","children":[{"spans":[{"suggestion_applicability":"MaybeIncorrect"}]}]}"#)]
    #[case::no_suggestion(r#"{"message":"m","level":"error","children":[{"spans":[{"suggestion_applicability":null}]}]}"#)]
    #[case::null_rendered(r#"{"message":"m","level":"error","children":[],"rendered":null}"#)]
    fn not_applicable(#[case] line: &str) {
        assert!(!diagnostic(line).machine_applicable);
    }

    #[rstest]
    #[case::rmeta(
        r#"{"artifact":"/t/libfoo.rmeta","emit":"metadata"}"#,
        Some(RustcMessage::MetadataWritten)
    )]
    #[case::windows_path(
        r#"{"artifact":"C:\\t\\libfoo.rmeta"}"#,
        Some(RustcMessage::MetadataWritten)
    )]
    #[case::link(r#"{"artifact":"/t/libfoo.rlib","emit":"link"}"#, None)]
    #[case::timing(r#"{"$message_type":"section_timing","event":"start"}"#, None)]
    #[case::log("DEBUG rustc", Some(RustcMessage::Text("DEBUG rustc".into())))]
    #[case::brace("{ not json", Some(RustcMessage::Text("{ not json".into())))]
    #[case::other_json(r#"{"a":1}"#, Some(RustcMessage::Text(r#"{"a":1}"#.into())))]
    #[case::empty("", Some(RustcMessage::Text(String::new())))]
    fn other_line(#[case] line: &str, #[case] expected: Option<RustcMessage>) {
        assert_eq!(parse_line(line), expected);
    }

    #[test]
    fn future_incompatibility_is_kept() {
        let line = r#"{"$message_type":"future_incompat","future_incompat_report":[]}"#;
        assert_eq!(parse_line(line), Some(RustcMessage::FutureIncompat(line.to_owned())));
    }
}
