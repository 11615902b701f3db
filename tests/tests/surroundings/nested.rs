//! Workspaces inside workspaces, and the program inside make and inside a build script.

use atlas_tests::environment;
use atlas_tests::fixture::Fixture;
use atlas_tests::process::Command;
use camino::{Utf8Path, Utf8PathBuf};
use rstest::rstest;

use super::{PACKAGE, check};

const NESTED: &str = r#"
//- /Cargo.toml
[package]
name = "outer"
version = "0.1.0"
edition = "2021"
[workspace]
members = ["member"]
exclude = ["outside"]
//- /member/Cargo.toml
[package]
name = "member"
version = "0.1.0"
edition = "2021"
//- /inner/Cargo.toml
[package]
name = "inner"
version = "0.1.0"
edition = "2021"
[workspace]
//- /outside/Cargo.toml
[package]
name = "outside"
version = "0.1.0"
edition = "2021"
//- /lost/Cargo.toml
[package]
name = "lost"
version = "0.1.0"
edition = "2021"
//- /src/main.rs /member/src/main.rs /inner/src/main.rs /outside/src/main.rs /lost/src/main.rs
fn main() {}
"#;

#[rstest]
#[case::of_its_own("in:inner")]
#[case::inside_a_directory("in:inner/src")]
#[case::excluded("in:outside")]
#[case::member("in:member/src")]
#[case::all("in:member --workspace")]
#[case::forgotten("in:lost")]
#[case::named_from_outside("--manifest-path inner/Cargo.toml")]
fn workspaces_may_lie_in_workspaces(#[case] selection: &str) {
    check(&Fixture::new(NESTED), selection);
}

/// What a build script and the compiler are told of the job server, without its numbers.
const TELLING: &str = r#"
fn main() {
    let told = |name| std::env::var(name).unwrap_or_default();
    let flags = told("CARGO_MAKEFLAGS").replace(|c: char| c.is_ascii_digit(), "");
    println!("cargo::rustc-env=TOLD=");
    println!("cargo::warning={} jobs, `{flags}`, {}", told("NUM_JOBS"), told("CARGO"));
}
"#;

#[rstest]
#[case::with_its_server("+$(TOOL)", &["-j3"])]
#[case::server_is_kept_from_it("$(TOOL)", &["-j3"])]
#[case::no_server("+$(TOOL)", &[])]
fn make_is_told_from_a_shell_as_cargo_does(#[case] line: &str, #[case] flags: &[&str]) {
    let run = |tool: &str| {
        let fixture = Fixture::new(PACKAGE);
        fixture.write("build.rs", TELLING);
        fixture.write("Makefile", &format!("all:\n\t{line} build --offline\n"));
        let make = Command::new(Utf8Path::new("/usr/bin/make")).cwd(fixture.root());
        let outcome = make.env("TOOL", tool).arg("-s").args(flags).run();
        assert!(outcome.success(), "{}", outcome.stderr);
        let warnings = outcome.stderr.lines().filter(|line| line.starts_with("warning: "));
        warnings.map(str::to_owned).collect::<Vec<_>>()
    };
    if !Utf8Path::new("/usr/bin/make").exists() {
        println!("left out: make is not installed");
        return;
    }
    let ours = run(&format!("{} atlas", environment::atlas_binary()));
    assert_eq!(ours, run(environment::cargo().as_str()));
    assert!(!ours.is_empty());
}

/// A script that builds another workspace by the program under test: with one job there is one token
/// for both, and with one target directory for both there are the locks of two builds.
const CALLER: &str = r#"
fn main() {
    let variable = |name| std::env::var(name).unwrap();
    println!("cargo::rerun-if-changed=inner/src");
    let inner = std::process::Command::new(variable("TOOL"))
        .args(["build", "--offline", "--manifest-path", "inner/Cargo.toml"])
        .args(["--target-dir", &variable("INNER_TARGET")])
        .output()
        .unwrap();
    assert!(inner.status.success(), "{}", String::from_utf8_lossy(&inner.stderr));
}
"#;

#[rstest]
#[case::one_job("1", "inner")]
#[case::two_jobs("2", "inner")]
#[case::one_target_directory("1", "outer")]
fn build_scripts_may_build(#[case] jobs: &str, #[case] inner: &str) {
    let fixture = Fixture::new(NESTED);
    fixture.write("build.rs", CALLER);
    let tool: Utf8PathBuf = environment::atlas_binary();
    let build = || {
        let outer = fixture.beside("outer");
        let command = Command::new(&tool).cwd(fixture.root()).env("TOOL", tool.as_str());
        let command = command.env("INNER_TARGET", fixture.beside(inner).as_str());
        command.args(&["build", "--offline", "-j", jobs, "--target-dir", outer.as_str()]).run()
    };
    let first = build();
    assert!(first.success(), "{}", first.stderr);
    assert!(first.stderr.contains(": 3 compiled"), "{}", first.stderr);
    assert!(fixture.beside(inner).join("debug/inner").is_file());
    let second = build();
    assert!(second.stderr.contains(": 3 fresh"), "{}", second.stderr);
}
