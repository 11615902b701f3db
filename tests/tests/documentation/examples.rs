//! Examples in documentation are compiled and run by the same command as by cargo.

use atlas_tests::fixture::Fixture;
use rstest::rstest;

use crate::says_the_same;

/// Libraries with examples, over a package that links a native library.
const EXAMPLES: &str = r#"
//- /Cargo.toml
[workspace]
members = ["app", "mac", "native", "untested"]
resolver = "2"
[profile.abort]
inherits = "dev"
panic = "abort"
//- /app/Cargo.toml
[package]
name = "app"
version = "0.1.0"
edition = "2021"
[features]
extra = []
[dependencies]
native = { path = "../native" }
[dev-dependencies]
mac = { path = "../mac" }
[lints.rust]
unused = "warn"
//- /app/build.rs
fn main() {
    println!("cargo::rustc-cfg=found");
    println!("cargo::rustc-check-cfg=cfg(found)");
    println!("cargo::rustc-env=SAID=so");
    println!("cargo::rustc-link-arg=-Wl,--as-needed");
    println!("cargo::rustc-link-search=native={}", std::env::var("OUT_DIR").unwrap());
}
//- /app/src/lib.rs
//! ```
//! assert_eq!(app::one(), 1);
//! assert_eq!(std::env::var("SAID").unwrap(), "so");
//! assert!(std::path::Path::new("Cargo.toml").exists());
//! ```
/// ```
/// mac::nothing!();
/// ```
#[cfg(found)]
pub fn one() -> u32 {
    1
}
/// ```
/// panic!("extra");
/// ```
#[cfg(feature = "extra")]
pub fn extra() {}
//- /app/src/main.rs
fn main() {}
//- /mac/Cargo.toml
[package]
name = "mac"
version = "0.1.0"
edition = "2021"
[lib]
proc-macro = true
//- /mac/src/lib.rs
/// ```
/// mac::nothing!();
/// ```
#[proc_macro]
pub fn nothing(_: proc_macro::TokenStream) -> proc_macro::TokenStream {
    Default::default()
}
//- /native/Cargo.toml
[package]
name = "native"
version = "0.1.0"
edition = "2021"
links = "native"
//- /native/build.rs
fn main() {
    println!("cargo::rustc-link-search=/nowhere");
    println!("cargo::rustc-link-search=framework={}", std::env::var("OUT_DIR").unwrap());
}
//- /native/src/lib.rs
//- /untested/Cargo.toml
[package]
name = "untested"
version = "0.1.0"
edition = "2021"
[lib]
doctest = false
//- /untested/src/lib.rs
/// ```
/// panic!();
/// ```
pub fn never() {}
"#;

#[rstest]
#[case::one_package(&[
    "test --doc -p app -v",
    "test --doc -p app -v one -- --nocapture",
    "test --doc -p app -q",
    "test --doc -p app -v --color always",
    "test --doc -p app --message-format short -v",
    "test -p app",
])]
#[case::failures(&["test --doc -p app --features extra -v", "test --doc -p untested"])]
#[case::all(&["test --doc --workspace --no-fail-fast -v", "test --doc -p mac -v"])]
#[case::profiles(&["test --doc -p app --release -v", "test --doc -p app --profile abort -v"])]
#[case::flags(&[
    "RUSTDOCFLAGS='--cfg x' RUSTFLAGS='--cfg y' test --doc -p app -v",
    "test --doc -p app --target HOST -v",
])]
fn examples_are_run_as_by_cargo(#[case] lines: &[&str]) {
    let fixture = Fixture::new(EXAMPLES);
    for line in lines {
        says_the_same(&fixture, line);
    }
}

#[cfg(unix)]
#[test]
fn runner_and_linker_of_the_configuration_are_used() {
    let fixture = Fixture::new(EXAMPLES);
    let runner = fixture.script("runner", "exec \"$2\"");
    let host = atlas_tests::environment::host();
    let configuration =
        format!("[target.{host}]\nrunner = ['{runner}', '--quiet']\nlinker = 'cc'\n");
    fixture.write(".cargo/config.toml", &configuration);
    says_the_same(&fixture, "test --doc -p app -v");
}
