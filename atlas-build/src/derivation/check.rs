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

#[cfg(test)]
mod tests {
    use atlas_fingerprint::{Files, MemoryFiles, Moment};
    use rstest::rstest;

    use super::{Change, Checked, Derivation, Fact};
    use crate::derivation::question::Question;
    use crate::derivation::targets::SourceNames;

    fn moment(files: &MemoryFiles) -> Moment {
        files.moment("/probe".into()).expect("memory can be written")
    }

    fn files() -> MemoryFiles {
        let files = MemoryFiles::new();
        for path in [
            "/ws/Cargo.toml",
            "/ws/crates/a/Cargo.toml",
            "/ws/crates/a/src/lib.rs",
            "/ws/crates/a/src/bin/x.rs",
            "/ws/crates/a/tests/it.rs",
            "/ws/crates/a/tests/dir/mod.rs",
            "/ws/crates/b/Cargo.toml",
            "/two/rustc",
            "/three/rustc",
        ] {
            files.put(path, "a = 1\nb = 2\n");
        }
        files.tick();
        files
    }

    fn learn(files: &MemoryFiles, question: &Question) -> Option<Derivation> {
        let fact = Fact::learn(question, files, moment(files))?;
        files.take_opened();
        Some(Derivation::new(vec![fact]))
    }

    fn manifest() -> Question {
        Question::Manifest("/ws/Cargo.toml".into())
    }

    fn no_manifest() -> Question {
        Question::Manifest("/Cargo.toml".into())
    }

    fn lock() -> Question {
        Question::LockFile("/ws/Cargo.toml".into())
    }

    fn tool() -> Question {
        Question::Tool("/two/rustc".into())
    }

    fn tools() -> Question {
        Question::Tool("/two".into())
    }

    fn program() -> Question {
        let directories = ["/one", "/two", "/three"].map(Into::into).to_vec();
        Question::Program { name: "rustc".to_owned(), directories }
    }

    fn exists() -> Question {
        Question::TargetFile("/ws/crates/a/src/lib.rs".into())
    }

    fn targets() -> Question {
        Question::Targets { directory: "/ws/crates/a".into(), names: SourceNames::Conventional }
    }

    fn old_targets() -> Question {
        Question::Targets { directory: "/ws/crates/a".into(), names: SourceNames::All }
    }

    fn members() -> Question {
        Question::Members { root: "/ws".into(), pattern: "crates/*".to_owned() }
    }

    fn some_members() -> Question {
        Question::Members { root: "/ws".into(), pattern: "c*/[ab]".to_owned() }
    }

    /// What is expected of a check.
    #[derive(Clone, Copy, PartialEq, Eq, Debug)]
    enum Verdict {
        Same,
        Restamped,
        Changed,
    }

    use Verdict::{Changed, Restamped, Same};

    #[rstest]
    #[case::manifest(manifest(), "/ws/Cargo.toml", "b = 2 # x\na = 1\n", Restamped)]
    #[case::manifest_meaning(manifest(), "/ws/Cargo.toml", "a = 2\nb = 2\n", Changed)]
    #[case::manifest_broken(manifest(), "/ws/Cargo.toml", "a", Changed)]
    #[case::no_manifest(no_manifest(), "/ws/crates/Cargo.toml", "", Same)]
    #[case::new_manifest(no_manifest(), "/Cargo.toml", "", Changed)]
    #[case::lock(lock(), "/ws/Cargo.toml", "a = 1\nb = 2 # x\n", Changed)]
    #[case::lock_touched(lock(), "/ws/Cargo.toml", "a = 1\nb = 2\n", Restamped)]
    #[case::tool(tool(), "/two/rustc", "a = 1\nb = 2\n", Changed)]
    #[case::beside_a_tool(tool(), "/two/cargo", "", Same)]
    #[case::tools(tools(), "/two/cargo", "", Changed)]
    #[case::earlier_program(program(), "/one/rustc", "", Changed)]
    #[case::same_program(program(), "/two/rustc", "", Changed)]
    #[case::later_program(program(), "/three/rustc", "", Same)]
    #[case::another_program(program(), "/one/cargo", "", Same)]
    #[case::target_edited(exists(), "/ws/crates/a/src/lib.rs", "", Same)]
    #[case::target_gone(exists(), "-/ws/crates/a/src/lib.rs", "", Changed)]
    #[case::source_edited(targets(), "/ws/crates/a/src/lib.rs", "", Same)]
    #[case::new_module(targets(), "/ws/crates/a/src/module.rs", "", Restamped)]
    #[case::new_module_of_old(old_targets(), "/ws/crates/a/src/module.rs", "", Changed)]
    #[case::new_text_beside_old(old_targets(), "/ws/crates/a/src/module.txt", "", Restamped)]
    #[case::new_main(targets(), "/ws/crates/a/src/main.rs", "", Changed)]
    #[case::new_readme(targets(), "/ws/crates/a/README", "", Changed)]
    #[case::new_notes(targets(), "/ws/crates/a/NOTES", "", Restamped)]
    #[case::new_binary(targets(), "/ws/crates/a/src/bin/y.rs", "", Changed)]
    #[case::new_text(targets(), "/ws/crates/a/src/bin/y.txt", "", Restamped)]
    #[case::new_hidden(targets(), "/ws/crates/a/tests/.it.rs", "", Restamped)]
    #[case::new_main_below(targets(), "/ws/crates/a/tests/dir/main.rs", "", Changed)]
    #[case::new_module_below(targets(), "/ws/crates/a/tests/dir/main.txt", "", Restamped)]
    #[case::new_examples(targets(), "/ws/crates/a/examples/e.rs", "", Changed)]
    #[case::sources_gone(targets(), "-/ws/crates/a/src", "", Changed)]
    #[case::new_member(members(), "/ws/crates/c/Cargo.toml", "", Changed)]
    #[case::member_gone(members(), "-/ws/crates/b", "", Changed)]
    #[case::new_file(members(), "/ws/crates/c", "", Restamped)]
    #[case::new_file_in_member(members(), "/ws/crates/b/x", "", Same)]
    #[case::no_member(some_members(), "/ws/crates/c/Cargo.toml", "", Restamped)]
    #[case::member_elsewhere(some_members(), "/ws/c/a/Cargo.toml", "", Changed)]
    fn verdict_on_a_write(
        #[case] question: Question,
        #[case] path: &str,
        #[case] text: &str,
        #[case] expected: Verdict,
    ) {
        let files = files();
        let derivation = learn(&files, &question).expect("nothing is new");
        files.tick();
        match path.strip_prefix('-') {
            Some(path) => files.delete(path),
            None => files.put(path, text),
        }
        files.tick();
        let verdict = match derivation.check(&files, &|| Some(moment(&files))) {
            Checked::Same => Same,
            Checked::Changed(Change { path, .. }) => {
                assert_eq!(path, question.path());
                Changed
            }
            Checked::Restamped(kept) => {
                files.take_opened();
                assert_eq!(kept.check(&files, &|| None), Checked::Same);
                assert!(files.take_opened().is_empty());
                Restamped
            }
        };
        assert_eq!(verdict, expected);
    }

    #[test]
    fn nothing_is_opened_where_nothing_moved() {
        let files = files();
        for question in [manifest(), no_manifest(), lock(), program(), targets(), members()] {
            let derivation = learn(&files, &question).expect("nothing is new");
            assert_eq!(derivation.check(&files, &|| None), Checked::Same);
            assert!(files.take_opened().is_empty());
        }
    }

    #[test]
    fn fact_as_new_as_the_plan_is_not_learnt() {
        let files = files();
        files.put("/ws/Cargo.toml", "");
        assert!(learn(&files, &manifest()).is_none());
        files.tick();
        assert!(learn(&files, &manifest()).is_some());
    }

    #[test]
    fn edit_in_the_tick_of_a_check_is_seen_by_the_next() {
        let files = files();
        let derivation = learn(&files, &manifest()).expect("nothing is new");
        files.tick();
        files.put("/ws/Cargo.toml", "b = 2\na = 1\n");
        let now = || Some(moment(&files));
        let Checked::Restamped(kept) = derivation.check(&files, &now) else {
            panic!("the order of keys means nothing");
        };
        files.put("/ws/Cargo.toml", "b = 3\na = 1\n");
        assert!(matches!(kept.check(&files, &now), Checked::Changed(_)));
    }
}
