//! Filing results: on a thread of its own, while compilers run. What cannot be filed is not, and the
//! store says why.

use std::collections::BTreeMap;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{Builder, JoinHandle};

use atlas_fingerprint::Digest;
use camino::Utf8PathBuf;

use super::super::claims::Claims;
use super::hint::{self, Reach, Seen};
use super::payload::Payload;
use super::places::Places;
use crate::cas::{Blob, Cas, CasError, StoredResult};

/// A result to be filed.
#[derive(Debug)]
pub(super) struct Paper {
    /// Name under which results of the unit are kept.
    pub(super) unit: String,
    /// First half of the key.
    pub(super) base: Digest,
    /// What the unit read, by name.
    pub(super) hint: Vec<u8>,
    /// The same, by content.
    pub(super) seen: Seen,
    /// The files, with their names below the directory that the unit writes into.
    pub(super) files: Vec<(Utf8PathBuf, String, Digest)>,
    /// What is kept with them; lacks the names of the files.
    pub(super) payload: Payload,
    /// What is known of the result; lacks the files.
    pub(super) result: StoredResult,
    /// Whether it can be used with the same directories only, whatever its bytes say.
    pub(super) is_bound: bool,
}

/// A result with the right to be the one who makes it.
type Submitted = (Paper, Option<Claims>);

/// What was filed.
#[derive(Clone, Debug, Default)]
pub(super) struct Filed {
    /// Keys by unit.
    pub(super) keys: BTreeMap<String, Digest>,
    /// Bytes that were not there before.
    pub(super) bytes: u64,
}

/// The thread that files.
#[derive(Debug)]
pub(super) struct Filing(Mutex<Desk>);

#[derive(Debug)]
enum Desk {
    /// Nobody has come yet.
    Idle(Arc<Cas>, Arc<Places>),
    /// Somebody works.
    Busy(Sender<Submitted>, JoinHandle<Filed>),
    /// All is filed.
    Closed(Filed),
}

impl Filing {
    /// Creates it; the thread is started when there is something to file.
    pub(super) fn new(cas: Arc<Cas>, places: Arc<Places>) -> Self {
        Filing(Mutex::new(Desk::Idle(cas, places)))
    }

    /// Has a result filed. Whoever waits for the claim goes on when it is.
    pub(super) fn submit(&self, paper: Paper, claim: Option<Claims>) {
        let mut desk = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Desk::Idle(cas, places) = &*desk {
            let (sender, receiver) = channel();
            let (cas, places) = (Arc::clone(cas), Arc::clone(places));
            // Without a thread nothing is filed.
            let Ok(thread) = Builder::new().spawn(move || work(&cas, &places, &receiver)) else {
                return;
            };
            *desk = Desk::Busy(sender, thread);
        }
        if let Desk::Busy(sender, _) = &*desk {
            // It ends only when this end is gone.
            drop(sender.send((paper, claim)));
        }
    }

    /// Waits until everything is filed.
    pub(super) fn close(&self) -> Filed {
        let mut desk = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let filed = match std::mem::replace(&mut *desk, Desk::Closed(Filed::default())) {
            Desk::Idle(..) => Filed::default(),
            Desk::Busy(sender, thread) => {
                drop(sender);
                // One that panicked has told so.
                thread.join().unwrap_or_default()
            }
            Desk::Closed(filed) => filed,
        };
        *desk = Desk::Closed(filed.clone());
        filed
    }
}

fn work(cas: &Cas, places: &Places, papers: &Receiver<Submitted>) -> Filed {
    let mut filed = Filed::default();
    for (paper, claim) in papers {
        let unit = paper.unit.clone();
        // The store has told what the user should know.
        if let Ok((key, n_bytes)) = file(cas, places, paper) {
            filed.keys.insert(unit, key);
            filed.bytes += n_bytes;
        }
        drop(claim);
    }
    filed
}

/// Files a result. Returns its key and how many bytes were written.
fn file(cas: &Cas, places: &Places, paper: Paper) -> Result<(Digest, u64), CasError> {
    let Paper { base, hint, seen, files, mut payload, mut result, .. } = paper;
    let mut is_bound = paper.is_bound;
    let mut sources = Vec::with_capacity(files.len());
    for (path, name, digest) in files {
        let file = fs_err::File::open(&path).map_err(CasError::wrap("open", &path))?;
        let metadata = file.metadata().map_err(CasError::wrap("read", &path))?;
        if !is_bound && metadata.len() > 0 {
            is_bound = names_places(&path, places)?;
        }
        let blob = Blob { digest, size: metadata.len(), executable: is_executable(&metadata) };
        payload.files.push(name);
        result.blobs.push(blob);
        sources.push((blob, path));
    }
    result.payload = payload.encode();
    let reach = if is_bound { Reach::Here(places) } else { Reach::Anywhere };
    let key = hint::key(&base, &hint, &seen, reach);
    let n_bytes = cas.add(&key, &result, &sources)?;
    cas.add_hint(&base, &hint)?;
    Ok((key, n_bytes))
}

/// Returns whether a file names one of the directories.
fn names_places(path: &Utf8PathBuf, places: &Places) -> Result<bool, CasError> {
    use atlas_fingerprint::{Disk, Files};
    match Disk.map(path) {
        Ok(Some(bytes)) => Ok(places.are_named_in(&bytes)),
        Ok(None) => Err(CasError::Changed { path: path.clone() }),
        Err(error) => Err(CasError::wrap("read", path)(error.source)),
    }
}

#[cfg(unix)]
fn is_executable(metadata: &std::fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt;
    metadata.permissions().mode() & 0o111 != 0
}

#[cfg(not(unix))]
fn is_executable(_metadata: &std::fs::Metadata) -> bool {
    false
}
