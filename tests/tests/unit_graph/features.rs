//! Features: optional, weak, renamed, implicit, from the command line.

use crate::check;

#[test]
fn optional_dependency_and_its_implicit_feature() {
    check(
        r#"
//- /Cargo.toml
[package]
name = "app"
edition = "2021"
[features]
default = ["a"]
both = ["a", "b"]
[dependencies]
a = { path = "a", optional = true }
b = { path = "b", optional = true }
[workspace]
//- /a/Cargo.toml
[package]
name = "a"
edition = "2021"
//- /b/Cargo.toml
[package]
name = "b"
edition = "2021"
//- /src/lib.rs /a/src/lib.rs /b/src/lib.rs
"#,
        &[
            "--features b",
            "--features both --no-default-features",
            "--features nope",
            "--features a,b",
        ],
    );
}

#[test]
fn dep_syntax_hides_the_implicit_feature() {
    check(
        r#"
//- /Cargo.toml
[package]
name = "app"
edition = "2021"
[features]
on = ["dep:a", "a/x"]
a = []
[dependencies]
a = { path = "a", optional = true, default-features = false }
b = { path = "b", optional = true }
[workspace]
//- /a/Cargo.toml
[package]
name = "a"
edition = "2021"
[features]
default = ["y"]
x = []
y = []
//- /b/Cargo.toml
[package]
name = "b"
edition = "2021"
//- /src/lib.rs /a/src/lib.rs /b/src/lib.rs
"#,
        &["--features on", "--features a", "--features b", "--features dep:a", "--features a/x"],
    );
}

const WEAK: &str = r#"
//- /Cargo.toml
[package]
name = "app"
edition = "2021"
[features]
weak = ["a?/x"]
strong = ["a/x"]
on = ["dep:a"]
chain = ["mid?/deep"]
[dependencies]
a = { path = "a", optional = true }
mid = { path = "mid", optional = true }
[workspace]
//- /a/Cargo.toml
[package]
name = "a"
edition = "2021"
[features]
x = ["leaf"]
[dependencies]
leaf = { path = "../leaf", optional = true }
//- /mid/Cargo.toml
[package]
name = "mid"
edition = "2021"
[features]
deep = ["leaf?/x"]
on = ["dep:leaf"]
[dependencies]
leaf = { path = "../leaf", optional = true }
//- /leaf/Cargo.toml
[package]
name = "leaf"
edition = "2021"
[features]
x = []
//- /src/lib.rs /a/src/lib.rs /mid/src/lib.rs /leaf/src/lib.rs
"#;

#[test]
fn weak_feature_waits_for_its_dependency() {
    check(
        WEAK,
        &[
            "--features weak",
            "--features strong",
            "--features weak,on",
            "--features on",
            "--features chain",
            "--features chain,mid",
            "--features chain,mid/on",
            "--features chain,mid/on,weak",
            "--features a?/x",
        ],
    );
}

#[test]
fn renamed_dependency_keeps_its_own_name_for_features() {
    check(
        r#"
//- /Cargo.toml
[package]
name = "app"
edition = "2021"
[features]
on = ["two/x"]
[dependencies]
one = { path = "a1", package = "a" }
two = { path = "a2", package = "a", optional = true }
under-score = { path = "b-b", package = "b-b" }
[workspace]
exclude = ["a1", "a2"]
//- /a1/Cargo.toml
[package]
name = "a"
version = "1.0.0"
edition = "2021"
//- /a2/Cargo.toml
[package]
name = "a"
version = "2.0.0"
edition = "2021"
[features]
x = []
//- /b-b/Cargo.toml
[package]
name = "b-b"
edition = "2021"
//- /src/lib.rs /a1/src/lib.rs /a2/src/lib.rs /b-b/src/lib.rs
"#,
        &[
            "--features on",
            "--features two",
            "-p a@1.0.0",
            "-p a@2.0.0 --features x",
            "-p a",
            "-p a@3.0.0",
        ],
    );
}

const MEMBERS: &str = r#"
//- /Cargo.toml
[workspace]
members = ["a", "b"]
resolver = "2"
//- /a/Cargo.toml
[package]
name = "a"
edition = "2021"
[features]
default = ["std"]
std = ["c/std"]
extra = []
[dependencies]
c = { path = "../c", default-features = false }
//- /b/Cargo.toml
[package]
name = "b"
edition = "2021"
[features]
extra = ["c/extra"]
[dependencies]
c = { path = "../c", default-features = false }
[dev-dependencies]
c = { path = "../c", features = ["dev"] }
//- /c/Cargo.toml
[package]
name = "c"
edition = "2021"
[features]
default = ["std"]
std = []
extra = []
dev = []
//- /a/src/lib.rs /b/src/lib.rs /c/src/lib.rs /b/tests/t.rs
"#;

#[test]
fn features_of_several_members() {
    check(
        MEMBERS,
        &[
            "-p a",
            "-p b",
            "-p b --tests",
            "-p a -p b --features extra",
            "--workspace --features a/extra",
            "--workspace --features a/extra,b/extra",
            "--workspace --features b/extra --no-default-features",
            "-p a --features b/extra",
            "in:a --features extra",
            "in:b --features a/extra",
            "in:a --features c/extra",
            "in:b --features c/extra --tests",
            "-p c",
            "--workspace --features c/extra",
            "--workspace --features 'a/extra b/extra'",
        ],
    );
}

#[test]
fn feature_of_a_root_package_of_resolver_1() {
    check(
        r#"
//- /Cargo.toml
[package]
name = "root"
edition = "2018"
[features]
f = ["c/f"]
[dependencies]
c = { path = "c", optional = true }
[workspace]
members = ["a", "c"]
//- /a/Cargo.toml
[package]
name = "a"
edition = "2018"
[features]
f = []
g = []
[dependencies]
c = { path = "../c" }
//- /c/Cargo.toml
[package]
name = "c"
edition = "2018"
[features]
f = []
//- /src/lib.rs /a/src/lib.rs /c/src/lib.rs
"#,
        &[
            "-p a",
            "-p a --features f",
            "-p a --features g",
            "-p a --all-features",
            "in:a --features g",
            "--workspace --features f",
            "-p c --features f",
        ],
    );
}

#[test]
fn cyclic_dev_dependency_switches_features_on() {
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
[features]
default = ["t"]
t = ["b/x"]
x = []
[dev-dependencies]
b = { path = "../b" }
//- /b/Cargo.toml
[package]
name = "b"
edition = "2021"
[features]
x = ["a/x"]
[dependencies]
a = { path = "../a", default-features = false }
//- /a/src/lib.rs /a/tests/t.rs /b/src/lib.rs
"#,
        &["-p a --tests", "-p b --tests", "-p a", "-p a --lib --test t", "--workspace --tests"],
    );
}

#[test]
fn feature_of_a_bin_only_member_dependency() {
    check(
        r#"
//- /Cargo.toml
[workspace]
members = ["a", "tool"]
resolver = "2"
//- /a/Cargo.toml
[package]
name = "a"
edition = "2021"
[dependencies]
tool = { path = "../tool", optional = true }
//- /tool/Cargo.toml
[package]
name = "tool"
edition = "2021"
[features]
x = []
//- /a/src/lib.rs /tool/src/main.rs
"#,
        &["-p a", "-p a --features tool"],
    );
}
