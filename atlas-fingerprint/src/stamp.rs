//! What `stat` says of a file, and when that can be trusted. Knows no content.

use std::fs::Metadata;
use std::time::{SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

/// Nanoseconds in two seconds: the coarsest time stamps of a file system in use (FAT).
const COARSE: i128 = 2_000_000_000;
/// Nanoseconds in a second.
const SECOND: i128 = 1_000_000_000;

/// A point in time, as the file system counts it: nanoseconds since 1970.
///
/// A moment is the modification time of a file written just then, never the system's clock: kernels
/// stamp files with a clock that lags by milliseconds, so that a file may be modified after the
/// system's clock was read and still look older.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub struct Moment(i64);

impl Moment {
    /// Wraps nanoseconds since 1970.
    pub fn from_nanos(nanos: i64) -> Self {
        Moment(nanos)
    }

    /// Returns nanoseconds since 1970.
    pub fn nanos(self) -> i64 {
        self.0
    }
}

/// What tells an unchanged file from one that may have changed.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct Stamp {
    /// Length in bytes.
    pub size: u64,
    /// Time of the last change of its content, in nanoseconds since 1970.
    pub mtime: i64,
    /// Time of the last change of its content or its entry, in nanoseconds since 1970; where the
    /// system has none, the time of its creation.
    pub ctime: i64,
    /// Number of the file on its device; zero where the system has none.
    pub inode: u64,
}

impl Stamp {
    /// Takes the stamp out of what the system says.
    #[cfg(unix)]
    pub fn of(metadata: &Metadata) -> Self {
        use std::os::unix::fs::MetadataExt;
        let nanos = |seconds: i64, nanos: i64| seconds.saturating_mul(1_000_000_000) + nanos;
        Stamp {
            size: metadata.len(),
            mtime: nanos(metadata.mtime(), metadata.mtime_nsec()),
            ctime: nanos(metadata.ctime(), metadata.ctime_nsec()),
            inode: metadata.ino(),
        }
    }

    /// Takes the stamp out of what the system says.
    #[cfg(not(unix))]
    pub fn of(metadata: &Metadata) -> Self {
        Stamp {
            size: metadata.len(),
            mtime: metadata.modified().map_or(0, nanos),
            ctime: metadata.created().map_or(0, nanos),
            inode: 0,
        }
    }

    /// Returns whether the file was modified no earlier than `moment`, as far as its time stamps
    /// can tell: such a file may be modified once more without getting another stamp.
    pub fn is_racy(&self, moment: Moment) -> bool {
        let times = [i128::from(self.mtime), i128::from(self.ctime)];
        times.into_iter().any(|time| {
            let granularity = if time % SECOND == 0 { COARSE } else { 0 };
            time + granularity >= i128::from(moment.0)
        })
    }
}

/// Returns the nanoseconds since 1970, negative before.
#[cfg_attr(unix, expect(dead_code, reason = "unix has the numbers themselves"))]
fn nanos(time: SystemTime) -> i64 {
    let (elapsed, sign) = match time.duration_since(UNIX_EPOCH) {
        Ok(elapsed) => (elapsed, 1),
        Err(error) => (error.duration(), -1),
    };
    i64::try_from(elapsed.as_nanos()).unwrap_or(i64::MAX) * sign
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::{Moment, Stamp};

    #[rstest]
    #[case::older(5_000_000_001, 5_000_000_001, 5_000_000_002, false)]
    #[case::same_tick(5_000_000_001, 5_000_000_001, 5_000_000_001, true)]
    #[case::later(5_000_000_009, 5_000_000_009, 5_000_000_001, true)]
    #[case::old_content_moved_in_place_now(1_000_000_001, 5_000_000_009, 5_000_000_001, true)]
    #[case::whole_seconds_are_coarse(4_000_000_000, 1_000_000_001, 5_000_000_001, true)]
    #[case::whole_seconds_long_ago(2_000_000_000, 2_000_000_000, 5_000_000_001, false)]
    fn racy_rule(#[case] mtime: i64, #[case] ctime: i64, #[case] moment: i64, #[case] racy: bool) {
        let stamp = Stamp { size: 0, mtime, ctime, inode: 0 };
        assert_eq!(stamp.is_racy(Moment::from_nanos(moment)), racy);
    }
}
