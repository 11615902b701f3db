//! Rules of the code base that no compiler checks: what a file says of itself, how long it is, and
//! which module may use which. A rule that is broken names itself.

use camino::{Utf8Path, Utf8PathBuf};

/// Modules of `atlas-build`: each may use those before it.
const ORDER: &[&str] = &[
    "ids",
    "interrupt",
    "process",
    "platform",
    "cas",
    "request",
    "script",
    "toolchain",
    "workspace",
    "packages",
    "modules",
    "derivation",
    "units",
    "account",
    "event",
    "layout",
    "splice",
    "rustc",
    "plan",
    "fingerprints",
    "store",
    "clean",
    "execute",
    "pipeline",
];

/// Lines of a file that are not tests.
const MAX_LINES: usize = 500;

#[derive(Debug)]
struct Source {
    path: Utf8PathBuf,
    text: String,
}

impl Source {
    /// The text before the tests at the end.
    fn product(&self) -> &str {
        self.text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default()
    }

    fn is_for_tests(&self) -> bool {
        ["testing", "fixture", "scenarios", "real", "tests", "comparison"]
            .iter()
            .any(|name| self.path.file_stem() == Some(name))
    }
}

fn root() -> Utf8PathBuf {
    let tests = Utf8Path::new(env!("CARGO_MANIFEST_DIR"));
    tests.parent().expect("the tests are a member").to_owned()
}

fn sources(directory: &str) -> Vec<Source> {
    let mut sources = Vec::new();
    collect(&root().join(directory), &mut sources);
    assert!(!sources.is_empty(), "there is code in {directory}");
    sources
}

fn collect(directory: &Utf8Path, sources: &mut Vec<Source>) {
    for entry in directory.read_dir_utf8().expect("the sources are there") {
        let path = entry.expect("the sources can be listed").into_path();
        if path.is_dir() {
            collect(&path, sources);
        } else if path.extension() == Some("rs") {
            let text = fs_err::read_to_string(&path).expect("sources are text");
            sources.push(Source { path, text });
        }
    }
}

fn all() -> Vec<Source> {
    ["cargo-atlas/src", "atlas-build/src", "atlas-fingerprint/src", "atlas-build/tests", "tests"]
        .iter()
        .flat_map(|directory| sources(directory))
        .collect()
}

#[track_caller]
fn check(rule: &str, broken: &[String]) {
    assert!(broken.is_empty(), "{rule}:\n  {}", broken.join("\n  "));
}

#[test]
fn every_file_says_what_it_is() {
    let broken: Vec<String> = all()
        .iter()
        .filter(|source| !source.text.starts_with("//! "))
        .map(|source| source.path.to_string())
        .collect();
    check("a file starts with `//!` and what it knows", &broken);
}

#[test]
fn files_are_short() {
    let broken: Vec<String> = all()
        .iter()
        .filter(|source| !source.is_for_tests())
        .map(|source| (source.path.as_str(), source.product().lines().count()))
        .filter(|(_, lines)| *lines > MAX_LINES)
        .map(|(path, lines)| format!("{path}: {lines} lines"))
        .collect();
    check("a file over 500 lines, tests aside, is split", &broken);
}

#[test]
fn modules_of_the_engine_use_earlier_ones_only() {
    let mut broken = Vec::new();
    let engine = root().join("atlas-build/src");
    for source in sources("atlas-build/src").iter().filter(|source| !source.is_for_tests()) {
        let relative = source.path.strip_prefix(&engine).expect("below the engine");
        let module = relative.iter().next().unwrap_or_default().trim_end_matches(".rs");
        let Some(place) = ORDER.iter().position(|name| *name == module) else {
            assert_eq!(module, "lib", "{module} has a place in the order");
            continue;
        };
        for used in used_modules(source.product()) {
            if !ORDER[..=place].contains(&used) {
                broken.push(format!("{relative} uses `{used}`"));
            }
        }
    }
    check("a module uses only those before it in the order of the stages", &broken);
}

/// Returns the modules that a text names after `crate::`; documentation may name any.
fn used_modules(text: &str) -> impl Iterator<Item = &str> {
    text.lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .flat_map(|line| line.split("crate::").skip(1))
        .filter_map(|rest| rest.split(|c: char| !c.is_alphanumeric() && c != '_').next())
        // An item of the crate's root; braces hide what is used.
        .filter(|name| !name.chars().next().is_some_and(char::is_uppercase))
}

#[test]
fn crates_depend_in_one_direction() {
    let forbidden = [
        ("atlas-fingerprint", "atlas-build"),
        ("atlas-fingerprint", "cargo-atlas"),
        ("atlas-fingerprint", "cargo_metadata"),
        ("cargo-atlas", "atlas-fingerprint"),
        ("atlas-build", "cargo-atlas"),
        ("atlas-build", "clap"),
        ("atlas-build", "indicatif"),
        ("atlas-build", "anstream"),
    ];
    let broken: Vec<String> = forbidden
        .iter()
        .filter(|(package, dependency)| {
            let manifest = root().join(package).join("Cargo.toml");
            let text = fs_err::read_to_string(manifest).expect("the manifest is there");
            text.lines().any(|line| line.split(['.', ' ', '=']).next() == Some(dependency))
        })
        .map(|(package, dependency)| format!("{package} depends on {dependency}"))
        .collect();
    check("cargo-atlas -> atlas-build -> atlas-fingerprint, and words only in the first", &broken);
}
