//! Interface oracle: rustc says whether metadata changes. Where the digests of a crate say that an
//! edit changes nothing that others see, its metadata may change nowhere but in the checksums of
//! the files and in the hash of the crate.
//!
//! All edits keep every position. Those that change nothing are made at once; if the metadata is
//! another one, halves tell which edit it was. `ATLAS_SWEEP=1` takes more crates, more edits and all
//! opt-levels, and is meant for a release build.

#![expect(clippy::print_stdout, reason = "how many edits there were is not in an assertion")]

mod constructs;
mod edits;
mod metadata;
mod subject;
mod trial;

use std::collections::BTreeSet;

use atlas_tests::fixture::Fixture;
use atlas_tests::recording::record;
use atlas_tests::selection::Selection;
use atlas_tests::{environment, published};

use subject::{Emit, Subject};
use trial::Tally;

/// Crates that compile within a second.
const FEW: &[&str] = &["fnv", "percent_encoding", "strsim"];

const WAYS: [Emit; 6] = [
    Emit::Code(0),
    Emit::Code(1),
    Emit::Code(2),
    Emit::Code(3),
    Emit::Unshared(0),
    Emit::Signature,
];

const PACKAGES: &[&str] = &[
    "adler2",
    "aho-corasick",
    "anstyle",
    "anyhow",
    "arrayvec",
    "base64",
    "bitflags",
    "bytes",
    "clap_lex",
    "either",
    "equivalent",
    "fastrand",
    "fnv",
    "foldhash",
    "glob",
    "hashbrown",
    "hex",
    "humantime",
    "indexmap",
    "itertools",
    "itoa",
    "log",
    "memchr",
    "once_cell",
    "percent-encoding",
    "regex-automata",
    "regex-syntax",
    "ryu",
    "scopeguard",
    "semver",
    "serde_json",
    "shlex",
    "smallvec",
    "strsim",
    "textwrap",
    "toml_edit",
    "unicode-segmentation",
    "unicode-width",
    "url",
    "walkdir",
    "winnow",
];

/// Builds the packages once, which tells how each crate is compiled.
fn subjects(packages: &[&str], lock: &str) -> (Fixture, Vec<Subject>) {
    let dependencies: String =
        packages.iter().map(|package| format!("{package} = \"*\"\n")).collect();
    let fixture = Fixture::new(&format!(
        "//- /Cargo.toml\n[package]\nname = \"app\"\nedition = \"2024\"\n[dependencies]\n\
         {dependencies}//- /src/lib.rs\n"
    ));
    published::pin(&fixture, lock);
    let selection = Selection::new("CARGO_PROFILE_DEV_DEBUG=0");
    let recording = record(&environment::cargo(), &fixture, &selection, "cargo");
    assert!(recording.outcome.success(), "{}", recording.outcome.stderr);
    let work = fixture.beside("work");
    let subjects = recording.rustc.iter().filter_map(|record| Subject::new(record, &work));
    let subjects = subjects.collect();
    (fixture, subjects)
}

#[track_caller]
fn check(subjects: &[Subject], n_edits: usize, ways: &[Emit]) {
    let mut total = Tally::default();
    let mut wrong = Vec::new();
    for subject in subjects {
        let trial = trial::run(subject, n_edits, ways);
        println!("{:<22} {}", subject.name(), trial.tally);
        trial.wrong.iter().for_each(|wrong| println!("{wrong}"));
        total.add(&trial.tally);
        wrong.extend(trial.wrong);
    }
    println!("{:<22} {total}", format!("{} crates", subjects.len()));
    assert!(total.n_unseen > 0, "no edit at all is unseen");
    assert!(wrong.is_empty(), "rustc sees what the digests do not:\n{}", wrong.join("\n"));
}

#[test]
fn metadata_is_the_same_where_digests_are() {
    let names: Vec<String> = FEW.iter().map(|name| name.replace('_', "-")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let (_fixture, subjects) = subjects(&names, "interface-few");
    let few: Vec<Subject> =
        subjects.into_iter().filter(|subject| FEW.contains(&subject.name())).collect();
    assert_eq!(few.len(), FEW.len());
    check(&few, 25, &[Emit::Code(2), Emit::Signature]);
}

#[test]
#[cfg_attr(not(sweep), ignore = "needs ATLAS_SWEEP=1")]
fn metadata_is_the_same_in_a_sweep() {
    let (_fixture, subjects) = subjects(PACKAGES, "interface");
    let only = environment::text("ATLAS_INTERFACE_ONLY");
    let crates: BTreeSet<String> = PACKAGES.iter().map(|name| name.replace('-', "_")).collect();
    let built: BTreeSet<String> =
        subjects.iter().map(|subject| subject.name().to_owned()).collect();
    assert!(built.is_superset(&crates), "not tried: {:?}", crates.difference(&built));
    let is_meant = |name: &str| match only.as_str() {
        "" => crates.contains(name),
        only => only.split(',').any(|other| other == name),
    };
    let subjects: Vec<Subject> =
        subjects.into_iter().filter(|subject| is_meant(subject.name())).collect();
    check(&subjects, environment::number("ATLAS_INTERFACE_EDITS", 1_000) as usize, &WAYS);
}
