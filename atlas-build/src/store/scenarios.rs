//! What happens between builds, and whether units are built again for it: on files in memory.

use atlas_fingerprint::{Digest, DirtyReason, Files, RecordFault};
use rstest::rstest;

use super::message::Message;
use super::testing::{
    DEBUG_INFO, METADATA, OUT_DIR, PUBLISHED, STATE, UPLIFTED, UPLIFTED_DEBUG_INFO, World,
};
use crate::ids::{DenseId, PackageIndex};
use crate::plan::{OutputFlavor, Step};
use crate::script::BuildScriptOutput;
use crate::units::CompileMode;
use camino::Utf8PathBuf;

/// Changes a library that was built, and returns why it is built again; checks that it is fresh
/// after that.
#[track_caller]
fn after(change: impl FnOnce(&mut World)) -> Option<DirtyReason> {
    settles(World::library(), change)
}

/// Does the same with a build script that was run.
#[track_caller]
fn after_run(output: BuildScriptOutput, change: impl FnOnce(&mut World)) -> Option<DirtyReason> {
    settles(World::script(output), change)
}

#[track_caller]
fn settles(mut world: World, change: impl FnOnce(&mut World)) -> Option<DirtyReason> {
    change(&mut world);
    let reason = world.build();
    assert_eq!(world.build(), None, "nothing has changed since");
    world.files.take_opened();
    assert_eq!(world.build(), None, "nothing has changed since");
    assert_eq!(world.files.take_opened(), [STATE], "stamps vouch for all files");
    reason
}

fn watching(path: &str) -> BuildScriptOutput {
    BuildScriptOutput { rerun_if_changed: vec![path.into()], ..Default::default() }
}

fn watching_variable(name: &str) -> BuildScriptOutput {
    BuildScriptOutput { rerun_if_env_changed: vec![name.to_owned()], ..Default::default() }
}

fn file_changed(path: &str) -> Option<DirtyReason> {
    Some(DirtyReason::FileChanged { path: path.into() })
}

fn rerun(path: &str) -> Option<DirtyReason> {
    Some(DirtyReason::RerunIfChanged { path: path.into() })
}

fn environment(name: &str) -> Option<DirtyReason> {
    Some(DirtyReason::EnvironmentChanged { name: name.to_owned() })
}

#[test]
fn nothing_changed() {
    assert_eq!(after(|_| ()), None);
}

#[test]
fn fresh_unit_says_what_it_said() {
    let world = World::library();
    let recorded = world.check().expect("nothing has changed");
    assert_eq!(recorded.messages.len(), 2);
    assert!(matches!(&recorded.messages[0], Message::Diagnostic(it) if it.json == "{}"));
    assert_eq!(Some(recorded.published), world.published);
    assert!(recorded.relink.is_empty());
}

#[test]
fn edited_file() {
    assert_eq!(
        after(|world| world.files.put("/ws/src/b.rs", "fn c() {}")),
        file_changed("/ws/src/b.rs")
    );
}

#[test]
fn touched_file_is_no_change() {
    assert_eq!(after(|world| world.files.touch("/ws/src/b.rs")), None);
}

#[test]
fn deleted_file() {
    let world = World::library();
    world.files.delete("/ws/src/b.rs");
    let path = "/ws/src/b.rs".into();
    assert_eq!(world.check().err(), Some(DirtyReason::FileMissing { path }));
}

/// As in cargo: a wrapper is expected to do what the compiler behind it does.
#[test]
fn wrapper_switched_on_is_no_change() {
    let reason = after(|world| {
        world.toolchain.rustc_wrapper = Some("/bin/cache".into());
        let rustc = std::mem::replace(&mut world.command.program, "/bin/cache".into());
        world.command.args.insert(0, rustc);
    });
    assert_eq!(reason, None);
}

#[test]
fn argument_changed() {
    let reason = after(|world| {
        world.command.arg("-Copt-level=1");
    });
    let command = |args: &[&str]| {
        ["/bin/rustc", "in /ws"].iter().chain(args).map(|&arg| arg.to_owned()).collect()
    };
    let (old, new) = (command(&[]), command(&["-Copt-level=1"]));
    assert_eq!(reason, Some(DirtyReason::ArgumentsChanged { old, new }));
}

#[rstest]
#[case::width("--diagnostic-width=80")]
#[case::json("--json=diagnostic-short")]
#[case::format("--error-format=json")]
fn rendering_does_not_count(#[case] arg: &str) {
    let change = |world: &mut World| {
        world.command.arg(arg);
    };
    assert_eq!(after(change), None);
}

#[test]
fn capped_lints_count_only_for_local_packages() {
    let mut world = World::library();
    world.command.args(["--cap-lints", "warn"]);
    assert!(world.check().is_err());
    let index = crate::ids::DenseId::from_index(0);
    let mut world = World::library();
    let mut packages = world.packages.packages.values().cloned().collect::<Vec<_>>();
    packages[0].source = Some("registry+https://example.com".to_owned());
    world.packages.packages = packages.into_iter().collect();
    assert!(!world.packages.packages[index].is_local());
    world.command.args(["--cap-lints", "warn"]);
    assert!(world.check().is_ok());
}

#[test]
fn compiler_changed() {
    let reason = after(|world| world.toolchain.verbose_version = "rustc 1.96.0".to_owned());
    assert!(matches!(reason, Some(DirtyReason::CompilerChanged { .. })));
}

#[test]
fn features_changed() {
    let reason = after(|world| change_unit(world, |unit| unit.features.clear()));
    let (old, new) = (vec!["f".to_owned()], Vec::new());
    assert_eq!(reason, Some(DirtyReason::FeaturesChanged { old, new }));
}

#[test]
fn profile_changed() {
    let reason = after(|world| change_unit(world, |unit| unit.profile.incremental = false));
    assert!(matches!(reason, Some(DirtyReason::ProfileChanged { .. })));
    let reason = after(|world| change_unit(world, |unit| unit.profile.name.push('x')));
    assert_eq!(reason, None, "the name of a profile is no setting");
}

#[test]
fn target_changed() {
    let edition = |unit: &mut crate::units::Unit| {
        std::sync::Arc::make_mut(&mut unit.target).edition = "2021".to_owned();
    };
    let reason = after(|world| change_unit(world, edition));
    assert!(matches!(reason, Some(DirtyReason::TargetChanged { .. })));
}

fn change_unit(world: &mut World, change: impl Fn(&mut crate::units::Unit)) {
    world.units.units = world
        .units
        .units
        .values()
        .cloned()
        .map(|mut unit| {
            change(&mut unit);
            unit
        })
        .collect();
}

#[rstest]
#[case::output_directory("OUT_DIR", true)]
#[case::of_script("MY_VAR", true)]
#[case::package("CARGO_PKG_DESCRIPTION", false)]
#[case::cargo("CARGO", false)]
#[case::primary("CARGO_PRIMARY_PACKAGE", false)]
#[case::jobserver("CARGO_MAKEFLAGS", false)]
#[case::libraries("LD_LIBRARY_PATH", false)]
fn variable_of_the_command(#[case] name: &str, #[case] counts: bool) {
    let reason = after(|world| {
        world.command.env(name, "new");
    });
    assert_eq!(reason, counts.then(|| environment(name)).flatten());
}

#[rstest]
#[case::package("CARGO_PKG_DESCRIPTION", true)]
#[case::cargo("CARGO", false)]
fn variable_of_the_command_that_a_macro_may_read(#[case] name: &str, #[case] counts: bool) {
    let mut world = World::library();
    change_unit(&mut world, |unit| {
        if unit.dep_hash == 1 {
            let types = vec![crate::packages::CrateType::ProcMacro];
            let target = std::sync::Arc::make_mut(&mut unit.target);
            target.kind = crate::packages::TargetKind::Lib(types);
        }
    });
    let reason = settles(world, |world| {
        world.command.env(name, "new");
    });
    assert_eq!(reason, counts.then(|| environment(name)).flatten());
}

#[rstest]
#[case::package("CARGO_PKG_DESCRIPTION")]
#[case::cargo("CARGO")]
fn variable_of_the_command_that_is_read(#[case] name: &str) {
    let mut world = World::library();
    world.dep_info += ["# env-dep:", name, "=old\n"].concat().as_str();
    world.command.arg("-g");
    world.command.env(name, "old");
    world.build();
    world.command.env(name, "new");
    assert_eq!(world.build(), environment(name));
    assert_eq!(world.build(), None);
}

#[rstest]
#[case::set(None, Some("1"), true)]
#[case::changed(Some("1"), Some("2"), true)]
#[case::removed(Some("1"), None, true)]
#[case::emptied(None, Some(""), true)]
#[case::same(Some("1"), Some("1"), false)]
fn inherited_variable_that_is_read(
    #[case] old: Option<&str>,
    #[case] new: Option<&str>,
    #[case] counts: bool,
) {
    let mut world = World::library();
    world.dep_info.push_str("# env-dep:VAR\n");
    world.inherit("VAR", old);
    world.command.arg("-g");
    world.build();
    world.inherit("VAR", new);
    assert_eq!(world.build(), counts.then(|| environment("VAR")).flatten());
    assert_eq!(world.build(), None);
}

#[test]
fn inherited_variable_that_is_not_read() {
    assert_eq!(after(|world| world.inherit("VAR", Some("1"))), None);
}

#[test]
fn values_of_variables_are_not_written() {
    let mut world = World::library();
    world.dep_info.push_str("# env-dep:TOKEN=hunter2\n");
    world.inherit("TOKEN", Some("hunter2"));
    world.command.env("OTHER", "hunter2");
    world.build();
    let state = world.files.read(STATE.into()).expect("it was built");
    let holds = |text: &str| state.windows(text.len()).any(|bytes| bytes == text.as_bytes());
    assert!(holds("TOKEN") && !holds("hunter2"));
}

#[test]
fn dependency_changed() {
    let reason = after(|world| world.dependencies[0].1 = Digest::of_bytes(b"new"));
    let name = "a v1.0.0".to_owned();
    assert_eq!(reason, Some(DirtyReason::DependencyChanged { name }));
}

#[test]
fn output_deleted() {
    let path = PUBLISHED.into();
    assert_eq!(
        after(|world| world.files.delete(PUBLISHED)),
        Some(DirtyReason::OutputMissing { path })
    );
}

#[test]
fn output_modified() {
    let path = METADATA.into();
    assert_eq!(
        after(|world| world.files.put(METADATA, "other")),
        Some(DirtyReason::OutputChanged { path })
    );
}

#[rstest]
#[case::gone(|world: &World| world.files.delete(UPLIFTED), 1)]
#[case::of_another_build(|world: &World| world.files.put(UPLIFTED, "other"), 1)]
#[case::copied(|world: &World| {
    let bytes = world.files.read(PUBLISHED.into()).expect("it is there");
    world.files.delete(UPLIFTED);
    world.files.put(UPLIFTED, bytes);
}, 0)]
fn uplifted_file(#[case] change: impl Fn(&World), #[case] n_relink: usize) {
    let world = World::library();
    change(&world);
    assert_eq!(world.check().expect("fresh all the same").relink.len(), n_relink);
}

#[rstest]
#[case::there(|_: &World| (), &[])]
#[case::gone(|world: &World| world.files.delete(UPLIFTED_DEBUG_INFO), &[DEBUG_INFO])]
#[case::program_gone(|world: &World| world.files.delete(UPLIFTED), &[PUBLISHED, DEBUG_INFO])]
fn uplifted_debug_info(#[case] change: impl Fn(&World), #[case] expected: &[&str]) {
    let world = World::library();
    world.files.put(DEBUG_INFO, "for this program");
    world.files.put(UPLIFTED_DEBUG_INFO, "for some program");
    change(&world);
    let relink = world.check().expect("fresh all the same").relink;
    let paths: Vec<&str> = relink.iter().map(|output| output.published.as_str()).collect();
    assert_eq!(paths, expected);
}

#[test]
fn copied_file_is_not_uplifted_again() {
    let world = World::library();
    world.files.delete(UPLIFTED);
    assert_eq!(world.check().expect("fresh all the same").relink.len(), 1);
    let bytes = world.files.read(PUBLISHED.into()).expect("it is there");
    world.files.put(UPLIFTED, bytes);
    world.files.tick();
    for opened in [&[UPLIFTED][..], &[]] {
        world.files.take_opened();
        assert!(world.check().expect("fresh all the same").relink.is_empty());
        assert_eq!(world.files.take_opened()[1..], *opened, "hashed once");
    }
}

#[test]
fn edit_that_dependents_cannot_see_keeps_the_interface() {
    let mut world = World::library();
    let before = world.published.expect("it was built");
    world.files.put("/ws/src/b.rs", "fn c() {}");
    world.build();
    let after = world.published.expect("it was built");
    assert_eq!(before.interface, after.interface);
    assert_ne!(before.content, after.content);
}

#[test]
fn edit_while_compiling() {
    let mut world = World::library();
    world.files.put("/ws/src/lib.rs", "pub mod b;");
    let edit = |files: &atlas_fingerprint::MemoryFiles| files.put("/ws/src/b.rs", "fn c() {}");
    assert_eq!(world.build_while(edit), file_changed("/ws/src/lib.rs"));
    let path = "/ws/src/b.rs".into();
    assert_eq!(world.build(), Some(DirtyReason::FileChangedWhileCompiling { path }));
    assert_eq!(world.build(), None);
}

#[test]
fn edit_while_compiling_for_the_first_time() {
    let mut world = World::new(CompileMode::Build);
    world.files.put("/ws/src/lib.rs", "mod b;");
    world.files.put("/ws/src/b.rs", "fn b() {}");
    world.files.tick();
    let edit = |files: &atlas_fingerprint::MemoryFiles| files.put("/ws/src/b.rs", "fn c() {}");
    world.build_while(edit);
    let path = "/ws/src/b.rs".into();
    assert_eq!(world.build(), Some(DirtyReason::FileChangedWhileCompiling { path }));
    assert_eq!(world.build(), None);
}

#[test]
fn edit_by_a_clock_that_is_behind_while_compiling_for_the_first_time() {
    let mut world = World::new(CompileMode::Build);
    world.files.put("/ws/src/lib.rs", "mod b;");
    world.files.put("/ws/src/b.rs", "fn b() {}");
    world.files.tick();
    world.build_while(|files| {
        files.turn_back(5);
        files.put("/ws/src/b.rs", "fn c() {}");
        files.turn_back(-5);
    });
    let path = "/ws/src/b.rs".into();
    assert_eq!(world.build(), Some(DirtyReason::FileChangedWhileCompiling { path }));
    assert_eq!(world.build(), None);
}

#[test]
fn clock_set_back_while_compiling_for_the_first_time() {
    let mut world = World::new(CompileMode::Build);
    world.files.put("/ws/src/lib.rs", "mod b;");
    world.files.put("/ws/src/b.rs", "fn b() {}");
    world.files.tick();
    world.build_while(|files| {
        files.turn_back(5);
        files.put("/ws/src/b.rs", "fn c() {}");
    });
    let path = "/ws/src/b.rs".into();
    assert_eq!(world.build(), Some(DirtyReason::FileChangedWhileCompiling { path }));
    assert_eq!(world.build(), None);
}

#[test]
fn output_that_is_never_written_rebuilds_each_time() {
    let mut world = World::library();
    let published = Utf8PathBuf::from("/ws/target/atlas/debug/deps/never");
    if let Step::Compile(step) = &mut world.step {
        step.outputs[2].published = published.clone();
        step.outputs[2].flavor = OutputFlavor::Normal;
    }
    let reason = Some(DirtyReason::OutputMissing { path: published });
    assert_eq!(world.build(), reason);
    assert_eq!(world.build(), reason);
}

#[test]
fn edit_and_back_while_compiling() {
    let mut world = World::library();
    world.command.arg("-g");
    world.build_while(|files| {
        files.put("/ws/src/b.rs", "fn c() {}");
        files.put("/ws/src/b.rs", "fn b() {}");
    });
    let path = "/ws/src/b.rs".into();
    assert_eq!(world.build(), Some(DirtyReason::FileChangedWhileCompiling { path }));
    assert_eq!(world.build(), None);
}

#[test]
fn file_that_the_unit_itself_writes_settles() {
    let mut world = World::library();
    world.command.arg("-g");
    let write = |files: &atlas_fingerprint::MemoryFiles| files.touch("/ws/src/b.rs");
    world.build_while(write);
    let path = "/ws/src/b.rs".into();
    assert_eq!(world.build_while(write), Some(DirtyReason::FileChangedWhileCompiling { path }));
    assert_eq!(world.build(), None);
}

#[test]
fn deleted_while_compiling() {
    let mut world = World::library();
    world.command.arg("-g");
    world.build_while(|files| files.delete("/ws/src/b.rs"));
    let path = "/ws/src/b.rs".into();
    assert_eq!(world.build(), Some(DirtyReason::FileChangedWhileCompiling { path }));
}

#[test]
fn interrupted_build() {
    let reason = after(World::interrupted);
    assert_eq!(reason, Some(DirtyReason::Unfinished));
}

#[test]
fn damaged_record() {
    let reason = after(|world| {
        let mut state = world.files.read(STATE.into()).expect("it was built");
        // The last bytes are what the unit said.
        *state.last_mut().expect("it is not empty") ^= 1;
        world.files.put(STATE, state);
    });
    let fault = RecordFault::BadChecksum;
    assert_eq!(reason, Some(DirtyReason::RecordUnreadable(fault)));
}

#[test]
fn script_watches_only_what_it_names() {
    assert_eq!(after_run(watching("data/one"), |world| world.files.put("/ws/other", "x")), None);
}

#[rstest]
#[case::file("data/one", "/ws/data/one", "/ws/data/one")]
#[case::in_directory("data", "/ws/data/one", "/ws/data/one")]
#[case::deep_in_directory("data", "/ws/data/deep/two", "/ws/data/deep/two")]
#[case::new_in_directory("data", "/ws/data/new", "/ws/data")]
#[case::new_deep_in_directory("data", "/ws/data/deep/new", "/ws/data/deep")]
#[case::absolute("/ws/other", "/ws/other", "/ws/other")]
fn script_watches(#[case] watched: &str, #[case] edited: &str, #[case] reason: &str) {
    assert_eq!(after_run(watching(watched), |world| world.files.put(edited, "x")), rerun(reason));
}

#[test]
fn file_gone_from_a_watched_directory() {
    let change = |world: &mut World| world.files.delete("/ws/data/deep/two");
    assert_eq!(after_run(watching("data"), change), rerun("/ws/data/deep/two"));
}

#[test]
fn touched_file_does_not_rerun_a_script() {
    let change = |world: &mut World| world.files.touch("/ws/data/one");
    assert_eq!(after_run(watching("data"), change), None);
}

#[test]
fn target_directory_is_not_watched() {
    let change = |world: &mut World| world.files.put("/ws/target/debug/x", "x");
    assert_eq!(after_run(watching("."), change), None);
    assert_eq!(after_run(BuildScriptOutput::default(), change), None);
}

#[test]
fn script_that_names_nothing_watches_its_package() {
    let edit = |world: &mut World| world.files.put("/ws/other", "x");
    assert_eq!(after_run(BuildScriptOutput::default(), edit), file_changed("/ws/other"));
    let add = |world: &mut World| world.files.put("/ws/new", "x");
    assert_eq!(after_run(BuildScriptOutput::default(), add), file_changed("/ws"));
}

#[rstest]
#[case::git("/ws/.git/index")]
#[case::artifacts("/ws/target/debug/x")]
fn no_part_of_the_package(#[case] path: &str) {
    let change = |world: &mut World| world.files.put(path, "x");
    assert_eq!(after_run(BuildScriptOutput::default(), change), None);
}

#[test]
fn package_below_is_no_part_of_the_package() {
    let mut world = World::script(BuildScriptOutput::default());
    world.files.put("/ws/below/Cargo.toml", "");
    world.files.put("/ws/below/src/lib.rs", "");
    assert_eq!(world.build(), None);
    world.files.put("/ws/below/src/lib.rs", "x");
    assert_eq!(world.build(), None);
}

#[test]
fn absent_path_reruns_each_time() {
    let mut world = World::script(watching("nowhere"));
    let path = "/ws/nowhere".into();
    let reason = Some(DirtyReason::RerunRequested { path });
    assert_eq!(world.build(), reason);
    assert_eq!(world.build(), reason);
    world.files.put("/ws/nowhere", "now it is there");
    assert_eq!(world.build(), reason);
    assert_eq!(world.build(), None);
}

#[test]
fn variable_that_a_script_watches() {
    let change = |world: &mut World| world.inherit("VAR", Some("1"));
    let name = "VAR".to_owned();
    let reason = Some(DirtyReason::RerunIfEnvChanged { name });
    assert_eq!(after_run(watching_variable("VAR"), change), reason);
    assert_eq!(after_run(watching_variable("OTHER"), change), None);
}

#[test]
fn number_of_jobs_means_nothing_even_if_watched() {
    let change = |world: &mut World| {
        world.command.env("NUM_JOBS", "7");
    };
    assert_eq!(after_run(watching_variable("NUM_JOBS"), change), None);
}

#[test]
fn output_directory_deleted() {
    let change = |world: &mut World| world.files.delete(OUT_DIR);
    let path = OUT_DIR.into();
    let reason = Some(DirtyReason::OutputMissing { path });
    assert_eq!(after_run(watching("data"), change), reason);
}

#[test]
fn rerun_with_the_same_output_differs_in_what_is_watched() {
    let mut world = World::script(watching("data"));
    let before = world.published.expect("it was built");
    world.files.put("/ws/data/one", "x");
    assert_eq!(world.build(), rerun("/ws/data/one"));
    let after = world.published.expect("it was built");
    assert_eq!(after.interface, before.interface);
    assert_ne!(after.content, before.content);
    assert_ne!(after.run, before.run);
    world.files.put("/ws/data/one", "data/one");
    assert_eq!(world.build(), rerun("/ws/data/one"));
    assert_eq!(world.published, Some(before));
}

#[test]
fn rerun_with_the_same_output_differs_in_variables() {
    let mut world = World::script(watching_variable("VAR"));
    let before = world.published.expect("it was built");
    world.inherit("VAR", Some("1"));
    world.build();
    let after = world.published.expect("it was built");
    assert_eq!(after.interface, before.interface);
    assert_ne!(after.content, before.content);
}

#[test]
fn rerun_that_happens_each_time_differs_only_as_a_run() {
    let mut world = World::script(watching("nowhere"));
    let before = world.published.expect("it was built");
    world.build();
    let after = world.published.expect("it was built");
    assert_eq!((after.interface, after.content), (before.interface, before.content));
    assert_ne!(after.run, before.run);
}

#[rstest]
#[case::removed(|files: &atlas_fingerprint::MemoryFiles| files.delete("/ws/data/deep/two"))]
#[case::added(|files: &atlas_fingerprint::MemoryFiles| files.put("/ws/data/deep/new", "x"))]
fn directory_changed_while_a_script_runs(#[case] change: impl Fn(&atlas_fingerprint::MemoryFiles)) {
    let mut world = World::script(watching("data"));
    world.files.put("/ws/data/one", "x");
    world.build_while(change);
    assert!(matches!(
        world.build(),
        Some(DirtyReason::FileChangedWhileCompiling { path }) if path.starts_with("/ws/data")
    ));
    assert_eq!(world.build(), None);
}

#[test]
fn rerun_of_a_script_that_works_elsewhere_does_not_look_the_same() {
    let metadata = vec![("include".to_owned(), "/ws/include".to_owned())];
    let mut world = World::script(BuildScriptOutput { metadata, ..watching("data") });
    let before = world.published;
    world.files.put("/ws/data/one", "x");
    assert_eq!(world.build(), rerun("/ws/data/one"));
    assert_ne!(world.published, before);
}

#[test]
fn script_that_watches_what_it_writes_runs_twice() {
    let mut world = World::script(watching("data/one"));
    world.files.put("/ws/data/one", "x");
    world.build_while(|files| files.put("/ws/data/one", "written"));
    let path = "/ws/data/one".into();
    assert_eq!(world.build(), Some(DirtyReason::FileChangedWhileCompiling { path }));
    assert_eq!(world.build(), None);
}

/// A library of a package that declares `patterns`, built once.
fn declaring(patterns: &[&str]) -> World {
    let mut world = World::new(CompileMode::Build);
    world.files.put("/ws/src/lib.rs", "mod b;");
    world.files.put("/ws/src/b.rs", "fn b() {}");
    world.files.put("/ws/templates/one.html", "1");
    world.files.put("/ws/templates/deep/two.html", "2");
    world.files.put("/ws/templates/notes.txt", "3");
    world.files.put("/proto/a.proto", "4");
    declare(&mut world, patterns);
    world.built()
}

fn declare(world: &mut World, patterns: &[&str]) {
    let package = &mut world.packages.packages[PackageIndex::from_index(0)];
    package.inputs = patterns.iter().map(|&pattern| pattern.to_owned()).collect();
}

const PATTERNS: &[&str] = &["templates/**/*.html", "../proto/*.proto", "later/*.sql"];

#[rstest]
#[case::nothing(|_: &mut World| (), None)]
#[case::edited(
    |w: &mut World| w.files.put("/ws/templates/deep/two.html", "3"),
    file_changed("/ws/templates/deep/two.html")
)]
#[case::edited_outside(|w: &mut World| w.files.put("/proto/a.proto", "5"), file_changed("/proto/a.proto"))]
#[case::touched(|w: &mut World| w.files.touch("/proto/a.proto"), None)]
#[case::added(
    |w: &mut World| w.files.put("/ws/templates/deep/new.html", ""),
    file_changed("/ws/templates/deep")
)]
#[case::added_directory(
    |w: &mut World| w.files.put("/ws/templates/new/a.html", ""),
    file_changed("/ws/templates")
)]
#[case::removed(
    |w: &mut World| w.files.delete("/ws/templates/one.html"),
    Some(DirtyReason::FileMissing { path: "/ws/templates/one.html".into() })
)]
#[case::first_of_a_pattern(|w: &mut World| w.files.put("/ws/later/a.sql", ""), file_changed("/ws"))]
#[case::unrelated_edit(|w: &mut World| w.files.put("/ws/templates/notes.txt", "4"), None)]
#[case::other_patterns(|w: &mut World| declare(w, &["templates/*.html"]), file_changed("/proto"))]
#[case::no_patterns(|w: &mut World| declare(w, &[]), file_changed("/ws/Cargo.toml"))]
fn declared_inputs(#[case] change: impl FnOnce(&mut World), #[case] expected: Option<DirtyReason>) {
    assert_eq!(settles(declaring(PATTERNS), change), expected);
}

/// The directory has another stamp, so that it is listed: but for that nothing is opened.
#[test]
fn unrelated_file_beside_declared_ones_is_no_change() {
    let mut world = declaring(PATTERNS);
    world.files.put("/ws/templates/new.txt", "");
    assert_eq!(world.build(), None);
}

#[test]
fn first_patterns_of_a_package_count() {
    let change = |world: &mut World| declare(world, &["src/*.txt"]);
    assert_eq!(after(change), file_changed("/ws/Cargo.toml"));
}

#[test]
fn declared_input_edited_while_the_unit_is_built_is_read_again() {
    let mut world = declaring(PATTERNS);
    world.files.put("/ws/src/b.rs", "fn c() {}");
    world.build_while(|files| files.put("/proto/a.proto", "5"));
    let path = "/proto/a.proto".into();
    assert_eq!(world.build(), Some(DirtyReason::FileChangedWhileCompiling { path }));
    world.build_while(|files| files.put("/proto/a.proto", "6"));
    assert_eq!(world.build(), None);
}

#[test]
fn declared_input_added_while_the_unit_is_built_is_read_again() {
    let mut world = declaring(PATTERNS);
    world.files.put("/ws/src/b.rs", "fn c() {}");
    world.build_while(|files| files.put("/proto/b.proto", "5"));
    assert!(matches!(world.build(), Some(DirtyReason::FileChangedWhileCompiling { .. })));
    assert_eq!(world.build(), None);
}

#[rstest]
#[case::edited(|w: &mut World| w.files.put("/ws/data/one", "new"), rerun("/ws/data/one"))]
#[case::added(|w: &mut World| w.files.put("/ws/data/three", ""), rerun("/ws/data"))]
#[case::unrelated(|w: &mut World| w.files.put("/ws/elsewhere/three", ""), None)]
fn declared_inputs_of_a_build_script(
    #[case] change: impl FnOnce(&mut World),
    #[case] expected: Option<DirtyReason>,
) {
    let mut world = World::script(watching("build.rs"));
    declare(&mut world, &["data/*"]);
    assert_eq!(world.build(), file_changed("/ws/Cargo.toml"), "it is declared now");
    assert_eq!(settles(world, change), expected);
}
