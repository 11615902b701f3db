//! What a unit is expected to read, looked at just before its process is started: what is modified
//! while it runs must not count as read.

use std::collections::{HashMap, HashSet};

use atlas_fingerprint::{Digest, EntryKind, Observed, Stat};
use camino::{Utf8Path, Utf8PathBuf};

use super::freshness::{Freshness, Job};
use super::record::Said;
use super::tree::Tree;

/// What a unit is expected to read, just before its process was started.
#[derive(Clone, Debug, Default)]
pub(super) struct Before {
    /// Files as they were.
    pub(super) files: HashMap<Utf8PathBuf, Observed>,
    /// Digests of the names in directories.
    pub(super) directories: HashMap<Utf8PathBuf, Vec<Digest>>,
    /// What could not be settled the last time.
    pub(super) unsettled: HashSet<Utf8PathBuf>,
}

impl Freshness<'_> {
    /// Looks at what the unit is expected to read. What cannot be read is left out: whether it
    /// matters is seen after the run.
    pub(super) fn inputs_before(&self, job: &Job<'_>) -> Before {
        let mut before = Before::default();
        let target = &self.sources.units.units[job.unit].target;
        let Tree { files, mut directories } = self.declared(job.unit).unwrap_or_default();
        let mut others = vec![target.src_path.clone()];
        others.extend(files);
        match self.record(job.step) {
            Ok(record) => {
                others.extend(record.inputs.iter().map(|input| input.path.clone()));
                if let Some(output) = &Said::of(&record).build_script {
                    let tree = self.watched(job.unit, output).unwrap_or_default().tree;
                    others.extend(tree.files);
                    directories.extend(tree.directories);
                }
                before.unsettled = record.unsettled.iter().cloned().collect();
            }
            Err(_) if self.package(job.unit).is_local() && !target.is_custom_build() => {
                others.extend(self.likely_sources(&target.src_path));
            }
            Err(_) => {}
        }
        for directory in directories {
            before.directories.entry(directory.path).or_default().push(directory.digest);
        }
        for (path, now) in others.iter().zip(self.table.observe_all(&others)) {
            if let Ok(Some(now)) = now {
                before.files.insert(path.clone(), now);
            }
        }
        before
    }

    /// Returns the files that a unit built for the first time probably reads. Times could tell as
    /// well that one of them is modified meanwhile, if all file systems had the same clock.
    fn likely_sources(&self, root: &Utf8Path) -> Vec<Utf8PathBuf> {
        let skip = |path: &Utf8Path, kind| match kind {
            EntryKind::Directory => {
                path == self.target_directory
                    || path.file_name().is_some_and(|name| name.starts_with('.'))
                    || !matches!(self.files.stat(&path.join("Cargo.toml")), Ok(Stat::Absent))
            }
            EntryKind::File | EntryKind::Other => path.extension() != Some("rs"),
        };
        let mut tree = Tree::default();
        if let Some(directory) = root.parent() {
            // What cannot be listed is judged by its times.
            drop(tree.add(self.files, directory, &skip));
        }
        tree.files.retain(|path| path != root);
        tree.files
    }
}
