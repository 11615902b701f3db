//! Which questions a plan answers: what cargo, rustup and the engine look at on the way to it.
//! Knows the workspace that was loaded.
//!
//! One thing is not noticed: a manifest above the workspace that is removed while the plan is made.

use std::collections::BTreeSet;

use atlas_fingerprint::{Files, Moment, Stat, in_parallel};
use camino::Utf8PathBuf;

use crate::derivation::check::{Derivation, Fact};
use crate::derivation::manifest::manifest_in;
use crate::derivation::question::Question;
use crate::derivation::search::Search;
use crate::derivation::targets::{self, SourceNames};
use crate::derivation::toolchain;
use crate::packages::{Package, PackageGraph};
use crate::request::BuildRequest;
use crate::workspace::config::{self, Configuration, Key, Sourced, Value};
use crate::workspace::{Workspace, cargo_home};

/// Returns what a plan was derived from. `before` is a moment before the planning began.
///
/// `None` if the plan must not be kept: something was modified since `before`, so that the plan may
/// be older than what is seen now, or not everything that it was derived from can be checked
/// without starting a process.
pub fn derive(
    files: &dyn Files,
    request: &BuildRequest,
    workspace: &Workspace,
    packages: &PackageGraph,
    before: Moment,
) -> Option<Derivation> {
    let configuration = config::load(request).ok()?;
    let mut questions = toolchain::questions(request, workspace, files)?;
    let lock_file = workspace.root.join("Cargo.lock");
    if !matches!(files.stat(&lock_file), Ok(Stat::File(_))) {
        // Without one, versions are chosen anew each time.
        return None;
    }
    questions.insert(Question::LockFile(lock_file));
    packages_of_sources(request, packages, &mut questions);
    local_packages(packages, &mut questions);
    let mut search = Search::new(files, &workspace.root, packages)?;
    let current = &workspace.current_manifest;
    if request.manifest_path.is_none() {
        search.above(Some(&request.cwd), current.parent());
    }
    search.package(current);
    for manifest in patches(&configuration)? {
        search.package(&manifest);
    }
    questions.extend(search.follow()?);
    let questions: Vec<Question> = questions.into_iter().collect();
    let facts = in_parallel(&questions, |question| Fact::learn(question, files, before));
    let facts: Vec<Fact> = facts.into_iter().collect::<Option<_>>()?;
    // What was modified between the look at it and the reading of it has another stamp by now.
    let hold = in_parallel(&facts, |fact| fact.holds(files));
    hold.iter().all(|holds| *holds).then(|| Derivation::new(facts))
}

/// Asks for the packages that do not change: those that cargo has unpacked itself need only be
/// there; vendored ones are anyone's to edit.
fn packages_of_sources(
    request: &BuildRequest,
    packages: &PackageGraph,
    questions: &mut BTreeSet<Question>,
) {
    let home = cargo_home(&request.env, &request.cwd);
    let unpacked = home.map(|home| [home.join("registry/src"), home.join("git/checkouts")]);
    for package in packages.packages.values().filter(|package| !package.is_local()) {
        let path = &package.manifest_path;
        if unpacked.iter().flatten().any(|directory| path.starts_with(directory)) {
            questions.insert(Question::PackageManifest(path.clone()));
        } else {
            questions.insert(Question::VendoredFile(path.clone()));
            let checksums = package.root().join(".cargo-checksum.json");
            questions.insert(Question::VendoredFile(checksums));
        }
    }
}

/// Asks for the targets of local packages.
fn local_packages(packages: &PackageGraph, questions: &mut BTreeSet<Question>) {
    for package in packages.packages.values().filter(|package| package.is_local()) {
        questions.insert(Question::Targets {
            directory: package.root().to_owned(),
            names: source_names(package),
        });
        for target in &package.targets {
            if !targets::covers(package.root(), &target.src_path) {
                questions.insert(Question::TargetFile(target.src_path.clone()));
            }
        }
    }
}

fn source_names(package: &Package) -> SourceNames {
    if package.targets.iter().any(|target| target.edition == "2015") {
        SourceNames::All
    } else {
        SourceNames::Conventional
    }
}

/// Returns the manifests that `[patch]` tables of the configuration name; `None` if packages come
/// from a local registry, whose files may change behind cargo's back.
fn patches(configuration: &Configuration<'_>) -> Option<Vec<Utf8PathBuf>> {
    let tables = |key: &str| -> Option<Vec<&config::Table>> {
        let table = configuration.table(&Key::new(key)).ok()?;
        Some(table.into_iter().flat_map(|table| table.values().filter_map(as_table)).collect())
    };
    if tables("source")?.iter().any(|source| source.contains_key("local-registry")) {
        return None;
    }
    let patches = tables("patch")?;
    let paths = patches.iter().flat_map(|patches| patches.values()).filter_map(|patch| {
        let path = as_table(patch)?.get("path")?;
        let Value::String(text) = &path.value else { return None };
        Some(manifest_in(path.definition.root(configuration.cwd), text))
    });
    Some(paths.collect())
}

fn as_table(value: &Sourced<Value>) -> Option<&config::Table> {
    match &value.value {
        Value::Table(table) => Some(table),
        _ => None,
    }
}
