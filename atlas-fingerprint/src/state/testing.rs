//! Writing a state file with a few lines. For tests.

use std::time::Duration;

use super::{Entry, Ledger, SeenFile, State};
use crate::content::{Content, View};
use crate::digest::Digest;
use crate::fingerprint::Fingerprint;
use crate::memory::MemoryFiles;
use crate::record::{Input, Record};

/// A record of a result that was made from files.
pub(crate) fn record(inputs: &[(&str, Content)]) -> Record {
    let input = |(path, content): &(&str, Content)| Input {
        path: (*path).into(),
        content: *content,
        view: View::Bytes,
    };
    Record {
        fingerprint: Fingerprint::new(),
        unsettled: Vec::new(),
        inputs: inputs.iter().map(input).collect(),
        directories: Vec::new(),
        absent: None,
        variables: Vec::new(),
        outputs: Vec::new(),
        uplifted: Vec::new(),
        published: [Digest::of_bytes(b""); 3],
        duration: Duration::from_millis(7),
        payload: b"payload".to_vec(),
    }
}

/// Writes a state with one unit, `unit`, that was made from files.
pub(crate) fn remember(
    files: &MemoryFiles,
    state: &str,
    inputs: &[(&str, Content)],
    seen: Vec<SeenFile>,
) {
    let ledger = Ledger::open(files, State::empty(), "/journals".into()).expect("no journals");
    let current = Some(record(inputs));
    let (kept, unfinished) = (Vec::new(), false);
    let entry = Entry { key: "unit".to_owned(), unfinished, current, kept, files: Vec::new() };
    ledger.note(entry).expect("memory can be written");
    ledger.save(state.into(), &State::empty(), seen, None).expect("memory can be written");
}
