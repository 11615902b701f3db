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
