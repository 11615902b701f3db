//! `run`: the program gets its arguments, its streams and its end.

use atlas_tests::fixture::Fixture;
use rstest::rstest;

use crate::{atlas, check, compiled};

const WORKSPACE: &str = r#"
//- /Cargo.toml
[package]
name = "app"
edition = "2021"
default-run = "app"
[features]
loud = []
[[bin]]
name = "loud"
required-features = ["loud"]
[workspace]
members = ["other"]
//- /src/lib.rs
pub fn f() -> u32 { 1 }
//- /src/main.rs
fn main() {
    println!("{:?} {}", std::env::args().skip(1).collect::<Vec<_>>(), app::f());
    println!("{}", std::env::current_dir().unwrap().display());
    eprintln!("to stderr");
    let code = std::env::args().nth(1).and_then(|code| code.parse().ok());
    std::process::exit(code.unwrap_or(0));
}
//- /src/bin/aborts.rs
fn main() { std::process::abort() }
//- /src/bin/loud.rs
fn main() { println!("LOUD"); }
//- /src/bin/reads.rs
fn main() { println!("{:?}", std::io::read_to_string(std::io::stdin()).unwrap()); }
//- /examples/e.rs
fn main() { println!("example"); }
//- /other/Cargo.toml
[package]
name = "other"
edition = "2021"
//- /other/src/main.rs
fn main() { println!("{}", env!("CARGO_PKG_NAME")); warn(); }
#[deprecated]
fn warn() {}
"#;

#[rstest]
#[case::plain("run")]
#[case::arguments("run 3 -v 'a b' --bin x")]
#[case::arguments_after_dashes("run -- --release --help")]
#[case::quiet("run -q")]
#[case::fails_quietly("run -q 7")]
#[case::release("run --release 0")]
#[case::profile("run --profile test")]
#[case::example("run --example e")]
#[case::bin("run --bin reads")]
#[case::from_a_member("in:other run")]
#[case::from_a_directory("in:src run")]
#[case::package("run -p other --color always")]
#[case::for_a_target("run --target HOST -- x")]
#[case::missing_features("run --bin loud")]
#[case::features("run --bin loud --features loud")]
#[case::unknown("run --bin nope")]
#[case::several("run --bin reads --bin app")]
#[case::message_format("run --message-format short")]
#[case::verbose("run -v -- x")]
fn same(#[case] line: &str) {
    check(&Fixture::new(WORKSPACE), line);
}

#[test]
fn nothing_is_compiled_again() {
    let fixture = Fixture::new(WORKSPACE);
    assert_eq!(compiled(&atlas(&fixture, "run -v")), ["app", "app"]);
    assert_eq!(compiled(&atlas(&fixture, "run -v")), [""; 0]);
    // A build has it already, and so has a test that needs the program.
    assert_eq!(compiled(&atlas(&fixture, "--lib -v")), [""; 0]);
    fixture.write("src/lib.rs", "pub fn f() -> u32 { 2 }\n");
    let again = atlas(&fixture, "run -v");
    assert!(again.outcome.stdout.starts_with("[] 2\n"), "{}", again.outcome.stdout);
    assert_eq!(compiled(&again), ["app", "app"]);
}

#[test]
fn program_that_does_not_compile_is_not_run() {
    let fixture = Fixture::new(WORKSPACE);
    fixture.write("src/main.rs", "fn main() { missing() }\n");
    let said = check(&fixture, "run");
    assert!(said.contains("could not compile `app`"), "{said}");
}

#[test]
fn messages_for_programs_come_before_the_output_of_the_program() {
    let fixture = Fixture::new(WORKSPACE);
    let said = atlas(&fixture, "run --message-format json -- x").outcome.stdout;
    let finished = said.find(r#"{"reason":"build-finished","success":true}"#).unwrap();
    assert!(said[finished..].contains("[\"x\"] 1\n"), "{said}");
}

#[test]
#[cfg(unix)]
fn program_that_is_killed() {
    let fixture = Fixture::new(WORKSPACE);
    let builds = crate::both(&fixture, "run --bin aborts");
    // The process has become the program.
    assert_eq!(builds.map(|build| build.outcome.code), [None, None]);
}
