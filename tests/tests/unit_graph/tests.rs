//! `test`, `bench` and `rustc`: which targets they select, as what, and with which profile.

use crate::check;

/// Targets of every kind, with switches that count.
const WORKSPACE: &str = r#"
//- /Cargo.toml
[package]
name = "app"
edition = "2021"
[lib]
name = "app_lib"
[[bin]]
name = "untested"
test = false
[[bin]]
name = "benched"
bench = true
[[example]]
name = "tested"
test = true
[[example]]
name = "library"
crate-type = ["lib"]
[[example]]
name = "with_x"
required-features = ["x"]
[[test]]
name = "plain"
harness = false
[[test]]
name = "off"
test = false
[features]
x = []
[dependencies]
dep = { path = "dep" }
[dev-dependencies]
dev = { path = "dev" }
[build-dependencies]
dep = { path = "dep" }
[profile.dev]
panic = "abort"
[profile.test]
opt-level = 1
[profile.bench]
debug = 1
[profile.release]
panic = "abort"
[workspace]
members = ["mac", "lib-only"]
resolver = "2"
//- /build.rs /src/lib.rs /src/bin/untested.rs /src/bin/benched.rs /src/main.rs
//- /examples/tested.rs /examples/library.rs /examples/with_x.rs /examples/other.rs
//- /tests/plain.rs /tests/off.rs /tests/i.rs /benches/b.rs
//- /dep/Cargo.toml
[package]
name = "dep"
[features]
y = []
//- /dep/src/lib.rs
//- /dev/Cargo.toml
[package]
name = "dev"
[dependencies]
dep = { path = "../dep", features = ["y"] }
app = { path = ".." }
//- /dev/src/lib.rs
//- /mac/Cargo.toml
[package]
name = "mac"
[lib]
proc-macro = true
[dependencies]
dep = { path = "../dep" }
//- /mac/src/lib.rs /mac/tests/m.rs
//- /lib-only/Cargo.toml
[package]
name = "lib-only"
[lib]
crate-type = ["cdylib"]
[dependencies]
mac = { path = "../mac" }
//- /lib-only/src/lib.rs
"#;

#[test]
fn selections_of_tests() {
    check(
        WORKSPACE,
        &[
            "test --workspace",
            "test --all-features",
            "test --lib",
            "test --bins",
            "test --bin benched",
            "test --bin untested --test i",
            "test --examples",
            "test --example other",
            "test --tests",
            "test --benches",
            "test --all-targets",
            "test --doc --workspace",
            "test --doc -p mac",
            "test --doc -p lib-only",
            "test name",
            "test name --workspace",
            "test name --lib",
            "test name -- --nocapture",
            "test --profile release --target aarch64-unknown-linux-gnu",
            "test -r --target HOST --target aarch64-unknown-linux-gnu",
            "test -p dep",
            "test -p dev",
            "test -p mac -p lib-only",
            "test --exclude app --workspace",
            "test --test nope",
            "test --doc --lib",
            "test --doc --no-run",
            "test --profile bench",
        ],
    );
}

#[test]
fn selections_of_benchmarks() {
    check(
        WORKSPACE,
        &[
            "bench",
            "bench name",
            "bench --all-targets",
            "bench --tests --target HOST",
            "bench --bench b",
            "bench --profile dev --lib",
            "bench -p mac",
        ],
    );
}

#[test]
fn selections_of_rustc() {
    check(
        WORKSPACE,
        &[
            "rustc",
            "rustc --lib",
            "rustc --lib --crate-type staticlib,cdylib,cdylib",
            "rustc --example library --crate-type dylib -- --cfg a",
            "rustc --bin app --crate-type lib",
            "rustc --crate-type lib",
            "rustc --bin app -- --cfg a",
            "rustc -- --cfg a",
            "rustc --lib --profile test -- --cfg a",
            "rustc --profile test",
            "rustc --profile bench",
            "rustc --profile bench --bench b",
            "rustc --profile check --lib",
            "rustc --profile check",
            "rustc --profile dev --all-targets",
            "rustc --release --test i",
            "rustc -p mac --lib -- --cfg a",
            "rustc -p nope",
            "rustc -p 'm*'",
            "in:mac rustc",
            "in:mac rustc --lib -- --cfg a",
            "rustc --target HOST --target aarch64-unknown-linux-gnu --lib -- --cfg a",
        ],
    );
}

#[test]
fn package_that_cannot_be_tested() {
    check(
        r#"
//- /Cargo.toml
[package]
name = "app"
edition = "2021"
[dependencies]
outside = { path = "outside" }
[workspace]
exclude = ["outside"]
//- /src/main.rs
//- /outside/Cargo.toml
[package]
name = "outside"
[dev-dependencies]
other = { path = "../other" }
//- /outside/src/lib.rs
//- /other/Cargo.toml
[package]
name = "other"
//- /other/src/lib.rs
"#,
        &["test -p outside", "bench -p outside", "test -p outside --doc", "-p outside"],
    );
}

#[test]
fn virtual_workspace_has_no_current_package() {
    check(
        r#"
//- /Cargo.toml
[workspace]
members = ["a", "b"]
resolver = "2"
//- /a/Cargo.toml
[package]
name = "a"
//- /a/src/lib.rs
//- /b/Cargo.toml
[package]
name = "b"
[dependencies]
a = { path = "../a" }
//- /b/src/main.rs
"#,
        &[
            "rustc",
            "rustc -p a",
            "in:b rustc",
            "in:a rustc --lib -- --cfg x",
            "in:b test",
            "test -p b",
        ],
    );
}
