//! Writes the `.d` files beside results.

use std::io;

use atlas_fingerprint::{Disk, Files};
use camino::{Utf8Path, Utf8PathBuf};

use super::dep_info::{dep_info_inputs, dep_info_text};
use crate::ids::{DenseMap, UnitId};
use crate::packages::PackageGraph;
use crate::plan::{CompileStep, OutputFlavor, Step};
use crate::units::UnitGraph;

/// What is known of the units of a build that is done.
pub struct Known<'a> {
    /// The files that a compile read.
    pub read: &'a dyn Fn(UnitId) -> Option<Vec<Utf8PathBuf>>,
    /// The `rerun-if-changed` paths of a run of a build script.
    pub watched: &'a dyn Fn(UnitId) -> &'a [Utf8PathBuf],
    /// Whether it was built, and not found fresh.
    pub is_built: &'a dyn Fn(UnitId) -> bool,
}

/// Writes or removes the `.d` file beside each result of the units asked for, if the result or
/// something below it was built, or if the file is missing. All of them have to be built.
///
/// # Errors
///
/// If a file cannot be written; the error names it.
pub fn write_dep_info_files(
    packages: &PackageGraph,
    units: &UnitGraph,
    steps: &DenseMap<UnitId, Step>,
    known: &Known<'_>,
    basedir: Option<&Utf8Path>,
) -> io::Result<()> {
    let is_changed = changed(units, known.is_built);
    for &root in &units.roots {
        let Step::Compile(step) = &steps[root] else { continue };
        let is_missing = |result: &Utf8Path| !result.with_extension("d").is_file();
        if !(is_changed[root] || results(step).any(is_missing)) {
            continue;
        }
        let inputs = dep_info_inputs(root, packages, units, known.read, known.watched);
        for result in results(step) {
            let path = result.with_extension("d");
            match &inputs {
                Some(inputs) => replace(&path, &dep_info_text(result, inputs, basedir))?,
                None => remove(&path)?,
            }
        }
    }
    Ok(())
}

/// Returns the units that were built or that are above one that was.
fn changed(units: &UnitGraph, is_built: &dyn Fn(UnitId) -> bool) -> DenseMap<UnitId, bool> {
    let mut changed = DenseMap::filled(units.units.len(), false);
    for unit in units.topological_order() {
        let mut below = units.dependencies[unit].iter().map(|dependency| dependency.unit);
        changed[unit] = is_built(unit) || below.any(|below| changed[below]);
    }
    changed
}

/// Lists the `.d` files of the units asked for.
pub fn dep_info_paths<'a>(
    units: &'a UnitGraph,
    steps: &'a DenseMap<UnitId, Step>,
) -> impl Iterator<Item = Utf8PathBuf> + 'a {
    let compiles = units.roots.iter().filter_map(|root| match &steps[*root] {
        Step::Compile(step) => Some(step),
        Step::RunBuildScript(_) | Step::Doctest(_) | Step::OverriddenBuildScript(_) => None,
    });
    compiles.flat_map(results).map(|result| result.with_extension("d"))
}

/// Returns where the user finds what was asked for.
fn results(step: &CompileStep) -> impl Iterator<Item = &Utf8Path> {
    let wanted = |flavor| !matches!(flavor, OutputFlavor::DebugInfo | OutputFlavor::Auxiliary);
    step.outputs
        .iter()
        .filter(move |output| wanted(output.flavor))
        .filter_map(|output| output.uplifted.as_deref())
}

/// Writes a file unless it has this text already: whoever watches it sees no change then.
fn replace(path: &Utf8Path, text: &str) -> io::Result<()> {
    if fs_err::read_to_string(path).is_ok_and(|present| present == text) {
        return Ok(());
    }
    // Another process may write it, too.
    Disk.write(path, text.as_bytes()).map_err(|error| io::Error::new(error.source.kind(), error))
}

fn remove(path: &Utf8Path) -> io::Result<()> {
    match fs_err::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
