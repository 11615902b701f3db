//! The pages are those that cargo makes, byte for byte, in the same places.

use atlas_tests::fixture::Fixture;
use rstest::rstest;

use crate::{LINKED, makes_the_same_crates, makes_the_same_pages};

#[rstest]
#[case::members("doc", &["doc --document-private-items -p app", "doc -p app --lib --features extra"])]
#[case::target("doc --target HOST -p app --release", &["doc --target HOST -p app --examples"])]
#[case::programs("doc -p app --bin tool", &["rustdoc -p app --lib -- --document-private-items --cfg x"])]
#[case::one("in:leaf rustdoc", &["RUSTDOCFLAGS='--crate-version 9.9.9 --html-before-content NOTE' doc -p leaf"])]
fn pages_are_those_of_cargo(#[case] line: &str, #[case] then: &[&str]) {
    let fixture = Fixture::new(LINKED);
    fixture.write("note.html", "<p>note</p>");
    makes_the_same_pages(&fixture, line);
    makes_the_same_pages(&fixture, line);
    for line in then {
        makes_the_same_crates(&fixture, &line.replace("NOTE", fixture.path("note.html").as_str()));
    }
}

#[test]
fn flags_for_rustdoc_come_from_where_cargo_takes_them() {
    let fixture = Fixture::new(LINKED);
    let configuration = "[build]\nrustdocflags = ['--cfg', 'feature=\"extra\"']\n";
    fixture.write(".cargo/config.toml", configuration);
    makes_the_same_pages(&fixture, "doc -p app --no-deps");
    let more = "[target.'cfg(unix)']\nrustdocflags = ['--document-private-items']\n";
    fixture.write(".cargo/config.toml", &format!("{configuration}{more}"));
    makes_the_same_pages(&fixture, "doc -p app --no-deps");
    let host = atlas_tests::environment::host();
    let triple = format!("[target.{host}]\nrustdocflags = ['--document-private-items']\n");
    fixture.write(".cargo/config.toml", &format!("{configuration}{triple}"));
    makes_the_same_pages(&fixture, "doc -p app --no-deps");
    makes_the_same_pages(&fixture, "CARGO_ENCODED_RUSTDOCFLAGS= doc -p app --no-deps");
}

#[test]
fn pages_that_are_gone_from_a_crate_are_removed() {
    let fixture = Fixture::new(LINKED);
    makes_the_same_pages(&fixture, "doc -p app");
    fixture.replace("app/src/lib.rs", "pub mod inner;", "");
    fixture.replace("app/src/lib.rs", " and [`inner`]", "");
    makes_the_same_crates(&fixture, "doc -p app");
}

#[test]
fn edits_lead_to_the_pages_of_cargo() {
    let fixture = Fixture::new(LINKED);
    makes_the_same_pages(&fixture, "doc");
    let edits: [(&str, &str, &str); 6] = [
        ("app/src/lib.rs", "fn private() {}", "fn private() {} // A comment.\n"),
        ("leaf/src/lib.rs", "/// The leaf.", "/// A leaf that is inlined elsewhere."),
        ("leaf/src/lib.rs", "//! A leaf.", "//! A leaf.\n// moved\n// by lines"),
        ("app/README.md", "Read me.", "Read me again."),
        ("app/build.rs", "SAID=so", "SAID=otherwise"),
        ("mac/src/lib.rs", "Gives nothing.", "Gives nothing at all."),
    ];
    for (path, old, new) in edits {
        fixture.replace(path, old, new);
        makes_the_same_crates(&fixture, "doc");
    }
}

#[test]
fn what_a_check_leaves_is_not_shown() {
    let fixture = Fixture::new(LINKED);
    makes_the_same_pages(&fixture, "doc -p app --no-deps");
    fixture.replace("leaf/src/lib.rs", "//! A leaf.", "//! Another leaf.\n// moved");
    // Dependents see nothing of this, but pages do.
    crate::both(&fixture, "check --workspace");
    makes_the_same_crates(&fixture, "doc -p app --no-deps");
}

#[test]
fn members_are_documented_without_what_they_depend_on() {
    let fixture = Fixture::new(LINKED);
    makes_the_same_crates(&fixture, "doc -p leaf --no-deps");
    makes_the_same_crates(&fixture, "doc -p mac --no-deps");
    // Links lead to what is there by now.
    makes_the_same_crates(&fixture, "doc --workspace --no-deps");
}
