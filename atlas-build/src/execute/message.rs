//! How what a compiler said is told, now or when its unit is found fresh later. Messages are kept as
//! they were written, colours included, so that they can be told in any form.

use crate::event::Event;
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
pub(crate) fn event(unit: UnitId, message: &Message, colors: Colors) -> Event {
    match (message, colors) {
        (Message::Diagnostic(diagnostic), Colors::Keep) => {
            Event::Diagnostic(unit, diagnostic.clone())
        }
        (Message::Diagnostic(diagnostic), Colors::Strip) => {
            Event::Diagnostic(unit, without_colors(diagnostic))
        }
        (Message::Output(stream, line), _) => Event::Output(unit, *stream, line.clone()),
        (Message::BuildScriptMessage(severity, text), _) => {
            Event::BuildScriptMessage(unit, *severity, text.clone())
        }
    }
}
