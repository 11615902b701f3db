//! Lets the records of the store answer what execution asks. Nothing but a translation.

use atlas_fingerprint::FileError;

use crate::execute::freshness::{Freshness, Outcome, Recorded, Verdict};
use crate::ids::UnitId;
use crate::process::CommandLine;
use crate::store;

impl Freshness for store::Session<'_> {
    fn check(&mut self, unit: UnitId, command: &CommandLine) -> Verdict {
        match store::Session::check(self, unit, command) {
            store::Verdict::Fresh(recorded) => Verdict::Fresh(Box::new(Recorded {
                messages: recorded.messages,
                build_script: recorded.build_script,
            })),
            store::Verdict::Dirty(reason) => Verdict::Dirty(reason),
        }
    }

    fn started(&mut self, unit: UnitId, command: &CommandLine) -> Result<(), FileError> {
        store::Session::started(self, unit, command)
    }

    fn metadata_published(&mut self, unit: UnitId) {
        store::Session::metadata_published(self, unit);
    }

    fn finished(&mut self, unit: UnitId, outcome: &Outcome<'_>) {
        let stored = store::Outcome {
            messages: outcome.messages.to_vec(),
            build_script: outcome.build_script.cloned(),
            duration: outcome.duration,
        };
        store::Session::finished(self, unit, outcome.command, &stored);
    }
}
