//! When a store is collected without being asked: if it is too big or a day has passed, and if that
//! takes no more than a hundredth of the time that builds took since. Knows no rule of what may go.

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant, SystemTime};

use atlas_fingerprint::{open_sealed, seal};
use camino::Utf8Path;
use serde::{Deserialize, Serialize};

use super::limits::Limits;
use super::remove::collect;
use super::report::Collected;
use crate::cas::{Access, Cas};

/// What a sealed file says it is.
const KIND: &str = "atlas-due";
/// Version of its form.
const VERSION: u32 = 1;
/// Collection may take this part of the time that builds take.
const PART: u32 = 100;
/// A store that is not too big is collected this often.
const INTERVAL: Duration = Duration::from_secs(24 * 60 * 60);
/// How long the first collection is taken to last.
const FIRST: Duration = Duration::from_millis(50);
/// How many bytes a store may have that nobody set a limit for.
const MAX_SIZE: u64 = 40 << 30;
/// The same where the size of the disk is not known.
const MAX_SIZE_UNKNOWN: u64 = 10 << 30;

/// What is remembered between builds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Account {
    /// How many bytes the store has, about.
    size: u64,
    /// When it was collected last.
    last: SystemTime,
    /// How long the next collection may take, going by the last one.
    estimate: Duration,
    /// How many nanoseconds collections may take; what they took too long is owed.
    credit: i64,
}

impl Account {
    fn new(now: SystemTime) -> Self {
        // What is in a store that nobody has looked at is not known, but a new one is empty.
        Account { size: 0, last: now, estimate: FIRST, credit: 0 }
    }

    /// Adds a build that took a time and stored some bytes.
    fn add(&mut self, build: Duration, bytes: u64) {
        self.credit = self.credit.saturating_add(nanos(build / PART));
        self.size = self.size.saturating_add(bytes);
    }

    /// Returns how long a collection may take now, if there has to be one.
    fn due(&self, limits: &Limits) -> Option<Duration> {
        let is_over = limits.max_size.is_some_and(|max_size| self.size > max_size);
        // A clock that was set back must not put it off for years.
        let is_old = limits.now.duration_since(self.last).map_or(true, |age| age >= INTERVAL);
        let credit = Duration::from_nanos(u64::try_from(self.credit).ok()?);
        ((is_over || is_old) && self.estimate <= credit).then_some(credit)
    }

    /// Takes off what a collection took.
    fn take(&mut self, took: Duration, collected: Option<&Collected>, now: SystemTime) {
        self.credit = self.credit.saturating_sub(nanos(took));
        match collected {
            Some(collected) if !collected.cut_off => {
                self.size = collected.remaining.bytes;
                self.last = now;
                self.estimate = took;
            }
            // The next one has to have more time, or it would be cut off at the same place.
            _ => self.estimate = took.max(FIRST) * 2,
        }
    }
}

fn nanos(duration: Duration) -> i64 {
    i64::try_from(duration.as_nanos()).unwrap_or(i64::MAX)
}

/// Notes a build that took a time, and collects if that is due. `limits` is what the store may hold;
/// its deadline is not looked at.
pub fn collect_if_due(cas: &Cas, build: Duration, limits: &Limits) -> Option<Collected> {
    if cas.access() == Access::ReadOnly {
        return None;
    }
    let _lock = cas.notes_lock().ok()?;
    let mut account = read(cas).unwrap_or_else(|| Account::new(limits.now));
    account.add(build, cas.added.swap(0, Ordering::Relaxed));
    let collected = account.due(limits).and_then(|credit| {
        let since = Instant::now();
        let limits = Limits { deadline: Some(since + credit), ..limits.clone() };
        let collected = collect(cas, &limits, &mut |_| ()).ok();
        account.take(since.elapsed(), collected.as_ref(), limits.now);
        collected
    });
    // What is not noted is counted with later builds, or never.
    let _ = write(cas, &account);
    collected
}

fn read(cas: &Cas) -> Option<Account> {
    let bytes = fs_err::read(cas.layout.due()).ok()?;
    postcard::from_bytes(open_sealed(KIND, VERSION, &bytes).ok()?).ok()
}

fn write(cas: &Cas, account: &Account) -> Result<(), crate::cas::CasError> {
    let bytes = postcard::to_stdvec(account).expect("postcard writes every value of this type");
    cas.writing(|| cas.write_file(&cas.layout.due(), &seal(KIND, VERSION, &bytes)))
}

/// Returns how many bytes a store may have if nobody says so: a tenth of the disk, 40 GiB at most.
pub fn default_max_size(root: &Utf8Path) -> u64 {
    let there = root.ancestors().find(|path| path.exists());
    let disk = there.and_then(|path| fs4::total_space(path).ok()).filter(|size| *size > 0);
    disk.map_or(MAX_SIZE_UNKNOWN, |size| (size / 10).min(MAX_SIZE))
}
