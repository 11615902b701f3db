//! Targets: kinds, discovery, `required-features`, and which of them a flag selects.

use crate::check;

const EVERY_FLAG: &[&str] = &[
    "--lib",
    "--bins",
    "--examples",
    "--tests",
    "--benches",
    "--all-targets",
    "--lib --bins --tests",
    "--release --benches",
];

#[test]
fn every_kind_of_target() {
    check(
        r#"
//- /Cargo.toml
[package]
name = "app-le"
edition = "2021"
[lib]
name = "other_name"
crate-type = ["lib", "cdylib", "staticlib"]
[[example]]
name = "dyn"
crate-type = ["dylib"]
[[example]]
name = "static"
crate-type = ["staticlib", "cdylib"]
[[bin]]
name = "main"
path = "src/elsewhere.rs"
[dependencies]
d = { path = "d" }
[workspace]
//- /d/Cargo.toml
[package]
name = "d"
[lib]
crate-type = ["dylib", "rlib"]
//- /src/lib.rs /src/elsewhere.rs /src/main.rs /src/bin/one.rs /src/bin/two/main.rs /d/src/lib.rs
//- /examples/plain.rs /examples/dyn.rs /examples/static.rs /examples/dir/main.rs
//- /tests/t.rs /tests/dir/main.rs /benches/b.rs /benches/dir/main.rs /build.rs
"#,
        &[
            EVERY_FLAG,
            &[
                "--bin one",
                "--bin main --bin two",
                "--bin app-le",
                "--example dyn",
                "--test t",
                "--bench b",
                "--bin 'o*'",
                "--example '*'",
                "--bin nope",
                "--test nope",
                "--lib --test 'd?r'",
                "-p d --lib",
                "--bin one --target HOST",
            ],
        ]
        .concat(),
    );
}

#[test]
fn switches_of_targets() {
    check(
        r#"
//- /Cargo.toml
[package]
name = "app"
edition = "2021"
[lib]
test = false
bench = false
doctest = false
harness = false
[[bin]]
name = "a"
test = false
[[bin]]
name = "b"
bench = false
harness = false
[[bin]]
name = "c"
test = true
bench = true
[[example]]
name = "e"
test = true
[[example]]
name = "f"
bench = true
[[test]]
name = "t"
harness = false
[[test]]
name = "u"
test = false
bench = true
[[bench]]
name = "v"
harness = false
test = true
[[bench]]
name = "w"
bench = false
[workspace]
//- /src/lib.rs /src/bin/a.rs /src/bin/b.rs /src/bin/c.rs /examples/e.rs /examples/f.rs /examples/g.rs
//- /tests/t.rs /tests/u.rs /tests/x.rs /benches/v.rs /benches/w.rs /benches/y.rs
"#,
        &[EVERY_FLAG, &["--test u", "--bench w", "--bin a", "--example e --tests"]].concat(),
    );
}

#[test]
fn discovery_switched_off() {
    for (switch, edition) in [
        ("autobins = false", "2021"),
        ("autoexamples = false", "2021"),
        ("autotests = false", "2021"),
        ("autobenches = false", "2021"),
        ("autolib = false", "2021"),
        ("", "2015"),
        ("", "2018"),
    ] {
        let manifest = format!(
            "//- /Cargo.toml\n[package]\nname = \"app\"\nedition = \"{edition}\"\n{switch}\n\
             [[bin]]\nname = \"named\"\n[[test]]\nname = \"named\"\n[workspace]\n"
        );
        let files = "//- /src/lib.rs /src/main.rs /src/bin/named.rs /src/bin/found.rs /examples/e.rs \
                     /tests/named.rs /tests/found.rs /benches/b.rs\n";
        check(&format!("{manifest}{files}"), &["--tests", "--bins", "--examples"]);
    }
}

const REQUIRED: &str = r#"
//- /Cargo.toml
[package]
name = "app"
edition = "2021"
[features]
default = ["d"]
d = []
x = ["dep/y"]
[[bin]]
name = "with_x"
required-features = ["x"]
[[bin]]
name = "with_default"
required-features = ["d"]
[[example]]
name = "with_dep_feature"
required-features = ["dep/y"]
[[test]]
name = "with_both"
required-features = ["d", "x"]
[[test]]
name = "with_optional"
required-features = ["opt"]
[[bench]]
name = "with_optional_feature"
required-features = ["opt/z"]
[dependencies]
dep = { path = "dep" }
opt = { path = "opt", optional = true }
[dev-dependencies]
dev = { path = "dev" }
[workspace]
resolver = "2"
//- /dep/Cargo.toml
[package]
name = "dep"
[features]
y = []
//- /opt/Cargo.toml
[package]
name = "opt"
[features]
z = []
//- /dev/Cargo.toml
[package]
name = "dev"
[dependencies]
dep = { path = "../dep", features = ["y"] }
//- /src/lib.rs /src/bin/with_x.rs /src/bin/with_default.rs /src/bin/always.rs /examples/with_dep_feature.rs
//- /tests/with_both.rs /tests/with_optional.rs /tests/plain.rs /benches/with_optional_feature.rs
//- /dep/src/lib.rs /opt/src/lib.rs /dev/src/lib.rs
"#;

#[test]
fn required_features() {
    check(
        REQUIRED,
        &[
            EVERY_FLAG,
            &[
                "--bin with_x",
                "--bin with_x --features x",
                "--bin 'with_*'",
                "--bin with_default --no-default-features",
                "--example with_dep_feature",
                "--example with_dep_feature --features dep/y",
                "--examples --features dep/y",
                "--test with_optional --features opt",
                "--tests --features opt",
                "--benches --features opt/z",
                "--bench with_optional_feature --features opt",
                "--bins --no-default-features",
                "--all-targets --features x",
            ],
        ]
        .concat(),
    );
}

#[test]
fn nothing_to_build() {
    check(
        r#"
//- /Cargo.toml
[workspace]
members = ["only-tests", "lib"]
//- /only-tests/Cargo.toml
[package]
name = "only-tests"
autobins = false
[[bin]]
name = "off"
path = "off.rs"
required-features = ["never"]
[features]
never = []
//- /lib/Cargo.toml
[package]
name = "lib"
//- /only-tests/off.rs /only-tests/tests/t.rs /lib/src/lib.rs
"#,
        &[
            "-p only-tests",
            "-p only-tests --lib",
            "--lib",
            "--bins",
            "-p lib --bins",
            "--bin lib",
            "--bin off",
        ],
    );
}

#[test]
fn same_target_name_in_several_members() {
    check(
        r#"
//- /Cargo.toml
[workspace]
members = ["a", "b"]
//- /a/Cargo.toml
[package]
name = "a"
[dependencies]
b = { path = "../b" }
//- /b/Cargo.toml
[package]
name = "b"
//- /a/src/lib.rs /a/src/bin/x.rs /a/tests/t.rs /b/src/lib.rs /b/src/bin/y.rs /b/tests/t.rs /b/src/main.rs
"#,
        &[
            "--test t",
            "--bin x",
            "--bin y",
            "-p a --bin y",
            "--lib",
            "--workspace --test t --bin b",
        ],
    );
}
