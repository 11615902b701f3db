//! A small workspace with a build script, a proc macro and a `cdylib`, under several selections.

use atlas_tests::environment;
use atlas_tests::fixture::Fixture;
use rstest::rstest;

use crate::{Place, check};

const WORKSPACE: &str = r##"
//- /Cargo.toml
[package]
name = "app"
version = "4.5.6"
edition = "2021"
[features]
loud = ["lib/loud"]
[dependencies]
lib = { path = "lib" }
mac = { path = "mac" }
[lib]
name = "app_lib"
crate-type = ["rlib", "cdylib"]
[workspace]
//- /build.rs
fn main() {
    println!("cargo::rustc-env=SAID={}-{}", std::env::var("PROFILE").unwrap(), std::env::var("OPT_LEVEL").unwrap());
    let out = std::path::PathBuf::from(std::env::var_os("OUT_DIR").unwrap());
    std::fs::write(out.join("generated.rs"), "pub const GENERATED: u32 = 42;").unwrap();
}
//- /src/lib.rs
include!(concat!(env!("OUT_DIR"), "/generated.rs"));
//- /src/main.rs
fn main() {
    println!("{} {} {}", env!("CARGO_PKG_VERSION"), env!("SAID"), app_lib::GENERATED);
    println!("{} {} {}", lib::greeting(), mac::answer!(), cfg!(debug_assertions));
    std::process::exit(if cfg!(feature = "loud") { 3 } else { 0 });
}
//- /lib/Cargo.toml
[package]
name = "lib"
edition = "2021"
[features]
loud = []
//- /lib/src/lib.rs
pub fn greeting() -> &'static str {
    if cfg!(feature = "loud") { "HELLO" } else { "hello" }
}
//- /mac/Cargo.toml
[package]
name = "mac"
edition = "2021"
[lib]
proc-macro = true
//- /mac/src/lib.rs
extern crate proc_macro;
#[proc_macro]
pub fn answer(_: proc_macro::TokenStream) -> proc_macro::TokenStream {
    "7 * 6".parse().unwrap()
}
"##;

#[rstest]
#[case::debug("", "debug")]
#[case::release("--release", "release")]
#[case::features("--features loud", "debug")]
#[case::own_profile("--config profile.mine.inherits=\"dev\" --profile mine", "mine")]
fn fixture(#[case] selection: &str, #[case] dir: &str) {
    check(&Fixture::new(WORKSPACE), selection, Place { dir, program: "app" }, &[]);
}

#[test]
fn fixture_for_a_target() {
    let dir = format!("{}/debug", environment::host());
    check(&Fixture::new(WORKSPACE), "--target HOST", Place { dir: &dir, program: "app" }, &[]);
}
