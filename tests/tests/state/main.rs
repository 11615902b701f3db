//! What is kept from build to build, in `target/atlas`: damage to it, builds that are killed or run
//! at once, how much of it may be used, what `--dry-run` leaves of it, what must not be in it.

mod cache;
mod damage;
mod dry_run;
mod killed;
mod secrets;
mod together;

use std::collections::BTreeSet;

use atlas_tests::repeated::{self, Repeated};
use camino::Utf8PathBuf;

/// `app`, a program with a build script, uses `mid`, which uses `leaf`.
const CHAIN: &str = r#"
//- /Cargo.toml
[workspace]
members = ["app", "mid", "leaf"]
resolver = "2"
//- /leaf/Cargo.toml
[package]
name = "leaf"
edition = "2021"
//- /leaf/src/lib.rs
pub const NUMBER: u32 = 1;
pub fn number() -> u32 {
    77
}
//- /mid/Cargo.toml
[package]
name = "mid"
edition = "2021"
[dependencies]
leaf = { path = "../leaf" }
//- /mid/src/lib.rs
pub fn mid() -> u32 {
    leaf::NUMBER
}
//- /app/Cargo.toml
[package]
name = "app"
edition = "2021"
[dependencies]
mid = { path = "../mid" }
//- /app/build.rs
fn main() {
    println!("cargo::rerun-if-changed=data.txt");
    println!("cargo::rustc-env=DATA={}", std::fs::read_to_string("data.txt").unwrap().trim());
}
//- /app/data.txt
one
//- /app/src/main.rs
fn main() {
    println!("{} {}", mid::mid(), env!("DATA"));
}
"#;

const ALL: &[&str] =
    &["app/bin", "app/build-script", "app/run-build-script", "leaf/lib", "mid/lib"];

fn set(units: &[&str]) -> BTreeSet<String> {
    units.iter().map(|&unit| unit.to_owned()).collect()
}

/// Builds, and compares the units that ran and the warnings that atlas itself gives.
#[track_caller]
fn expect(workspace: &Repeated, selection: &str, expected: &[&str], n_warnings: usize) {
    let outcome = workspace.build(selection).expect_success(selection);
    assert_eq!(repeated::ran(&outcome), set(expected), "units that ran for `{selection}`");
    let warnings = repeated::warnings(&outcome);
    assert_eq!(warnings.len(), n_warnings, "{warnings:?}");
}

/// A workspace that was built, and built again.
fn built() -> Repeated {
    let workspace = Repeated::new(CHAIN);
    expect(&workspace, "", ALL, 0);
    expect(&workspace, "", &[], 0);
    workspace
}

fn state(workspace: &Repeated) -> Utf8PathBuf {
    workspace.target.join("atlas/state.bin")
}
