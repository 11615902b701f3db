//! Manifests that are written in unusual ways, or wrong.

use atlas_tests::fixture::Fixture;
use atlas_tests::oracle::UnitGraphOracle;

use crate::{check, check_refused};

#[test]
fn single_package_without_a_workspace() {
    check(
        "//- /Cargo.toml\n[package]\nname = \"solo\"\n//- /src/main.rs /tests/t.rs\n",
        &["--bin solo", "--tests", "--lib", "--locked", "--frozen", "--offline"],
    );
}

#[test]
fn no_manifest_at_all() {
    check_refused("//- /README.md\n", &["--manifest-path Cargo.toml"]);
}

#[test]
fn faulty_manifests_are_refused() {
    for manifest in [
        "[package]\n",
        "[package]\nname = \"a b\"\n",
        "[package]\nname = \"a\"\nversion = \"one\"\n",
        "[package]\nname = \"a\"\nedition = \"1999\"\n",
        "[package]\nname = \"a\"\n[dependencies]\nb = { path = \"b\" }\n",
        "[package]\nname = \"a\"\n[dependencies]\na = { path = \".\" }\n",
        "[package]\nname = \"a\"\n[features]\nx = [\"nope\"]\n",
        "[package]\nname = \"a\"\n[workspace]\nmembers = [\"nope\"]\n",
        "[package\n",
        "[workspace]\n",
        "",
    ] {
        check_refused(&format!("//- /Cargo.toml\n{manifest}//- /src/lib.rs\n"), &[]);
    }
}

#[test]
fn editions_and_inheritance() {
    check(
        r#"
//- /Cargo.toml
[workspace]
members = ["e15", "e18", "e24"]
resolver = "3"
[workspace.package]
edition = "2018"
rust-version = "1.70"
[workspace.dependencies]
e15 = { path = "e15", features = ["f"] }
[workspace.lints.rust]
unsafe_code = "deny"
//- /e15/Cargo.toml
[package]
name = "e15"
[features]
f = []
g = []
//- /e18/Cargo.toml
[package]
name = "e18"
edition.workspace = true
rust-version.workspace = true
[lints]
workspace = true
[dependencies]
e15 = { workspace = true, features = ["g"], optional = true }
[features]
on = ["e15"]
//- /e24/Cargo.toml
[package]
name = "e24"
edition = "2024"
[dependencies]
e15.workspace = true
[lib]
edition = "2021"
[[bin]]
name = "old"
path = "src/old.rs"
edition = "2015"
//- /e15/src/lib.rs /e18/src/lib.rs /e24/src/lib.rs /e24/src/old.rs
"#,
        &["-p e18 --features on", "-p e18 --features e15", "-p e24"],
    );
}

#[test]
fn newer_rust_version_is_refused() {
    let workspace =
        "//- /Cargo.toml\n[package]\nname = \"a\"\nrust-version = \"1.999\"\n//- /src/lib.rs\n";
    check_refused(workspace, &[]);
    UnitGraphOracle::new(&Fixture::new(workspace)).check(&["--ignore-rust-version"]);
}

#[test]
fn git_free_patches_and_replaced_sources() {
    check(
        r#"
//- /Cargo.toml
[package]
name = "app"
edition = "2021"
[dependencies]
up = "1"
[workspace]
[patch.crates-io]
up = { path = "patched" }
//- /patched/Cargo.toml
[package]
name = "up"
version = "1.7.0"
[features]
x = []
//- /.cargo/config.toml
[source.crates-io]
replace-with = "vendored"
[source.vendored]
directory = "vendor"
//- /vendor/up/Cargo.toml
[package]
name = "up"
version = "1.6.0"
//- /vendor/up/.cargo-checksum.json
{"files":{}}
//- /src/lib.rs /patched/src/lib.rs /vendor/up/src/lib.rs
"#,
        &["-p up", "-p up --features x", "--features up/x"],
    );
}

#[test]
fn lock_file_that_must_not_change() {
    check(
        "//- /Cargo.toml\n[package]\nname = \"a\"\n[dependencies]\nb = { path = \"b\" }\n\
         //- /Cargo.lock\nversion = 4\n[[package]]\nname = \"a\"\nversion = \"0.0.0\"\n\
         //- /b/Cargo.toml\n[package]\nname = \"b\"\n//- /src/lib.rs /b/src/lib.rs\n",
        &["--offline", "--locked"],
    );
}

#[test]
fn damaged_lock_file_is_refused() {
    check_refused(
        "//- /Cargo.toml\n[package]\nname = \"a\"\n//- /Cargo.lock\nversion = 99\n//- /src/lib.rs\n",
        &[],
    );
}
