//! What is told about the files of a unit.

use camino::Utf8PathBuf;

use crate::event::Artifact;
use crate::execute::pool::FileNames;
use crate::execute::publish;
use crate::plan::{CompileStep, OutputFlavor};
use crate::units::{CompileMode, Unit};

/// Whether anything had to be done for a unit.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Effort {
    /// It was built.
    Built,
    /// It was found fresh.
    None,
}

/// Describes the files of a unit that are in their places.
pub(crate) fn artifact(
    unit: &Unit,
    step: &CompileStep,
    effort: Effort,
    names: FileNames,
) -> Artifact {
    Artifact {
        opt_level: unit.profile.opt_level.clone(),
        debuginfo: unit.profile.debuginfo.level,
        debug_assertions: unit.profile.debug_assertions,
        overflow_checks: unit.profile.overflow_checks,
        features: unit.features.clone(),
        filenames: match names {
            FileNames::Told => publish::destinations(step),
            FileNames::Untold => Vec::new(),
        },
        executable: executable(unit, step),
        fresh: effort == Effort::None,
    }
}

fn executable(unit: &Unit, step: &CompileStep) -> Option<Utf8PathBuf> {
    let target = &unit.target;
    let is_executable = target.is_bin() || target.is_exe_example() || unit.mode.is_any_test();
    if !is_executable || !matches!(unit.mode, CompileMode::Build | CompileMode::Test) {
        return None;
    }
    let output = step.outputs.iter().find(|output| output.flavor == OutputFlavor::Normal)?;
    Some(output.uplifted.as_ref().unwrap_or(&output.published).clone())
}
