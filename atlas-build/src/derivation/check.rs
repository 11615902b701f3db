//! Comparing what a plan was derived from with what is there now. What has not moved is looked at
//! once and not read.

use atlas_fingerprint::{Files, Moment, in_parallel};
use camino::Utf8PathBuf;
use serde::{Deserialize, Serialize};

use crate::derivation::looks::{Looks, Sight};
use crate::derivation::question::{Answer, Question};

/// What a plan was derived from, apart from the request and the configuration.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Derivation {
    facts: Vec<Fact>,
}

/// A question with the answer that the plan was made from.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(super) struct Fact {
    question: Question,
    answer: Answer,
    /// What was looked at for the answer.
    sights: Vec<Sight>,
}

/// What became of the facts that a plan was derived from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Checked {
    /// All hold.
    Same,
    /// All hold, but files moved: this is to be kept from now on.
    Restamped(Derivation),
    /// One does not hold: the plan is of no use any more.
    Changed(Change),
}

/// Something that a plan was derived from and that is different now.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Change {
    /// The file or directory; of a program that is searched for, the name.
    pub path: Utf8PathBuf,
    /// What it is to the plan.
    pub what: Subject,
}

/// What a file or directory is to a plan.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Subject {
    /// A manifest, there or not.
    Manifest,
    /// `Cargo.lock`.
    LockFile,
    /// The files in a package's directories that cargo makes targets of.
    Targets,
    /// What a pattern of `workspace.members` matches.
    Members,
    /// A package from a registry, from git or vendored.
    Package,
    /// A part of the toolchain, or a wrapper.
    Tool,
    /// A file in which rustup is told which toolchain to use.
    ToolchainChoice,
}

impl Derivation {
    /// Wraps facts.
    pub(super) fn new(facts: Vec<Fact>) -> Self {
        Derivation { facts }
    }

    /// Checks all facts against the disk. `moment` returns the present one, as
    /// [`Files::moment`] does, and is asked only if something has to be looked at more closely;
    /// without one, that will be looked at again next time.
    pub fn check(&self, files: &dyn Files, moment: &dyn Fn() -> Option<Moment>) -> Checked {
        let hold = in_parallel(&self.facts, |fact| fact.holds(files));
        if hold.iter().all(|holds| *holds) {
            return Checked::Same;
        }
        let moment = moment().unwrap_or(Moment::from_nanos(i64::MIN));
        let doubtful: Vec<&Fact> =
            self.facts.iter().zip(&hold).filter(|(_, holds)| !**holds).map(|(it, _)| it).collect();
        let again = in_parallel(&doubtful, |fact| fact.look_again(files, moment));
        let again: Vec<Fact> = match again.into_iter().collect() {
            Ok(again) => again,
            Err(change) => return Checked::Changed(change),
        };
        let mut again = again.into_iter();
        let facts = self.facts.iter().zip(&hold);
        let facts =
            facts.filter_map(|(it, holds)| if *holds { Some(it.clone()) } else { again.next() });
        let present = Derivation { facts: facts.collect() };
        if present == *self { Checked::Same } else { Checked::Restamped(present) }
    }
}

impl Fact {
    /// Asks a question for the first time. `None` if the answer may not be the one that the plan
    /// was made from: it cannot be had, or something was modified since `before`.
    pub(super) fn learn(question: &Question, files: &dyn Files, before: Moment) -> Option<Self> {
        let mut looks = Looks::new(files, before);
        let answer = question.ask(&mut looks, None).ok()?;
        let sights = looks.into_sights();
        let is_older = sights.iter().all(Sight::is_trusted);
        is_older.then(|| Fact { question: question.clone(), answer, sights })
    }

    /// Returns whether nothing moved.
    pub(super) fn holds(&self, files: &dyn Files) -> bool {
        self.sights.iter().all(|sight| sight.holds(files))
    }

    fn look_again(&self, files: &dyn Files, moment: Moment) -> Result<Fact, Change> {
        let mut looks = Looks::new(files, moment);
        match self.question.ask(&mut looks, Some(&self.answer)) {
            Ok(answer) if answer.meaning == self.answer.meaning => {
                Ok(Fact { question: self.question.clone(), answer, sights: looks.into_sights() })
            }
            _ => Err(Change { path: self.question.path(), what: self.question.subject() }),
        }
    }
}
