//! The form in which nextest is told of programs that are built already: that of `cargo nextest list
//! --list-type binaries-only --message-format json` (crate `nextest-metadata`, `BinaryListSummary`).

use std::collections::BTreeSet;
use std::sync::Arc;

use atlas_build::Site;
use atlas_build::event::{BuildScriptExecuted, UnitDescription};
use atlas_build::packages::TargetKind;
use atlas_build::platform::{CompileKind, Triple};
use camino::{Utf8Path, Utf8PathBuf};
use serde_json::{Map, Value, json};

use super::Recording;

/// Returns the text of a list.
pub(crate) fn binaries(recording: &Recording, site: &Site) -> Value {
    let host = site.toolchain.host.as_str();
    let target = site.kinds.iter().find_map(CompileKind::triple).map(Triple::as_str);
    let list = List { recording, site };
    let targets: Vec<Value> = target.iter().map(|triple| list.platform(triple)).collect();
    json!({
        "rust-build-meta": {
            "target-directory": site.target_directory,
            "build-directory": site.target_directory,
            "base-output-directories": list.directories(),
            "non-test-binaries": list.binaries(),
            "build-script-out-dirs": list.out_dirs(),
            "build-script-info": list.variables(),
            "linked-paths": list.linked_paths(),
            "platforms": { "host": list.platform(host), "targets": targets },
            "target-platforms": [triple(target.unwrap_or(host))],
            "target-platform": target,
        },
        "rust-binaries": tests(recording),
    })
}

/// What is listed.
struct List<'a> {
    recording: &'a Recording,
    site: &'a Site,
}

impl List<'_> {
    fn platform(&self, name: &str) -> Value {
        let libraries = self.site.toolchain.sysroot.join("lib/rustlib").join(name).join("lib");
        json!({
            "platform": triple(name),
            "libdir": { "status": "available", "path": libraries },
        })
    }

    fn relative<'p>(&self, path: &'p Utf8Path) -> &'p Utf8Path {
        path.strip_prefix(&self.site.target_directory).unwrap_or(path)
    }

    fn binaries(&self) -> Value {
        let mut packages = Map::new();
        for (unit, path) in self.recording.binaries() {
            let binary = json!({
                "name": unit.target.name,
                "kind": "bin-exe",
                "path": self.relative(path),
                "build-platform": "target",
            });
            let of_package = packages.entry(unit.package_id.clone()).or_insert_with(|| json!([]));
            if let Value::Array(binaries) = of_package {
                binaries.push(binary);
            }
        }
        Value::Object(packages)
    }

    fn out_dirs(&self) -> Value {
        let scripts = self.recording.scripts.iter();
        let out_dir = |(package, said): (&String, &Arc<BuildScriptExecuted>)| {
            (package.clone(), json!(self.relative(&said.out_dir)))
        };
        scripts.map(out_dir).collect()
    }

    fn variables(&self) -> Value {
        let variables = |said: &BuildScriptExecuted| -> Map<String, Value> {
            said.env.iter().map(|(name, value)| (name.clone(), json!(value))).collect()
        };
        let scripts = self.recording.scripts.iter();
        let envs =
            scripts.map(|(package, said)| (package.clone(), json!({ "envs": variables(said) })));
        envs.collect()
    }

    /// Returns directories in the target directory that programs are linked against.
    fn linked_paths(&self) -> BTreeSet<&Utf8Path> {
        let said = self.recording.scripts.values().flat_map(|said| &said.linked_paths);
        let paths = said.map(|text| text.split_once('=').map_or(text.as_str(), |(_, path)| path));
        let below = |path| Utf8Path::new(path).strip_prefix(&self.site.target_directory).ok();
        paths.filter_map(below).collect()
    }

    /// Returns the directories of results and of intermediate files.
    fn directories(&self) -> BTreeSet<Utf8PathBuf> {
        let host = [CompileKind::Host];
        let layout = &self.site.layout;
        let of = |kind: &CompileKind| [layout.results(kind), layout.intermediate(kind)];
        let all = host.iter().chain(&self.site.kinds).flat_map(of);
        all.map(|path| self.relative(&path).to_owned()).collect()
    }
}

fn triple(name: &str) -> Value {
    json!({ "triple": name, "target-features": "unknown" })
}

fn tests(recording: &Recording) -> Value {
    recording
        .tests()
        .map(|(unit, path)| {
            let id = binary_id(unit);
            let platform = if unit.target.is_proc_macro() { "host" } else { "target" };
            let test = json!({
                "binary-id": id,
                "binary-name": unit.target.name,
                "package-id": unit.package_id,
                "kind": kind(unit),
                "binary-path": path,
                "build-platform": platform,
            });
            (id, test)
        })
        .collect()
}

/// Returns the name by which nextest knows a program (`RustBinaryId::from_parts`).
fn binary_id(unit: &UnitDescription) -> String {
    let (package, name) = (&unit.package, &unit.target.name);
    match kind(unit) {
        "lib" | "proc-macro" => package.clone(),
        "test" => format!("{package}::{name}"),
        kind => format!("{package}::{kind}/{name}"),
    }
}

fn kind(unit: &UnitDescription) -> &'static str {
    match unit.target.kind {
        TargetKind::Lib(_) if unit.target.is_proc_macro() => "proc-macro",
        TargetKind::Lib(_) => "lib",
        TargetKind::Bin => "bin",
        TargetKind::Test => "test",
        TargetKind::Bench => "bench",
        _ => "example",
    }
}
