//! A generated workspace of 36 crates: a small one at the bottom that is edited, 34 of some 1,500
//! lines in layers above it, and a program. Serde's derive macros are used all over. Knows nothing
//! of how it is built.

use std::fmt::Write as _;

use camino::Utf8Path;

use crate::edit::Place;

/// Changes with every change of what is generated.
const VERSION: &str = "version 1\n";
/// Crates between the bottom and the program.
const N_LIBRARIES: usize = 34;
/// Modules of each.
const N_MODULES: usize = 8;
/// Modules of the crate at the bottom.
const N_BOTTOM_MODULES: usize = 3;
const MODULE: &str = include_str!("module.template");

/// Crates of the workspace.
pub(crate) const N_CRATES: usize = N_LIBRARIES + 2;

/// Returns the edit: a function that all others come to, and none of them sees the body of.
pub(crate) fn edit() -> Place {
    let new = ["let step: u64 = {n};", "let step: u64 = value ^ {n};"];
    Place {
        file: "base/src/lib.rs".into(),
        old: "let step: u64 = 1;".to_owned(),
        new: new.map(str::to_owned).to_vec(),
    }
}

/// Writes the workspace, unless it is already there.
pub(crate) fn write(directory: &Utf8Path) {
    let marker = directory.join("generated.txt");
    if fs_err::read_to_string(&marker).is_ok_and(|text| text == VERSION) {
        return;
    }
    if directory.exists() {
        fs_err::remove_dir_all(directory).expect("the directory is ours");
    }
    for (path, text) in contents() {
        let path = directory.join(path);
        let parent = path.parent().expect("a file is in a directory");
        fs_err::create_dir_all(parent).expect("the directory is writable");
        fs_err::write(&path, text).expect("the directory is writable");
    }
    // Last: what was interrupted has no mark.
    fs_err::write(&marker, VERSION).expect("the directory is writable");
}

fn contents() -> Vec<(String, String)> {
    let mut contents = vec![("Cargo.toml".to_owned(), ROOT_MANIFEST.to_owned())];
    package(&mut contents, "base", &[], N_BOTTOM_MODULES, BOTTOM);
    for number in 0..N_LIBRARIES {
        package(&mut contents, &library(number), &dependencies(number), N_MODULES, "");
    }
    let top = [N_LIBRARIES - 3, N_LIBRARIES - 2, N_LIBRARIES - 1].map(library);
    let calls: Vec<String> = top.iter().map(|name| format!("{name}::value(seed)")).collect();
    let program = format!(
        "//! Prints what everything comes to.\n\nfn main() {{\n    let seed = 5;\n    \
         println!(\"{{}}\", {});\n}}\n",
        calls.join(" ^ ")
    );
    contents.push(("app/Cargo.toml".to_owned(), manifest("app", &top)));
    contents.push(("app/src/main.rs".to_owned(), program));
    contents
}

const ROOT_MANIFEST: &str = r#"[workspace]
members = ["base", "layer*", "app"]
resolver = "2"

[profile.dev]
debug = "line-tables-only"
"#;

const BOTTOM: &str = "
/// Mixes a number.
pub fn mix(value: u64) -> u64 {
    let step: u64 = 1;
    let mut mixed = value;
    for _ in 0..3 {
        mixed = mixed.wrapping_mul(step | 1).rotate_left(7);
    }
    mixed
}
";

fn library(number: usize) -> String {
    format!("layer{number:02}")
}

/// Layers of four crates: each uses the bottom and three crates of the layer below.
fn dependencies(number: usize) -> Vec<String> {
    let below = (number / 4 * 4).checked_sub(4);
    let layer = below.map(|below| (below..below + 4).filter(|other| other % 4 != number % 4));
    layer.into_iter().flatten().map(library).collect()
}

fn package(
    contents: &mut Vec<(String, String)>,
    name: &str,
    dependencies: &[String],
    n_modules: usize,
    extra: &str,
) {
    let is_bottom = name == "base";
    let mut text = format!("//! The crate `{name}`.\n\n");
    let mut calls = Vec::new();
    for number in 0..n_modules {
        let _infallible = writeln!(text, "pub mod m{number};");
        calls.push(format!("m{number}::value(seed)"));
        let module = MODULE.replace("$N", &number.to_string());
        let module = if is_bottom { module.replace("base::", "crate::") } else { module };
        contents.push((format!("{name}/src/m{number}.rs"), module));
    }
    for dependency in dependencies {
        let of_it = format!("{dependency}::m0");
        calls.push(format!("{dependency}::value(seed)"));
        // Generic code of another crate is compiled here.
        let _infallible = writeln!(
            text,
            "\nfn queued_of_{dependency}(seed: u64) -> usize {{\n    let mut queue = \
             {of_it}::Queue0::new();\n    queue.push(seed, {of_it}::Record0::new(\"x\", seed))\n}}"
        );
        calls.push(format!("queued_of_{dependency}(seed) as u64"));
    }
    let _infallible = writeln!(
        text,
        "\n/// Works with all modules.\npub fn value(seed: u64) -> u64 {{\n    {}\n}}\n{extra}",
        calls.join("\n        ^ ")
    );
    contents.push((format!("{name}/src/lib.rs"), text));
    let bottom = if is_bottom { vec![] } else { vec!["base".to_owned()] };
    contents.push((
        format!("{name}/Cargo.toml"),
        manifest(name, &[bottom, dependencies.to_vec()].concat()),
    ));
}

fn manifest(name: &str, dependencies: &[String]) -> String {
    let mut text = format!(
        "[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2021\"\n\n[dependencies]\n\
         serde = {{ version = \"1\", features = [\"derive\"] }}\n"
    );
    for dependency in dependencies {
        let _infallible = writeln!(text, "{dependency} = {{ path = \"../{dependency}\" }}");
    }
    text
}
