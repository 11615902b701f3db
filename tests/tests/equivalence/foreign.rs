//! Workspaces that others wrote, with edits of their sources. Named by `ATLAS_EDIT_TREES`, separated
//! by `;`: a directory, those below it whose sources are edited, and arguments, separated by blanks,
//! such as `/tmp/ripgrep crates/core,crates/globset --ignore-rust-version`.

use atlas_tests::environment;
use atlas_tests::generate::Random;
use camino::{Utf8Path, Utf8PathBuf};

use crate::sequence;
use crate::step;
use crate::tree::{Files, State};

#[test]
fn edits_of_foreign_sources_come_to_what_a_clean_build_does() {
    let start = environment::number("ATLAS_EDIT_START", 0);
    let n_seeds = environment::number("ATLAS_EDIT_SEEDS", 1);
    let n_steps = environment::number("ATLAS_EDIT_STEPS", 12);
    for line in environment::text("ATLAS_EDIT_TREES").split(';').filter(|line| !line.is_empty()) {
        for seed in start..start + n_seeds {
            let steps = usize::try_from(n_steps).expect("it is small");
            let steps = step::foreign_sequence(&mut Random::new(seed), steps);
            let title = format!("seed {seed} of {line}");
            sequence::check(&title, &state(line), &steps);
        }
    }
}

/// Reads a workspace.
fn state(line: &str) -> State {
    let mut words = line.splitn(3, ' ');
    let mut word = || words.next().unwrap_or_default();
    let (origin, edited, selection) = (Utf8PathBuf::from(word()), word(), word());
    let mut files = Files::new();
    for directory in edited.split(',') {
        sources(&origin, Utf8Path::new(directory), &mut files);
    }
    let mut state = State::of(files);
    state.origin = Some(origin);
    selection.clone_into(&mut state.manner.selection);
    state
}

fn sources(origin: &Utf8Path, directory: &Utf8Path, files: &mut Files) {
    for entry in origin.join(directory).read_dir_utf8().expect("the directory is there") {
        let entry = entry.expect("the directory can be read");
        let path = directory.join(entry.file_name());
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            sources(origin, &path, files);
        } else if path.extension() == Some("rs") {
            let text = fs_err::read_to_string(entry.path()).expect("the file can be read");
            files.insert(path.into_string(), text);
        }
    }
}
