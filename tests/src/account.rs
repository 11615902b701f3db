//! What a build of the program under test says of its units and of its times, in the JSON of `cargo
//! atlas why`. [`crate::story`] turns the same into words; this has the numbers.

use camino::Utf8Path;
use serde::Deserialize;

use crate::process::Command;

/// An account of a build.
#[derive(Clone, Debug, Deserialize)]
pub struct Account {
    /// When it started, in milliseconds since 1970.
    pub started: u64,
    /// How long it took, in seconds.
    pub duration: f64,
    /// All units.
    pub units: Vec<Unit>,
}

/// A unit of a build.
#[derive(Clone, Debug, Deserialize)]
pub struct Unit {
    /// The name of its package.
    pub package: String,
    /// The name of its target.
    pub target: String,
    /// Kinds of the target, such as `lib`.
    pub kinds: Vec<String>,
    /// `build`, `check`, `run-custom-build` and so on.
    pub mode: String,
    /// Whether its package has no source such as a registry.
    pub is_local: bool,
    /// What became of it.
    pub fate: Fate,
    /// What others see of it.
    pub cutoff: Option<Kind>,
    /// When it ran.
    pub timing: Option<Timing>,
}

/// What became of a unit.
#[derive(Clone, Debug, Deserialize)]
pub struct Fate {
    /// `built`, `fresh` and so on.
    pub kind: String,
    /// Why it was built.
    #[serde(default)]
    pub reason: Option<Kind>,
    /// Because of which others it was built.
    #[serde(default)]
    pub because_of: Vec<usize>,
    /// By what it was spared.
    #[serde(default)]
    pub rule: Option<Kind>,
}

/// Something of which only the kind counts.
#[derive(Clone, Debug, Deserialize)]
pub struct Kind {
    /// The kind.
    pub kind: String,
}

/// When a unit ran, in seconds from the start of the build.
#[derive(Clone, Copy, Debug, Deserialize)]
pub struct Timing {
    /// Its process started.
    pub started: f64,
    /// What it made was in its place.
    pub finished: f64,
}

impl Account {
    /// Reads an account.
    pub fn parse(json: &str) -> Self {
        serde_json::from_str(json).unwrap_or_else(|error| panic!("{error}: {json}"))
    }

    /// Asks what the last build in a target directory did that did anything; `None` if there was no
    /// such build.
    pub fn of_last(atlas: &Utf8Path, workspace: &Utf8Path, target: &Utf8Path) -> Option<Self> {
        let why = Command::new(atlas).cwd(workspace).env("CARGO_TARGET_DIR", target.as_str());
        let outcome = why.args(&["why", "--json"]).run();
        outcome.success().then(|| Self::parse(&outcome.stdout))
    }

    /// Returns when what the last process made was in its place.
    pub fn last_finished(&self) -> Option<f64> {
        let finished = self.units.iter().filter_map(|unit| Some(unit.timing?.finished));
        finished.max_by(f64::total_cmp)
    }
}

impl Unit {
    /// Returns whether it was built, with or without success.
    pub fn is_built(&self) -> bool {
        ["built", "failed"].contains(&&*self.fate.kind)
    }

    /// Returns whether its sources are why it was built.
    pub fn is_changed(&self) -> bool {
        let is_file = |reason: &Kind| reason.kind.starts_with("file-");
        self.is_built() && self.fate.reason.as_ref().is_some_and(is_file)
    }

    /// Returns whether others can be compiled against it.
    pub fn is_library(&self) -> bool {
        self.kinds.iter().any(|kind| kind.ends_with("lib"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accounts_have_times_and_kinds() {
        let account = Account::parse(
            r#"{"started":5,"duration":2.5,"units":[
            {"package":"a","target":"a","kinds":["lib"],"mode":"build","is_local":true,
             "fate":{"kind":"built","reason":{"kind":"file-changed","path":"/a.rs"},"because_of":[]},
             "cutoff":{"kind":"spared","changes":[]},"timing":{"started":0.1,"metadata":null,"finished":0.9}},
            {"package":"b","target":"b","kinds":["bin"],"mode":"build","is_local":true,
             "fate":{"kind":"spared","rule":{"kind":"same-dependencies","units":[0]}},
             "cutoff":null,"timing":null}]}"#,
        );
        assert_eq!(account.last_finished(), Some(0.9));
        let (library, program) = (&account.units[0], &account.units[1]);
        assert!(library.is_changed() && library.is_library());
        assert!(!program.is_built() && !program.is_library());
    }
}
