//! Writes the `.d` files beside results.

use std::collections::BTreeMap;
use std::io;

use atlas_fingerprint::parse_dep_info;
use camino::{Utf8Path, Utf8PathBuf};

use super::dep_info::{dep_info_inputs, dep_info_text};
use crate::ids::{DenseMap, UnitId};
use crate::packages::PackageGraph;
use crate::plan::{CompileStep, OutputFlavor, Step};
use crate::units::UnitGraph;

/// Writes or removes the `.d` file beside each result of the units asked for. All of them have to
/// be built. `watched` returns the `rerun-if-changed` paths of a run of a build script.
///
/// # Errors
///
/// If a file cannot be written; the error names it.
pub fn write_dep_info_files<'a>(
    packages: &PackageGraph,
    units: &UnitGraph,
    steps: &DenseMap<UnitId, Step>,
    watched: &dyn Fn(UnitId) -> &'a [Utf8PathBuf],
    basedir: Option<&Utf8Path>,
) -> io::Result<()> {
    let read: BTreeMap<UnitId, Vec<Utf8PathBuf>> = units
        .units
        .iter()
        .filter(|(id, unit)| packages.packages[unit.package].is_local() || units.roots.contains(id))
        .filter_map(|(id, _)| Some((id, files_read(&steps[id])?)))
        .collect();
    for &root in &units.roots {
        let Step::Compile(step) = &steps[root] else { continue };
        let results: Vec<&Utf8Path> = results(step).collect();
        if results.is_empty() {
            continue;
        }
        let files = |id| read.get(&id).map(Vec::as_slice);
        let inputs = dep_info_inputs(root, packages, units, &files, watched);
        for result in results {
            let path = result.with_extension("d");
            match &inputs {
                Some(inputs) => replace(&path, &dep_info_text(result, inputs, basedir))?,
                None => remove(&path)?,
            }
        }
    }
    Ok(())
}

/// Lists the `.d` files of the units asked for.
pub fn dep_info_paths<'a>(
    units: &'a UnitGraph,
    steps: &'a DenseMap<UnitId, Step>,
) -> impl Iterator<Item = Utf8PathBuf> + 'a {
    let compiles = units.roots.iter().filter_map(|root| match &steps[*root] {
        Step::Compile(step) => Some(step),
        Step::RunBuildScript(_) | Step::OverriddenBuildScript(_) => None,
    });
    compiles.flat_map(results).map(|result| result.with_extension("d"))
}

/// Returns the files that a compile read, as rustc wrote them down.
fn files_read(step: &Step) -> Option<Vec<Utf8PathBuf>> {
    let Step::Compile(step) = step else { return None };
    let text = fs_err::read_to_string(&step.dep_info).ok()?;
    Some(parse_dep_info(&text, &step.command.cwd).ok()?.files)
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
    fs_err::write(path, text)
}

fn remove(path: &Utf8Path) -> io::Result<()> {
    match fs_err::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
