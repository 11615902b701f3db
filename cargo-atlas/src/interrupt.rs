//! Ctrl-C and the signals that ask a process to end. Knows nothing of what is to be stopped.

use atlas_build::interrupt::Interrupt;

use crate::exit;

/// Listens from now on: the first signal raises the interrupt, the second ends the process, for a
/// build that does not come to an end by itself.
///
/// # Errors
///
/// If the system refuses a handler, or there already is one.
pub(crate) fn listen() -> Result<Interrupt, ctrlc::Error> {
    let interrupt = Interrupt::new();
    let raised = interrupt.clone();
    ctrlc::set_handler(move || {
        if raised.is_raised() {
            std::process::exit(exit::INTERRUPTED);
        }
        raised.raise();
    })?;
    Ok(interrupt)
}
