//! How what a compiler said is told, now or when its unit is found fresh later.

use crate::event::{Event, OutputStream};
use crate::ids::UnitId;
use crate::rustc::without_colors;
use crate::store::Message;

/// What becomes of the colours that rustc puts into its messages.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Colors {
    /// They are told as they are.
    Keep,
    /// They are taken out.
    Strip,
}

/// Returns how a message is told.
pub(crate) fn told(message: &Message, unit: UnitId, colors: Colors) -> Event {
    match (message, colors) {
        (Message::Diagnostic(diagnostic), Colors::Keep) => {
            Event::Diagnostic(unit, diagnostic.clone())
        }
        (Message::Diagnostic(diagnostic), Colors::Strip) => {
            Event::Diagnostic(unit, without_colors(diagnostic))
        }
        (Message::Text(line), _) => Event::Output(unit, OutputStream::Stderr, line.clone()),
        (Message::FutureIncompat(_), _) => Event::FutureIncompat(unit),
    }
}
