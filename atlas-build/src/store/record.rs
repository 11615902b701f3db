//! What the engine keeps with the record of a result: what its process said.

use atlas_fingerprint::Record;
use camino::Utf8Path;
use serde::{Deserialize, Serialize};

use super::message::{Message, Stored};
use crate::script::BuildScriptOutput;

/// What a process said.
#[derive(Clone, Debug, Default)]
pub(super) struct Said {
    /// What rustc said.
    pub(super) messages: Vec<Message>,
    /// What the build script told, if it is a run of one.
    pub(super) build_script: Option<BuildScriptOutput>,
}

/// The form in a record.
#[derive(Serialize, Deserialize)]
struct Payload {
    messages: Vec<Stored>,
    build_script: Option<BuildScriptOutput>,
}

impl Said {
    /// Returns the form in a record.
    pub(super) fn encode(&self) -> Vec<u8> {
        let messages = self.messages.iter().map(Stored::from).collect();
        let payload = Payload { messages, build_script: self.build_script.clone() };
        postcard::to_stdvec(&payload).expect("memory holds what was said")
    }

    /// Takes it out of a record; `None` if it makes no sense.
    pub(super) fn decode(payload: &[u8]) -> Option<Self> {
        let payload: Payload = postcard::from_bytes(payload).ok()?;
        let messages = payload.messages.into_iter().map(Message::from).collect();
        Some(Said { messages, build_script: payload.build_script })
    }

    /// Returns the same with other texts; `None` as soon as a text has no other.
    pub(super) fn map_texts(&self, map: &mut dyn FnMut(&str) -> Option<String>) -> Option<Self> {
        let messages: Option<Vec<Message>> =
            self.messages.iter().map(|message| message.map_texts(map)).collect();
        let build_script = match &self.build_script {
            Some(output) => Some(output.map_texts(map)?),
            None => None,
        };
        Some(Said { messages: messages?, build_script })
    }

    /// Returns whether a message may quote a file.
    pub(super) fn quotes(&self, path: &Utf8Path) -> bool {
        let name = path.file_name().unwrap_or_default();
        self.messages.iter().any(|message| match message {
            Message::Diagnostic(diagnostic) => diagnostic.json.contains(name),
            Message::FutureIncompat(text) | Message::Text(text) => text.contains(name),
        })
    }

    /// Takes it out of a record; nothing was said if it makes no sense.
    pub(super) fn of(record: &Record) -> Self {
        Said::decode(&record.payload).unwrap_or_default()
    }
}
