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
#[case::plain(&["doc", "doc -q", "doc --message-format short", "rustdoc --lib"])]
#[case::members(&["doc --workspace", "doc -p app -p leaf --no-deps"])]
#[case::errors(&["doc --features strict", "doc --features strict --keep-going --workspace"])]
fn words_are_those_of_cargo(#[case] lines: &[&str]) {
    let fixture = Fixture::new(WARNED);
    for line in lines {
        says_the_same(&fixture, line);
        // What was said is said again.
        says_the_same(&fixture, line);
    }
}

#[test]
fn refusals_are_those_of_cargo() {
    let fixture = Fixture::new(WARNED);
    let lines = [
        "doc --bin nope",
        "doc --bins",
        "doc -p xyzzyxyzzy",
        "rustdoc -p 'l*'",
        "doc --profile doc",
    ];
    for line in lines {
        says_the_same(&fixture, line);
    }
    let fixture = Fixture::new(LINKED);
    // Arguments are for one target, and `rustdoc` for one package.
    for line in ["rustdoc -p app -- --cfg x", "rustdoc"] {
        says_the_same(&fixture, line);
    }
}

#[rstest]
#[case("doc -v --no-deps")]
#[case(
    "RUSTDOCFLAGS='--cfg y' doc -v -p app --document-private-items --target HOST --features extra"
)]
fn commands_are_those_of_cargo(#[case] line: &str) {
    let fixture = Fixture::new(LINKED);
    says_the_same(&fixture, line);
    says_the_same(&fixture, "rustdoc -v -p app --lib --release -- --cfg x");
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
