//! The store during a build: opened when something has to be done, closed when all is done. What
//! goes wrong with it costs time and nothing else.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use atlas_fingerprint::{Digest, Disk, Files, open_sealed, seal};
use camino::Utf8Path;

use crate::cas::{BuildCounts, Cas, Checkout, Trouble, collect_if_due};
use crate::event::Event;
use crate::pipeline::prepare::Prepared;
use crate::request::{BuildRequest, CacheMode};
use crate::store::{Session, SharedSettings};

/// What a sealed file says it is.
const KIND: &str = "atlas-stored";
/// Version of its form.
const VERSION: u32 = 1;

/// Opens the store, if there is to be one.
pub(super) fn open(
    request: &BuildRequest,
    prepared: &Prepared,
    events: &mut dyn FnMut(Event),
) -> Option<SharedSettings> {
    let root = request.store.as_ref().filter(|_| request.cache != CacheMode::None)?;
    match Cas::open(root) {
        Ok(cas) => Some(SharedSettings {
            cas: Arc::new(cas),
            workspace_root: prepared.workspace_root.clone(),
            portable: request.portable,
        }),
        Err(error) => {
            let error = with_causes(&error);
            events(Event::Warning(format!("the store cannot be used: {error}")));
            None
        }
    }
}

/// Waits until everything is filed, notes what was done and what this target directory needs, and
/// collects if it is time.
pub(super) fn close(
    session: &Session<'_>,
    settings: &SharedSettings,
    (request, prepared): (&BuildRequest, &Prepared),
    duration: Duration,
    events: &mut dyn FnMut(Event),
) {
    let Some((counts, keys)) = session.close_store() else { return };
    let cas = &settings.cas;
    if counts != BuildCounts::default() {
        // Numbers that are not written are missing in a table.
        drop(cas.count(&counts));
    }
    if !keys.is_empty() {
        let path = prepared.layout.stored();
        let mut stored = read(&path);
        stored.retain(|unit, _| prepared.target_directory.join(unit).is_dir());
        stored.extend(keys);
        let bytes = postcard::to_stdvec(&stored).unwrap_or_default();
        let is_written = Disk.write(&path, &seal(KIND, VERSION, &bytes)).is_ok();
        let checkout = Checkout {
            target_directory: prepared.target_directory.clone(),
            workspace_root: prepared.workspace_root.clone(),
        };
        let keys: Vec<Digest> = stored.into_values().collect();
        if is_written {
            drop(cas.bind(&checkout, &keys));
        }
    }
    let limits = request.store_limits.of_collection(cas.root(), SystemTime::now());
    drop(collect_if_due(cas, duration, &limits));
    for trouble in cas.take_troubles() {
        events(Event::Warning(words(&trouble)));
    }
}

/// Returns the keys of the results of units, as far as they are in the store.
fn read(path: &Utf8Path) -> BTreeMap<String, Digest> {
    let bytes = Disk.read(path).unwrap_or_default();
    let payload = open_sealed(KIND, VERSION, &bytes).unwrap_or_default();
    postcard::from_bytes(payload).unwrap_or_default()
}

fn words(trouble: &Trouble) -> String {
    match trouble {
        Trouble::DamagedBlob { path }
        | Trouble::DamagedResult { path }
        | Trouble::DamagedHint { path } => {
            format!("`{path}` in the store was damaged; it is removed, and what needs it is built")
        }
        Trouble::Unwritable { path, reason } => {
            format!("could not write `{path}` ({reason}); nothing more is stored in this build")
        }
    }
}

fn with_causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(source) = cause {
        text = format!("{text}: {source}");
        cause = source.source();
    }
    text
}
