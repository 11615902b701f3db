//! How long the state of a build takes to load, in this process.

use std::hint::black_box;
use std::time::{Duration, Instant};

use atlas_fingerprint::{Disk, Files, State};
use camino::Utf8Path;

/// Loads a state file, checks it and looks one file up; returns how long that
/// took, `None` if there is none to load.
pub(crate) fn load_state(path: &Utf8Path) -> Option<Duration> {
    let started = Instant::now();
    let mapped = Disk.map(path).ok()??;
    let state = State::parse(&mapped).ok()?;
    black_box(state.file("/none"));
    Some(started.elapsed())
}
