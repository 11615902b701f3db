//! Looks at all source files of path packages. Knows roots and where modules may be; knows no graph.

use atlas_fingerprint::{Source, SourceTable, walk};
use camino::Utf8PathBuf;

use crate::packages::PackageGraph;

/// How much had to be done.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ScanCounts {
    /// Files that were found.
    pub n_files: usize,
    /// Files that were read, since their stamps did not vouch for them.
    pub n_read: usize,
    /// Files with new bytes, which were parsed.
    pub n_parsed: usize,
}

/// Looks at the source files of all targets of path packages.
pub fn scan(packages: &PackageGraph, table: &mut SourceTable<'_>) -> ScanCounts {
    let local = packages.packages.values().filter(|package| package.is_local());
    let targets = local.flat_map(|package| &package.targets);
    let roots: Vec<Utf8PathBuf> = targets.map(|target| target.src_path.clone()).collect();
    let found = walk(&roots, &mut |paths| {
        table.look(paths);
        let declared = |path: &Utf8PathBuf| match table.get(path)? {
            Source::Absent => None,
            Source::Unreadable(_) => Some(Vec::new()),
            Source::Read(content) => {
                let outline = content.outline.as_ref();
                Some(outline.map(|outline| outline.module_files()).unwrap_or_default())
            }
        };
        paths.iter().map(declared).collect()
    });
    let (n_read, n_parsed) = (table.n_read(), table.n_parsed());
    ScanCounts { n_files: found.len(), n_read, n_parsed }
}
