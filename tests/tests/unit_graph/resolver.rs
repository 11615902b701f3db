//! The three resolvers: which features meet where.

use rstest::rstest;

use crate::check;

const SPLIT: &str = r#"
//- /Cargo.toml
[package]
name = "app"
edition = "2018"
[dependencies]
c = { path = "c", features = ["normal"] }
m = { path = "m" }
[build-dependencies]
c = { path = "c", features = ["build"] }
b = { path = "b" }
[dev-dependencies]
c = { path = "c", features = ["dev"] }
[target.'cfg(windows)'.dependencies]
c = { path = "c", features = ["win"] }
[target.'cfg(target_arch = "aarch64")'.dependencies]
c = { path = "c", features = ["arm"] }
[workspace]
resolver = "RESOLVER"
//- /c/Cargo.toml
[package]
name = "c"
edition = "2018"
[features]
normal = []
build = ["dep:d"]
dev = []
win = []
arm = ["d?/x"]
mac = ["d/y"]
[dependencies]
d = { path = "../d", optional = true }
//- /d/Cargo.toml
[package]
name = "d"
edition = "2018"
[features]
x = []
y = []
//- /b/Cargo.toml
[package]
name = "b"
edition = "2018"
[dependencies]
d = { path = "../d" }
//- /m/Cargo.toml
[package]
name = "m"
edition = "2018"
[lib]
proc-macro = true
[dependencies]
c = { path = "../c", features = ["mac"] }
//- /src/lib.rs /src/main.rs /build.rs /tests/t.rs /examples/e.rs /benches/b.rs
//- /c/src/lib.rs /d/src/lib.rs /b/src/lib.rs /m/src/lib.rs
"#;

#[rstest]
#[case::one("1")]
#[case::two("2")]
#[case::three("3")]
fn host_target_dev_and_platform_features(#[case] resolver: &str) {
    check(
        &SPLIT.replace("RESOLVER", resolver),
        &[
            "--lib",
            "--bins",
            "--tests",
            "--target HOST",
            "--target HOST --tests",
            "--target x86_64-pc-windows-msvc",
            "--target HOST --target aarch64-unknown-linux-gnu",
            "--target aarch64-unknown-linux-gnu --tests",
            "-p c",
            "-p m",
            "-p d",
        ],
    );
}

#[rstest]
#[case::one("1")]
#[case::two("2")]
#[case::three("3")]
fn equal_features_on_both_sides_share_units(#[case] resolver: &str) {
    let workspace = r#"
//- /Cargo.toml
[workspace]
members = ["app", "c", "d"]
resolver = "RESOLVER"
//- /app/Cargo.toml
[package]
name = "app"
edition = "2021"
[dependencies]
c = { path = "../c" }
[build-dependencies]
c = { path = "../c" }
d = { path = "../d", features = ["x"] }
//- /c/Cargo.toml
[package]
name = "c"
edition = "2021"
build = "b.rs"
[dependencies]
d = { path = "../d" }
//- /d/Cargo.toml
[package]
name = "d"
edition = "2021"
[features]
x = []
//- /app/src/main.rs /app/build.rs /c/src/lib.rs /c/b.rs /d/src/lib.rs
"#;
    let shared = "CARGO_PROFILE_DEV_BUILD_OVERRIDE_DEBUG=2";
    check(
        &workspace.replace("RESOLVER", resolver),
        &[
            "-p app",
            "-p c",
            "-p d",
            "-p app -p d",
            "-p app --release",
            shared,
            "--target HOST -p app",
        ],
    );
}

#[test]
fn member_reached_from_both_sides() {
    check(
        r#"
//- /Cargo.toml
[workspace]
members = ["app", "codegen", "common"]
resolver = "2"
//- /app/Cargo.toml
[package]
name = "app"
edition = "2021"
[dependencies]
common = { path = "../common", features = ["run"] }
[build-dependencies]
codegen = { path = "../codegen" }
//- /codegen/Cargo.toml
[package]
name = "codegen"
edition = "2021"
[dependencies]
common = { path = "../common" }
//- /common/Cargo.toml
[package]
name = "common"
edition = "2021"
links = "common"
[features]
run = []
//- /app/src/main.rs /app/build.rs /codegen/src/lib.rs /codegen/src/main.rs /common/src/lib.rs /common/build.rs
"#,
        &[
            "-p app",
            "-p codegen",
            "-p common",
            "-p app -p codegen",
            "--workspace",
            "--workspace --tests",
        ],
    );
}
