//! Manifests and lock files that cannot be read or do not fit.

use atlas_tests::fixture::Fixture;
use rstest::rstest;

use crate::{PACKAGE, check, check_in, check_meaning};

#[rstest]
#[case::syntax("[package\n")]
#[case::empty("")]
#[case::no_name("[package]\nversion = \"1.0.0\"\n")]
#[case::bad_name("[package]\nname = \"a b\"\n")]
#[case::bad_version("[package]\nname = \"a\"\nedition = \"2021\"\nversion = \"1\"\n")]
#[case::bad_edition("[package]\nname = \"a\"\nedition = \"2021\"\nedition = \"1999\"\n")]
#[case::wrong_type("[package]\nname = 3\n")]
#[case::unknown_resolver("[package]\nname = \"a\"\nedition = \"2021\"\nresolver = \"9\"\n")]
#[case::missing_member("[workspace]\nmembers = [\"no\"]\n")]
#[case::missing_path(
    "[package]\nname = \"a\"\nedition = \"2021\"\n[dependencies]\nb = { path = \"no\" }\n"
)]
#[case::missing_feature("[package]\nname = \"a\"\nedition = \"2021\"\n[features]\nx = [\"y\"]\n")]
#[case::bad_profile(
    "[package]\nname = \"a\"\nedition = \"2021\"\n[profile.dev]\nopt-level = \"x\"\n"
)]
#[case::profile_cycle(
    "[package]\nname = \"a\"\nedition = \"2021\"\n[profile.x]\ninherits = \"y\"\n[profile.y]\ninherits = \"x\"\n"
)]
#[case::profile_without_parent(
    "[package]\nname = \"a\"\nedition = \"2021\"\n[profile.x]\ninherits = \"no\"\n"
)]
#[case::profile_inherits_nothing(
    "[package]\nname = \"a\"\nedition = \"2021\"\n[profile.x]\ndebug = true\n"
)]
#[case::unstable_feature(
    "cargo-features = [\"no-such-feature\"]\n[package]\nname = \"a\"\nedition = \"2021\"\n"
)]
#[case::missing_bin_file("[package]\nname = \"a\"\nedition = \"2021\"\n[[bin]]\nname = \"x\"\n")]
#[case::missing_named_file(
    "[package]\nname = \"a\"\nedition = \"2021\"\n[[bin]]\nname = \"x\"\npath = \"no.rs\"\n"
)]
#[case::missing_lib_file("[package]\nname = \"a\"\nedition = \"2021\"\n[lib]\npath = \"no.rs\"\n")]
#[case::missing_build_script("[package]\nname = \"a\"\nedition = \"2021\"\nbuild = \"no.rs\"\n")]
#[case::duplicate_bins(
    "[package]\nname = \"a\"\nedition = \"2021\"\n[[bin]]\nname = \"x\"\npath = \"src/lib.rs\"\n\
     [[bin]]\nname = \"x\"\npath = \"src/lib.rs\"\n"
)]
#[case::bad_lint("[package]\nname = \"a\"\nedition = \"2021\"\n[lints.rust]\nunused = \"maybe\"\n")]
#[case::bad_target_name(
    "[package]\nname = \"a\"\nedition = \"2021\"\n[target.'cfg(('.dependencies]\n"
)]
#[case::missing_test_file("[package]\nname = \"a\"\nedition = \"2021\"\n[[test]]\nname = \"x\"\n")]
#[case::bin_of_a_library_kind(
    "[package]\nname = \"a\"\nedition = \"2021\"\n[[bin]]\nname = \"x\"\npath = \"src/lib.rs\"\n\
     proc-macro = true\n"
)]
#[case::warned_and_refused(
    "[project]\nname = \"a\"\nversion = \"0.1.0\"\n[package]\nname = \"a\"\nversion = \"0.1.0\"\n\
     [lib]\npath = \"no.rs\"\n"
)]
fn manifest(#[case] text: &str) {
    check(&format!("//- /Cargo.toml\n{text}//- /src/lib.rs\n"), "");
}

#[test]
fn unknown_crate_type() {
    let lib = "[lib]\ncrate-type = [\"nonsense\"]\n";
    let fixture = Fixture::new(&format!("{PACKAGE}{lib}//- /src/lib.rs\n"));
    check_meaning(&fixture, "", &["cannot produce nonsense for `app v0.1.0"]);
}

#[test]
fn directory_stands_for_a_crate_root() {
    let bin = "[[bin]]\nname = \"x\"\npath = \"src/x\"\n";
    let said = check(&format!("{PACKAGE}{bin}//- /src/x/main.rs\nfn main() {{}}\n"), "");
    assert!(said.contains("an entry point exists at"), "{said}");
}

#[test]
fn no_manifest() {
    let fixture = Fixture::empty();
    check_in(&fixture, "");
    fixture.write("cargo.toml", "[package]\nname = \"a\"\nedition = \"2021\"\n");
    check_in(&fixture, "");
}

#[test]
fn no_sources() {
    let said = check(PACKAGE, "");
    assert!(said.contains("no targets specified in the manifest"), "{said}");
}

#[test]
fn manifest_is_not_text() {
    let fixture = Fixture::new("//- /src/lib.rs\n");
    fs_err::write(fixture.root().join("Cargo.toml"), b"\xff").unwrap();
    check_in(&fixture, "");
}

#[test]
fn manifest_is_a_directory() {
    check("//- /Cargo.toml/src/lib.rs\n", "");
}

#[test]
fn dependency_is_in_no_registry() {
    let said = check(
        &format!("{PACKAGE}[dependencies]\nno-such-crate-exists = \"1\"\n//- /src/lib.rs\n"),
        "CARGO_HOME=/no/such/home",
    );
    assert!(said.contains("no-such-crate-exists"), "{said}");
}

#[test]
fn dependency_cycle() {
    check(
        &format!(
            "{PACKAGE}[dependencies]\nb = {{ path = \"b\" }}\n//- /src/lib.rs /b/src/lib.rs\n\
             //- /b/Cargo.toml\n[package]\nname = \"b\"\n[dependencies]\napp = {{ path = \"..\" }}\n"
        ),
        "",
    );
}

#[test]
fn rust_version_is_too_new_for_several_units() {
    let package = format!("{PACKAGE}rust-version = \"1.999\"\n");
    let files = "//- /src/lib.rs /tests/t.rs\n//- /src/main.rs /build.rs\nfn main() {}\n";
    let said = check(&format!("{package}{files}"), "");
    assert_eq!(said.matches("requires rustc 1.999").count(), 4, "{said}");
    check(&format!("{package}{files}"), "check --all-targets");
}

#[test]
fn rust_version_is_too_new() {
    let said = check(&format!("{PACKAGE}rust-version = \"1.999\"\n//- /src/lib.rs\n"), "");
    assert!(said.contains("1.999"), "{said}");
}

#[rstest]
#[case::syntax("version = ")]
#[case::version("version = 99\n")]
#[case::rubbish("not a lock file")]
fn lock_file(#[case] text: &str) {
    let fixture = Fixture::new(&format!("{PACKAGE}//- /src/lib.rs\n"));
    fixture.write("Cargo.lock", text);
    check_in(&fixture, "");
}

#[test]
fn lock_file_is_out_of_date() {
    let fixture = Fixture::new(&format!(
        "{PACKAGE}[dependencies]\nb = {{ path = \"b\" }}\n//- /src/lib.rs /b/src/lib.rs\n\
         //- /b/Cargo.toml\n[package]\nname = \"b\"\n\
         //- /Cargo.lock\nversion = 4\n\n[[package]]\nname = \"app\"\nversion = \"0.1.0\"\n"
    ));
    let said = check_in(&fixture, "--locked");
    assert!(said.contains("--locked"), "{said}");
}
