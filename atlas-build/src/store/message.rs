//! What a unit said, to be said again when it need not be built, and the form in which it is kept.

use serde::{Deserialize, Serialize};

use crate::event::{Diagnostic, DiagnosticLevel, OutputStream};
use crate::rustc::Severity;

/// Something that a unit said.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Message {
    /// A diagnostic of the compiler.
    Diagnostic(Diagnostic),
    /// A line that was not a message.
    Output(OutputStream, String),
    /// `cargo::warning` or `cargo::error` of a build script.
    BuildScriptMessage(Severity, String),
}

/// The form in a record.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) enum Stored {
    /// [`Message::Diagnostic`].
    Diagnostic {
        /// `level`.
        level: StoredLevel,
        /// `rendered`.
        rendered: String,
        /// `json`.
        json: String,
        /// `machine_applicable`.
        machine_applicable: bool,
        /// `is_summary`.
        is_summary: bool,
    },
    /// [`Message::Output`] to standard output.
    Stdout(String),
    /// [`Message::Output`] to standard error.
    Stderr(String),
    /// [`Message::BuildScriptMessage`].
    BuildScript(Severity, String),
}

/// The form of [`DiagnosticLevel`] in a record.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(super) enum StoredLevel {
    /// `Error`.
    Error,
    /// `Warning`.
    Warning,
    /// `Other`.
    Other,
}

impl From<&Message> for Stored {
    fn from(message: &Message) -> Self {
        match message {
            Message::Diagnostic(diagnostic) => Stored::Diagnostic {
                level: match diagnostic.level {
                    DiagnosticLevel::Error => StoredLevel::Error,
                    DiagnosticLevel::Warning => StoredLevel::Warning,
                    DiagnosticLevel::Other => StoredLevel::Other,
                },
                rendered: diagnostic.rendered.clone(),
                json: diagnostic.json.clone(),
                machine_applicable: diagnostic.machine_applicable,
                is_summary: diagnostic.is_summary,
            },
            Message::Output(OutputStream::Stdout, line) => Stored::Stdout(line.clone()),
            Message::Output(OutputStream::Stderr, line) => Stored::Stderr(line.clone()),
            Message::BuildScriptMessage(severity, text) => {
                Stored::BuildScript(*severity, text.clone())
            }
        }
    }
}

impl From<Stored> for Message {
    fn from(stored: Stored) -> Self {
        match stored {
            Stored::Diagnostic { level, rendered, json, machine_applicable, is_summary } => {
                let level = match level {
                    StoredLevel::Error => DiagnosticLevel::Error,
                    StoredLevel::Warning => DiagnosticLevel::Warning,
                    StoredLevel::Other => DiagnosticLevel::Other,
                };
                let diagnostic =
                    Diagnostic { level, rendered, json, machine_applicable, is_summary };
                Message::Diagnostic(diagnostic)
            }
            Stored::Stdout(line) => Message::Output(OutputStream::Stdout, line),
            Stored::Stderr(line) => Message::Output(OutputStream::Stderr, line),
            Stored::BuildScript(severity, text) => Message::BuildScriptMessage(severity, text),
        }
    }
}
