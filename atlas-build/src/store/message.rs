//! What a compiler said, to be said again when it need not be built, and the form in which it is kept.

use serde::{Deserialize, Serialize};

use crate::event::{Diagnostic, DiagnosticLevel};

/// Something that rustc wrote to standard error. Kept as it was written, colours included, so that
/// it can be shown in any form later.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Message {
    /// A diagnostic of the compiler.
    Diagnostic(Diagnostic),
    /// What a future version will refuse, as rustc's JSON.
    FutureIncompat(String),
    /// A line that is no message.
    Text(String),
}

impl Message {
    /// Returns the same with other texts; `None` as soon as a text has no other.
    pub(super) fn map_texts(&self, map: &mut dyn FnMut(&str) -> Option<String>) -> Option<Self> {
        Some(match self {
            Message::Diagnostic(diagnostic) => Message::Diagnostic(Diagnostic {
                rendered: map(&diagnostic.rendered)?,
                json: map(&diagnostic.json)?,
                ..diagnostic.clone()
            }),
            Message::FutureIncompat(json) => Message::FutureIncompat(map(json)?),
            Message::Text(line) => Message::Text(map(line)?),
        })
    }
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
    /// [`Message::FutureIncompat`].
    FutureIncompat(String),
    /// [`Message::Text`].
    Text(String),
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
            Message::FutureIncompat(json) => Stored::FutureIncompat(json.clone()),
            Message::Text(line) => Stored::Text(line.clone()),
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
            Stored::FutureIncompat(json) => Message::FutureIncompat(json),
            Stored::Text(line) => Message::Text(line),
        }
    }
}
