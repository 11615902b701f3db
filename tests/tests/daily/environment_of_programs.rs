//! What programs get: runners, variables, directories, libraries of build scripts.

use atlas_tests::fixture::Fixture;
use rstest::rstest;

use crate::check;

/// Prints the variables that cargo sets, and where it runs.
const PRINT: &str = r#"
    let mut variables: Vec<_> = std::env::vars().filter(|(name, _)| {
        ["CARGO_MANIFEST_", "CARGO_PKG_", "CARGO_BIN_", "SAID", "SET", "OUT_DIR", "LD_LIBRARY_PATH"]
            .iter().any(|start| name.starts_with(start)) || name == "CARGO"
    }).collect();
    variables.sort();
    for (name, value) in variables { println!("{name}={value}"); }
    println!("{}", std::env::current_dir().unwrap().display());
"#;

fn workspace() -> Fixture {
    let fixture = Fixture::new(
        r#"
//- /.cargo/config.toml
[env]
SET_BY_CONFIG = "of the configuration"
SAID_TOO = "of the configuration"
SET_TO_A_PATH = { value = "x/y", relative = true }
//- /Cargo.toml
[package]
name = "app"
version = "1.2.3"
edition = "2021"
description = "a description"
[workspace]
members = ["sys"]
[dependencies]
sys = { path = "sys" }
//- /build.rs
fn main() {
    println!("cargo::rustc-env=SAID=so");
    println!("cargo::rustc-env=SAID_TOO=of the script");
    println!("cargo::rustc-env=CARGO_PKG_NAME=changed");
}
//- /src/lib.rs
/// ```
/// println!("{:?}", std::env::var("SAID"));
/// ```
pub fn f() {}
//- /sys/Cargo.toml
[package]
name = "sys"
links = "thing"
edition = "2021"
//- /sys/build.rs
fn main() {
    let out = std::env::var("OUT_DIR").unwrap();
    println!("cargo::rustc-link-search=native={out}");
    println!("cargo::rustc-link-search={out}/b");
    println!("cargo::rustc-link-search=/usr/somewhere");
}
//- /sys/src/lib.rs
"#,
    );
    fixture.write("src/main.rs", &format!("fn main() {{ {PRINT} }}\n"));
    fixture.write("tests/t.rs", &format!("#[test]\nfn t() {{ {PRINT} }}\n"));
    fixture
}

#[rstest]
#[case::run("run")]
#[case::run_elsewhere("in:sys run -p app")]
#[case::run_for_a_target("run --target HOST")]
#[case::one_test("test --test t -- --nocapture")]
#[case::test_elsewhere("in:sys test -p app --test t -- --nocapture")]
#[case::test_for_a_target("test --target HOST --test t -- --nocapture")]
#[case::documentation("test --doc -- --nocapture")]
fn same_variables(#[case] line: &str) {
    let line = line.replacen("run", "run -j1", 1).replacen("test ", "test -j1 ", 1);
    check(&workspace(), &line);
}

/// A runner that says how it was called.
const RUNNER: &str = "#!/bin/sh\necho \"runner: $1 $2 $#\"\nshift\nexec \"$@\"\n";

#[rstest]
#[case::of_the_target("[target.HOST]\nrunner = [\"RUNNER\", \"x\"]\n", "")]
#[case::words("[target.HOST]\nrunner = \"RUNNER x\"\n", "")]
#[case::of_a_condition("[target.'cfg(unix)']\nrunner = [\"RUNNER\", \"x\"]\n", "")]
#[case::missing("[target.HOST]\nrunner = [\"/no/such/runner\", \"x\"]\n", "")]
#[case::for_a_target("[target.HOST]\nrunner = [\"RUNNER\", \"x\"]\n", "--target HOST")]
#[cfg(unix)]
fn programs_have_runners(
    #[case] config: &str,
    #[case] flags: &str,
    #[values("run", "test --lib --tests")] command: &str,
) {
    use std::os::unix::fs::PermissionsExt;

    let fixture = Fixture::new(
        "//- /Cargo.toml\n[package]\nname = \"app\"\nedition = \"2021\"\n\
         //- /src/lib.rs\n//- /src/main.rs\nfn main() { println!(\"app\"); }\n\
         //- /tests/t.rs\n#[test] fn t() {}\n",
    );
    let runner = fixture.beside("runner");
    fs_err::write(&runner, RUNNER).unwrap();
    fs_err::set_permissions(&runner, PermissionsExt::from_mode(0o755)).unwrap();
    let host = atlas_tests::environment::host();
    let config = config.replace("RUNNER", runner.as_str()).replace("HOST", host);
    fixture.write(".cargo/config.toml", &config);
    let said = check(&fixture, &format!("{command} -j1 {flags}"));
    assert!(said.contains("Running"), "{said}");
}
