//! What is said while pages are made, and of what is wrong.

use atlas_tests::fixture::Fixture;
use rstest::rstest;

use crate::{LINKED, both, says_the_same};

/// A library with warnings of rustc and of rustdoc, over another one with an error of rustdoc's if a
/// feature is on.
const WARNED: &str = r#"
//- /Cargo.toml
[package]
name = "app"
version = "0.1.0"
edition = "2021"
[features]
strict = ["leaf/strict"]
[dependencies]
leaf = { path = "leaf" }
[lints.rustdoc]
bare_urls = "deny"
[workspace]
//- /src/lib.rs
//! See [nothing].
fn unused() {}
//- /leaf/Cargo.toml
[package]
name = "leaf"
version = "0.1.0"
edition = "2021"
[features]
strict = []
//- /leaf/src/lib.rs
//! See [nowhere] and <p>.
#![cfg_attr(feature = "strict", deny(rustdoc::broken_intra_doc_links))]
fn unused() {}
"#;

#[rstest]
#[case::plain("doc")]
#[case::members("doc --workspace")]
#[case::two("doc -p app -p leaf --no-deps")]
#[case::error("doc --features strict")]
#[case::all_errors("doc --features strict --keep-going --workspace")]
#[case::short("doc --message-format short")]
#[case::quiet("doc -q")]
#[case::library("rustdoc --lib")]
#[case::binary_that_is_not_there("doc --bin nope")]
#[case::no_binaries("doc --bins")]
#[case::no_package("doc -p xyzzyxyzzy")]
#[case::pattern("rustdoc -p 'l*'")]
#[case::reserved_profile("doc --profile doc")]
fn words_are_those_of_cargo(#[case] line: &str) {
    let fixture = Fixture::new(WARNED);
    says_the_same(&fixture, line);
    // What was said is said again.
    says_the_same(&fixture, line);
}

#[rstest]
#[case("doc -v --no-deps")]
#[case("rustdoc -v -p app --lib -- --cfg x")]
#[case("RUSTDOCFLAGS='--cfg y' doc -v -p app --document-private-items --target HOST")]
#[case("doc -v -p app --bin tool --features extra --release")]
fn commands_are_those_of_cargo(#[case] line: &str) {
    says_the_same(&Fixture::new(LINKED), line);
}

#[rstest]
#[case::one_target("rustdoc -p app -- --cfg x")]
#[case::virtual_workspace("rustdoc")]
fn arguments_are_for_one_target(#[case] line: &str) {
    says_the_same(&Fixture::new(LINKED), line);
}

#[test]
fn messages_are_those_of_cargo() {
    let fixture = Fixture::new(WARNED);
    for _ in 0..2 {
        let [cargo, atlas] = both(&fixture, "doc --message-format json");
        let messages = |build| atlas_tests::spoken::messages(build);
        let difference = atlas_tests::spoken::difference(
            &messages(&cargo).join("\n"),
            &messages(&atlas).join("\n"),
        );
        assert!(difference.is_none(), "{}", difference.unwrap_or_default());
    }
}

#[test]
fn pages_in_one_place_are_told_as_cargo_tells_them() {
    let text = "//- /Cargo.toml\n[workspace]\nmembers = ['a', 'b', 'c']\nresolver = '2'\n\
        //- /a/Cargo.toml\n[package]\nname = 'a'\nedition = '2021'\n\
        [[bin]]\nname = 'same'\npath = 'src/main.rs'\n\
        //- /b/Cargo.toml\n[package]\nname = 'b'\nedition = '2021'\n[lib]\nname = 'same'\n\
        //- /c/Cargo.toml\n[package]\nname = 'c'\nedition = '2021'\n[lib]\nname = 'same'\n\
        //- /a/src/main.rs\nfn main() {}\n//- /b/src/lib.rs /c/src/lib.rs\n";
    let fixture = Fixture::new(text);
    says_the_same(&fixture, "doc");
    says_the_same(&fixture, "doc -p b -p c");
    let builds = both(&fixture, "doc -p a -p b");
    let [cargo, atlas] = builds.map(|build| {
        let said = atlas_tests::spoken::stderr(&build);
        said.lines()
            .filter(|line| !line.contains("Documenting"))
            .map(str::to_owned)
            .collect::<Vec<_>>()
    });
    assert_eq!(atlas, cargo);
}
