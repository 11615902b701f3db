//! Flags, features, profiles, variables, the toolchain.

use atlas_tests::environment;
use atlas_tests::repeated::Repeated;
use rstest::rstest;

use super::{Did, expect, expect_all};

const WORKSPACE: &str = r#"
//- /Cargo.toml
[package]
name = "app"
version = "0.1.0"
edition = "2021"
[features]
loud = []
[dependencies]
dep = { path = "dep" }
[workspace]
//- /.cargo/config.toml
[env]
FROM_CONFIG = "config"
//- /src/main.rs
fn main() {
    let loud = cfg!(feature = "loud");
    let from_config = option_env!("FROM_CONFIG").unwrap_or("none");
    println!("{loud} {:?} {} {from_config}", option_env!("ODD"), dep::flagged());
}
//- /dep/Cargo.toml
[package]
name = "dep"
edition = "2021"
//- /dep/src/lib.rs
pub fn flagged() -> bool {
    cfg!(flagged)
}
"#;

const ALL: &[&str] = &["app/bin", "dep/lib"];
const APP: &[&str] = &["app/bin"];

/// Builds with one selection, with another, and with each again, which finds what is there.
#[rstest]
#[case::features("", "--features loud", APP)]
#[case::profile("", "--release", ALL)]
#[case::rustflags("", "RUSTFLAGS='--cfg flagged'", ALL)]
#[case::target("", "--target HOST", ALL)]
#[case::own_profile("", "--profile mine --config profile.mine.inherits=\"dev\"", ALL)]
fn there_and_back(#[case] one: &str, #[case] other: &str, #[case] expected: &[&str]) {
    let workspace = Repeated::new(WORKSPACE);
    expect(&workspace, one, ALL);
    expect(&workspace, other, expected);
    expect(&workspace, one, &[]);
    expect(&workspace, other, &[]);
}

#[test]
fn program_of_each_build_is_where_the_user_finds_it() {
    let workspace = Repeated::new(WORKSPACE);
    for _ in 0..2 {
        workspace.ran("");
        assert_eq!(workspace.prints("debug/app"), "false None false config\n");
        workspace.ran("--features loud");
        assert_eq!(workspace.prints("debug/app"), "true None false config\n");
        workspace.ran("RUSTFLAGS='--cfg flagged'");
        assert_eq!(workspace.prints("debug/app"), "false None true config\n");
    }
}

#[rstest]
#[case::set("", "ODD=x", "Some(\"x\")")]
#[case::empty("", "ODD=", "Some(\"\")")]
#[case::changed("ODD=x", "ODD=y", "Some(\"y\")")]
#[case::unset("ODD=x", "", "None")]
#[case::line_break("ODD=x", "ODD='a\nb'", r#"Some("a\nb")"#)]
#[case::backslash(r"ODD='a\nb'", "ODD='a\nb'", r#"Some("a\nb")"#)]
#[case::equal_sign("ODD=a", "ODD=a=b", r#"Some("a=b")"#)]
#[case::carriage_return("ODD='a\n'", "ODD='a\r\n'", r#"Some("a\r\n")"#)]
#[case::letters("ODD=é", "ODD=è", r#"Some("è")"#)]
fn variable_that_is_read(#[case] before: &str, #[case] after: &str, #[case] shown: &str) {
    let workspace = Repeated::new(WORKSPACE);
    expect(&workspace, before, ALL);
    expect(&workspace, before, &[]);
    let causes = &["app/bin: environment-changed ODD"];
    let did = Did { ran: APP, counts: "1 compiled, 1 fresh", causes, ..Did::default() };
    expect_all(&workspace, after, did);
    assert_eq!(workspace.prints("debug/app"), format!("false {shown} false config\n"));
    expect(&workspace, after, &[]);
}

#[test]
fn variable_that_nobody_reads() {
    let workspace = Repeated::new(WORKSPACE);
    expect(&workspace, "", ALL);
    expect(&workspace, "OTHER=x", &[]);
}

#[test]
fn variable_of_the_configuration() {
    let workspace = Repeated::new(WORKSPACE);
    expect(&workspace, "", ALL);
    workspace.fixture.replace(".cargo/config.toml", "\"config\"", "\"other\"");
    // All units, since a linker or a procedural macro may read it without a word.
    expect(&workspace, "", ALL);
    assert_eq!(workspace.prints("debug/app"), "false None false other\n");
    workspace.fixture.remove(".cargo/config.toml");
    expect(&workspace, "", ALL);
    assert_eq!(workspace.prints("debug/app"), "false None false none\n");
    expect(&workspace, "", &[]);
}

#[cfg(unix)]
#[test]
fn other_toolchain() {
    let workspace = Repeated::new(WORKSPACE);
    let rustc = environment::cargo().with_file_name("rustc");
    let wrapper = |release: &str| {
        let script = format!(
            "#!/bin/sh\nif [ \"$1\" = -vV ]; then\n  {rustc} -vV | sed 's/^commit-date: .*/commit-date: \
             {release}/'\nelse\n  exec {rustc} \"$@\"\nfi\n"
        );
        workspace.fixture.write("rustc.sh", &script);
        let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
        fs_err::set_permissions(workspace.fixture.path("rustc.sh"), mode).expect("it is ours");
    };
    let selection = format!("RUSTC={}", workspace.fixture.path("rustc.sh"));
    wrapper("2001-01-01");
    expect(&workspace, &selection, ALL);
    expect(&workspace, &selection, &[]);
    wrapper("2002-02-02");
    expect(&workspace, &selection, ALL);
    let causes = workspace.why().root_causes();
    assert_eq!(causes, ["app/bin: never-built", "dep/lib: never-built"]);
    expect(&workspace, &selection, &[]);
    wrapper("2001-01-01");
    expect(&workspace, &selection, &[]);
}
