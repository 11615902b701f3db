//! What is foreseen of a compile, after a build of files in memory.

use rstest::rstest;

use super::super::testing::{METADATA, PUBLISHED, UNIT_DIR, World};
use super::Foresight;
use crate::account::{Bar, Obstacle};
use crate::ids::DenseMap;
use crate::packages::CrateType;
use crate::plan::Step;
use crate::request::{CacheMode, Cutoff};
use crate::units::CompileMode;
use atlas_fingerprint::{DirtyReason, Files};

const ROOT: &str = "mod b;\npub fn f() -> u32 { b::g() }\n#[cfg(test)]\nmod tests {}\n";
const MODULE: &str = "pub(crate) fn g() -> u32 { 1 }\npub struct S { x: u32 }\n";

fn world() -> World {
    let mut world = World::new(CompileMode::Build);
    world.files.put("/ws/src/lib.rs", ROOT);
    world.files.put("/ws/src/b.rs", MODULE);
    world.files.put("/ws/src/text", "text");
    world.dep_info = "/t/a.d: src/lib.rs src/b.rs src/text\n".to_owned();
    world.files.tick();
    assert_eq!(world.build(), Some(DirtyReason::NeverBuilt));
    world.files.tick();
    world
}

/// Returns what is foreseen, in a word.
fn foreseen(world: &World) -> String {
    let foresight = world.with(|world, freshness, job| {
        let Step::Compile(step) = &world.step else { panic!("a compile") };
        let steps: DenseMap<_, _> = [world.step.clone(), world.step.clone()].into_iter().collect();
        freshness.foresee(&job, step, &steps)
    });
    match foresight {
        Foresight::Unseen => "unseen".to_owned(),
        Foresight::Barred(bar) => format!("{bar:?}"),
        Foresight::Changed(_) => "changed".to_owned(),
        Foresight::Same(_) => "same".to_owned(),
    }
}

fn other_file(path: &str) -> String {
    format!("{:?}", Bar::OtherChange(DirtyReason::FileChanged { path: path.into() }))
}

#[rstest]
#[case::body("/ws/src/b.rs", MODULE, "{ 1 }", "{ 2 }", "same")]
#[case::body_of_the_root("/ws/src/lib.rs", ROOT, "{ b::g() }", "{ b::g() + 1 }", "same")]
#[case::test("/ws/src/lib.rs", ROOT, "mod tests {}", "mod tests { fn t() {} }", "same")]
#[case::field("/ws/src/b.rs", MODULE, "x: u32", "x: u64", "changed")]
#[case::new_function("/ws/src/b.rs", MODULE, "pub struct", "pub fn n() {}\npub struct", "changed")]
#[case::no_rust("/ws/src/b.rs", MODULE, "struct", "struct {", "changed")]
fn sources_are_compared(
    #[case] path: &str,
    #[case] text: &str,
    #[case] old: &str,
    #[case] new: &str,
    #[case] expected: &str,
) {
    let world = world();
    world.files.put(path, text.replace(old, new));
    assert_eq!(foreseen(&world), expected);
}

#[test]
fn other_files_are_not_cut_off() {
    let world = world();
    world.files.put("/ws/src/text", "TEXT");
    assert_eq!(foreseen(&world), other_file("/ws/src/text"));
}

/// What counts is what the published metadata was made from, and not the last compile.
#[test]
fn edits_of_several_compiles_are_compared_with_the_first() {
    let mut world = world();
    world.files.put("/ws/src/b.rs", MODULE.replace("x: u32", "x: u64"));
    assert_eq!(foreseen(&world), "changed");
    // Dependents saw that version, so it is the one to compare with from now on.
    assert!(world.build().is_some());
    assert_eq!(foreseen(&world), "same");
    world.files.put("/ws/src/b.rs", MODULE);
    assert_eq!(foreseen(&world), "changed");
}

#[test]
fn failed_compile_does_not_matter() {
    let mut world = world();
    world.files.put("/ws/src/b.rs", MODULE.replace("{ 1 }", "{ error }"));
    world.interrupted();
    world.files.put("/ws/src/b.rs", MODULE.replace("{ 1 }", "{ 2 }"));
    assert_eq!(foreseen(&world), "same");
}

#[rstest]
#[case::other_metadata(|world: &World| world.files.put(METADATA, "other"), "NothingKnown")]
#[case::no_metadata(|world: &World| world.files.remove(METADATA.into()).unwrap(), "NothingKnown")]
#[case::no_library(|world: &World| world.files.remove(PUBLISHED.into()).unwrap(), "NothingKnown")]
#[case::nothing_carried(forget, "NothingKnown")]
#[case::damage(damage, "NothingKnown")]
fn what_is_on_the_disk_counts(#[case] change: impl Fn(&World), #[case] expected: &str) {
    let world = world();
    change(&world);
    assert_eq!(foreseen(&world), expected);
}

fn carried(world: &World) -> Vec<String> {
    let directory = format!("{UNIT_DIR}/interfaces");
    let entries = world.files.list(directory.as_str().into()).unwrap();
    entries.into_iter().map(|entry| format!("{directory}/{}", entry.name)).collect()
}

fn forget(world: &World) {
    carried(world).iter().for_each(|path| world.files.remove(path.as_str().into()).unwrap());
}

fn damage(world: &World) {
    carried(world).iter().for_each(|path| world.files.put(path, "damaged"));
}

#[rstest]
#[case::off(|world: &mut World| world.rules.cutoff = Cutoff::Off, "Off")]
#[case::nothing_may_be_used(|world: &mut World| world.rules.cache = CacheMode::None, "Off")]
#[case::optimized(optimized, "OptimizedWithoutIncremental")]
#[case::not_only_an_rlib(|world: &mut World| crate_types(world, &[CrateType::Rlib, CrateType::Cdylib]), "CrateTypes")]
#[case::no_library(|world: &mut World| crate_types(world, &[CrateType::ProcMacro]), "unseen")]
fn unit_may_be_barred(#[case] change: impl Fn(&mut World), #[case] expected: &str) {
    let mut world = world();
    change(&mut world);
    assert_eq!(foreseen(&world), expected);
}

fn optimized(world: &mut World) {
    world.command.arg("-O");
}

fn crate_types(world: &mut World, types: &[CrateType]) {
    let unit = &mut world.units.units[crate::ids::DenseId::from_index(0)];
    let mut target = (*unit.target).clone();
    target.kind = crate::packages::TargetKind::Lib(types.to_vec());
    unit.target = target.into();
}

#[test]
fn other_flags_are_another_crate() {
    let mut world = world();
    world.command.arg("--cfg=x");
    assert!(foreseen(&world).starts_with("OtherChange(ArgumentsChanged"));
}

#[test]
fn only_what_belongs_to_the_published_metadata_stays() {
    let mut world = world();
    let first = carried(&world);
    world.files.put("/ws/src/lib.rs", ROOT.replace("u32", "u64"));
    world.files.tick();
    assert!(world.build().is_some());
    let second = carried(&world);
    assert_eq!((first.len(), second.len()), (1, 1));
    assert_ne!(first, second);
}

/// What is compiled has to be what was looked at.
#[rstest]
#[case::source("/ws/src/b.rs", MODULE)]
#[case::other_file("/ws/src/text", "TEXT")]
fn file_edited_after_it_was_looked_at(#[case] path: &str, #[case] text: &str) {
    let world = world();
    world.files.put("/ws/src/b.rs", MODULE.replace("{ 1 }", "{ 2 }"));
    let obstacle = world.with(|world, freshness, job| {
        let Step::Compile(step) = &world.step else { panic!("a compile") };
        let steps: DenseMap<_, _> = [world.step.clone(), world.step.clone()].into_iter().collect();
        let Foresight::Same(foreseen) = freshness.foresee(&job, step, &steps) else {
            panic!("a body was edited");
        };
        world.files.tick();
        world.files.put(path, text);
        freshness.keep(&job, step, *foreseen, &steps).err()
    });
    assert_eq!(obstacle, Some(Obstacle::FileChanged { path: path.into() }));
}
