//! Ctrl-C and the signals that ask a process to end. Knows nothing of what is to be stopped.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use atlas_build::interrupt::Interrupt;

use crate::exit;

/// What signals lead to.
#[derive(Clone, Debug)]
pub(crate) struct Signals {
    /// Raised by the first signal.
    pub(crate) interrupt: Interrupt,
    end_at_once: Arc<AtomicBool>,
}

impl Signals {
    /// Has the next signal end this process, as it would if nobody listened; ends it if there was one
    /// already. What it has started goes on, or hears the same signal.
    pub(crate) fn end_at_once(&self) {
        self.end_at_once.store(true, Ordering::SeqCst);
        if self.interrupt.is_raised() {
            std::process::exit(exit::INTERRUPTED);
        }
    }
}

/// Listens from now on: the first signal raises the interrupt, the second ends the process, for a
/// build that does not come to an end by itself.
///
/// # Errors
///
/// If the system refuses a handler, or there already is one.
pub(crate) fn listen() -> Result<Signals, ctrlc::Error> {
    let signals =
        Signals { interrupt: Interrupt::new(), end_at_once: Arc::new(AtomicBool::new(false)) };
    let heard = signals.clone();
    ctrlc::set_handler(move || {
        if heard.interrupt.is_raised() || heard.end_at_once.load(Ordering::SeqCst) {
            std::process::exit(exit::INTERRUPTED);
        }
        heard.interrupt.raise();
    })?;
    Ok(signals)
}
