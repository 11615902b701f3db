//! The modules that `cargo atlas graph` finds, with the files that rustc reads.

use std::collections::{BTreeMap, BTreeSet};

use atlas_fingerprint::{Embeds, embeds, parse_dep_info};
use atlas_tests::environment;
use atlas_tests::fixture::Fixture;
use atlas_tests::process::Command;
use atlas_tests::published::{Case, Extent, SEARCH_TOOL};
use camino::{Utf8Path, Utf8PathBuf};
use serde_json::Value;

/// Source files by the root of their crate; each with whether conditions may leave it out.
type Files = BTreeMap<Utf8PathBuf, BTreeMap<Utf8PathBuf, bool>>;

/// Returns what the graph says.
fn graphed(fixture: &Fixture) -> Files {
    let outcome = Command::new(&environment::atlas_binary())
        .cwd(fixture.root())
        .env("CARGO_NET_OFFLINE", "true")
        .env("CARGO_TARGET_DIR", fixture.beside("atlas").as_str())
        .args(&["graph", "--workspace", "--modules", "--all-features", "--format", "json"])
        .run();
    let outcome = outcome.expect_success("graph");
    let graph: Value = serde_json::from_str(&outcome.stdout).expect("it is JSON");
    let list = |name: &str| graph[name].as_array().expect("a list");
    let number = |value: &Value| value.as_u64().map(|number| number as usize);
    let path = |value: &Value| {
        let file = number(value).map(|file| &list("files")[file]["path"]);
        file.and_then(Value::as_str).map(Utf8PathBuf::from)
    };
    let modules = list("modules");
    let mut files = Files::new();
    for module in modules {
        let root = number(&list("crates")[number(&module["crate"]).expect("an index")]["root"]);
        let root = path(&modules[root.expect("an index")]["file"]).expect("roots have files");
        let mut is_conditional = false;
        let mut around = Some(module);
        while let Some(module) = around {
            is_conditional |= module["conditions"].as_array().is_some_and(|all| !all.is_empty());
            around = number(&module["parent"]).map(|parent| &modules[parent]);
        }
        if let Some(file) = path(&module["file"]) {
            let known = files.entry(root).or_default().entry(file).or_insert(true);
            *known &= is_conditional;
        }
    }
    files
}

/// Returns what rustc read of each library and binary, embedded texts left out.
fn read(fixture: &Fixture, features: &str) -> BTreeMap<Utf8PathBuf, BTreeSet<Utf8PathBuf>> {
    let target = fixture.beside("cargo");
    let checked = Command::new(&environment::cargo())
        .cwd(fixture.root())
        .env("CARGO_NET_OFFLINE", "true")
        .env("CARGO_BUILD_JOBS", "2")
        .env("CARGO_TARGET_DIR", target.as_str())
        .args(&["check", "--workspace", "--features", features])
        .run();
    let _checked = checked.expect_success("cargo check");
    let mut read = BTreeMap::new();
    for entry in target.join("debug/deps").read_dir_utf8().expect("it was built") {
        let path = entry.expect("it can be listed").into_path();
        if path.extension() != Some("d") {
            continue;
        }
        let text = fs_err::read_to_string(&path).expect("it is text");
        let info = parse_dep_info(&text, fixture.root()).expect("rustc wrote it");
        let root = info.files.first().expect("there is a root").clone();
        if root.starts_with(fixture.root()) {
            let embedded: BTreeSet<_> = info.files.iter().flat_map(|it| embedded(it)).collect();
            let files = info.files.into_iter().filter(|file| !embedded.contains(file));
            read.insert(root, files.filter(|file| file.extension() == Some("rs")).collect());
        }
    }
    read
}

fn embedded(file: &Utf8Path) -> Vec<Utf8PathBuf> {
    match fs_err::read_to_string(file).map(|text| embeds(&text)) {
        Ok(Embeds::Files(files)) => {
            files.iter().map(|embedded| file.with_file_name(embedded)).collect()
        }
        _ => Vec::new(),
    }
}

/// Compares the two: whatever rustc read is found, and what it did not read may be left out.
#[track_caller]
fn check(fixture: &Fixture, features: &str, n_crates: usize) {
    let (graphed, read) = (graphed(fixture), read(fixture, features));
    assert_eq!(read.len(), n_crates, "{:?}", read.keys());
    for (root, files) in read {
        let found = &graphed[&root];
        let missed: Vec<_> = files.iter().filter(|file| !found.contains_key(*file)).collect();
        assert!(missed.is_empty(), "not found for {root}: {missed:?}");
        let extra = found.iter().filter(|(file, _)| !files.contains(*file));
        let extra: Vec<_> = extra.filter(|(_, is_conditional)| !**is_conditional).collect();
        assert!(extra.is_empty(), "not read for {root}: {extra:?}");
    }
}

#[test]
fn every_file_that_rustc_reads_is_a_module() {
    check(&SEARCH_TOOL.assemble(), "", 10);
}

#[test]
#[cfg_attr(not(sweep), ignore = "needs ATLAS_SWEEP=1")]
fn every_file_of_a_runtime_is_a_module() {
    let case = Case {
        name: "tokio",
        packages: &["tokio@1.54.1", "tokio-macros@2.7.2"],
        extent: Extent::All,
    };
    check(&case.assemble(), "tokio/full", 2);
}
