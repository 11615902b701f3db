//! What a build leaves for its user to run or to look at. Says what to run and how, and runs nothing.

use camino::Utf8PathBuf;

use crate::event::Summary;
use crate::ids::UnitId;
use crate::pipeline::prepare::Prepared;
use crate::plan::{OutputFlavor, Step};

/// A build that came to its end.
#[derive(Clone, Debug)]
pub struct Built {
    /// What was done.
    pub summary: Summary,
    /// What there is now, as far as everything that was asked for could be built.
    pub products: Products,
}

/// What there is after a build, of what was asked for.
#[derive(Clone, Debug, Default)]
pub struct Products {
    /// Binaries, examples and tests, in the order of the units.
    pub executables: Vec<Executable>,
}

/// Something that can be run.
#[derive(Clone, Debug)]
pub struct Executable {
    /// The unit.
    pub unit: UnitId,
    /// Where the user finds it; in `deps` for tests.
    pub path: Utf8PathBuf,
}

impl Products {
    /// Collects what a build with a plan makes.
    pub(super) fn of(prepared: &Prepared) -> Self {
        let roots = prepared.units.graph.roots.iter();
        Products { executables: roots.filter_map(|unit| executable(prepared, *unit)).collect() }
    }
}

fn executable(prepared: &Prepared, unit: UnitId) -> Option<Executable> {
    let Step::Compile(step) = &prepared.steps[unit] else { return None };
    let root = &prepared.units.graph.units[unit];
    let target = &root.target;
    let is_executable = target.is_bin() || target.is_exe_example() || root.mode.is_any_test();
    let output = step.outputs.iter().find(|output| output.flavor == OutputFlavor::Normal)?;
    let path = output.uplifted.as_ref().unwrap_or(&output.published);
    is_executable.then(|| Executable { unit, path: path.clone() })
}
