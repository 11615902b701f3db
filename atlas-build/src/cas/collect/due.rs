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
/// Eighths of the size that a store may have above which it is collected: not each build may collect,
/// and the store grows until one may.
const WANTS_ROOM: u64 = 7;
/// Eighths of the size that it has at most after that.
const MAKES_ROOM: u64 = 6;
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
        let is_over =
            limits.max_size.is_some_and(|max_size| self.size > part(max_size, WANTS_ROOM));
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

/// Returns some eighths of a size.
fn part(size: u64, eighths: u64) -> u64 {
    size / 8 * eighths + size % 8 * eighths / 8
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
    let credit = change(cas, limits, |account| {
        account.add(build, cas.added.swap(0, Ordering::Relaxed));
        let credit = account.due(limits)?;
        // Others do not have it meanwhile.
        account.credit -= nanos(credit);
        Some(credit)
    })??;
    let since = Instant::now();
    let max_size = limits.max_size.map(|max_size| part(max_size, MAKES_ROOM));
    let bounded = Limits { deadline: Some(since + credit), max_size, ..limits.clone() };
    let collected = collect(cas, &bounded, &mut |_| ()).ok();
    let took = since.elapsed();
    change(cas, limits, |account| {
        account.credit += nanos(credit);
        account.take(took, collected.as_ref(), limits.now);
    });
    collected
}

/// Changes what is remembered, while nobody else does. Written in place, which takes less time than
/// anything else: who is killed meanwhile leaves a record that is damaged, and a new one begins.
fn change<T>(cas: &Cas, limits: &Limits, change: impl FnOnce(&mut Account) -> T) -> Option<T> {
    let path = cas.layout.due();
    let _lock = cas.notes_lock().ok()?;
    let bytes = fs_err::read(&path).unwrap_or_default();
    let mut account = decode(&bytes).unwrap_or_else(|| Account::new(limits.now));
    let result = change(&mut account);
    let payload = postcard::to_stdvec(&account).expect("postcard writes every value of this type");
    // What cannot be noted must not be acted on: it would happen after each build.
    fs_err::write(&path, seal(KIND, VERSION, &payload)).ok()?;
    Some(result)
}

fn decode(bytes: &[u8]) -> Option<Account> {
    postcard::from_bytes(open_sealed(KIND, VERSION, bytes).ok()?).ok()
}

/// Returns how many bytes a store may have if nobody says so: a tenth of the disk, 40 GiB at most.
pub fn default_max_size(root: &Utf8Path) -> u64 {
    let there = root.ancestors().find(|path| path.exists());
    let disk = there.and_then(|path| fs4::total_space(path).ok()).filter(|size| *size > 0);
    disk.map_or(MAX_SIZE_UNKNOWN, |size| (size / 10).min(MAX_SIZE))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::cas::testing::{Place, key};

    const START: SystemTime = SystemTime::UNIX_EPOCH;

    fn limits(hours: u64) -> Limits {
        let now = START + Duration::from_secs(hours * 60 * 60);
        Limits { max_size: Some(1000), ..Limits::none(now) }
    }

    #[rstest]
    #[case::small_and_fresh(100, 3600, 1, None)]
    #[case::has_room(875, 3600, 1, None)]
    #[case::needs_room(876, 3600, 1, Some(36))]
    #[case::too_big(1001, 3600, 1, Some(36))]
    #[case::a_day_has_passed(100, 3600, 24, Some(36))]
    #[case::not_earned_yet(1001, 4, 1, None)]
    #[case::just_earned(1001, 100, 1, Some(1))]
    fn collection_is_due_when_needed_and_earned(
        #[case] size: u64,
        #[case] built_secs: u64,
        #[case] hours: u64,
        #[case] expected: Option<u64>,
    ) {
        let mut account = Account::new(START);
        account.add(Duration::from_secs(built_secs), size);
        assert_eq!(account.due(&limits(hours)), expected.map(Duration::from_secs));
    }

    #[test]
    fn clock_that_was_set_back_does_not_stop_collections() {
        let mut account = Account::new(START + INTERVAL * 9);
        account.add(Duration::from_secs(3600), 0);
        assert!(account.due(&limits(0)).is_some());
    }

    #[test]
    fn collections_never_take_more_than_their_part() {
        let mut account = Account::new(START);
        let (mut built, mut collected) = (Duration::ZERO, Duration::ZERO);
        for n in 1..2000 {
            let build = Duration::from_millis(500);
            account.add(build, 600);
            built += build;
            if let Some(credit) = account.due(&limits(n)) {
                // The worst case: it takes all that there is, and gets nothing done half the time.
                let cut_off = n % 2 == 0;
                account.take(credit, Some(&Collected { cut_off, ..Collected::default() }), START);
                collected += credit;
            }
        }
        assert!(collected > Duration::ZERO);
        assert!(collected <= built / PART, "{collected:?} of {built:?}");
    }

    #[test]
    fn store_is_collected_after_builds_and_forgets_nothing_in_between() {
        let place = Place::new();
        place.add(&place.open(), "a", &["text"]).unwrap();
        let limits = Limits { max_size: Some(10), ..Limits::none(SystemTime::now()) };
        let build = Duration::from_secs(2);
        // What was added before the first note is not known.
        assert_eq!(collect_if_due(&place.open(), build, &limits), None);
        let cas = place.open();
        place.add(&cas, "b", &["other"]).unwrap();
        assert_eq!(collect_if_due(&cas, build, &limits), None);
        let collected = collect_if_due(&place.open(), build * 100, &limits).unwrap();
        assert_eq!(collected.remaining.count, 0);
        assert_eq!(cas.result(&key("b")), None);
        assert_eq!(collect_if_due(&place.open(), build * 100, &limits), None);
    }

    #[test]
    fn damaged_note_is_forgotten() {
        let place = Place::new();
        let cas = place.open();
        let limits = Limits::none(SystemTime::now());
        fs_err::write(cas.layout.due(), "damaged").unwrap();
        assert_eq!(collect_if_due(&cas, Duration::from_secs(1), &limits), None);
        let account = decode(&fs_err::read(cas.layout.due()).unwrap()).unwrap();
        assert_eq!(account.credit, 10_000_000);
    }

    #[test]
    fn default_size_is_a_part_of_the_disk() {
        let place = Place::new();
        let size = default_max_size(&place.path.join("not/there/yet"));
        assert!((1..=MAX_SIZE).contains(&size));
    }
}
