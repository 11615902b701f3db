//! What a build with nothing to do touches: the kernel tells, through ptrace, which files it opens
//! and which processes it starts. Calls to `stat` do not count.
#![cfg(all(target_os = "linux", target_arch = "x86_64"))]

mod timed;
mod touched;

use std::time::{Duration, SystemTime};

use atlas_tests::build;
use atlas_tests::environment;
use atlas_tests::fixture::Fixture;
use atlas_tests::process::Command;
use atlas_tests::selection::Selection;
use atlas_tests::trace::{Trace, trace};
use camino::{Utf8Path, Utf8PathBuf};
use rstest::rstest;

use touched::Kind;

/// A program over a library with a build script, a procedural macro, and a package of its own.
const WORKSPACE: &str = r#"
//- /Cargo.toml
[package]
name = "app"
version = "0.1.0"
edition = "2021"
[dependencies]
lib = { path = "lib" }
macros = { path = "macros" }
[workspace]
members = ["lib", "macros", "alone"]
//- /src/main.rs
mod inner;
fn main() { println!("{} {}", lib::f(), macros::seven!()); inner::f() }
//- /src/inner.rs
pub fn f() { let unused = include_str!("text.txt"); }
//- /src/text.txt
text
//- /lib/Cargo.toml
[package]
name = "lib"
version = "0.1.0"
edition = "2021"
//- /lib/build.rs
fn main() {
    println!("cargo::rerun-if-changed=data.txt");
    println!("cargo::warning=be careful");
    let out = std::path::PathBuf::from(std::env::var_os("OUT_DIR").unwrap());
    std::fs::write(out.join("made.rs"), "pub fn f() -> u32 { 1 }").unwrap();
}
//- /lib/data.txt
data
//- /lib/src/lib.rs
include!(concat!(env!("OUT_DIR"), "/made.rs"));
//- /macros/Cargo.toml
[package]
name = "macros"
version = "0.1.0"
edition = "2021"
[lib]
proc-macro = true
//- /macros/src/lib.rs
#[proc_macro]
pub fn seven(_: proc_macro::TokenStream) -> proc_macro::TokenStream { "7".parse().unwrap() }
//- /alone/Cargo.toml
[package]
name = "alone"
version = "0.1.0"
edition = "2021"
//- /alone/build.rs /alone/src/lib.rs
fn main() {}
"#;

/// A workspace that was built, and built again: nothing is left to do or to write down.
struct Settled {
    fixture: Fixture,
    target: Utf8PathBuf,
    selection: Selection,
}

impl Settled {
    #[track_caller]
    fn new(fixture: Fixture, selection: &str) -> Self {
        let target = fixture.beside("target");
        let settled = Settled { fixture, target, selection: Selection::new(selection) };
        for _ in 0..2 {
            let outcome = settled.command().run();
            assert!(outcome.success(), "atlas fails on `{selection}`:\n{}", outcome.stderr);
        }
        settled
    }

    fn command(&self) -> Command {
        let atlas = environment::atlas_binary();
        build::command(&atlas, &self.fixture, &self.selection, &self.target)
    }

    /// Builds once more and watches; the build succeeds.
    #[track_caller]
    fn trace(&self) -> Trace {
        let trace = trace(self.command());
        let said = &trace.outcome.stderr;
        assert!(trace.outcome.success(), "atlas fails on `{}`:\n{said}", self.selection);
        assert!(said.lines().any(|line| line.contains("Finished")), "{said}");
        trace
    }

    fn state(&self) -> Utf8PathBuf {
        self.target.join("atlas/state.bin")
    }

    /// Returns what a build did beyond reading configuration and what is `expected`, and beyond
    /// changing the latter.
    fn excess(&self, trace: &Trace, expected: &[Utf8PathBuf], changes: &[Utf8PathBuf]) -> String {
        let root = self.fixture.beside("");
        let opened = trace.opened.iter().filter(|path| {
            let known = touched::kind(path, &root) != Kind::Other;
            !known && !expected.contains(path) && !changes.contains(path)
        });
        let changed = trace.changed.iter().filter(|path| !changes.contains(path));
        let mut excess: Vec<String> = Vec::new();
        excess.extend(trace.processes.iter().map(|process| format!("starts {process}")));
        excess.extend(opened.map(|path| format!("opens {path}")));
        excess.extend(changed.map(|path| format!("changes {path}")));
        excess.extend(trace.listed.iter().map(|path| format!("lists {path}")));
        excess.join("\n")
    }

    /// Expects that a build reads its state and the configuration, and does nothing else.
    #[track_caller]
    fn expect_no_op(&self) {
        let trace = self.trace();
        let excess = self.excess(&trace, &[self.state()], &[]);
        assert!(excess.is_empty(), "with nothing to do, `{}`\n{excess}", self.selection);
        assert!(trace.opened.contains(&self.state()), "the state is read: {:?}", trace.opened);
    }

    /// Expects that a build after a touch reads this source besides, and may write its state.
    /// Returns what it did.
    #[track_caller]
    fn expect_one_read(&self, source: &str) -> Trace {
        let (trace, state) = (self.trace(), self.state());
        let directory = state.parent().expect("a file is in a directory");
        let source = self.fixture.path(source);
        // A directory is opened to have a change of names written to the disk.
        let read = [state.clone(), source.clone(), directory.to_owned()];
        let is_allowed = |path: &&Utf8PathBuf| {
            let is_probe = path.file_name() == Some(PROBE) && path.starts_with(directory);
            is_probe || path.parent() == Some(directory)
        };
        let changes: Vec<Utf8PathBuf> = trace.changed.iter().filter(is_allowed).cloned().collect();
        let excess = self.excess(&trace, &read, &changes);
        assert!(excess.is_empty(), "after a touch of {source}, it\n{excess}");
        assert!(trace.opened.contains(&source), "{source} is read: {:?}", trace.opened);
        let is_empty = |path: &Utf8Path| path.metadata().is_ok_and(|metadata| metadata.len() == 0);
        for path in changes.iter().filter(|path| **path != state && path.exists()) {
            let is_named = [PROBE, ACCOUNT].map(Some).contains(&path.file_name());
            assert!(is_named || is_empty(path), "{path} is not known to be written");
        }
        trace
    }
}

/// A file that is written to learn the time of the file system.
const PROBE: &str = "moment";
/// What the last build did and what it spared.
const ACCOUNT: &str = "last-build";

/// Without this, a file that the loader opens on some system would look like the engine's fault.
#[test]
fn nothing_is_opened_to_tell_the_version() {
    let settled =
        Settled { fixture: Fixture::empty(), target: "".into(), selection: Selection::new("") };
    let atlas = Command::new(&environment::atlas_binary()).cwd(settled.fixture.root());
    let trace = trace(atlas.arg("--version"));
    assert!(trace.outcome.success(), "{trace:?}");
    assert!(!trace.opened.is_empty(), "the loader opens libraries");
    assert_eq!(settled.excess(&trace, &[], &[]), "");
}

#[rstest]
#[case::default("")]
#[case::workspace("--workspace")]
#[case::all_targets("--workspace --all-targets")]
#[case::release("--release")]
#[case::check("check")]
#[case::check_with_tests("check --workspace --all-targets")]
#[case::verbose("-v")]
#[case::very_verbose("-vv")]
#[case::colors("--color always")]
#[case::json("--message-format json")]
#[case::rendered_json("--message-format json-diagnostic-rendered-ansi")]
#[case::offline("--offline")]
#[case::in_a_directory_of_the_package("in:src")]
#[case::in_a_member("in:lib")]
#[case::in_a_directory_of_a_member("in:alone/src")]
#[case::flags("RUSTFLAGS='--cfg unused'")]
fn only_the_state_is_read(#[case] selection: &str) {
    Settled::new(Fixture::new(WORKSPACE), selection).expect_no_op();
}

#[rstest]
#[case::cargo_configuration(".cargo/config.toml", "[build]\nrustflags = [\"--cfg\", \"set\"]\n")]
#[case::variable_in_configuration(".cargo/config.toml", "[env]\nSET = \"1\"\n")]
#[case::atlas_configuration(".config/atlas.toml", "")]
#[case::toolchain_file("rust-toolchain.toml", "[toolchain]\n")]
fn configuration_may_be_read_too(#[case] path: &str, #[case] text: &str) {
    let fixture = Fixture::new(WORKSPACE);
    fixture.write(path, text);
    Settled::new(fixture, "").expect_no_op();
}

/// What another selection did to the state must not make either of them ask again.
#[rstest]
#[case::profile("--workspace --release")]
#[case::check("check")]
fn selections_by_turns_stay_settled(#[case] selection: &str) {
    let settled = Settled::new(Fixture::new(WORKSPACE), "");
    let other = Settled::new(settled.fixture, selection);
    let first = Settled { selection: Selection::new(""), ..other };
    first.expect_no_op();
    Settled { selection: Selection::new(selection), ..first }.expect_no_op();
}

/// A file that is as it was, but with another time, is read once: the state then knows the time.
#[rstest]
#[case::main_source("src/main.rs")]
#[case::module("lib/src/lib.rs")]
#[case::included_text("src/text.txt")]
#[case::source_of_a_macro("macros/src/lib.rs")]
#[case::source_of_a_build_script("lib/build.rs")]
fn a_touched_source_alone_is_read(#[case] source: &str) {
    let settled = Settled::new(Fixture::new(WORKSPACE), "");
    let before = settled.fixture.modified(source);
    settled.fixture.set_modified(source, before - Duration::from_secs(60));

    let trace = settled.expect_one_read(source);
    assert!(trace.changed.contains(&settled.state()), "the state knows the time: {trace:?}");
    settled.expect_no_op();
}

/// The time is the present one, so that a second change could not be told from it by time: the file
/// may be read once more, and no other is.
#[test]
fn a_source_touched_just_now_alone_is_read() {
    let settled = Settled::new(Fixture::new(WORKSPACE), "");
    settled.fixture.set_modified("src/main.rs", SystemTime::now());
    settled.expect_one_read("src/main.rs");
}
