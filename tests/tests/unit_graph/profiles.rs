//! Profiles: built-in, inherited, overridden by package, by kind, by config and by environment.

use crate::{check, check_refused};

/// A workspace with a build script, a proc macro and a package outside; `PROFILES` is replaced.
const WORKSPACE: &str = r#"
//- /Cargo.toml
[workspace]
members = ["app", "lib"]
exclude = ["ext", "mac", "only-dev"]
resolver = "2"
PROFILES
//- /app/Cargo.toml
[package]
name = "app"
edition = "2021"
[dependencies]
lib = { path = "../lib" }
ext = { path = "../ext" }
mac = { path = "../mac" }
[build-dependencies]
ext = { path = "../ext" }
[dev-dependencies]
only-dev = { path = "../only-dev" }
//- /lib/Cargo.toml
[package]
name = "lib"
version = "1.2.3"
edition = "2021"
[dependencies]
ext = { path = "../ext" }
//- /ext/Cargo.toml
[package]
name = "ext"
version = "0.5.0"
edition = "2021"
//- /mac/Cargo.toml
[package]
name = "mac"
edition = "2021"
[lib]
proc-macro = true
[dependencies]
ext = { path = "../ext" }
//- /only-dev/Cargo.toml
[package]
name = "only-dev"
//- /app/src/main.rs /app/src/lib.rs /app/build.rs /app/tests/t.rs /app/benches/b.rs /app/examples/e.rs
//- /lib/src/lib.rs /lib/build.rs /ext/src/lib.rs /ext/build.rs /mac/src/lib.rs /only-dev/src/lib.rs
"#;

#[track_caller]
fn check_profiles(profiles: &str, selections: &[&str]) {
    check(&WORKSPACE.replace("PROFILES", profiles), selections);
}

#[track_caller]
fn check_profiles_refused(profiles: &str, selections: &[&str]) {
    check_refused(&WORKSPACE.replace("PROFILES", profiles), selections);
}

#[test]
fn built_in_profiles() {
    check_profiles(
        "",
        &[
            "--profile dev",
            "--profile test --all-targets",
            "--profile bench --all-targets",
            "--profile release --target HOST",
            "--profile nope",
            "--release --profile dev",
            "--benches",
            "--release --tests",
        ],
    );
}

#[test]
fn every_field() {
    check_profiles(
        r#"
[profile.dev]
opt-level = "s"
debug = "line-tables-only"
split-debuginfo = "unpacked"
strip = "symbols"
debug-assertions = false
overflow-checks = false
lto = "thin"
panic = "abort"
incremental = false
codegen-units = 7
rpath = true
[profile.release]
opt-level = 3
debug = 1
strip = false
debug-assertions = true
overflow-checks = true
lto = true
incremental = true
[profile.test]
opt-level = "z"
debug = "none"
panic = "abort"
[profile.bench]
lto = "off"
debug = "full"
strip = true
"#,
        &["--profile test --tests", "--profile bench --benches", "--tests", "--release --tests"],
    );
}

#[test]
fn overrides_by_package() {
    check_profiles(
        r#"
[profile.dev.package."*"]
opt-level = 2
[profile.dev.package.ext]
debug = 0
[profile.dev.package.lib]
codegen-units = 1
debug-assertions = false
[profile.dev.package.only-dev]
strip = "debuginfo"
[profile.release.package."*"]
codegen-units = 2
overflow-checks = true
[profile.release.package.app]
opt-level = "z"
[profile.test.package.ext]
opt-level = 3
"#,
        &["-p app", "-p lib --tests", "--tests", "--profile test -p app --tests"],
    );
}

#[test]
fn two_overrides_of_one_package_are_refused() {
    check_profiles_refused(
        "[profile.two]\ninherits = \"dev\"\n[profile.two.package.lib]\nopt-level = 1\n\
         [profile.two.package.\"lib@1.2.3\"]\nopt-level = 2",
        &["--profile two"],
    );
}

#[test]
fn overrides_of_unknown_packages_and_versions() {
    check_profiles(
        r#"
[profile.dev.package.nobody]
opt-level = 2
[profile.dev.package."ext@0.6.0"]
opt-level = 2
[profile.dev.package."ext@0.5"]
debug = 1
"#,
        &["-p app"],
    );
}

#[test]
fn build_override() {
    check_profiles(
        r#"
[profile.dev.build-override]
opt-level = 3
debug = true
codegen-units = 16
[profile.release.build-override]
opt-level = 0
debug-assertions = true
overflow-checks = true
strip = "symbols"
[profile.dev.package.mac]
opt-level = 1
[profile.dev.package."*"]
opt-level = 2
"#,
        &["-p app", "-p app --release", "-p app --target HOST", "-p app --tests --release"],
    );
}

#[test]
fn debug_info_of_the_host_is_shared_or_dropped() {
    for debug in ["0", "1", "2", "\"line-tables-only\"", "\"line-directives-only\""] {
        check_profiles(
            &format!("[profile.dev]\ndebug = {debug}\n[profile.release]\ndebug = {debug}"),
            &["-p app", "-p app --target HOST"],
        );
    }
}

#[test]
fn custom_profiles_inherit() {
    check_profiles(
        r#"
[profile.fast]
inherits = "release"
debug = 1
[profile.fast.package.ext]
opt-level = 1
[profile.faster]
inherits = "fast"
lto = "fat"
panic = "abort"
[profile.checked]
inherits = "dev"
opt-level = 1
[profile.checked.build-override]
opt-level = 2
[profile.odd]
inherits = "test"
debug = false
[profile.release]
codegen-units = 4
[profile.release.package.lib]
opt-level = "s"
"#,
        &[
            "--profile fast",
            "--profile faster",
            "--profile faster --tests",
            "--profile checked --all-targets",
            "--profile odd --tests",
            "--profile fast --target HOST",
        ],
    );
}

#[test]
fn faulty_profiles_are_refused() {
    for profiles in [
        "[profile.a]\ninherits = \"b\"",
        "[profile.a]\nopt-level = 1",
        "[profile.a]\ninherits = \"b\"\n[profile.b]\ninherits = \"a\"",
        "[profile.dev]\ninherits = \"release\"",
        "[profile.dev.package.ext]\npanic = \"abort\"",
        "[profile.dev.package.ext]\nlto = true",
        "[profile.dev]\nopt-level = 7",
        "[profile.dev]\npanic = \"explode\"",
        "[profile.dev]\ndebug = 3",
        "[profile.dev]\nstrip = 1",
        "[profile.package]\ninherits = \"dev\"",
    ] {
        check_profiles_refused(profiles, &["--profile a"]);
    }
}

#[test]
fn config_profiles_override_the_manifest() {
    let profiles = r#"
[profile.dev]
opt-level = 1
debug = 1
[profile.dev.package.ext]
opt-level = 2
[profile.release]
lto = "thin"
//- /.cargo/config.toml
[profile.dev]
debug = 2
[profile.dev.package.ext]
codegen-units = 3
[profile.dev.package."*"]
debug-assertions = false
[profile.release]
lto = false
codegen-units = 1
[profile.release.build-override]
opt-level = 1
[profile.mine]
inherits = "release"
strip = "symbols"
"#;
    check_profiles(
        profiles,
        &[
            "--profile mine",
            "--release -p app",
            "--config profile.dev.opt-level=3",
            "--config 'profile.dev.package.ext.opt-level=\"s\"'",
            "--config profile.release.debug=true --release",
            "--config profile.x.inherits=\"dev\" --profile x",
        ],
    );
}

#[test]
fn environment_overrides_profiles() {
    check_profiles(
        "[profile.dev]\nopt-level = 1\n[profile.my-own]\ninherits = \"release\"",
        &[
            "CARGO_PROFILE_DEV_OPT_LEVEL=2",
            "CARGO_PROFILE_DEV_OPT_LEVEL=s CARGO_PROFILE_DEV_DEBUG=0",
            "CARGO_PROFILE_DEV_DEBUG=true CARGO_PROFILE_DEV_LTO=off",
            "CARGO_PROFILE_DEV_DEBUG=line-tables-only",
            "CARGO_PROFILE_RELEASE_LTO=true --release",
            "CARGO_PROFILE_RELEASE_LTO=thin CARGO_PROFILE_RELEASE_STRIP=true --release",
            "CARGO_PROFILE_RELEASE_STRIP=none CARGO_PROFILE_RELEASE_PANIC=abort --release --tests",
            "CARGO_PROFILE_DEV_BUILD_OVERRIDE_OPT_LEVEL=3",
            "CARGO_PROFILE_DEV_BUILD_OVERRIDE_DEBUG=true",
            "CARGO_PROFILE_DEV_PACKAGE_ext_OPT_LEVEL=3",
            "CARGO_PROFILE_MY_OWN_CODEGEN_UNITS=9 --profile my-own",
            "CARGO_PROFILE_TEST_OPT_LEVEL=3 --tests",
            "CARGO_PROFILE_DEV_RPATH=true CARGO_PROFILE_DEV_SPLIT_DEBUGINFO=packed",
            "CARGO_PROFILE_DEV_OVERFLOW_CHECKS=false CARGO_PROFILE_DEV_DEBUG_ASSERTIONS=false",
            "CARGO_PROFILE_DEV_INCREMENTAL=false",
            "CARGO_PROFILE_DEV_OPT_LEVEL=nine",
            "CARGO_PROFILE_DEV_CODEGEN_UNITS=many",
        ],
    );
}

#[test]
fn incremental_from_everywhere() {
    check_profiles(
        "[profile.release]\nincremental = true",
        &[
            "CARGO_INCREMENTAL=0",
            "CARGO_INCREMENTAL=1 --release",
            "CARGO_INCREMENTAL=0 --release",
            "CARGO_BUILD_INCREMENTAL=false",
            "CARGO_BUILD_INCREMENTAL=true --profile bench",
            "--config build.incremental=false",
            "CARGO_INCREMENTAL=1 --config build.incremental=false",
        ],
    );
}

#[test]
fn panic_abort_and_tests() {
    check_profiles(
        "[profile.dev]\npanic = \"abort\"\n[profile.release]\npanic = \"abort\"\nstrip = true\nlto = \"fat\"",
        &[
            "--tests",
            "--bins --tests",
            "--lib --benches",
            "--release --all-targets",
            "-p lib --tests",
        ],
    );
}

#[test]
fn strip_follows_debug_info_of_direct_dependencies() {
    check_profiles(
        "[profile.release.package.ext]\ndebug = 1\n[profile.dev]\ndebug = 0\n[profile.dev.package.lib]\ndebug = 2",
        &[
            "--release",
            "-p lib",
            "-p lib --release",
            "-p app",
            "CARGO_PROFILE_RELEASE_STRIP=none --release",
        ],
    );
}

#[test]
fn profiles_outside_the_root_manifest_are_ignored() {
    check(
        r#"
//- /Cargo.toml
[workspace]
members = ["a"]
//- /a/Cargo.toml
[package]
name = "a"
[profile.dev]
opt-level = 3
//- /a/src/lib.rs
//- /a/.cargo/config.toml
[profile.dev]
codegen-units = 5
"#,
        &["in:a", "-p a"],
    );
}
