//! Dependencies for some platforms, and cfgs that the user's flags set.

use crate::check;

const PLATFORMS: &str = r#"
//- /Cargo.toml
[package]
name = "app"
edition = "2021"
[target.'cfg(unix)'.dependencies]
unix = { path = "p/unix" }
[target.'cfg(not(unix))'.dependencies]
other = { path = "p/other" }
[target.aarch64-unknown-linux-gnu.dependencies]
arm = { path = "p/arm" }
[target.'cfg(all(target_os = "linux", not(target_arch = "aarch64")))'.build-dependencies]
arm = { path = "p/arm", features = ["x"] }
[target.'cfg(foo)'.dependencies]
foo = { path = "p/foo" }
[target.'cfg(key = "value")'.dependencies]
keyed = { path = "p/keyed" }
[target.'cfg(debug_assertions)'.dependencies]
asserts = { path = "p/asserts" }
[target.'cfg(target_feature = "avx2")'.dependencies]
avx = { path = "p/avx" }
[target.'cfg(any(panic = "abort", target_pointer_width = "32"))'.dev-dependencies]
rare = { path = "p/rare" }
[workspace]
resolver = "2"
//- /p/unix/Cargo.toml
[package]
name = "unix"
[target.'cfg(foo)'.dependencies]
foo = { path = "../foo", features = ["x"] }
//- /p/other/Cargo.toml
[package]
name = "other"
//- /p/arm/Cargo.toml
[package]
name = "arm"
[features]
x = []
[target.'cfg(foo)'.dependencies]
foo = { path = "../foo" }
//- /p/foo/Cargo.toml
[package]
name = "foo"
[features]
x = []
//- /p/keyed/Cargo.toml
[package]
name = "keyed"
//- /p/asserts/Cargo.toml
[package]
name = "asserts"
//- /p/avx/Cargo.toml
[package]
name = "avx"
//- /p/rare/Cargo.toml
[package]
name = "rare"
//- /src/lib.rs /src/main.rs /build.rs /tests/t.rs /p/unix/src/lib.rs /p/other/src/lib.rs /p/arm/src/lib.rs
//- /p/foo/src/lib.rs /p/keyed/src/lib.rs /p/asserts/src/lib.rs /p/avx/src/lib.rs /p/rare/src/lib.rs
"#;

#[test]
fn cfgs_come_from_rustc_and_the_users_flags() {
    check(
        PLATFORMS,
        &[
            "RUSTFLAGS='--cfg foo'",
            "RUSTFLAGS='--cfg foo' --target HOST",
            "RUSTFLAGS='--cfg foo' --target HOST --tests",
            "RUSTFLAGS='--cfg key=\"value\"'",
            "RUSTFLAGS='-C debug-assertions=off'",
            "RUSTFLAGS='-C target-feature=+avx2'",
            "RUSTFLAGS='-C target-cpu=x86-64-v3' --target HOST",
            "RUSTFLAGS='-C panic=abort' --tests",
            "--config 'build.rustflags=[\"--cfg\",\"foo\"]'",
            "--config 'target.HOST.rustflags=[\"--cfg=foo\"]'",
            "CARGO_BUILD_RUSTFLAGS='--cfg foo'",
            "--release",
            "--target i686-unknown-linux-gnu --tests",
            "--target x86_64-pc-windows-gnu",
            "--target wasm32-unknown-unknown --lib",
            "--target HOST --target x86_64-pc-windows-gnu",
        ],
    );
}

#[test]
fn config_names_the_target() {
    check(
        r#"
//- /Cargo.toml
[package]
name = "app"
edition = "2021"
[target.'cfg(windows)'.dependencies]
win = { path = "win" }
[workspace]
//- /win/Cargo.toml
[package]
name = "win"
//- /.cargo/config.toml
[build]
target = ["x86_64-pc-windows-gnu", "x86_64-unknown-linux-gnu"]
[target.'cfg(windows)']
rustflags = ["--cfg", "foo"]
//- /src/lib.rs /build.rs /win/src/lib.rs
"#,
        &[
            "--target HOST",
            "CARGO_BUILD_TARGET=HOST",
            "CARGO_BUILD_TARGET=aarch64-unknown-linux-gnu",
        ],
    );
}

#[test]
fn one_package_per_platform_and_same_name_twice() {
    check(
        r#"
//- /Cargo.toml
[package]
name = "app"
edition = "2021"
[target.'cfg(unix)'.dependencies]
imp = { path = "one", package = "one" }
[target.'cfg(windows)'.dependencies]
imp2 = { path = "two", package = "two" }
[target.'cfg(any(unix, windows))'.dependencies]
both = { path = "both", default-features = false }
[dependencies]
both = { path = "both", optional = true }
[workspace]
//- /one/Cargo.toml
[package]
name = "one"
//- /two/Cargo.toml
[package]
name = "two"
//- /both/Cargo.toml
[package]
name = "both"
[features]
default = ["d"]
d = []
//- /src/lib.rs /one/src/lib.rs /two/src/lib.rs /both/src/lib.rs
"#,
        &["--target x86_64-pc-windows-gnu", "--features both", "--features both --target HOST"],
    );
}
