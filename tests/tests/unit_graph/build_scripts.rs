//! Build scripts, and the runs that `links` ties together.

use crate::check;

const CHAIN: &str = r#"
//- /Cargo.toml
[workspace]
members = ["app", "wrap", "sys", "base"]
exclude = ["tool", "other"]
resolver = "2"
//- /app/Cargo.toml
[package]
name = "app"
edition = "2021"
[dependencies]
wrap = { path = "../wrap" }
sys = { path = "../sys" }
[build-dependencies]
sys = { path = "../sys" }
[dev-dependencies]
other = { path = "../other" }
//- /wrap/Cargo.toml
[package]
name = "wrap"
edition = "2021"
links = "wrap"
[dependencies]
sys = { path = "../sys", features = ["x"] }
//- /sys/Cargo.toml
[package]
name = "sys"
edition = "2021"
links = "sys"
build = "make/build.rs"
[features]
x = []
[dependencies]
base = { path = "../base" }
[build-dependencies]
tool = { path = "../tool" }
//- /base/Cargo.toml
[package]
name = "base"
edition = "2021"
links = "base"
//- /other/Cargo.toml
[package]
name = "other"
edition = "2021"
links = "other"
//- /tool/Cargo.toml
[package]
name = "tool"
edition = "2021"
[dependencies]
base = { path = "../base" }
//- /app/src/main.rs /app/src/lib.rs /app/build.rs /app/tests/t.rs /wrap/src/lib.rs /wrap/build.rs /tool/src/lib.rs
//- /sys/src/lib.rs /sys/make/build.rs /base/src/lib.rs /base/build.rs /other/src/lib.rs /other/build.rs
"#;

#[test]
fn runs_depend_on_runs_of_linked_dependencies() {
    let selections = [
        "-p app",
        "-p app --lib",
        "-p app --tests",
        "-p wrap",
        "-p sys",
        "-p sys -p base",
        "--release -p app",
        "-p app --target HOST",
        "-p app --target HOST --tests",
        "-p wrap --target aarch64-unknown-linux-gnu --target HOST",
    ];
    check(CHAIN, &selections);
    check(&CHAIN.replace("resolver = \"2\"", "resolver = \"1\""), &selections);
}

#[test]
fn override_in_the_config_replaces_a_run() {
    check(
        &format!(
            "{CHAIN}\n//- /.cargo/config.toml\n[target.x86_64-unknown-linux-gnu.sys]\nroot = \"/x\"\n\
             rustc-link-lib = [\"z\"]\n[target.aarch64-unknown-linux-gnu.base]\nroot = \"/y\"\n"
        ),
        &["-p app", "-p sys --target HOST", "-p wrap --target aarch64-unknown-linux-gnu"],
    );
}

#[test]
fn same_package_on_both_sides_of_a_links_diamond() {
    check(
        r#"
//- /Cargo.toml
[workspace]
members = ["pool", "core", "user"]
//- /pool/Cargo.toml
[package]
name = "pool"
edition = "2018"
[dependencies]
core = { path = "../core" }
[dev-dependencies]
user = { path = "../user" }
//- /core/Cargo.toml
[package]
name = "core"
edition = "2018"
links = "core"
[dev-dependencies]
pool = { path = "../pool" }
//- /user/Cargo.toml
[package]
name = "user"
edition = "2018"
[dependencies]
pool = { path = "../pool" }
core = { path = "../core" }
[build-dependencies]
pool = { path = "../pool" }
core = { path = "../core" }
//- /pool/src/lib.rs /pool/build.rs /pool/tests/t.rs /core/src/lib.rs /core/build.rs /core/tests/t.rs
//- /user/src/lib.rs /user/build.rs /user/tests/t.rs
"#,
        &[
            "-p pool --tests",
            "-p core --tests",
            "-p user --tests",
            "-p core --all-targets --release",
        ],
    );
}

#[test]
fn build_script_switched_off_or_elsewhere() {
    check(
        r#"
//- /Cargo.toml
[workspace]
members = ["off", "on", "auto"]
//- /off/Cargo.toml
[package]
name = "off"
build = false
//- /on/Cargo.toml
[package]
name = "on"
build = "src/build/main.rs"
//- /auto/Cargo.toml
[package]
name = "auto"
build = true
//- /off/src/lib.rs /off/build.rs /on/src/lib.rs /on/src/build/main.rs /auto/src/main.rs /auto/build.rs
"#,
        &[],
    );
}
