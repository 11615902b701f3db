//! Kinds of crates and targets: who sees an edit of what.

use atlas_tests::repeated::Repeated;
use rstest::rstest;

use super::{after, expect};

const KINDS: &str = r#"
//- /Cargo.toml
[package]
name = "app"
edition = "2021"
[lib]
crate-type = ["rlib", "cdylib", "staticlib"]
[dependencies]
dy = { path = "dy" }
plain = { path = "plain" }
[dev-dependencies]
dev = { path = "dev" }
[workspace]
//- /src/lib.rs
pub fn app() -> u32 {
    plain::number()
}
//- /src/main.rs
fn main() {
    println!("{}", app::app());
}
//- /tests/it.rs
//- /benches/measure.rs
//- /examples/show.rs
fn main() {
    println!("{}", app::app());
}
//- /dy/Cargo.toml
[package]
name = "dy"
edition = "2021"
[lib]
crate-type = ["dylib", "rlib"]
//- /dy/src/lib.rs
pub fn number() -> u32 {
    1
}
//- /plain/Cargo.toml
[package]
name = "plain"
edition = "2021"
//- /plain/src/lib.rs
pub fn number() -> u32 {
    1
}
//- /dev/Cargo.toml
[package]
name = "dev"
edition = "2021"
//- /dev/src/lib.rs
pub fn dev() {}
"#;

const OF_APP: &[&str] = &[
    "app/bench:measure",
    "app/bin",
    "app/bin-test",
    "app/example:show",
    "app/lib",
    "app/lib-test",
    "app/test:it",
];

#[rstest]
#[case::integration_test("tests/it.rs", &["app/test:it"])]
#[case::benchmark("benches/measure.rs", &["app/bench:measure"])]
#[case::example("examples/show.rs", &["app/example:show"])]
#[case::program("src/main.rs", &["app/bin", "app/bin-test"])]
#[case::library("src/lib.rs", OF_APP)]
#[case::below("plain/src/lib.rs", &[OF_APP, &["plain/lib"]].concat())]
#[case::dynamic_below("dy/src/lib.rs", &[OF_APP, &["dy/lib"]].concat())]
#[case::only_for_tests(
    "dev/src/lib.rs",
    &["app/bench:measure", "app/bin-test", "app/example:show", "app/lib-test", "app/test:it", "dev/lib"]
)]
fn all_targets(#[case] edited: &str, #[case] expected: &[&str]) {
    let workspace = Repeated::new(KINDS);
    workspace.ran("--all-targets");
    expect(&workspace, "--all-targets", &[]);
    let text = workspace.fixture.read(edited);
    workspace.fixture.write(edited, &format!("{text}pub fn new() {{}}\n"));
    expect(&workspace, "--all-targets", expected);
    expect(&workspace, "--all-targets", &[]);
}

#[test]
fn file_for_another_language_is_made_anew() {
    let workspace = after(
        KINDS,
        |w: &Repeated| w.fixture.replace("plain/src/lib.rs", "1", "2"),
        &["app/bin", "app/lib", "plain/lib"],
    );
    assert_eq!(workspace.prints("debug/app"), "2\n");
    // What is found by name has just been put there: one link each from `out` and `deps`.
    for name in ["libapp.so", "libapp.a", "libapp.rlib"] {
        let found = workspace.target.join("debug").join(name);
        let extension = found.extension().map(str::to_owned);
        let bytes = fs_err::read(&found).expect("it was built");
        let published = workspace.files(|path| {
            let is_app = path.file_name().is_some_and(|file| file.starts_with("libapp"));
            let is_out = path.parent().is_some_and(|directory| directory.ends_with("out"));
            is_app && is_out && path.extension() == extension.as_deref()
        });
        assert_eq!(published.len(), 1, "{published:?}");
        assert!(fs_err::read(&published[0]).expect("it was built") == bytes, "{name} is stale");
    }
}

/// A build script whose code lies in a dynamic library: its own bytes do not change.
#[test]
fn build_script_that_uses_a_dynamic_library() {
    let workspace = Repeated::new(
        r#"
//- /Cargo.toml
[package]
name = "app"
edition = "2021"
[build-dependencies]
dy = { path = "dy" }
[workspace]
//- /build.rs
fn main() {
    println!("cargo::rustc-env=TOLD={}", dy::number());
    println!("cargo::rerun-if-changed=build.rs");
}
//- /src/main.rs
fn main() {
    println!("{}", env!("TOLD"));
}
//- /dy/Cargo.toml
[package]
name = "dy"
edition = "2021"
[lib]
crate-type = ["dylib"]
//- /dy/src/lib.rs
pub fn number() -> u32 {
    1
}
"#,
    );
    workspace.ran("");
    assert_eq!(workspace.prints("debug/app"), "1\n");
    workspace.fixture.replace("dy/src/lib.rs", "1", "2");
    expect(&workspace, "", &["dy/lib", "app/build-script", "app/run-build-script", "app/bin"]);
    assert_eq!(workspace.prints("debug/app"), "2\n");
    expect(&workspace, "", &[]);
}

/// `app` links `middle`, which is an rlib and a cdylib, and with it what `native` brings along: a
/// static library that its build script makes.
const NATIVE: &str = r#"
//- /Cargo.toml
[package]
name = "app"
edition = "2021"
[dependencies]
middle = { path = "middle" }
[workspace]
//- /src/main.rs
fn main() {
    println!("{}", middle::number());
}
//- /middle/Cargo.toml
[package]
name = "middle"
edition = "2021"
[lib]
crate-type = ["rlib", "cdylib"]
[dependencies]
native = { path = "../native" }
//- /middle/src/lib.rs
pub fn number() -> i32 {
    native::number()
}
//- /native/Cargo.toml
[package]
name = "native"
edition = "2021"
//- /native/build.rs
use std::{env, process::Command};
fn main() {
    let out = env::var("OUT_DIR").unwrap();
    let (object, library) = (format!("{out}/code.o"), format!("{out}/libcode.a"));
    let compile = ["--crate-type=lib", "--emit=obj", "-Cpanic=abort", "code.rs", "-o", &object];
    assert!(Command::new(env::var("RUSTC").unwrap()).args(compile).status().unwrap().success());
    let archive = ["crs", &library, &object];
    assert!(Command::new("ar").args(archive).status().unwrap().success());
    println!("cargo::rerun-if-changed=code.rs");
    println!("cargo::rustc-link-search=native={out}");
    println!("cargo::rustc-link-lib=static=code");
}
//- /native/code.rs
#![no_std]
#[unsafe(no_mangle)]
extern "C" fn native_number() -> i32 {
    1
}
//- /native/src/lib.rs
unsafe extern "C" {
    safe fn native_number() -> i32;
}
pub fn number() -> i32 {
    native_number()
}
"#;

#[test]
fn native_code_below_a_library_of_two_types_is_linked_again() {
    let workspace = Repeated::new(NATIVE);
    workspace.ran("");
    assert_eq!(workspace.prints("debug/app"), "1\n");
    workspace.fixture.replace("/native/code.rs", "    1\n", "    2\n");
    let ran = workspace.ran("");
    assert!(ran.contains("app/bin"), "{ran:?}");
    assert_eq!(workspace.prints("debug/app"), "2\n");
}
