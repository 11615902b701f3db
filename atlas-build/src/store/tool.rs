//! Tools that are run in place of rustc for members of the workspace (`RUSTC_WORKSPACE_WRAPPER`): a lint
//! may read what rustc does not. So every byte of a source file counts for their units, comments
//! included. Knows what clippy reads; of other tools nothing.

use atlas_fingerprint::{DirtyReason, Record, Stat};
use camino::{Utf8Path, Utf8PathBuf};

use super::freshness::Freshness;
use crate::account::Bar;
use crate::fingerprints::variable;
use crate::ids::UnitId;
use crate::plan::Step;

/// Names under which clippy looks for its configuration, in this order (`clippy_config`,
/// `lookup_conf_file`).
const CONFIGURATION_FILES: [&str; 2] = [".clippy.toml", "clippy.toml"];

impl Freshness<'_> {
    /// Returns the tool that compiles a unit in place of rustc, if one does.
    pub(super) fn tool(&self, unit: UnitId) -> Option<&Utf8Path> {
        let tool = self.sources.toolchain.rustc_workspace_wrapper.as_deref()?;
        let is_compile = !self.sources.units.units[unit].is_run_custom_build();
        (is_compile && self.package(unit).is_member).then_some(tool)
    }

    /// Returns what stands against a cutoff above a unit. Lints of clippy see of other crates what
    /// rustc sees in a check; nobody knows what other tools look at.
    pub(super) fn bar_of_tool(&self, unit: UnitId) -> Option<Bar> {
        let tool = self.tool(unit).filter(|tool| !is_clippy(tool))?;
        Some(Bar::Wrapper(tool.file_name().unwrap_or(tool.as_str()).to_owned()))
    }

    /// Returns where the configuration is that clippy finds for a unit, if it finds one.
    pub(super) fn tool_configuration(&self, unit: UnitId, step: &Step) -> Option<Utf8PathBuf> {
        let Step::Compile(step) = step else { return None };
        self.tool(unit).filter(|tool| is_clippy(tool))?;
        let named = variable(&step.command, self.sources.environment, "CLIPPY_CONF_DIR");
        let start = match named.and_then(|named| named.to_str()) {
            Some(named) => step.command.cwd.join(named),
            None => self.package(unit).root().to_owned(),
        };
        let start = start.canonicalize_utf8().unwrap_or(start);
        let names = |directory| CONFIGURATION_FILES.map(|name| Utf8Path::join(directory, name));
        let mut candidates = start.ancestors().flat_map(names);
        let found = candidates.find(|path| matches!(self.files.stat(path), Ok(Stat::File(_))))?;
        Some(found.canonicalize_utf8().unwrap_or(found))
    }

    /// Returns whether the configuration that clippy finds for a unit is among the files that it has
    /// read: one that is new is named by none of them.
    pub(super) fn has_read_configuration<'p>(
        &self,
        unit: UnitId,
        step: &Step,
        mut read: impl Iterator<Item = &'p str>,
    ) -> bool {
        match self.tool_configuration(unit, step) {
            Some(found) => read.any(|path| path == found.as_str()),
            None => true,
        }
    }

    /// Checks the same for a record.
    pub(super) fn check_configuration(
        &self,
        unit: UnitId,
        step: &Step,
        record: &Record,
    ) -> Result<(), DirtyReason> {
        let read = record.inputs.iter().map(|input| input.path.as_str());
        match self.has_read_configuration(unit, step, read) {
            true => Ok(()),
            false => Err(DirtyReason::FileChanged {
                path: self.tool_configuration(unit, step).unwrap_or_default(),
            }),
        }
    }
}

/// Returns whether a tool is clippy's, as cargo tells it (`core/compiler/job_queue`).
fn is_clippy(tool: &Utf8Path) -> bool {
    tool.file_stem() == Some("clippy-driver")
}
