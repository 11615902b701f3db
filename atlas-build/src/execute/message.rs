//! How what a compiler said is told, now or when its unit is found fresh later. Colours stay in:
//! whoever shows a diagnostic knows whether they are wanted.

use crate::event::{Event, OutputStream};
use crate::ids::UnitId;
use crate::store::Message;

/// Returns how a message is told.
pub(crate) fn told(message: &Message, unit: UnitId) -> Event {
    match message {
        Message::Diagnostic(diagnostic) => Event::Diagnostic(unit, diagnostic.clone()),
        Message::Text(line) => Event::Output(unit, OutputStream::Stderr, line.clone()),
        Message::FutureIncompat(_) => Event::FutureIncompat(unit),
    }
}
