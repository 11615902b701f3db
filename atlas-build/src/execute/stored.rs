//! Freshness by the records that are kept from one build to the next. Collects what each unit shows
//! to those that depend on it; everything else is decided in [`store`].

use std::error::Error;

use atlas_fingerprint::{Digest, FileError};

use crate::event::Failure;
use crate::execute::freshness::{Freshness, Outcome, Recorded, Verdict};
use crate::ids::{DenseMap, UnitId};
use crate::plan::{Need, Needs, Step};
use crate::process::CommandLine;
use crate::store::{self, FreshnessError, Job, Published};

/// Freshness by records.
#[derive(Debug)]
pub struct StoredFreshness<'a> {
    records: store::Freshness<'a>,
    steps: &'a DenseMap<UnitId, Step>,
    needs: &'a Needs,
    /// What dependents see of a unit, as far as it is there.
    shown: DenseMap<UnitId, Shown>,
}

/// What dependents see of a unit.
#[derive(Clone, Copy, Default, Debug)]
struct Shown {
    interface: Option<Digest>,
    content: Option<Digest>,
}

impl From<Published> for Shown {
    fn from(published: Published) -> Self {
        Shown { interface: Some(published.interface), content: Some(published.content) }
    }
}

impl<'a> StoredFreshness<'a> {
    /// Begins a build that looks at records.
    pub fn new(
        records: store::Freshness<'a>,
        steps: &'a DenseMap<UnitId, Step>,
        needs: &'a Needs,
    ) -> Self {
        let shown = steps.values().map(|step| match step {
            Step::OverriddenBuildScript(output) => store::overridden(output).into(),
            Step::Compile(_) | Step::RunBuildScript(_) => Shown::default(),
        });
        StoredFreshness { records, steps, needs, shown: shown.collect() }
    }

    /// Returns what a unit sees of what it waits for.
    fn dependencies(&self, unit: UnitId) -> Vec<(UnitId, Digest)> {
        let seen = |&(dependency, need): &(UnitId, Need)| {
            let shown = self.shown[dependency];
            let digest = match need {
                Need::Metadata => shown.interface,
                Need::End => shown.content,
            };
            (dependency, digest.expect("a unit is asked about when all that it waits for is there"))
        };
        self.needs.needs[unit].iter().map(seen).collect()
    }
}

impl Freshness for StoredFreshness<'_> {
    fn check(&mut self, unit: UnitId, command: &CommandLine) -> Verdict {
        let dependencies = self.dependencies(unit);
        let step = &self.steps[unit];
        let job = Job { unit, step, command, dependencies: &dependencies };
        match self.records.check(&job) {
            store::Verdict::Dirty(reason) => Verdict::Dirty(reason),
            store::Verdict::Fresh(recorded) => {
                self.shown[unit] = recorded.published.into();
                Verdict::Fresh(Box::new(Recorded {
                    messages: recorded.messages,
                    build_script: recorded.build_script,
                    relink: recorded.relink,
                }))
            }
        }
    }

    fn started(&mut self, unit: UnitId, command: &CommandLine) -> Result<(), Failure> {
        let dependencies = self.dependencies(unit);
        let step = &self.steps[unit];
        let job = Job { unit, step, command, dependencies: &dependencies };
        self.records.started(&job).map_err(file_failure)
    }

    fn metadata_published(&mut self, unit: UnitId) -> Result<(), Failure> {
        if let Step::Compile(step) = &self.steps[unit] {
            self.shown[unit].interface = Some(self.records.interface(step).map_err(failure)?);
        }
        Ok(())
    }

    fn finished(&mut self, unit: UnitId, outcome: &Outcome<'_>) -> Result<(), Failure> {
        let dependencies = self.dependencies(unit);
        let step = &self.steps[unit];
        let job = Job { unit, step, command: outcome.command, dependencies: &dependencies };
        let outcome = store::Outcome {
            messages: outcome.messages.to_vec(),
            build_script: outcome.build_script.cloned(),
            duration: outcome.duration,
        };
        self.shown[unit] = self.records.finished(&job, &outcome).map_err(failure)?.into();
        Ok(())
    }
}

fn file_failure(error: FileError) -> Failure {
    let FileError { action, path, source } = error;
    Failure::Io { path: path.into(), error: format!("could not {action}: {source}") }
}

fn failure(error: FreshnessError) -> Failure {
    match error {
        FreshnessError::File(error) => file_failure(error),
        error => match error.source() {
            Some(source) => Failure::Invalid(format!("{error}: {source}")),
            None => Failure::Invalid(error.to_string()),
        },
    }
}
