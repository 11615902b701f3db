//! The user's wish to stop a build, from whatever thread it comes. Knows no signals.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::{fmt, mem};

type Wake = Box<dyn Fn() + Send>;

/// Says whether a build should stop, and wakes the one that listens. Clones are the same wish.
#[derive(Clone, Default)]
pub struct Interrupt {
    raised: Arc<AtomicBool>,
    wake: Arc<Mutex<Option<Wake>>>,
}

impl Interrupt {
    /// Creates an interrupt that is not raised.
    pub fn new() -> Self {
        Interrupt::default()
    }

    /// Asks the build to stop. May be called from any thread, before, during and after a build.
    pub fn raise(&self) {
        self.raised.store(true, Ordering::SeqCst);
        if let Some(wake) = &*self.wake.lock().unwrap_or_else(PoisonError::into_inner) {
            wake();
        }
    }

    /// Returns whether it was raised.
    pub fn is_raised(&self) -> bool {
        self.raised.load(Ordering::SeqCst)
    }

    /// Has `wake` called whenever it is raised, until the returned value is dropped. `wake` must
    /// not block.
    pub(crate) fn listen(&self, wake: Wake) -> Listening<'_> {
        *self.wake.lock().unwrap_or_else(PoisonError::into_inner) = Some(wake);
        Listening(self)
    }
}

impl fmt::Debug for Interrupt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Interrupt").field("raised", &self.is_raised()).finish_non_exhaustive()
    }
}

/// Ends the listening when dropped.
#[must_use = "listening ends when this is dropped"]
pub(crate) struct Listening<'a>(&'a Interrupt);

impl Drop for Listening<'_> {
    fn drop(&mut self) {
        drop(mem::take(&mut *self.0.wake.lock().unwrap_or_else(PoisonError::into_inner)));
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    #[test]
    fn listener_hears_until_it_stops() {
        let interrupt = Interrupt::new();
        let (sender, receiver) = mpsc::channel();
        let listening = interrupt.listen(Box::new(move || sender.send(()).unwrap()));
        assert!(!interrupt.is_raised());
        interrupt.clone().raise();
        assert!(interrupt.is_raised());
        assert_eq!(receiver.recv(), Ok(()));
        drop(listening);
        interrupt.raise();
        assert!(receiver.recv().is_err());
    }
}
