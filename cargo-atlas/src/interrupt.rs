//! Ctrl-C and the signals that ask a process to end. Knows nothing of what is to be stopped.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;

use crate::exit;

/// Says whether, and when, the user wants the build to stop.
#[derive(Debug)]
pub(crate) struct Interrupt {
    /// Set at the first signal and never cleared.
    pub(crate) requested: Arc<AtomicBool>,
    /// Gets one message at the first signal, for a loop that sleeps on channels.
    #[cfg_attr(not(test), expect(dead_code, reason = "there is no such loop yet"))]
    pub(crate) signals: mpsc::Receiver<()>,
}

impl Interrupt {
    /// Listens from now on: the first signal is reported here, the second ends the process, for a
    /// build that does not come to an end by itself.
    ///
    /// # Errors
    ///
    /// If the system refuses a handler, or there already is one.
    pub(crate) fn listen() -> Result<Self, ctrlc::Error> {
        let (interrupt, mut on_signal) = Interrupt::pair();
        ctrlc::set_handler(move || {
            if on_signal() == Signal::Repeated {
                std::process::exit(exit::INTERRUPTED);
            }
        })?;
        Ok(interrupt)
    }

    fn pair() -> (Self, impl FnMut() -> Signal + Send + 'static) {
        let requested = Arc::new(AtomicBool::new(false));
        let (sender, signals) = mpsc::channel();
        let flag = Arc::clone(&requested);
        let on_signal = move || {
            if flag.swap(true, Ordering::SeqCst) {
                return Signal::Repeated;
            }
            // Nobody listens once the build is over; the flag is set all the same.
            let _ = sender.send(());
            Signal::First
        };
        (Interrupt { requested, signals }, on_signal)
    }
}

/// Whether a signal is the first one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Signal {
    First,
    Repeated,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_signal_is_reported_once() {
        let (interrupt, mut on_signal) = Interrupt::pair();
        assert!(!interrupt.requested.load(Ordering::SeqCst));
        assert_eq!([on_signal(), on_signal()], [Signal::First, Signal::Repeated]);
        assert!(interrupt.requested.load(Ordering::SeqCst));
        assert_eq!(interrupt.signals.try_iter().count(), 1);
    }
}
