//! One change, and whether it is noticed.

use atlas_build::derivation::{Change, Checked, Subject};
use atlas_fingerprint::Disk;
use rstest::rstest;

use crate::support::Verdict::{Changed, Restamped, Same};
use crate::support::{Fixture, Verdict};

const A: &str = "ws/crates/a/Cargo.toml";

/// What happens to a workspace.
#[derive(Clone, Copy, Debug)]
enum Event {
    Nothing,
    Write(&'static str, &'static str),
    Append(&'static str, &'static str),
    Replace(&'static str, &'static str, &'static str),
    Remove(&'static str),
    NewMember,
    /// Another rustc comes in front of the one on `PATH`.
    NewCompiler,
}

use Event::{Append, NewCompiler, NewMember, Nothing, Remove, Replace, Write};

fn new_member(fixture: &Fixture) {
    fixture.write("ws/crates/new/src/lib.rs", "");
    fixture.write("ws/crates/new/Cargo.toml", "[package]\nname = \"new\"\n");
}

impl Event {
    fn happen(self, fixture: &Fixture) {
        match self {
            Nothing => {}
            Write(path, text) => fixture.write(path, text),
            Append(path, text) => fixture.append(path, text),
            Replace(path, from, to) => fixture.replace(path, from, to),
            Remove(path) => fixture.remove(path),
            NewMember => new_member(fixture),
            NewCompiler => fixture.script("bin/rustc", "#!/bin/sh\nexit 1\n"),
        }
    }
}

#[rstest]
#[case::nothing(Nothing, Same)]
#[case::manifest_comment(Append(A, "# a comment\n"), Restamped)]
#[case::manifest_key_order(
    Replace(A, "name = \"a\"\nversion = \"0.1.0\"", "version = \"0.1.0\"\nname = \"a\""),
    Restamped
)]
#[case::manifest_touched(Append(A, ""), Restamped)]
#[case::root_manifest_comment(Append("ws/Cargo.toml", "# x"), Restamped)]
#[case::root_manifest_profile(Append("ws/Cargo.toml", "[profile.dev]\ndebug = 0\n"), Changed)]
#[case::manifest_broken(Append(A, "["), Changed)]
#[case::manifest_removed(Remove(A), Changed)]
#[case::new_dependency(
    Append(
        "ws/crates/b/Cargo.toml",
        "[dependencies]\noutside = { path = \"../../../outside\" }\n"
    ),
    Changed
)]
#[case::new_lint(Append(A, "[lints.rust]\nunused = \"allow\"\n"), Changed)]
#[case::new_binary(Write("ws/crates/a/src/bin/x.rs", "fn main() {}"), Changed)]
#[case::new_binary_in_a_directory(Write("ws/crates/a/src/bin/x/main.rs", "fn main() {}"), Changed)]
#[case::first_binary_directory(Write("ws/crates/b/src/bin/x.rs", "fn main() {}"), Changed)]
#[case::new_main(Write("ws/crates/a/src/main.rs", "fn main() {}"), Changed)]
#[case::new_test(Write("ws/crates/a/tests/y.rs", ""), Changed)]
#[case::new_main_in_a_test_directory(Write("ws/crates/a/tests/dir/main.rs", ""), Changed)]
#[case::new_file_in_a_test_directory(Write("ws/crates/a/tests/dir/more.rs", ""), Restamped)]
#[case::new_test_directory(Write("ws/crates/a/tests/z/mod.rs", ""), Restamped)]
#[case::test_removed(Remove("ws/crates/a/tests/it.rs"), Changed)]
#[case::all_tests_removed(Remove("ws/crates/a/tests"), Changed)]
#[case::examples_directory_created(Write("ws/crates/a/examples/e.rs", "fn main() {}"), Changed)]
#[case::benches_directory_created(Write("ws/crates/b/benches/e.rs", ""), Changed)]
#[case::library_removed(Remove("ws/crates/a/src/lib.rs"), Changed)]
#[case::library_of_a_dependency_removed(Remove("outside/src/lib.rs"), Changed)]
#[case::source_edited(Write("ws/crates/a/src/lib.rs", "// edited\n"), Same)]
#[case::new_module(Write("ws/crates/a/src/other.rs", ""), Restamped)]
#[case::editor_temp_file(Write("ws/crates/a/src/.lib.rs.swp", ""), Restamped)]
#[case::build_script_added(Write("ws/crates/a/build.rs", "fn main() {}"), Changed)]
#[case::readme_added(Write("ws/crates/a/README.md", ""), Changed)]
#[case::other_file_added(Write("ws/crates/a/NOTES.md", ""), Restamped)]
#[case::target_directory_made(Write("ws/target/file", ""), Same)]
#[case::target_with_a_path_of_its_own_removed(Remove("ws/named/own/place.rs"), Changed)]
#[case::target_with_a_path_of_its_own_edited(Write("ws/named/own/place.rs", ""), Same)]
#[case::new_member_by_glob(NewMember, Changed)]
#[case::new_directory_without_manifest(Write("ws/crates/new/file", ""), Changed)]
#[case::new_file_beside_members(Write("ws/crates/file", ""), Restamped)]
#[case::member_removed(Remove("ws/named"), Changed)]
#[case::manifest_above_the_root(
    Write("Cargo.toml", "[workspace]\nexclude = [\"outside\", \"windows\"]\n"),
    Changed
)]
#[case::manifest_between(Write("ws/crates/Cargo.toml", "[workspace]\n"), Changed)]
#[case::lock_file_changed(Append("ws/Cargo.lock", "# x\n"), Changed)]
#[case::lock_file_touched(Append("ws/Cargo.lock", ""), Restamped)]
#[case::lock_file_removed(Remove("ws/Cargo.lock"), Changed)]
#[case::path_dependency_outside(Replace("outside/Cargo.toml", "2024", "2021"), Changed)]
#[case::path_dependency_comment(Append("outside/Cargo.toml", "# x\n"), Restamped)]
#[case::path_dependency_of_another_platform(
    Replace("windows/Cargo.toml", "0.1.0", "0.2.0"),
    Changed
)]
#[case::vendored_manifest(Append("ws/vendor/vendored/Cargo.toml", "g = []\n"), Changed)]
#[case::vendored_checksum(
    Write("ws/vendor/vendored/.cargo-checksum.json", "{ \"files\": {} }"),
    Changed
)]
#[case::vendored_source(Write("ws/vendor/vendored/src/lib.rs", "// x"), Same)]
#[case::other_vendored_package(Write("ws/vendor/other/file", ""), Same)]
#[case::toolchain_file_above(Write("rust-toolchain.toml", ""), Changed)]
#[case::toolchain_file_in_the_workspace(Write("ws/rust-toolchain", "stable"), Changed)]
#[case::new_compiler_on_path(NewCompiler, Changed)]
#[case::other_program_on_path(Write("bin/prog", ""), Same)]
fn verdict_on_an_event(#[case] event: Event, #[case] expected: Verdict) {
    let fixture = Fixture::new();
    let (old, derivation) = fixture.derive().expect("it can be kept");
    event.happen(&fixture);
    let (verdict, mut kept) = fixture.check(&derivation);
    assert_eq!(verdict, expected);
    if verdict == Changed {
        return;
    }
    let fresh = fixture.plan().expect("there still is a plan");
    assert_eq!(old, fresh, "a plan that is said to hold is the plan that would be made");
    // Once it has been seen to be older than the look at it, it need not be looked at again.
    let n_moments = fixture.n_moments();
    for n_checks in 0..3 {
        let (verdict, again) = fixture.check(&kept);
        assert!(n_checks < 2 || verdict == Same, "{verdict:?} at last");
        kept = again;
    }
    assert!(fixture.n_moments() <= n_moments + 1, "looked at closely no more than once");
}

#[test]
fn change_names_its_file() {
    let fixture = Fixture::new();
    let (_, derivation) = fixture.derive().expect("it can be kept");
    fixture.write("ws/crates/a/build.rs", "");
    let checked = derivation.check(&Disk, &|| None);
    let path = fixture.path("ws/crates/a");
    assert_eq!(checked, Checked::Changed(Change { path, what: Subject::Targets }));
}

#[test]
fn plan_older_than_what_is_seen_is_not_kept() {
    let fixture = Fixture::new();
    let request = fixture.request();
    let before = fixture.later_moment();
    let planned = atlas_build::plan(&request, &mut |_| ()).expect("there is a plan");
    fixture.append(A, "# edited meanwhile\n");
    let derive = |before| {
        atlas_build::derivation::derive(
            &Disk,
            &request,
            &planned.workspace,
            &planned.packages,
            before,
        )
    };
    assert_eq!(derive(before), None);
    assert!(derive(fixture.later_moment()).is_some());
}

#[test]
fn derivation_survives_being_written_and_read() {
    let fixture = Fixture::new();
    let (_, derivation) = fixture.derive().expect("it can be kept");
    let json = serde_json::to_string(&derivation).expect("written");
    assert_eq!(serde_json::from_str(&json).ok(), Some(derivation));
}

#[test]
fn without_a_moment_it_is_looked_at_again() {
    let fixture = Fixture::new();
    let (_, derivation) = fixture.derive().expect("it can be kept");
    fixture.append(A, "# x\n");
    fixture.later_moment();
    let Checked::Restamped(kept) = derivation.check(&Disk, &|| None) else {
        panic!("a comment changes nothing");
    };
    assert_eq!(fixture.check(&kept).0, Restamped);
}

#[test]
fn patches_of_the_configuration_count() {
    let fixture = Fixture::new();
    let patch = "[patch.crates-io]\nvendored = { path = \"../patch\" }\n";
    fixture.append("ws/.cargo/config.toml", patch);
    let manifest = "[package]\nname = \"vendored\"\nversion = \"0.9.0\"\n";
    fixture.write("patch/Cargo.toml", manifest);
    fixture.write("patch/src/lib.rs", "");
    fixture.plan();
    let (_, derivation) = fixture.derive().expect("it can be kept");
    fixture.replace("patch/Cargo.toml", "0.9.0", "1.0.0");
    assert_eq!(fixture.check(&derivation).0, Changed);
}

#[test]
fn local_registry_is_not_kept() {
    let fixture = Fixture::new();
    let source = "[source.there]\nlocal-registry = \"registry\"\n";
    fixture.append("ws/.cargo/config.toml", source);
    assert!(fixture.plan().is_some());
    assert_eq!(fixture.derive(), None);
}

#[cfg(unix)]
#[test]
fn compiler_behind_a_script_is_not_kept() {
    let fixture = Fixture::new();
    fixture.script("elsewhere/rustc", "#!/bin/sh\nexec rustc \"$@\"\n");
    let mut request = fixture.request();
    request.env.vars.insert("RUSTC".into(), fixture.path("elsewhere/rustc").into_string().into());
    assert!(atlas_build::plan(&request, &mut |_| ()).is_ok());
    assert_eq!(fixture.derive_for(&request), None);
}

#[cfg(unix)]
#[test]
fn wrapper_is_a_part_of_the_toolchain() {
    let fixture = Fixture::new();
    fixture.script("bin/wrap", "#!/bin/sh\nexec \"$@\"\n");
    let mut request = fixture.request();
    request.env.vars.insert("RUSTC_WRAPPER".into(), "wrap".into());
    let (_, derivation) = fixture.derive_for(&request).expect("it can be kept");
    assert_eq!(fixture.check(&derivation).0, Same);
    fixture.append("bin/wrap", "\n");
    assert_eq!(fixture.check(&derivation).0, Changed);
}

#[cfg(unix)]
#[test]
fn end_of_a_link_counts() {
    let fixture = Fixture::new();
    fixture.write("linked.rs", "fn main() {}");
    let link = |to: &str, from: &str| {
        std::os::unix::fs::symlink(fixture.path(to), fixture.path(from)).expect("linked");
    };
    link("linked.rs", "ws/crates/a/src/bin/linked.rs");
    let (_, derivation) = fixture.derive().expect("it can be kept");
    assert_eq!(fixture.check(&derivation).0, Same);
    fixture.remove("linked.rs");
    assert_eq!(fixture.check(&derivation).0, Changed);
}
