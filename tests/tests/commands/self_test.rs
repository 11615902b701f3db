//! The oracle itself: damage to a recorded command is noticed, and what the layout decides is not.

use atlas_tests::environment;
use atlas_tests::fixture::Fixture;
use atlas_tests::oracle::command_difference;
use atlas_tests::recording::{RECORDING_BUILD_SCRIPT, Record, Recording, record};
use atlas_tests::selection::Selection;

const WORKSPACE: &str = "
//- /Cargo.toml
[package]
name = \"app\"
edition = \"2021\"
[dependencies]
dep = { path = \"dep\" }
//- /dep/Cargo.toml
[package]
name = \"dep\"
//- /dep/src/lib.rs
//- /src/main.rs
fn main() {}
//- /build.rs
";

/// Records two builds by cargo, damages the second and compares.
fn damaged(damage: impl FnOnce(&mut Recording)) -> Option<String> {
    let fixture =
        Fixture::new(&format!("{WORKSPACE}{RECORDING_BUILD_SCRIPT}").replace("DIRECTIVES", ""));
    let selection = Selection::new("");
    let cargo = environment::cargo();
    let original = record(&cargo, &fixture, &selection, "one");
    let mut other = record(&cargo, &fixture, &selection, "two");
    assert_eq!((original.rustc.len(), original.scripts.len()), (3, 1));
    damage(&mut other);
    command_difference(&original, &other)
}

fn app(recording: &mut Recording) -> &mut Record {
    let app = recording.rustc.iter_mut().find(|r| r.value("--crate-name") == Some("app"));
    app.expect("the program is compiled")
}

#[test]
fn target_directory_does_not_count() {
    assert_eq!(damaged(|_| {}), None);
}

#[test]
fn missing_command_is_noticed() {
    let report = damaged(|recording| drop(recording.rustc.pop())).expect("a difference");
    assert!(report.contains("only cargo: rustc for app"), "{report}");
}

#[test]
fn changed_argument_is_named() {
    let report = damaged(|recording| {
        let edition = app(recording).argv.iter_mut().find(|arg| arg.starts_with("--edition"));
        *edition.expect("an edition is given") = "--edition=2024".into();
    });
    let report = report.expect("a difference");
    assert!(report.contains("only cargo: arg --edition=2021"), "{report}");
    assert!(report.contains("only atlas: arg --edition=2024"), "{report}");
}

#[test]
fn order_of_arguments_counts() {
    let report = damaged(|recording| app(recording).argv.swap(3, 4)).expect("a difference");
    assert!(report.contains("order, atlas"), "{report}");
}

#[test]
fn changed_variable_is_named() {
    let report = damaged(|recording| {
        recording.scripts[0].env.insert("OPT_LEVEL".into(), "3".into());
    });
    let report = report.expect("a difference");
    assert!(report.contains("only atlas: env OPT_LEVEL=3"), "{report}");
}
