//! The compiler's incremental sessions: `incremental/<crate>-<hash>/s-<time>-<random>-<svh>`, with a
//! lock file `s-<time>-<random>.lock` each. The compiler uses the newest finished one.

use camino::{Utf8Path, Utf8PathBuf};

use super::super::error::CleanError;
use super::super::limits::{Limits, Reason};
use super::super::site::{directories, entries};
use super::super::units::modified;

/// Lists what is too old or was superseded.
pub(super) fn superseded(
    place: &Utf8Path,
    limits: &Limits,
) -> Result<Vec<(Utf8PathBuf, Reason)>, CleanError> {
    let incremental = place.join("incremental");
    let mut found = Vec::new();
    for name in directories(&incremental)? {
        let directory = incremental.join(name);
        let all = entries(&directory)?;
        let used = all.iter().map(|(name, _)| modified(&directory.join(name)));
        let used = used.chain([modified(&directory)]).max().unwrap_or(limits.now);
        if limits.is_outdated(used) && !limits.is_recent(used) {
            found.push((directory, Reason::Unused));
            continue;
        }
        let newest = all.iter().filter_map(|(name, _)| finished(name)).max();
        let Some((newest, _)) = newest else { continue };
        for (name, _) in &all {
            if session(name).is_some_and(|time| time < newest) {
                found.push((directory.join(name), Reason::Superseded));
            }
        }
    }
    Ok(found)
}

/// Returns the time in the name of a finished session, and the name.
fn finished(name: &str) -> Option<(u128, &str)> {
    let is_finished = !name.ends_with("-working") && !name.ends_with(".lock");
    is_finished.then(|| Some((session(name)?, name)))?
}

/// Returns the time in the name of a session or of its lock file.
fn session(name: &str) -> Option<u128> {
    let (time, _) = name.strip_prefix("s-")?.split_once('-')?;
    u128::from_str_radix(time, 36).ok()
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};

    use super::super::super::removal::Effect;
    use super::*;

    #[test]
    fn newest_finished_session_stays_with_what_is_newer() {
        let directory = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(directory.path()).unwrap();
        let crate_directory = root.join("incremental/a-1");
        for session in ["s-zz-1-abc", "s-100-1-abc", "s-200-1-working", "s-yy-1-working", "x"] {
            fs_err::create_dir_all(crate_directory.join(session)).unwrap();
        }
        fs_err::write(crate_directory.join("s-zz-1.lock"), "").unwrap();
        fs_err::write(crate_directory.join("s-100-1.lock"), "").unwrap();
        let (now, effect) = (SystemTime::now(), Effect::Count);
        let limits = Limits { max_age: Duration::MAX, now, effect, deadline: None };
        let found: Vec<String> = superseded(root, &limits)
            .unwrap()
            .into_iter()
            .map(|(path, _)| path.file_name().unwrap().to_owned())
            .collect();
        assert_eq!(found, ["s-yy-1-working", "s-zz-1-abc", "s-zz-1.lock"]);
    }
}
