//! Proc macros: as dependencies, as members, with binaries and tests of their own.

use crate::check;

const MEMBER: &str = r#"
//- /Cargo.toml
[workspace]
members = ["mac", "app", "shared"]
resolver = "2"
//- /mac/Cargo.toml
[package]
name = "mac"
edition = "2021"
[lib]
proc-macro = true
[features]
x = ["shared/x"]
opt = ["dep:extra"]
[dependencies]
shared = { path = "../shared" }
extra = { path = "../extra", optional = true }
[dev-dependencies]
app = { path = "../app" }
//- /app/Cargo.toml
[package]
name = "app"
edition = "2021"
[dependencies]
mac = { path = "../mac", optional = true }
shared = { path = "../shared", features = ["y"] }
[dev-dependencies]
mac = { path = "../mac", features = ["x"] }
//- /shared/Cargo.toml
[package]
name = "shared"
edition = "2021"
[features]
x = []
y = []
//- /extra/Cargo.toml
[package]
name = "extra"
edition = "2021"
//- /mac/src/lib.rs /mac/src/main.rs /mac/src/bin/other.rs /mac/tests/t.rs /mac/examples/e.rs /mac/benches/b.rs /mac/build.rs
//- /app/src/lib.rs /app/tests/t.rs /shared/src/lib.rs /extra/src/lib.rs
"#;

#[test]
fn proc_macro_member_with_other_targets() {
    let selections = [
        "-p mac",
        "-p mac --lib",
        "-p mac --bins",
        "-p mac --tests",
        "-p mac --features opt",
        "-p mac --features x --bin mac",
        "-p app --features mac",
        "-p app --tests",
        "-p mac -p app --all-features",
        "-p mac --target HOST --all-targets",
        "-p app --target HOST --all-features --tests",
        "--release -p app --features mac",
        "--workspace --exclude mac",
    ];
    check(MEMBER, &selections);
    check(&MEMBER.replace("resolver = \"2\"", "resolver = \"1\""), &selections);
}

#[test]
fn derive_facade() {
    check(
        r#"
//- /Cargo.toml
[workspace]
members = ["facade", "derive", "core"]
resolver = "2"
//- /facade/Cargo.toml
[package]
name = "facade"
edition = "2021"
[features]
default = ["std"]
std = ["core/std"]
derive = ["dep:derive"]
[dependencies]
core = { path = "../core", default-features = false }
derive = { path = "../derive", optional = true }
[target.'cfg(any())'.dependencies]
derive = { path = "../derive" }
//- /derive/Cargo.toml
[package]
name = "derive"
edition = "2021"
[lib]
proc-macro = true
[dev-dependencies]
core = { path = "../core", default-features = false, features = ["result"] }
facade = { path = "../facade" }
//- /core/Cargo.toml
[package]
name = "core"
edition = "2021"
[features]
default = ["std"]
std = []
result = []
[target.'cfg(any())'.dependencies]
derive = { path = "../derive" }
//- /facade/src/lib.rs /facade/build.rs /derive/src/lib.rs /derive/tests/t.rs /core/src/lib.rs /core/build.rs
"#,
        &["-p facade", "-p facade --features derive", "-p derive", "-p derive --tests"],
    );
}

#[test]
fn proc_macro_by_crate_type_and_of_an_example() {
    check(
        r#"
//- /Cargo.toml
[workspace]
members = ["a", "b"]
resolver = "2"
//- /a/Cargo.toml
[package]
name = "a"
edition = "2021"
[lib]
crate-type = ["proc-macro"]
[dependencies]
c = { path = "../c" }
//- /b/Cargo.toml
[package]
name = "b"
edition = "2021"
[dependencies]
a = { path = "../a" }
c = { path = "../c" }
[[example]]
name = "m"
proc-macro = true
//- /c/Cargo.toml
[package]
name = "c"
edition = "2021"
//- /a/src/lib.rs /b/src/lib.rs /b/examples/m.rs /c/src/lib.rs
"#,
        &["-p b --examples", "-p b --example m", "-p b --target HOST --examples"],
    );
}

#[test]
fn proc_macro_root_and_dependency_have_their_own_profiles() {
    let profiles = "resolver = \"2\"
[profile.dev]
panic = \"abort\"
[profile.dev.build-override]
opt-level = 2
[profile.dev.package.mac]
debug = 1
[profile.release.package.shared]
codegen-units = 3";
    check(
        &MEMBER.replacen("resolver = \"2\"", profiles, 1),
        &["-p mac", "-p mac --tests", "-p app --features mac", "-p mac -p app --features app/mac"],
    );
}
