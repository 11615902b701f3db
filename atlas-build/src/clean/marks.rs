//! Which units builds have used, and when: a file for each set of units that a build had, the time
//! of which is refreshed by each build that has the same. Knows no plan: two requests with the same
//! units are one, and a request whose units change with the branch has several.

use std::collections::HashSet;
use std::time::{Duration, SystemTime};

use atlas_fingerprint::{Disk, FileError, Files, Hasher, open_sealed, seal};
use camino::{Utf8Path, Utf8PathBuf};

use super::error::CleanError;
use super::limits::Limits;
use super::site::entries;
use super::units::modified;

/// First word in the files.
const KIND: &str = "cargo-atlas-used";
/// Version of the form.
const VERSION: u32 = 1;
/// A mark that is younger need not be refreshed: builds that have nothing to do write nothing.
const STALE: Duration = Duration::from_mins(10);

/// Writes down that the units in `directories` are used now, unless that was written lately. To be
/// called before anything is built, too, so that no collection takes what a build relies on.
///
/// # Errors
///
/// [`FileError`] if it cannot be written.
pub fn mark<'a>(
    target: &Utf8Path,
    directories: impl Iterator<Item = &'a Utf8Path>,
    now: SystemTime,
) -> Result<(), FileError> {
    let relative = directories.map(|path| path.strip_prefix(target).unwrap_or(path).as_str());
    let mut keys: Vec<&str> = relative.collect();
    if keys.is_empty() {
        return Ok(());
    }
    keys.sort_unstable();
    keys.dedup();
    let mut hasher = Hasher::new(KIND);
    for key in &keys {
        hasher.text(key);
    }
    let name: String = hasher.finish().to_string().chars().take(32).collect();
    let path = directory(target).join(name);
    let age = now.duration_since(modified(&path)).unwrap_or_default();
    if age < STALE {
        return Ok(());
    }
    Disk.write(&path, &seal(KIND, VERSION, keys.join("\n").as_bytes()))
}

/// What builds have used.
#[derive(Clone, Debug, Default)]
pub(super) struct Marks {
    /// Units that have to stay.
    live: HashSet<String>,
    /// Units that were used once, too long ago.
    outdated: HashSet<String>,
    /// Marks that say nothing any longer.
    pub(super) dead: Vec<Utf8PathBuf>,
}

impl Marks {
    /// Reads what builds in a target directory have used. What is damaged is of no use.
    pub(super) fn read(target: &Utf8Path, limits: &Limits) -> Result<Self, CleanError> {
        let directory = directory(target);
        let names = entries(&directory)?.into_iter();
        let names = names.filter(|(name, is_directory)| !is_directory && !name.starts_with('.'));
        let mut all: Vec<(SystemTime, Utf8PathBuf)> = names
            .map(|(name, _)| directory.join(name))
            .map(|path| (modified(&path), path))
            .collect();
        all.sort();
        let mut marks = Marks::default();
        // What the last build needs stays, however long ago it was.
        let mut is_last = true;
        for (time, path) in all.into_iter().rev() {
            let keys = keys(&path);
            let is_live = is_last || limits.is_recent(time) || !limits.is_outdated(time);
            match keys {
                Some(keys) if is_live => {
                    marks.live.extend(keys);
                    is_last = false;
                }
                keys => {
                    marks.outdated.extend(keys.unwrap_or_default());
                    marks.dead.push(path);
                }
            }
        }
        Ok(marks)
    }

    /// Returns whether no build needs a unit. One that was never marked was made by an earlier
    /// version of the program, or is being made: its own time counts.
    pub(super) fn is_outdated(&self, key: &str, directory: &Utf8Path, limits: &Limits) -> bool {
        if self.live.contains(key) {
            return false;
        }
        let made = modified(directory).max(modified(&directory.join("out")));
        self.outdated.contains(key) || (limits.is_outdated(made) && !limits.is_recent(made))
    }
}

fn keys(path: &Utf8Path) -> Option<Vec<String>> {
    let bytes = Disk.read(path).ok()?;
    let text = std::str::from_utf8(open_sealed(KIND, VERSION, &bytes).ok()?).ok()?;
    Some(text.lines().map(str::to_owned).collect())
}

fn directory(target: &Utf8Path) -> Utf8PathBuf {
    target.join("atlas").join("used")
}

#[cfg(test)]
mod tests {
    use super::super::removal::Effect;
    use super::*;

    const DAY: Duration = Duration::from_hours(24);

    struct Site {
        _directory: tempfile::TempDir,
        target: Utf8PathBuf,
        now: SystemTime,
    }

    impl Site {
        fn new() -> Self {
            let directory = tempfile::tempdir().unwrap();
            let target = Utf8Path::from_path(directory.path()).unwrap().to_owned();
            Site { _directory: directory, target, now: SystemTime::now() }
        }

        /// Marks units, as if that had been some time ago.
        fn mark(&self, units: &[&str], ago: Duration) {
            let before: HashSet<Utf8PathBuf> = self.files();
            let units: Vec<Utf8PathBuf> = units.iter().map(|unit| self.target.join(unit)).collect();
            mark(&self.target, units.iter().map(Utf8PathBuf::as_path), self.now).unwrap();
            for path in self.files().difference(&before) {
                let file = fs_err::File::options().append(true).open(path).unwrap();
                file.file().set_modified(self.now - ago).unwrap();
            }
        }

        fn files(&self) -> HashSet<Utf8PathBuf> {
            let names = entries(&directory(&self.target)).unwrap().into_iter();
            names.map(|(name, _)| directory(&self.target).join(name)).collect()
        }

        #[track_caller]
        fn check(&self, max_age: Duration, outdated: &[&str], n_dead: usize) {
            let limits = Limits { max_age, now: self.now, effect: Effect::Count, deadline: None };
            let marks = Marks::read(&self.target, &limits).unwrap();
            let mut found: Vec<&str> = ["a", "b", "c", "d"].into();
            found.retain(|key| marks.is_outdated(key, &self.target, &limits));
            assert_eq!((found.as_slice(), marks.dead.len()), (outdated, n_dead));
        }
    }

    #[test]
    fn what_only_old_builds_have_used_is_outdated() {
        let site = Site::new();
        site.mark(&["a", "b"], 40 * DAY);
        site.mark(&["b", "c"], 10 * DAY);
        site.check(30 * DAY, &["a"], 1);
        site.check(50 * DAY, &[], 0);
        site.check(5 * DAY, &["a"], 1);
    }

    #[test]
    fn last_build_is_never_outdated() {
        let site = Site::new();
        site.mark(&["a", "b"], 40 * DAY);
        site.check(DAY, &[], 0);
    }

    #[test]
    fn last_hour_is_never_outdated() {
        let site = Site::new();
        site.mark(&["a"], Duration::from_mins(50));
        site.mark(&["b"], Duration::from_mins(70));
        site.mark(&["c"], Duration::ZERO);
        site.check(Duration::ZERO, &["b"], 1);
    }

    #[test]
    fn same_units_are_marked_now_and_then() {
        let site = Site::new();
        site.mark(&["a", "b"], STALE / 2);
        let time = |site: &Site| modified(site.files().iter().next().unwrap());
        let first = time(&site);
        site.mark(&["b", "a", "a"], Duration::ZERO);
        assert_eq!((time(&site), site.files().len()), (first, 1));
        let later = Site { now: site.now + DAY, ..site };
        later.mark(&["a", "b"], Duration::ZERO);
        assert_ne!(time(&later), first);
        assert_eq!(later.files().len(), 1);
    }

    #[test]
    fn damaged_mark_says_nothing() {
        let site = Site::new();
        site.mark(&["a"], 40 * DAY);
        for path in site.files() {
            fs_err::write(&path, "x").unwrap();
        }
        site.check(DAY, &[], 1);
    }
}
