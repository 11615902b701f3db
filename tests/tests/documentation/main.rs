//! Documentation: the same pages as cargo's, said in the same words; what runs again after which edit;
//! examples in documentation.

mod edits;
mod examples;
mod opening;
mod pages;
mod said;

use std::collections::BTreeMap;

use atlas_tests::build::{Build, build};
use atlas_tests::environment;
use atlas_tests::fixture::Fixture;
use atlas_tests::selection::Selection;
use atlas_tests::spoken;
use camino::{Utf8Path, Utf8PathBuf};

/// A library over another one and a macro, with programs, examples and links between all of them.
const LINKED: &str = r#"
//- /Cargo.toml
[workspace]
members = ["app", "leaf", "mac"]
resolver = "2"
//- /app/Cargo.toml
[package]
name = "app"
version = "1.2.3"
edition = "2021"
[features]
extra = []
[dependencies]
leaf = { path = "../leaf" }
mac = { path = "../mac" }
//- /app/README.md
Read me.
//- /app/build.rs
fn main() {
    println!("cargo::rustc-cfg=found");
    println!("cargo::rustc-check-cfg=cfg(found)");
    println!("cargo::rustc-env=SAID=so");
    println!("cargo::rerun-if-changed=build.rs");
}
//- /app/src/lib.rs
#![doc = include_str!("../README.md")]
//! See [`leaf::Leaf`], [`mac::nothing!`] and [`inner`].
#[doc(inline)]
pub use leaf::Leaf;
pub use leaf::deep;
pub mod inner;
/// Said by the script.
#[cfg(found)]
pub const SAID: &str = env!("SAID");
#[cfg(feature = "extra")]
pub fn extra() {}
/// Only here.
#[cfg(doc)]
pub fn only_documented() {
    not_there();
}
fn private() {}
//- /app/src/inner.rs
//! Inside.
/// A trait.
pub trait Seen {}
impl Seen for crate::Leaf {}
//- /app/src/main.rs
//! The program with the name of the library.
fn main() {}
//- /app/src/bin/tool.rs
//! A tool. See [`helper`].
fn main() {
    helper();
}
/// Helps.
fn helper() {}
//- /app/examples/show.rs
//! Shows.
fn main() {}
//- /leaf/Cargo.toml
[package]
name = "leaf"
version = "0.1.0"
edition = "2021"
//- /leaf/src/lib.rs
//! A leaf.
/// The leaf.
pub struct Leaf;
/// Deep.
pub mod deep {
    /// Deeper.
    pub fn deeper() {}
}
//- /mac/Cargo.toml
[package]
name = "mac"
version = "0.1.0"
edition = "2021"
[lib]
proc-macro = true
//- /mac/src/lib.rs
//! Macros.
/// Gives nothing.
#[proc_macro]
pub fn nothing(_: proc_macro::TokenStream) -> proc_macro::TokenStream {
    Default::default()
}
"#;

/// Runs a command by both, cargo first, each in a target directory of its own.
#[track_caller]
fn both(fixture: &Fixture, line: &str) -> [Build; 2] {
    let selection = Selection::new(line);
    let programs = [(environment::cargo(), "cargo"), (environment::atlas_binary(), "atlas")];
    let builds = programs.map(|(program, name)| build(&program, fixture, &selection, name));
    let [cargo, atlas] = &builds;
    let said = &atlas.outcome.stderr;
    assert_eq!(atlas.outcome.code, cargo.outcome.code, "exit code of `{line}`\n{said}");
    builds
}

/// Runs a command by both and compares what they say, line by line in any order.
#[track_caller]
fn says_the_same(fixture: &Fixture, line: &str) -> [Build; 2] {
    let builds = both(fixture, line);
    for (what, said) in [
        ("stderr", builds.each_ref().map(spoken::stderr)),
        ("stdout", builds.each_ref().map(spoken::stdout)),
    ] {
        let [cargo, atlas] = said.map(|text| {
            let mut lines: Vec<&str> = text.lines().collect();
            lines.sort_unstable();
            lines.join("\n")
        });
        let difference = spoken::difference(&cargo, &atlas);
        assert!(difference.is_none(), "{what} of `{line}`\n{}", difference.unwrap_or_default());
    }
    builds
}

/// Runs a command by both and compares all pages.
#[track_caller]
fn makes_the_same_pages(fixture: &Fixture, line: &str) {
    compare_pages(says_the_same(fixture, line), line, |_| true);
}

/// Runs a command by both and compares the pages of crates. What all crates share depends on the order
/// in which they were documented, now and before.
#[track_caller]
fn makes_the_same_crates(fixture: &Fixture, line: &str) {
    let is_shared = |page: &str| {
        page.contains("/search.index/")
            || page.ends_with("doc/help.html")
            || page.ends_with("doc/settings.html")
    };
    compare_pages(both(fixture, line), line, |page| !is_shared(page));
}

#[track_caller]
fn compare_pages(builds: [Build; 2], line: &str, wanted: impl Fn(&str) -> bool) {
    assert!(builds[0].outcome.success(), "cargo fails on `{line}`\n{}", builds[0].outcome.stderr);
    let [cargo, atlas] = builds.map(|build| {
        let mut pages = pages(&build.target);
        pages.retain(|page, _| wanted(page.as_str()));
        pages
    });
    assert!(cargo.keys().any(|page| page.ends_with("index.html")), "`{line}` makes pages");
    let names = |pages: &BTreeMap<Utf8PathBuf, Vec<u8>>| pages.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&atlas), names(&cargo), "pages of `{line}`");
    for (page, text) in &cargo {
        assert!(atlas[page] == *text, "{page} differs after `{line}`");
    }
}

/// Returns all files of documentation below a target directory.
fn pages(target: &Utf8Path) -> BTreeMap<Utf8PathBuf, Vec<u8>> {
    let mut pages = BTreeMap::new();
    let mut waiting = vec![target.to_owned()];
    while let Some(directory) = waiting.pop() {
        for entry in directory.read_dir_utf8().expect("the directory is there") {
            let path = entry.expect("the directory can be read").into_path();
            let is_ours = path
                .strip_prefix(target)
                .is_ok_and(|it| it.components().any(|part| part.as_str() == "doc"));
            if path.is_dir() {
                if !path.ends_with("atlas") {
                    waiting.push(path);
                }
            } else if is_ours {
                let text = fs_err::read(&path).expect("the page can be read");
                let name = path.strip_prefix(target).expect("it is below").to_owned();
                pages.insert(name, text);
            }
        }
    }
    pages
}
