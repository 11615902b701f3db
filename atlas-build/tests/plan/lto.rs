//! What link-time optimization asks of each unit.

use atlas_build::units::lto;
use rstest::rstest;

use crate::support::Fixture;

fn fixture(lto: &str, crate_type: &str) -> Fixture {
    Fixture::new(&format!(
        r#"
//- Cargo.toml
[package]
name = "app"
version = "0.1.0"
edition = "2021"
[dependencies]
below = {{ path = "below" }}
[build-dependencies]
host = {{ path = "host" }}
[profile.release]
lto = {lto}
//- build.rs
//- src/main.rs
//- below/Cargo.toml
[package]
name = "below"
version = "0.1.0"
[lib]
crate-type = {crate_type}
//- below/src/lib.rs
pub fn below() {{}}
//- host/Cargo.toml
[package]
name = "host"
version = "0.1.0"
//- host/src/lib.rs
pub fn host() {{}}
"#
    ))
}

#[rstest]
#[case::none("false", r#"["lib"]"#, "OnlyObject", "OnlyObject")]
#[case::off("\"off\"", r#"["lib"]"#, "Off", "Off")]
#[case::fat("true", r#"["lib"]"#, "Run(None)", "OnlyBitcode")]
#[case::thin("\"thin\"", r#"["lib"]"#, "Run(Some(\"thin\"))", "OnlyBitcode")]
#[case::shared_library_too("true", r#"["lib", "cdylib"]"#, "Run(None)", "ObjectAndBitcode")]
#[case::shared_rust_library("true", r#"["dylib"]"#, "Run(None)", "OnlyObject")]
fn what_lto_asks_for(
    #[case] setting: &str,
    #[case] crate_type: &str,
    #[case] binary: &str,
    #[case] library: &str,
) {
    let planned =
        fixture(setting, crate_type).plan(|request| request.profile = "release".to_owned());
    let graph = &planned.units.graph;
    let settled = lto(graph);
    let of = |package: &str| {
        let found = graph.units.iter().find(|(_, unit)| {
            planned.packages.packages[unit.package].name == package
                && !unit.target.is_custom_build()
        });
        format!("{:?}", settled[found.expect("the package is built").0])
    };
    assert_eq!(of("app"), binary);
    assert_eq!(of("below"), library);
    assert_eq!(of("host"), "OnlyObject", "build scripts are to be compiled quickly");
}
