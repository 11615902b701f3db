//! What rustc is told to write in place of paths of this machine, so that artifacts are the same
//! wherever they are made. Pure; knows nothing of who compares them.

use crate::ids::UnitId;
use crate::packages::Package;
use crate::rustc::Blueprint;

const FLAG: &str = "--remap-path-prefix";

/// Returns the arguments of a unit, in order: of several prefixes that match, rustc takes the last.
/// They belong after all others, so that flags of the user do not undo them.
///
/// Users debug what a local build script writes, so those paths stay.
pub(crate) fn remaps(blueprint: &Blueprint<'_>, id: UnitId) -> Vec<String> {
    let package = blueprint.package(id);
    let run = blueprint.own_build_script(id).filter(|_| !package.is_local());
    run.map(|run| format!("{FLAG}={}={}", blueprint.out_dir(run), out_dir(package)))
        .into_iter()
        .collect()
}

/// Returns the name that stands for the `OUT_DIR` of a package.
fn out_dir(package: &Package) -> String {
    format!("/atlas/{}-{}/out", package.name, package.version)
}
