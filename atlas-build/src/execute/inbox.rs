//! The messages that other threads send to the one that owns the state.

use std::io;
use std::sync::Arc;
use std::sync::mpsc::{SyncSender, sync_channel};

use jobserver::Acquired;

use crate::event::OutputStream;
use crate::execute::compile::Said;
use crate::execute::restoring::Unrestored;
use crate::execute::runner::{Exit, Heard, Hearing, Listener};
use crate::ids::UnitId;
use crate::store::Restored;

/// How many messages may wait: a few screenfuls, so that a compiler that says gigabytes waits for
/// us instead of filling the memory.
pub(crate) const CAPACITY: usize = 128;

/// A message from another thread.
#[derive(Debug)]
pub(crate) enum Inbox {
    /// A token that was asked for.
    Token(io::Result<Acquired>),
    /// Something that a unit's rustc wrote.
    Said(UnitId, Said),
    /// A line that a unit's build script wrote: its bytes, and as text without the line break.
    Line(UnitId, OutputStream, Vec<u8>, String),
    /// A unit's process is gone.
    Ended(UnitId, io::Result<Exit>),
    /// A unit's result was brought from the store, or could not be.
    Restored(UnitId, Box<Result<Restored, Unrestored>>),
    /// Another process does not build a unit any longer that this one waits for.
    Free(UnitId),
    /// It still does, for a while already.
    Waited(UnitId),
    /// The user wants the build to stop.
    Interrupted,
}

/// Sends to the thread that owns the state.
pub(crate) type Sender = SyncSender<Inbox>;

/// Creates both ends.
pub(crate) fn inbox() -> (Sender, std::sync::mpsc::Receiver<Inbox>) {
    sync_channel(CAPACITY)
}

/// Returns a listener for a unit's rustc.
pub(crate) fn hear_rustc(unit: UnitId, sender: &Sender) -> Listener {
    let sender = sender.clone();
    Arc::new(move |heard| {
        let message = match heard {
            Heard::Line(stream, line) => match Said::understand(stream, &text(&line)) {
                Some(said) => Inbox::Said(unit, said),
                None => return Hearing::More,
            },
            Heard::Ended(exit) => Inbox::Ended(unit, exit),
        };
        send(&sender, message)
    })
}

/// Returns a listener for a unit's build script.
pub(crate) fn hear_build_script(unit: UnitId, sender: &Sender) -> Listener {
    let sender = sender.clone();
    Arc::new(move |heard| {
        let message = match heard {
            Heard::Line(stream, line) => {
                let text = text(&line);
                Inbox::Line(unit, stream, line, text)
            }
            Heard::Ended(exit) => Inbox::Ended(unit, exit),
        };
        send(&sender, message)
    })
}

fn send(sender: &Sender, message: Inbox) -> Hearing {
    match sender.send(message) {
        Ok(()) => Hearing::More,
        Err(_) => Hearing::Enough,
    }
}

/// Returns a line without its line break; what is not UTF-8 is replaced, as cargo has it.
fn text(line: &[u8]) -> String {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    String::from_utf8_lossy(line).into_owned()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(b"a\n", "a")]
    #[case(b"a\r\n", "a")]
    #[case(b"a", "a")]
    #[case(b"\xff a \n", "\u{fffd} a ")]
    #[case(b"\n", "")]
    fn line_as_text(#[case] line: &[u8], #[case] expected: &str) {
        assert_eq!(text(line), expected);
    }
}
