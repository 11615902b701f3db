//! Which features are on, for host and target apart.

use rstest::rstest;

use crate::support::{Fixture, all_targets, lines};

/// `app` needs `shared` with feature `run`; its build script needs it with feature `script`, and its
/// tests with feature `test`.
fn split(resolver: &str) -> Fixture {
    Fixture::new(&format!(
        r#"
//- Cargo.toml
[workspace]
members = ["app", "shared"]
default-members = ["app"]
resolver = "{resolver}"
//- app/Cargo.toml
[package]
name = "app"
version = "0.1.0"
edition = "2021"
[dependencies]
shared = {{ path = "../shared", features = ["run"] }}
[build-dependencies]
shared = {{ path = "../shared", features = ["script"] }}
[dev-dependencies]
shared = {{ path = "../shared", features = ["test"] }}
//- app/build.rs
//- app/src/lib.rs
pub fn app() {{}}
//- shared/Cargo.toml
[package]
name = "shared"
version = "0.1.0"
edition = "2021"
[features]
run = []
script = []
test = []
//- shared/src/lib.rs
pub fn shared() {{}}
"#
    ))
}

fn shared_features(fixture: &Fixture, tests: Tests) -> Vec<String> {
    let planned = fixture.plan(|request| {
        if tests == Tests::Built {
            all_targets(request);
        }
    });
    let mut features = lines(&planned, |unit| format!("{:?}", unit.features));
    features.retain(|line| line.starts_with("shared"));
    features
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Tests {
    Built,
    NotBuilt,
}

#[rstest]
#[case::one_set_for_everything("1", Tests::NotBuilt, &[r#"shared/lib build ["run", "script", "test"]"#])]
#[case::host_and_target_apart(
    "2", Tests::NotBuilt, &[r#"shared/lib build ["run"]"#, r#"shared/lib build ["script"]"#]
)]
#[case::development_features_with_tests(
    "2", Tests::Built, &[r#"shared/lib build ["run", "test"]"#, r#"shared/lib build ["script"]"#]
)]
#[case::resolver_3_is_like_2(
    "3", Tests::NotBuilt, &[r#"shared/lib build ["run"]"#, r#"shared/lib build ["script"]"#]
)]
fn features_are_unified_per_side(
    #[case] resolver: &str,
    #[case] tests: Tests,
    #[case] expected: &[&str],
) {
    assert_eq!(shared_features(&split(resolver), tests), expected);
}

/// `app` has features that switch an optional dependency on or ask something of it.
fn optional() -> Fixture {
    Fixture::new(
        r#"
//- Cargo.toml
[package]
name = "app"
version = "0.1.0"
edition = "2021"
[features]
default = []
explicit = ["dep:extra"]
strong = ["extra/more"]
weak = ["extra?/more"]
[dependencies]
extra = { path = "extra", optional = true }
//- src/lib.rs
pub fn app() {}
//- extra/Cargo.toml
[package]
name = "extra"
version = "0.1.0"
edition = "2021"
[features]
more = []
//- extra/src/lib.rs
pub fn extra() {}
"#,
    )
}

#[rstest]
#[case::off("", &[r#"app/lib build ["default"]"#])]
#[case::switched_on("explicit", &[r#"app/lib build ["default", "explicit"]"#, "extra/lib build []"])]
#[case::asked_for_more(
    "strong", &[r#"app/lib build ["default", "strong"]"#, r#"extra/lib build ["more"]"#]
)]
#[case::weak_alone_switches_nothing_on("weak", &[r#"app/lib build ["default", "weak"]"#])]
#[case::weak_with_another(
    "weak,explicit",
    &[r#"app/lib build ["default", "explicit", "weak"]"#, r#"extra/lib build ["more"]"#]
)]
fn optional_dependencies(#[case] features: &str, #[case] expected: &[&str]) {
    let planned = optional().plan(|request| request.features.features = vec![features.to_owned()]);
    assert_eq!(lines(&planned, |unit| format!("{:?}", unit.features)), expected);
}

#[test]
fn platform_of_a_dependency_counts_with_the_users_cfg() {
    let fixture = Fixture::new(
        r#"
//- Cargo.toml
[package]
name = "app"
version = "0.1.0"
edition = "2021"
[target.'cfg(special)'.dependencies]
extra = { path = "extra" }
//- src/lib.rs
pub fn app() {}
//- extra/Cargo.toml
[package]
name = "extra"
version = "0.1.0"
//- extra/src/lib.rs
pub fn extra() {}
"#,
    );
    let plain = fixture.plan(|_| ());
    assert_eq!(lines(&plain, |_| String::new()), ["app/lib build"]);
    let special = fixture.plan(|request| {
        request.env.vars.insert("RUSTFLAGS".into(), "--cfg special".into());
    });
    assert_eq!(lines(&special, |_| String::new()), ["app/lib build", "extra/lib build"]);
}
