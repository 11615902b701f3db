//! What a build tells of programs and build scripts, as nextest hears it from cargo's messages.

use std::collections::BTreeMap;
use std::sync::Arc;

use atlas_build::event::{BuildScriptExecuted, Event, Planned, UnitDescription};
use atlas_build::units::CompileMode;
use camino::Utf8PathBuf;

/// What was told so far.
#[derive(Clone, Debug, Default)]
pub(crate) struct Recording {
    planned: Option<Arc<Planned>>,
    /// Programs.
    pub(crate) programs: Vec<(UnitDescription, Utf8PathBuf)>,
    /// What build scripts said, by package.
    pub(crate) scripts: BTreeMap<String, Arc<BuildScriptExecuted>>,
}

impl Recording {
    /// Takes note of an event.
    pub(crate) fn on_event(&mut self, event: &Event) {
        match event {
            Event::Planned(planned) => self.planned = Some(Arc::clone(planned)),
            Event::Artifact(unit, artifact) => {
                let description = self.planned.as_ref().map(|planned| &planned.units[*unit]);
                if let (Some(unit), Some(path)) = (description, &artifact.executable) {
                    self.programs.push((unit.clone(), path.clone()));
                }
            }
            Event::BuildScriptExecuted(unit, executed) => {
                let description = self.planned.as_ref().map(|planned| &planned.units[*unit]);
                if let Some(unit) = description.filter(|unit| unit.is_local) {
                    self.scripts.insert(unit.package_id.clone(), Arc::clone(executed));
                }
            }
            _ => {}
        }
    }

    /// Returns tests, each once.
    pub(crate) fn tests(&self) -> impl Iterator<Item = &(UnitDescription, Utf8PathBuf)> {
        self.programs.iter().filter(|(unit, _)| unit.mode == CompileMode::Test)
    }

    /// Returns binaries that tests may run.
    pub(crate) fn binaries(&self) -> impl Iterator<Item = &(UnitDescription, Utf8PathBuf)> {
        let is_binary =
            |unit: &UnitDescription| unit.mode == CompileMode::Build && unit.target.is_bin();
        self.programs.iter().filter(move |(unit, _)| is_binary(unit))
    }
}
