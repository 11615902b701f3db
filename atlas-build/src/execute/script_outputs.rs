//! What the build scripts of this build said so far.

use crate::ids::{DenseMap, UnitId};
use crate::script::BuildScriptOutput;

/// The output of every run of a build script that is done.
#[derive(Clone, Debug)]
pub struct ScriptOutputs {
    outputs: DenseMap<UnitId, Option<BuildScriptOutput>>,
}

impl ScriptOutputs {
    /// Creates it for a number of units, none of which has run.
    pub fn new(n_units: usize) -> Self {
        ScriptOutputs { outputs: DenseMap::filled(n_units, None) }
    }

    /// Returns what a run said.
    ///
    /// # Panics
    ///
    /// If the unit is not the run of a build script, or is not done: ask only about runs that the
    /// unit depends on.
    pub fn of(&self, run: UnitId) -> &BuildScriptOutput {
        self.outputs[run].as_ref().expect("a build script runs before what depends on its output")
    }

    /// Returns all runs that are done, with what they said.
    pub fn all(&self) -> Vec<(UnitId, &BuildScriptOutput)> {
        self.outputs.iter().filter_map(|(run, output)| Some((run, output.as_ref()?))).collect()
    }

    /// Notes what a run said.
    pub(crate) fn set(&mut self, run: UnitId, output: BuildScriptOutput) {
        self.outputs[run] = Some(output);
    }
}
