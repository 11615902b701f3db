//! How what a compiler said is told, now or when its unit is found fresh later. Colours stay in:
//! whoever shows a diagnostic knows whether they are wanted.

use crate::event::{Event, OutputStream};
use crate::ids::UnitId;
use crate::store::Message;

/// Returns how a message is told; `None` if it is only kept.
pub(crate) fn told(message: &Message, unit: UnitId) -> Option<Event> {
    match message {
        Message::Diagnostic(diagnostic) => Some(Event::Diagnostic(unit, diagnostic.clone())),
        Message::Text(line) => Some(Event::Output(unit, OutputStream::Stderr, line.clone())),
        Message::FutureIncompat(_) => None,
    }
}
