//! Collection by itself after builds: at most once a day, and never for more than a hundredth of the
//! time that builds have taken since the last one.

use std::time::{Duration, Instant, SystemTime};

use atlas_fingerprint::{Disk, Files, open_sealed, seal};
use camino::{Utf8Path, Utf8PathBuf};
use serde::{Deserialize, Serialize};

use super::collect::collect;
use super::limits::{Collected, Limits};
use super::removal::Effect;

/// First word in the file.
const KIND: &str = "cargo-atlas-collected";
/// Version of the form.
const VERSION: u32 = 1;
/// What was not used for longer goes.
const MAX_AGE: Duration = Duration::from_hours(30 * 24);
/// Time from one collection to the next.
const INTERVAL: Duration = Duration::from_hours(24);
/// Of the time of builds, one part in this many may be spent.
const SHARE: u32 = 100;
/// No more than this is saved up.
const MAX_CREDIT: Duration = Duration::from_secs(30);
/// How long a collection may take of which nothing is known.
const FIRST_GUESS: Duration = Duration::from_millis(20);

/// What is known of collections.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
struct Note {
    /// When there was the last one.
    last: SystemTime,
    /// How long it took.
    took: Duration,
    /// How much time may be spent.
    credit: Duration,
}

/// Collects in a target directory if that is due and may be afforded, after a build that took a
/// time. What goes wrong costs room and nothing else.
pub fn collect_if_due(target: &Utf8Path, build: Duration, now: SystemTime) -> Option<Collected> {
    let path = target.join("atlas").join("collected");
    let known =
        read(&path).unwrap_or(Note { last: now, took: FIRST_GUESS, credit: Duration::ZERO });
    let note = Note { credit: (known.credit + build / SHARE).min(MAX_CREDIT), ..known };
    if !note.is_due(now) {
        write(&path, &note);
        return None;
    }
    let start = Instant::now();
    let deadline = Some(start + note.credit);
    let limits = Limits { max_age: MAX_AGE, now, effect: Effect::Remove, deadline };
    let collected = collect(target, &limits, &mut |_| ()).ok();
    let took = start.elapsed();
    write(&path, &Note { last: now, took, credit: note.credit.saturating_sub(took) });
    collected
}

impl Note {
    fn is_due(&self, now: SystemTime) -> bool {
        let since = now.duration_since(self.last);
        // A clock that was set back must not put it off for ever.
        since.map_or(true, |since| since >= INTERVAL) && self.took <= self.credit
    }
}

fn read(path: &Utf8PathBuf) -> Option<Note> {
    let bytes = Disk.read(path).ok()?;
    postcard::from_bytes(open_sealed(KIND, VERSION, &bytes).ok()?).ok()
}

fn write(path: &Utf8Path, note: &Note) {
    if let Ok(bytes) = postcard::to_stdvec(note) {
        let _ = Disk.write(path, &seal(KIND, VERSION, &bytes));
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    const HOUR: Duration = Duration::from_hours(1);

    #[rstest]
    #[case::at_once(HOUR, Duration::ZERO, false)]
    #[case::too_early(10_000 * SECOND, 23 * HOUR, false)]
    #[case::too_dear(SECOND, 25 * HOUR, false)]
    #[case::due(10 * SECOND, 25 * HOUR, true)]
    fn collection_is_due_once_a_day_if_there_is_credit(
        #[case] build: Duration,
        #[case] later: Duration,
        #[case] expected: bool,
    ) {
        let directory = tempfile::tempdir().unwrap();
        let target = Utf8Path::from_path(directory.path()).unwrap();
        let now = SystemTime::now();
        assert_eq!(collect_if_due(target, Duration::ZERO, now), None);
        assert_eq!(collect_if_due(target, build, now + later).is_some(), expected);
        assert_eq!(collect_if_due(target, Duration::ZERO, now + later), None);
    }

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn credit_is_saved_up() {
        let directory = tempfile::tempdir().unwrap();
        let target = Utf8Path::from_path(directory.path()).unwrap();
        let now = SystemTime::now();
        for _ in 0..5 {
            assert_eq!(collect_if_due(target, SECOND, now), None);
        }
        let note = read(&target.join("atlas/collected")).unwrap();
        assert_eq!((note.credit, note.took), (5 * SECOND / SHARE, FIRST_GUESS));
    }
}
