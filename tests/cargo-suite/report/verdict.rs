//! What a test says of cargo atlas: from what libtest says, who did the commands, and what was
//! expected.

use std::collections::BTreeMap;

use crate::expected::Expected;
use crate::notes::{Notes, Starts};
use crate::suite::{Outcome, Results};

/// What a test says of cargo atlas.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Verdict {
    /// It passes, and at least one command was done by cargo atlas.
    Passed,
    /// It fails, and is in no group.
    Failed,
    /// It fails, and a group says why.
    Different(usize),
    /// It passes; all that cargo atlas got, it handed over to cargo.
    HandedOver,
    /// It passes; it is for nightly cargo.
    Unstable,
    /// It passes; it is about other commands.
    Elsewhere,
    /// It fails with cargo alone, too.
    CargoFails,
    /// Cargo's tests leave it out here.
    Ignored,
}

/// The verdicts of a suite.
#[derive(Debug)]
pub(crate) struct Verdicts {
    pub(crate) tests: BTreeMap<String, Verdict>,
    /// Tests that are in a group and pass all the same.
    pub(crate) needless: Vec<String>,
}

impl Verdicts {
    pub(crate) fn new(results: &Results, notes: &Notes, expected: &Expected) -> Self {
        let mut verdicts = Verdicts { tests: BTreeMap::new(), needless: Vec::new() };
        for (test, outcome) in results {
            let group = expected.group_of(test);
            let verdict = match (outcome, group) {
                (Outcome::Ignored, _) => Verdict::Ignored,
                (Outcome::Passed, _) => passed(&notes.of(test)),
                (Outcome::Failed, Some(group)) => Verdict::Different(group),
                (Outcome::Failed, None) => Verdict::Failed,
            };
            if *outcome == Outcome::Passed && group.is_some() {
                verdicts.needless.push(test.clone());
            }
            verdicts.tests.insert(test.clone(), verdict);
        }
        verdicts
    }

    /// Takes failures back that cargo alone has, too.
    pub(crate) fn excuse(&mut self, by_cargo: &Results) {
        for (test, outcome) in by_cargo {
            if *outcome == Outcome::Failed {
                self.tests.insert(test.clone(), Verdict::CargoFails);
            }
        }
    }

    /// Returns the names of tests with a verdict.
    pub(crate) fn of(&self, verdict: Verdict) -> Vec<&str> {
        let these = self.tests.iter().filter(|(_, it)| **it == verdict);
        these.map(|(test, _)| test.as_str()).collect()
    }

    pub(crate) fn count(&self, verdict: Verdict) -> usize {
        self.of(verdict).len()
    }

    /// Returns how many tests fail for a reason that a group gives.
    pub(crate) fn different(&self) -> usize {
        self.tests.values().filter(|it| matches!(it, Verdict::Different(_))).count()
    }
}

fn passed(starts: &Starts) -> Verdict {
    if starts.atlas > starts.handed_over.len() {
        Verdict::Passed
    } else if starts.atlas > 0 {
        Verdict::HandedOver
    } else if starts.unstable > 0 {
        Verdict::Unstable
    } else {
        Verdict::Elsewhere
    }
}
