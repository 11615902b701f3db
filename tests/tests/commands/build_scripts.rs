//! What build scripts are given, and what their output does to the commands after them.

use atlas_tests::recording::RECORDING_BUILD_SCRIPT;

use crate::check;

const WORKSPACE: &str = r#"
//- /Cargo.toml
[workspace]
members = ["app", "sys"]
exclude = ["tool"]
resolver = "2"
[profile.release]
debug = 1
[profile.dev.build-override]
opt-level = 1
//- /app/Cargo.toml
[package]
name = "app"
version = "3.2.1"
edition = "2021"
[features]
default = ["with-dash"]
with-dash = []
[dependencies]
sys-lib = { path = "../sys", features = ["x"] }
[build-dependencies]
tool = { path = "../tool" }
//- /sys/Cargo.toml
[package]
name = "sys-lib"
version = "1.0.0"
edition = "2021"
links = "sys-name"
[lib]
name = "sys"
[features]
x = []
//- /tool/Cargo.toml
[package]
name = "tool"
links = "tool"
//- /app/src/main.rs /app/src/bin/other.rs /app/tests/t.rs /app/examples/e.rs /app/benches/b.rs
fn main() {}
//- /app/src/lib.rs /sys/src/lib.rs /tool/src/lib.rs
//- /app/build.rs
"#;

/// A directive of each kind that leaves the program buildable.
const APP: &str = r#"
    println!("cargo::rustc-cfg=plain");
    println!("cargo::rustc-cfg=key=\"value\"");
    println!("cargo::rustc-check-cfg=cfg(plain, key, values(\"value\"))");
    println!("cargo::rustc-env=FROM_SCRIPT=with space");
    println!("cargo::rustc-link-search=native={}", std::env::var("OUT_DIR").unwrap());
    println!("cargo::rustc-link-search=/usr/lib");
    println!("cargo::rustc-link-arg=-Wl,--as-needed");
    println!("cargo::rustc-link-arg-bins=-Wl,-O1");
    println!("cargo::rustc-link-arg-bin=other=-Wl,-z,now");
    println!("cargo::rustc-link-arg-tests=-Wl,-z,relro");
    println!("cargo::rustc-link-arg-examples=-Wl,-z,defs");
    println!("cargo::rustc-link-arg-benches=-Wl,-z,lazy");
    println!("cargo::rerun-if-env-changed=NOT_SET");
    println!("cargo::warning=said by the script");
"#;

const SYS: &str = r#"
    println!("cargo:root={}", std::env::var("OUT_DIR").unwrap());
    println!("cargo::metadata=some-key=some value");
    println!("cargo:rustc-flags=-l c -L /usr/lib");
    println!("cargo:rustc-link-lib=dylib=m");
    println!("cargo:rerun-if-changed=build.rs");
"#;

fn workspace() -> String {
    let script = |directives: &str| RECORDING_BUILD_SCRIPT.replace("DIRECTIVES", directives);
    let tool = script("println!(\"cargo:include=/usr/include\");");
    format!(
        "{WORKSPACE}{}//- /sys/build.rs\n{}//- /tool/build.rs\n{tool}",
        script(APP),
        script(SYS)
    )
}

#[test]
fn environment_and_directives() {
    check(&workspace(), &["", "--all-targets", "--release -p app"]);
}

#[test]
fn checking() {
    check(
        &workspace(),
        &["check", "check --all-targets", "check --profile test", "check --target HOST --tests"],
    );
}

#[test]
fn environment_with_a_target() {
    check(&workspace(), &["--target HOST", "RUSTFLAGS='--cfg foo' --target HOST --tests"]);
}

#[test]
fn environment_with_flags() {
    check(
        &workspace(),
        &[
            "RUSTFLAGS='--cfg foo -C opt-level=1'",
            "--no-default-features -p app",
            "-p sys-lib --all-features",
            "CARGO_BUILD_JOBS=1 --config 'env.X=\"y\"' -p sys-lib",
        ],
    );
}

#[test]
fn overridden_script() {
    let config = "//- /.cargo/config.toml\n[target.x86_64-unknown-linux-gnu.sys-name]\n\
                  rustc-link-lib = [\"c\"]\nrustc-link-search = [\"/usr/lib\"]\nroot = \"/r\"\n\
                  rustc-cfg = ['from_config']\nrustc-env = {A = \"b\"}\n";
    check(&format!("{}{config}", workspace()), &["", "--target HOST -p app"]);
}
