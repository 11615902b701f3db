//! What a compiler said that is worth keeping: a unit that is found fresh later says it again.

use crate::event::{Diagnostic, Event, OutputStream};
use crate::ids::UnitId;
use crate::rustc::without_colors;

/// Something that rustc wrote to standard error. Kept as it was written, colours included, so that
/// it can be shown in any form later.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Message {
    /// A diagnostic.
    Diagnostic(Diagnostic),
    /// What a future version will refuse, as rustc's JSON. Kept, but not told.
    FutureIncompat(String),
    /// A line that is no message.
    Text(String),
}

/// What becomes of the colours that rustc puts into its messages.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Colors {
    /// They are told as they are.
    Keep,
    /// They are taken out.
    Strip,
}

impl Message {
    /// Returns how the message is told.
    pub(crate) fn event(&self, unit: UnitId, colors: Colors) -> Option<Event> {
        match (self, colors) {
            (Message::Diagnostic(diagnostic), Colors::Keep) => {
                Some(Event::Diagnostic(unit, diagnostic.clone()))
            }
            (Message::Diagnostic(diagnostic), Colors::Strip) => {
                Some(Event::Diagnostic(unit, without_colors(diagnostic)))
            }
            (Message::Text(line), _) => {
                Some(Event::Output(unit, OutputStream::Stderr, line.clone()))
            }
            (Message::FutureIncompat(_), _) => None,
        }
    }
}
