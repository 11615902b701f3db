//! Commands of every kind of target and profile.

use crate::check;

const KINDS: &str = r#"
//- /Cargo.toml
[package]
name = "all-kinds"
version = "1.2.3-beta.4+meta"
edition = "2021"
authors = ["A <a@example.org>", "B"]
description = "quotes \" and ` and spaces"
homepage = "https://example.org"
repository = "https://example.org/r"
license = "MIT"
readme = "R.md"
rust-version = "1.60"
[lib]
crate-type = ["rlib", "cdylib", "staticlib"]
[[bin]]
name = "second"
path = "src/second.rs"
[[example]]
name = "dynamic"
crate-type = ["cdylib"]
[[test]]
name = "bare"
harness = false
[features]
default = ["one"]
one = []
two-b = []
[dependencies]
renamed = { path = "dep", package = "dep-endency" }
mac = { path = "mac" }
[dev-dependencies]
only-dev = { path = "only-dev" }
[lints.rust]
unsafe_code = "deny"
unexpected_cfgs = { level = "warn", check-cfg = ["cfg(special)", "cfg(has, values(\"a\"))"] }
unused = { level = "allow", priority = -1 }
[lints.clippy]
all = "warn"
[workspace]
exclude = ["dep"]
//- /dep/Cargo.toml
[package]
name = "dep-endency"
version = "0.4.0"
edition = "2015"
[features]
f = []
//- /mac/Cargo.toml
[package]
name = "mac"
edition = "2021"
[lib]
proc-macro = true
//- /only-dev/Cargo.toml
[package]
name = "only-dev"
[lib]
crate-type = ["dylib"]
//- /R.md
//- /mac/src/lib.rs
extern crate proc_macro;
//- /src/lib.rs /dep/src/lib.rs /only-dev/src/lib.rs /examples/dynamic.rs
//- /src/main.rs /src/second.rs /examples/plain.rs /tests/t.rs /tests/bare.rs /benches/b.rs
fn main() {}
"#;

#[test]
fn every_kind() {
    check(KINDS, &["", "--all-targets", "--all-features --target HOST"]);
}

#[test]
fn every_kind_in_release() {
    check(KINDS, &["--release", "--benches --release", "-p dep-endency"]);
}

#[test]
fn every_kind_checked() {
    check(
        KINDS,
        &[
            "check",
            "check --all-targets",
            "check --all-features --target HOST --tests",
            "check --release --benches",
            "check --profile test",
            "in:mac check --all-targets",
        ],
    );
}

#[test]
fn user_flags() {
    check(
        KINDS,
        &[
            "RUSTFLAGS='--cfg special -C target-cpu=native' --bins",
            "RUSTFLAGS='-C debuginfo=1' --target HOST --bins",
            "CARGO_ENCODED_RUSTFLAGS=--cfg=special --lib",
            "CARGO_INCREMENTAL=0 --lib",
            "--lib --config 'env.FROM_CONFIG=\"v\"' --config 'build.rustflags=[\"--cfg=has\"]'",
            "in:mac",
            "RUSTFLAGS='--cfg special' check --bins",
            "CARGO_INCREMENTAL=0 check --lib",
        ],
    );
}

#[test]
fn profile_settings() {
    let profiles = r#"
[profile.dev]
opt-level = 1
debug = "line-tables-only"
split-debuginfo = "unpacked"
debug-assertions = false
overflow-checks = true
codegen-units = 3
rpath = true
strip = "symbols"
[profile.abort]
inherits = "release"
panic = "abort"
lto = "fat"
[profile.thin]
inherits = "release"
lto = "thin"
debug = 2
[profile.lto-off]
inherits = "release"
lto = "off"
[profile.dev.build-override]
opt-level = 2
[profile.dev.package."*"]
debug = 0
[workspace]"#;
    // Link-time optimization of every crate type would take minutes.
    let workspace = KINDS.replace("\"rlib\", \"cdylib\", \"staticlib\"", "\"rlib\"");
    let workspace = workspace.replace("[workspace]", profiles);
    check(
        &workspace,
        &[
            "",
            "--profile abort --bin second",
            "--profile thin --test t",
            "--profile lto-off --lib",
            "check --profile abort --tests",
        ],
    );
}
