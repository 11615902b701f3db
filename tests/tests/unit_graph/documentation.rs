//! What is documented: the targets that flags select, what they depend on, and what is left out because
//! its pages would be in the place of others.

use atlas_tests::fixture::Fixture;
use atlas_tests::oracle::UnitGraphOracle;

#[track_caller]
fn check(workspace: &str, selections: &[&str]) {
    UnitGraphOracle::new(&Fixture::new(workspace)).check(selections);
}

const EVERY_FLAG: &[&str] = &[
    "doc",
    "doc --no-deps",
    "doc --workspace",
    "doc --workspace --no-deps --release",
    "doc --workspace --target HOST",
    "doc --workspace --target aarch64-unknown-linux-gnu --target HOST",
    "doc --lib",
    "doc --bins --examples",
    "doc --examples --no-deps",
    "doc --workspace --lib --bins",
    "doc --all-features -p app",
    "doc --bin tool --example ex",
    "doc --bin nope",
    "doc --document-private-items --workspace",
    "rustdoc -p app --lib",
    "rustdoc -p app --bin tool -- --cfg x",
    "rustdoc -p app --test t",
    "rustdoc -p app --all-targets",
    "rustdoc -p app -- --cfg x",
    "rustdoc",
    "in:app rustdoc",
];

#[test]
fn every_kind_of_target_is_documented_as_by_cargo() {
    check(
        r#"
//- /Cargo.toml
[workspace]
members = ["app", "mac", "undocumented", "linked"]
resolver = "2"
//- /app/Cargo.toml
[package]
name = "app"
version = "1.0.0"
edition = "2021"
[features]
extra = ["dep:extra"]
[[example]]
name = "static"
crate-type = ["staticlib"]
[dependencies]
mac = { path = "../mac" }
linked = { path = "../linked" }
undocumented = { path = "../undocumented" }
extra = { path = "../extra", optional = true }
[dev-dependencies]
only-tests = { path = "../only-tests" }
[build-dependencies]
shared = { path = "../shared", features = ["host"] }
//- /mac/Cargo.toml
[package]
name = "mac"
edition = "2021"
[lib]
proc-macro = true
[dependencies]
shared = { path = "../shared" }
//- /undocumented/Cargo.toml
[package]
name = "undocumented"
edition = "2021"
[lib]
doc = false
[dependencies]
shared = { path = "../shared" }
//- /linked/Cargo.toml
[package]
name = "linked"
edition = "2021"
links = "linked"
[lib]
crate-type = ["cdylib", "rlib"]
//- /extra/Cargo.toml
[package]
name = "extra"
edition = "2021"
//- /only-tests/Cargo.toml
[package]
name = "only-tests"
edition = "2021"
//- /shared/Cargo.toml
[package]
name = "shared"
edition = "2021"
[features]
host = []
//- /app/src/lib.rs /app/src/main.rs /app/src/bin/tool.rs /app/tests/t.rs /app/benches/b.rs
//- /app/examples/ex.rs /app/examples/static.rs /app/build.rs /linked/build.rs /linked/src/lib.rs
//- /mac/src/lib.rs /undocumented/src/lib.rs /undocumented/src/main.rs /extra/src/lib.rs
//- /only-tests/src/lib.rs /shared/src/lib.rs
"#,
        EVERY_FLAG,
    );
}

#[test]
fn of_pages_in_one_place_the_newest_stay() {
    check(
        r#"
//- /Cargo.toml
[package]
name = "app"
edition = "2021"
[dependencies]
one = { path = "one" }
two = { path = "two" }
mac = { path = "mac" }
low = "1"
[workspace]
//- /.cargo/config.toml
[source.crates-io]
replace-with = "vendored"
[source.vendored]
directory = "vendor"
//- /one/Cargo.toml
[package]
name = "one"
edition = "2021"
[dependencies]
dep = "2"
//- /two/Cargo.toml
[package]
name = "two"
edition = "2021"
[dependencies]
dep = "1"
//- /mac/Cargo.toml
[package]
name = "mac"
edition = "2021"
[lib]
proc-macro = true
[dependencies]
low = { version = "1", features = ["x"] }
//- /vendor/old/Cargo.toml
[package]
name = "dep"
version = "1.0.0"
edition = "2021"
[dependencies]
low = { version = "1", features = ["y"] }
//- /vendor/new/Cargo.toml
[package]
name = "dep"
version = "2.0.0"
edition = "2021"
//- /vendor/low/Cargo.toml
[package]
name = "low"
version = "1.0.0"
edition = "2021"
[features]
x = []
y = []
//- /src/lib.rs /one/src/lib.rs /two/src/lib.rs /vendor/old/src/lib.rs /vendor/new/src/lib.rs
//- /mac/src/lib.rs /vendor/low/src/lib.rs
//- /vendor/old/.cargo-checksum.json /vendor/new/.cargo-checksum.json /vendor/low/.cargo-checksum.json
{"files":{}}
"#,
        &[
            "doc",
            "doc --no-deps",
            "doc --target HOST",
            "doc --workspace",
            "doc -p two",
            "doc -p one",
        ],
    );
}
