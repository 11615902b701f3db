//! Finds files that two units write. Says so in cargo's words, but shows them to nobody.

use std::collections::BTreeMap;
use std::fmt;

use camino::{Utf8Path, Utf8PathBuf};

use crate::ids::{DenseMap, UnitId};
use crate::packages::{Target, TargetKind};
use crate::rustc::Blueprint;
use crate::units::Unit;

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
    let pages: DenseMap<UnitId, Option<Utf8PathBuf>> =
        blueprint.units.units.values().map(|unit| first_page(blueprint, unit)).collect();
    for (unit, outputs) in blueprint.outputs.iter() {
        let files = outputs.iter().flat_map(|it| [Some(&it.published), it.uplifted.as_ref()]);
        for path in files.chain([pages[unit].as_ref()]).flatten() {
            if let Some(other) = owners.insert(path, unit) {
                let notes = notes(blueprint, unit, other);
                collisions.push(Collision { path: path.clone(), unit, other, notes });
            }
        }
    }
    collisions
}

/// Two targets that were asked for have their pages in one place.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error(
    "document output filename collision\n\
     The {unit} has the same name as the {other}.\n\
     Only one may be documented at once since they output to the same path.\n\
     Consider documenting only one, renaming one, or marking one with `doc = false` in Cargo.toml."
)]
pub struct PageCollision {
    unit: String,
    other: String,
}

/// Checks that no two libraries and no two programs of packages that were asked for have their pages
/// in one place. Of a library and a program, cargo only warns.
///
/// # Errors
///
/// [`PageCollision`] in cargo's words.
pub fn check_pages(blueprint: &Blueprint<'_>) -> Result<(), PageCollision> {
    let mut owners = BTreeMap::new();
    for (id, unit) in blueprint.units.units.iter() {
        if !unit.mode.is_doc() || !blueprint.is_primary(id) {
            continue;
        }
        let key = (unit.target.is_lib(), unit.target.crate_name(), unit.kind.clone());
        if let Some(other) = owners.insert(key, id) {
            let name = |id| {
                let target = &blueprint.unit(id).target;
                let package = blueprint.package(id).description();
                format!("{} `{}` in package `{package}`", kind_of(target), target.name)
            };
            return Err(PageCollision { unit: name(id), other: name(other) });
        }
    }
    Ok(())
}

fn first_page(blueprint: &Blueprint<'_>, unit: &Unit) -> Option<Utf8PathBuf> {
    let directory = || blueprint.layout.pages(&unit.kind).join(unit.target.crate_name());
    unit.mode.is_doc().then(|| directory().join("index.html"))
}

fn notes(blueprint: &Blueprint<'_>, unit: UnitId, other: UnitId) -> Vec<String> {
    let mut notes = vec![format!(
        "note: the {} has the same output filename as the {}",
        described(blueprint, unit),
        described(blueprint, other)
    )];
    let has_one_name = blueprint.unit(unit).target.name == blueprint.unit(other).target.name;
    if has_one_name && blueprint.unit(unit).mode.is_doc() {
        notes.push(
            "note: this is a known bug where multiple crates with the same name use the same path; \
             see <https://github.com/rust-lang/cargo/issues/6313>"
                .to_owned(),
        );
    } else if has_one_name {
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
    let package = blueprint.package(id).description();
    format!("{} target `{}` in package `{package}`", kind_of(target), target.name)
}

fn kind_of(target: &Target) -> &'static str {
    match target.kind {
        TargetKind::Lib(_) => "lib",
        TargetKind::Bin => "bin",
        TargetKind::Test => "integration-test",
        TargetKind::ExampleBin | TargetKind::ExampleLib(_) => "example",
        TargetKind::Bench => "bench",
        TargetKind::CustomBuild => "build-script",
    }
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
