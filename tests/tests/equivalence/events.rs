//! What happens to files without a word of their text: times, damage, a build that is killed.

use std::time::{Duration, SystemTime};

use atlas_tests::fixture::Fixture;
use atlas_tests::generate::Random;
use camino::Utf8PathBuf;

use crate::outcome::{self, Builder};
use crate::tree::State;

/// Sets when files were modified.
pub(crate) fn times(fixture: &Fixture, state: &State, random: &mut Random) {
    let day = Duration::from_secs(24 * 60 * 60);
    let now = SystemTime::now();
    let time = [now, now - day * 1000, now + day][random.below(3)];
    let share = if random.chance(50) { 100 } else { 30 };
    for path in state.files.keys() {
        if random.chance(share) {
            fixture.set_modified(path, time);
        }
    }
}

/// Removes, empties or changes something that was built.
pub(crate) fn damage(fixture: &Fixture, random: &mut Random) {
    let mut files = files(&fixture.beside("target"));
    if files.is_empty() {
        return;
    }
    // What rustc keeps for itself and what build scripts wrote is theirs to notice.
    files.retain(|path| {
        !path.as_str().contains("/incremental/") && !path.as_str().contains("/out/size.rs")
    });
    let path = &files[random.below(files.len())];
    match random.below(4) {
        0 if !path.ends_with("words.rs") => fs_err::write(path, ""),
        1 => {
            let directory = path.parent().expect("a file is in a directory");
            let is_ours =
                directory.as_str().contains("/deps") || directory.as_str().contains("/unit");
            if is_ours { fs_err::remove_dir_all(directory) } else { fs_err::remove_file(path) }
        }
        _ => fs_err::remove_file(path),
    }
    .expect("it is ours");
}

fn files(directory: &Utf8PathBuf) -> Vec<Utf8PathBuf> {
    let mut found = Vec::new();
    let mut waiting = vec![directory.clone()];
    while let Some(directory) = waiting.pop() {
        for entry in directory.read_dir_utf8().into_iter().flatten().flatten() {
            match entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                true => waiting.push(entry.into_path()),
                false => found.push(entry.into_path()),
            }
        }
    }
    found.sort();
    found
}

/// Starts a build and kills it after some commands were started.
pub(crate) fn kill(fixture: &Fixture, state: &State, random: &mut Random) {
    let running = outcome::command(fixture, Builder::Atlas, &state.manner).start();
    running.kill_after("Running `", random.below(6));
}
