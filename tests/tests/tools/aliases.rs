//! Aliases: what they become, and what is said of those that lead nowhere.

use atlas_tests::fixture::Fixture;
use rstest::rstest;

use super::{cargo, check};

const WORKSPACE: &str = r#"
//- /Cargo.toml
[package]
name = "app"
edition = "2021"
[features]
loud = []
//- /src/main.rs
fn main() {
    let unused = cfg!(feature = "loud");
}
//- /.cargo/config.toml
[alias]
c = "check --message-format short"
loud = ["check", "--features", "loud"]
louder = "loud -v"
circle = "round"
round = "circle"
empty = []
flags = ["-v"]
number = 1
places = "locate-project --message-format plain"
"#;

#[rstest]
#[case::of_the_user("loud")]
#[case::one_letter("c")]
#[case::through_another("louder -p app")]
#[case::flags_before("-v loud")]
#[case::variable("CARGO_ALIAS_CH='check -q' ch")]
#[case::circle("circle")]
#[case::empty("empty")]
#[case::only_flags("flags")]
fn alias_does_what_it_does_in_cargo(#[case] line: &str) {
    let fixture = Fixture::new(WORKSPACE);
    cargo(&fixture, "generate-lockfile -q --offline");
    check(&fixture, line);
}

#[test]
fn alias_for_a_command_of_cargo_is_handed_over() {
    let fixture = Fixture::new(WORKSPACE);
    let [theirs, ours] = [cargo, super::atlas].map(|run| run(&fixture, "places").outcome);
    assert_eq!((ours.code, &ours.stdout), (theirs.code, &theirs.stdout));
    assert_eq!(ours.stderr, "");
}
