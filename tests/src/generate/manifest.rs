//! Generated workspaces as files.

use std::collections::BTreeMap;

use super::model::{Dependency, Origin, Package, Workspace};

/// Returns paths and contents of a workspace.
pub(super) fn files(workspace: &Workspace) -> BTreeMap<String, String> {
    let mut files = BTreeMap::new();
    let mut root = String::new();
    for (index, package) in workspace.packages.iter().enumerate() {
        let dir = directory(workspace, index);
        let manifest = manifest(workspace, package, &dir);
        if dir.is_empty() {
            root = manifest;
        } else {
            files.insert(format!("{dir}Cargo.toml"), manifest);
        }
        if package.origin == Origin::Vendored {
            files.insert(format!("{dir}.cargo-checksum.json"), "{\"files\":{}}".to_owned());
        }
        let library = if package.proc_macro { "extern crate proc_macro;\n" } else { "" };
        files.insert(format!("{dir}src/lib.rs"), library.to_owned());
        if package.build_script {
            files.insert(format!("{dir}build.rs"), "fn main() {}\n".to_owned());
        }
        for target in &package.targets {
            let path = format!("{dir}{}/{}.rs", folder(target.kind), target.name);
            files.insert(path, "fn main() {}\n".to_owned());
        }
    }
    root += &workspace_table(workspace);
    files.insert("Cargo.toml".to_owned(), root);
    let source = "[source.crates-io]\nreplace-with = \"vendored\"\n[source.vendored]\ndirectory = \"vendor\"\n";
    files.insert(".cargo/config.toml".to_owned(), format!("{source}{}", workspace.config));
    files.insert("vendor/README".to_owned(), String::new());
    files
}

/// Directory of a package relative to the root, empty or with a slash at its end.
fn directory(workspace: &Workspace, index: usize) -> String {
    let package = &workspace.packages[index];
    match package.origin {
        _ if workspace.root == Some(index) => String::new(),
        Origin::Member => format!("members/{}/", package.name),
        Origin::Path => format!("paths/{}/", package.name),
        Origin::Vendored => format!("vendor/{}-{}/", package.name, package.version),
    }
}

fn folder(kind: &str) -> &'static str {
    match kind {
        "bin" => "src/bin",
        "example" => "examples",
        "test" => "tests",
        _ => "benches",
    }
}

fn workspace_table(workspace: &Workspace) -> String {
    let member = |index: usize| match directory(workspace, index) {
        dir if dir.is_empty() => "\".\"".to_owned(),
        dir => format!("{:?}", dir.trim_end_matches('/')),
    };
    let members = workspace.packages.iter().enumerate();
    let members = members.filter(|(_, package)| package.origin == Origin::Member);
    let members: Vec<String> = members.map(|(index, _)| member(index)).collect();
    let mut text = format!(
        "[workspace]\nmembers = [{}]\nexclude = [\"paths\", \"vendor\"]\nresolver = \"{}\"\n",
        members.join(", "),
        workspace.resolver
    );
    if !workspace.default_members.is_empty() {
        let members: Vec<String> = workspace.default_members.iter().map(|i| member(*i)).collect();
        text.extend([format!("default-members = [{}]\n", members.join(", "))]);
    }
    text + &workspace.profiles
}

fn manifest(workspace: &Workspace, package: &Package, dir: &str) -> String {
    let mut text = format!(
        "[package]\nname = \"{}\"\nversion = \"{}\"\nedition = \"{}\"\n",
        package.name, package.version, package.edition
    );
    if package.links {
        text.extend([format!(
            "links = \"{}_{}\"\n",
            package.name,
            package.version.replace('.', "_")
        )]);
    }
    text += "[lib]\n";
    if package.proc_macro {
        text += "proc-macro = true\n";
    }
    if let Some(types) = package.crate_types {
        text.extend([format!("crate-type = [{types}]\n")]);
    }
    for target in &package.targets {
        text.extend([format!("[[{}]]\nname = \"{}\"\n{}", target.kind, target.name, target.lines)]);
        if !target.required.is_empty() {
            text.extend([format!("required-features = {:?}\n", target.required)]);
        }
    }
    text += "[features]\n";
    for (name, values) in &package.features {
        text.extend([format!("{name} = {values:?}\n")]);
    }
    text + &dependencies(workspace, package, dir)
}

fn dependencies(workspace: &Workspace, package: &Package, dir: &str) -> String {
    let mut tables: BTreeMap<String, String> = BTreeMap::new();
    for dependency in &package.dependencies {
        let table = match dependency.platform {
            None => format!("{}dependencies", dependency.kind),
            Some(platform) => format!("target.'{platform}'.{}dependencies", dependency.kind),
        };
        *tables.entry(table).or_default() += &line(workspace, dependency, dir);
    }
    tables.iter().map(|(table, lines)| format!("[{table}]\n{lines}")).collect()
}

fn line(workspace: &Workspace, dependency: &Dependency, dir: &str) -> String {
    let to = &workspace.packages[dependency.to];
    let mut text = format!("{} = {{ version = \"{}\"", dependency.key, to.version);
    if dependency.key != to.name {
        text.extend([format!(", package = \"{}\"", to.name)]);
    }
    if to.origin != Origin::Vendored {
        let up = "../".repeat(dir.matches('/').count());
        let target = format!("{up}{}", directory(workspace, dependency.to));
        let target = if target.is_empty() { "." } else { target.trim_end_matches('/') };
        text.extend([format!(", path = \"{target}\"")]);
    }
    if dependency.optional {
        text += ", optional = true";
    }
    if !dependency.default_features {
        text += ", default-features = false";
    }
    if !dependency.features.is_empty() {
        text.extend([format!(", features = {:?}", dependency.features)]);
    }
    text + " }\n"
}
