//! Units that another process is building. They take no token: a thread looks from time to time
//! whether they are free, and tells the thread that owns the state. Knows no files.

use std::collections::BTreeSet;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread::{Builder, JoinHandle};
use std::time::{Duration, Instant};

use crate::execute::inbox::{Inbox, Sender};
use crate::ids::UnitId;
use crate::store::IsFree;

/// How often is looked whether a unit is free.
const INTERVAL: Duration = Duration::from_millis(20);
/// After how long the user is told what is waited for.
const PATIENCE: Duration = Duration::from_secs(1);

/// The units that wait.
pub(crate) struct Parked {
    units: BTreeSet<UnitId>,
    /// Those of which the user knows.
    told: BTreeSet<UnitId>,
    sender: Sender,
    watch: Option<Watch>,
}

/// The thread that looks.
struct Watch {
    requests: mpsc::Sender<Waiting>,
    thread: JoinHandle<()>,
}

/// A unit that waits.
struct Waiting {
    unit: UnitId,
    is_free: IsFree,
    /// When the user is to be told; `None` if that was done.
    told_at: Option<Instant>,
}

impl Parked {
    /// Creates it without any; what happens is told to `sender`.
    pub(crate) fn new(sender: Sender) -> Self {
        Parked { units: BTreeSet::new(), told: BTreeSet::new(), sender, watch: None }
    }

    /// Returns whether nothing waits.
    pub(crate) fn is_empty(&self) -> bool {
        self.units.is_empty()
    }

    /// Lets a unit wait until it is free. Returns an error if the system has no thread to give.
    pub(crate) fn add(&mut self, unit: UnitId, is_free: IsFree) -> std::io::Result<()> {
        let watch = match self.watch.take() {
            Some(watch) => watch,
            None => Watch::start(self.sender.clone())?,
        };
        let told_at = (!self.told.contains(&unit)).then(|| Instant::now() + PATIENCE);
        // The thread ends only after this.
        drop(watch.requests.send(Waiting { unit, is_free, told_at }));
        self.watch = Some(watch);
        self.units.insert(unit);
        Ok(())
    }

    /// Takes note that a unit is free; returns whether it waited.
    pub(crate) fn remove(&mut self, unit: UnitId) -> bool {
        self.units.remove(&unit)
    }

    /// Takes note that the user is told of a unit; returns whether that is news.
    pub(crate) fn tell(&mut self, unit: UnitId) -> bool {
        self.units.contains(&unit) && self.told.insert(unit)
    }
}

impl Drop for Parked {
    fn drop(&mut self) {
        if let Some(Watch { requests, thread }) = self.watch.take() {
            drop(requests);
            // One that panicked has told so.
            drop(thread.join());
        }
    }
}

impl Watch {
    fn start(sender: Sender) -> std::io::Result<Self> {
        let (requests, receiver) = mpsc::channel();
        let thread = Builder::new().spawn(move || watch(&receiver, &sender))?;
        Ok(Watch { requests, thread })
    }
}

/// Looks until nobody asks or listens any longer.
fn watch(requests: &Receiver<Waiting>, sender: &Sender) {
    let mut waiting: Vec<Waiting> = Vec::new();
    loop {
        let request = match waiting.is_empty() {
            true => requests.recv().map_err(|_| RecvTimeoutError::Disconnected),
            false => requests.recv_timeout(INTERVAL),
        };
        match request {
            Ok(request) => {
                waiting.push(request);
                continue;
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return,
        }
        let now = Instant::now();
        let mut messages = Vec::new();
        waiting.retain_mut(|it| {
            let is_free = it.is_free.ask();
            if is_free {
                messages.push(Inbox::Free(it.unit));
            } else if it.told_at.is_some_and(|at| at <= now) {
                it.told_at = None;
                messages.push(Inbox::Waited(it.unit));
            }
            !is_free
        });
        if messages.into_iter().any(|message| sender.send(message).is_err()) {
            return;
        }
    }
}
