//! Bringing a result from the store into the directory of a unit. May happen on any thread; decides
//! nothing, publishes nothing.

use std::sync::Arc;

use atlas_fingerprint::Digest;
use camino::{Utf8Path, Utf8PathBuf};

use super::super::freshness::Outcome;
use super::Shared;
use super::payload::Payload;
use super::places::Places;
use crate::cas::{Cas, RestoreError, Sharing, StoredResult};
use crate::plan::Step;

/// How a result is brought here.
#[derive(Clone, Debug)]
pub struct Restoration {
    cas: Arc<Cas>,
    places: Arc<Places>,
    /// Name under which results of the unit are kept.
    unit: String,
    key: Digest,
    stored: StoredResult,
    payload: Payload,
    /// The directory that the unit writes into.
    out_dir: Utf8PathBuf,
    /// The dep-info of a compile.
    dep_info: Option<Utf8PathBuf>,
    /// Where what a build script printed is kept for the user.
    printed: Option<Utf8PathBuf>,
}

/// A result that was brought here.
#[derive(Debug)]
pub struct Restored {
    /// What the unit's process said when the result was made, and how long it took.
    pub outcome: Outcome,
    /// Name under which results of the unit are kept.
    pub(in super::super) unit: String,
    /// The key of the result.
    pub(in super::super) key: Digest,
    /// The files, with their digests.
    pub(in super::super) files: Vec<(Utf8PathBuf, Digest)>,
    /// How many bytes they have.
    pub(in super::super) n_bytes: u64,
}

impl Restoration {
    /// Creates it; `None` if the result does not fit the unit.
    pub(super) fn new(
        shared: &Shared<'_>,
        unit: &str,
        step: &Step,
        key: Digest,
        stored: StoredResult,
    ) -> Option<Self> {
        let payload = Payload::decode(&stored.payload)?;
        let is_below = |name: &String| {
            let mut parts = Utf8Path::new(name).components();
            parts.all(|part| matches!(part, camino::Utf8Component::Normal(_)))
        };
        let names = payload.files.iter().chain(&payload.directories);
        if payload.files.len() != stored.blobs.len() || !names.into_iter().all(is_below) {
            return None;
        }
        let (out_dir, dep_info, printed) = match step {
            Step::Compile(step) => (step.out_dir.clone(), Some(step.dep_info.clone()), None),
            Step::RunBuildScript(step) => (step.out_dir.clone(), None, Some(step.unit_dir.clone())),
            Step::Doctest(_) | Step::OverriddenBuildScript(_) => return None,
        };
        Some(Restoration {
            cas: Arc::clone(&shared.cas),
            places: Arc::clone(&shared.places),
            unit: unit.to_owned(),
            key,
            stored,
            payload,
            out_dir,
            dep_info,
            printed,
        })
    }

    /// Returns the key of the result.
    pub(in super::super) fn key(&self) -> &Digest {
        &self.key
    }

    /// Returns the files that would be there, with their digests.
    pub(super) fn files(&self) -> impl Iterator<Item = (Utf8PathBuf, Digest)> {
        let files = self.payload.files.iter().zip(&self.stored.blobs);
        files.map(|(name, blob)| (self.out_dir.join(name), blob.digest))
    }

    /// Returns what the unit's process said, and how long it took.
    pub(super) fn outcome(&self) -> Outcome {
        let said = self.payload.said(&self.places).unwrap_or_default();
        Outcome {
            messages: said.messages,
            build_script: said.build_script,
            duration: self.stored.duration,
            keeps_metadata: false,
        }
    }

    /// Brings the files. The directory that the unit writes into must be there, and none of them in
    /// it.
    ///
    /// # Errors
    ///
    /// [`RestoreError`] if a file is damaged or gone, or cannot be written: the unit has to be built.
    pub fn bring(&self) -> Result<Restored, RestoreError> {
        let failed = |path: &Utf8Path| RestoreError::wrap("write", path);
        for name in &self.payload.directories {
            let path = self.out_dir.join(name);
            fs_err::create_dir_all(&path).map_err(failed(&path))?;
        }
        let mut files = Vec::with_capacity(self.stored.blobs.len());
        let (mut n_bytes, mut failed_first) = (0, None);
        for (blob, name) in self.stored.blobs.iter().zip(&self.payload.files) {
            let path = self.out_dir.join(name);
            match self.cas.restore(blob, &path, self.sharing(&path)) {
                Ok(()) => {
                    n_bytes += blob.size;
                    files.push((path, blob.digest));
                }
                // The others are looked at all the same: what is damaged goes, and is filed anew.
                Err(error) => drop(failed_first.get_or_insert(error)),
            }
        }
        if let Some(error) = failed_first {
            return Err(error);
        }
        if let Some(path) = &self.dep_info {
            let bytes = self.places.located(&self.payload.dep_info);
            fs_err::write(path, bytes).map_err(failed(path))?;
        }
        if let Some(directory) = &self.printed {
            for (name, bytes) in ["output", "stderr"].into_iter().zip(&self.payload.printed) {
                let path = directory.join(name);
                fs_err::write(&path, self.places.located(bytes)).map_err(failed(&path))?;
            }
        }
        let (outcome, unit, key) = (self.outcome(), self.unit.clone(), self.key);
        Ok(Restored { outcome, unit, key, files, n_bytes })
    }

    /// Returns who may have a file: what only rustc reads may be the stored file itself, and it is
    /// replaced by a rename. Build scripts write into what they made before.
    fn sharing(&self, path: &Utf8Path) -> Sharing {
        let is_library = matches!(path.extension(), Some("rlib" | "rmeta"));
        if is_library && self.dep_info.is_some() { Sharing::ReadOnly } else { Sharing::Own }
    }
}
