//! Finds files that two units write. Says so in cargo's words, but shows them to nobody.

use std::collections::BTreeMap;
use std::fmt;

use camino::{Utf8Path, Utf8PathBuf};

use crate::ids::UnitId;
use crate::packages::TargetKind;
use crate::rustc::Blueprint;

/// Two units write one file: which of them the user finds is left to chance.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Collision {
    /// The file.
    pub path: Utf8PathBuf,
    /// The later unit in cargo's order.
    pub unit: UnitId,
    /// The earlier one.
    pub other: UnitId,
    /// What cargo says of it, line by line.
    pub notes: Vec<String>,
}

/// Shows the collision as cargo does, without the leading `warning: `.
impl fmt::Display for Collision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "output filename collision at {}\n  |", self.path)?;
        self.notes.iter().try_for_each(|note| write!(f, "\n  = {note}"))
    }
}

/// Returns all collisions, in cargo's order.
pub fn collisions(blueprint: &Blueprint<'_>) -> Vec<Collision> {
    let mut owners: BTreeMap<&Utf8Path, UnitId> = BTreeMap::new();
    let mut collisions = Vec::new();
    for (unit, outputs) in blueprint.outputs.iter() {
        for output in outputs {
            for path in [Some(&output.published), output.uplifted.as_ref()].into_iter().flatten() {
                if let Some(other) = owners.insert(path, unit) {
                    let notes = notes(blueprint, unit, other);
                    collisions.push(Collision { path: path.clone(), unit, other, notes });
                }
            }
        }
    }
    collisions
}

fn notes(blueprint: &Blueprint<'_>, unit: UnitId, other: UnitId) -> Vec<String> {
    let mut notes = vec![format!(
        "note: the {} has the same output filename as the {}",
        described(blueprint, unit),
        described(blueprint, other)
    )];
    if blueprint.unit(unit).target.name == blueprint.unit(other).target.name {
        notes.extend(
            [
                "note: this may become a hard error in the future; see \
                 <https://github.com/rust-lang/cargo/issues/6313>",
                "help: consider changing their names to be unique or compiling them separately",
            ]
            .map(str::to_owned),
        );
    }
    notes
}

fn described(blueprint: &Blueprint<'_>, id: UnitId) -> String {
    let target = &blueprint.unit(id).target;
    let kind = match target.kind {
        TargetKind::Lib(_) => "lib",
        TargetKind::Bin => "bin",
        TargetKind::Test => "integration-test",
        TargetKind::ExampleBin | TargetKind::ExampleLib(_) => "example",
        TargetKind::Bench => "bench",
        TargetKind::CustomBuild => "build-script",
    };
    let package = blueprint.package(id).description();
    format!("{kind} target `{}` in package `{package}`", target.name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::packages::CrateType;
    use crate::rustc::fixture::{Fixture, Sample, lib, target};
    use crate::units::CompileMode;

    #[test]
    fn ordinary_workspaces_have_none() {
        assert_eq!(collisions(&Sample::new().fixture.blueprint()), []);
    }

    // What cargo printed for the same manifests.
    #[test]
    fn binaries_of_one_name_collide() {
        let mut fixture = Fixture::new();
        for name in ["a", "b"] {
            let package = fixture.member(name, vec![target(TargetKind::Bin, "foo", "src/main.rs")]);
            let unit = fixture.unit(package, 0, CompileMode::Build, &[]);
            fixture.units.roots.push(unit);
        }
        let collisions = collisions(&fixture.blueprint());
        let paths: Vec<&str> = collisions.iter().map(|found| found.path.as_str()).collect();
        assert_eq!(paths, ["/w/target/debug/foo", "/w/target/debug/foo.dwp"]);
        assert_eq!(
            collisions[0].to_string(),
            "output filename collision at /w/target/debug/foo
  |
  = note: the bin target `foo` in package `b v0.1.0 (/w/b)` has the same output filename as the \
             bin target `foo` in package `a v0.1.0 (/w/a)`
  = note: this may become a hard error in the future; see \
             <https://github.com/rust-lang/cargo/issues/6313>
  = help: consider changing their names to be unique or compiling them separately"
        );
    }

    #[test]
    fn shared_libraries_collide_where_they_are_published() {
        let mut fixture = Fixture::new();
        for name in ["a-b", "a_b"] {
            let package = fixture.member(name, vec![lib(&[CrateType::Cdylib])]);
            fixture.unit(package, 0, CompileMode::Build, &[]);
        }
        let collisions = collisions(&fixture.blueprint());
        assert_eq!(collisions[0].path, "/w/target/atlas/debug/deps/liba_b.so");
    }
}
