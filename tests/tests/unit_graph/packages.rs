//! Which packages a selection means.

use crate::check;

const WORKSPACE: &str = r#"
//- /Cargo.toml
[workspace]
members = ["crates/*", "tools/gen"]
exclude = ["crates/out"]
default-members = ["crates/alpha", "tools/gen"]
resolver = "2"
[workspace.package]
version = "1.0.0"
edition = "2021"
[workspace.dependencies]
gamma = { path = "crates/gamma", default-features = false }
//- /crates/alpha/Cargo.toml
[package]
name = "alpha"
version.workspace = true
edition.workspace = true
[dependencies]
gamma = { workspace = true, features = ["x"] }
out = { path = "../out" }
//- /crates/beta/Cargo.toml
[package]
name = "beta"
version.workspace = true
edition.workspace = true
[dependencies]
gamma.workspace = true
[dev-dependencies]
alpha = { path = "../alpha" }
//- /crates/gamma/Cargo.toml
[package]
name = "gamma"
version.workspace = true
edition.workspace = true
[features]
default = ["y"]
x = []
y = []
//- /crates/out/Cargo.toml
[package]
name = "out"
version = "0.3.1"
[features]
z = []
[dependencies]
gamma = { path = "../gamma" }
[dev-dependencies]
beta = { path = "../beta" }
//- /tools/gen/Cargo.toml
[package]
name = "gen"
version = "0.0.9-rc.1"
edition = "2024"
[build-dependencies]
gamma = { path = "../../crates/gamma" }
//- /crates/alpha/src/lib.rs /crates/alpha/src/main.rs /crates/alpha/tests/t.rs /crates/beta/src/lib.rs
//- /crates/gamma/src/lib.rs /crates/out/src/lib.rs /tools/gen/src/main.rs /tools/gen/build.rs
"#;

#[test]
fn package_flags() {
    check(
        WORKSPACE,
        &[
            "--workspace",
            "--all",
            "-p alpha",
            "-p alpha -p beta",
            "-p '*a'",
            "-p 'g*' --tests",
            "-p 'z*'",
            "-p nope",
            "-p alhpa",
            "-p alpha@1.0.0",
            "-p alpha@1",
            "-p alpha:1.0.0",
            "-p alpha@2.0.0",
            "-p gen@0.0.9-rc.1",
            "-p gen -p alpha --release",
            "--workspace --exclude alpha",
            "--workspace --exclude 'g*' --tests",
            "--workspace --exclude nope",
            "--workspace --exclude alpha --exclude beta --exclude gamma --exclude gen",
            "--exclude alpha",
            "--workspace -p alpha",
            "--workspace -p nope",
            "--package alpha --tests",
            "-p",
        ],
    );
}

#[test]
fn packages_that_are_not_members() {
    check(
        WORKSPACE,
        &[
            "-p out",
            "-p out@0.3.1",
            "-p out -p alpha",
            "-p out --tests",
            "-p out --features z",
            "-p out --all-features",
            "-p out --no-default-features",
            "-p out --target HOST --release",
            "in:crates/out",
            "in:crates/out --tests",
        ],
    );
}

#[test]
fn directory_decides() {
    check(
        WORKSPACE,
        &[
            "in:crates",
            "in:crates/alpha",
            "in:crates/alpha/src --tests",
            "in:crates/beta",
            "in:crates/beta --workspace",
            "in:crates/beta -p alpha",
            "in:tools/gen --manifest-path ../../Cargo.toml",
            "--manifest-path crates/beta/Cargo.toml",
            "--manifest-path nowhere/Cargo.toml",
            "--manifest-path crates",
            "in:crates/beta --features gamma/x",
            "in:crates/gamma --features x,y",
        ],
    );
}

#[test]
fn root_package_with_members() {
    check(
        r#"
//- /Cargo.toml
[package]
name = "root"
edition = "2021"
[dependencies]
sub = { path = "sub" }
[workspace]
members = ["other"]
//- /sub/Cargo.toml
[package]
name = "sub"
edition = "2021"
[dependencies]
deeper = { path = "deeper" }
//- /sub/deeper/Cargo.toml
[package]
name = "deeper"
edition = "2021"
//- /other/Cargo.toml
[package]
name = "other"
edition = "2021"
//- /src/lib.rs /sub/src/lib.rs /sub/deeper/src/lib.rs /other/src/lib.rs /other/tests/t.rs
"#,
        &[
            "-p root",
            "-p sub",
            "-p deeper",
            "in:sub",
            "in:sub/deeper",
            "-p other --tests",
            "in:other",
            "--tests",
        ],
    );
}

#[test]
fn several_versions_of_a_package() {
    check(
        r#"
//- /Cargo.toml
[package]
name = "app"
edition = "2021"
[dependencies]
v1 = { package = "v", version = "1" }
v2 = { package = "v", version = "2" }
user = "1"
[workspace]
[patch.crates-io]
//- /.cargo/config.toml
[source.crates-io]
replace-with = "vendored"
[source.vendored]
directory = "vendor"
//- /vendor/v-1.5.0/Cargo.toml
[package]
name = "v"
version = "1.5.0"
[features]
default = []
a = []
//- /vendor/v-2.0.3/Cargo.toml
[package]
name = "v"
version = "2.0.3"
[dev-dependencies]
missing = "9"
//- /vendor/user/Cargo.toml
[package]
name = "user"
version = "1.0.0"
[dependencies]
v = { version = "1.4", features = ["a"] }
//- /vendor/v-1.5.0/.cargo-checksum.json /vendor/v-2.0.3/.cargo-checksum.json /vendor/user/.cargo-checksum.json
{"files":{}}
//- /src/lib.rs /vendor/v-1.5.0/src/lib.rs /vendor/v-2.0.3/src/lib.rs /vendor/user/src/lib.rs /vendor/user/tests/t.rs
"#,
        &[
            "-p v",
            "-p v@1.5.0",
            "-p v@2",
            "-p v@1",
            "-p user",
            "-p user -p app",
            "-p app --features v1/a",
        ],
    );
}
