//! Finds units that depend on a library which nothing can link. Says so in cargo's words, but shows
//! them to nobody.

use crate::ids::UnitId;
use crate::rustc::Blueprint;

/// Returns cargo's warning about a unit whose only dependencies with a library have none that can
/// be linked, without the leading `warning: `. Cargo shows it whenever the unit is compiled.
pub fn unlinkable_dependency(blueprint: &Blueprint<'_>, id: UnitId) -> Option<String> {
    let below = || {
        let dependencies = blueprint.dependencies(id).iter();
        dependencies.map(|dependency| &blueprint.unit(dependency.unit).target)
    };
    if blueprint.unit(id).is_run_custom_build() || below().any(|target| target.is_linkable()) {
        return None;
    }
    let library = below().find(|target| target.is_lib())?.crate_name();
    let name = blueprint.unit(id).target.crate_name();
    Some(format!(
        "the package `{library}` provides no linkable target
  |
  = note: this might cause `{name}` to fail compilation
  = note: this warning might turn into a hard error in the future
  = help: consider adding 'dylib' or 'rlib' to key 'crate-type' in `{library}`'s Cargo.toml"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::packages::CrateType;
    use crate::rustc::fixture::{Fixture, Sample, lib};
    use crate::units::CompileMode;

    // What cargo printed for the same manifests.
    #[test]
    fn a_lone_static_library_is_warned_of() {
        let mut fixture = Fixture::new();
        let below = fixture.member("x-x", vec![lib(&[CrateType::Staticlib])]);
        let above = fixture.member("y-y", vec![lib(&[CrateType::Lib])]);
        let below = fixture.unit(below, 0, CompileMode::Build, &[]);
        let above = fixture.unit(above, 0, CompileMode::Build, &[below]);
        assert_eq!(unlinkable_dependency(&fixture.blueprint(), below), None);
        assert_eq!(
            unlinkable_dependency(&fixture.blueprint(), above).unwrap(),
            "the package `x_x` provides no linkable target
  |
  = note: this might cause `y_y` to fail compilation
  = note: this warning might turn into a hard error in the future
  = help: consider adding 'dylib' or 'rlib' to key 'crate-type' in `x_x`'s Cargo.toml"
        );
    }

    #[test]
    fn one_linkable_library_is_enough() {
        let sample = Sample::new();
        let blueprint = sample.fixture.blueprint();
        for id in sample.fixture.units.units.ids() {
            assert_eq!(unlinkable_dependency(&blueprint, id), None);
        }
    }
}
