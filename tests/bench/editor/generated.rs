//! A generated workspace of 30 crates: one at the bottom that is edited, 28 above it in layers of four,
//! and a program. Knows nothing of how it is checked.

use std::fmt::Write as _;

use camino::Utf8Path;

/// Crates between the bottom and the program.
const N_LIBRARIES: usize = 28;
/// Functions of each.
const N_FUNCTIONS: usize = 30;

/// The file that is edited.
pub(crate) const EDITED: &str = "base/src/lib.rs";

/// Writes the workspace, unless it is already there.
pub(crate) fn write(directory: &Utf8Path) {
    for (path, text) in contents() {
        let path = directory.join(path);
        if fs_err::read_to_string(&path).is_ok_and(|there| there == text) {
            continue;
        }
        let parent = path.parent().expect("a file is in a directory");
        fs_err::create_dir_all(parent).expect("the directory is writable");
        fs_err::write(&path, text).expect("the directory is writable");
    }
}

/// Returns the text of the edited file; `number` is that of an unused variable, if there is one.
pub(crate) fn edited(number: Option<u32>) -> String {
    let unused = number.map_or(String::new(), |number| format!("let unused_{number} = 1;"));
    let function =
        format!("/// Edited.\npub fn edited(x: u64) -> u64 {{\n    {unused}\n    x\n}}\n");
    library("base", &[]) + &function
}

fn contents() -> Vec<(String, String)> {
    let members = "[workspace]\nmembers = [\"base\", \"layer*\", \"app\"]\nresolver = \"2\"\n";
    let mut contents = vec![("Cargo.toml".to_owned(), members.to_owned())];
    contents.push(("base/Cargo.toml".to_owned(), manifest("base", &[])));
    contents.push((EDITED.to_owned(), edited(None)));
    let name = |number: usize| format!("layer{number:02}");
    for number in 0..N_LIBRARIES {
        let below = (number / 4 * 4).checked_sub(4).map(|below| below..below + 4);
        let mut below: Vec<String> = below.into_iter().flatten().map(name).collect();
        below.push("base".to_owned());
        contents.push((format!("{}/Cargo.toml", name(number)), manifest(&name(number), &below)));
        contents.push((format!("{}/src/lib.rs", name(number)), library(&name(number), &below)));
    }
    let top = [name(N_LIBRARIES - 1)];
    contents.push(("app/Cargo.toml".to_owned(), manifest("app", &top)));
    let program = format!("fn main() {{\n    println!(\"{{}}\", {}::f0(5));\n}}\n", top[0]);
    contents.push(("app/src/main.rs".to_owned(), program));
    contents
}

fn library(name: &str, below: &[String]) -> String {
    let mut text = format!("//! The crate `{name}`.\n");
    for number in 0..N_FUNCTIONS {
        let calls: String = below.iter().map(|name| format!(" ^ {name}::f{number}(x)")).collect();
        let _infallible = writeln!(
            text,
            "/// Function {number}.\npub fn f{number}(x: u64) -> u64 {{\n    let all: Vec<u64> = \
             (0..x).map(|n| n.rotate_left({number} % 64)).collect();\n    all.iter().sum::<u64>(){calls}\n}}"
        );
    }
    text
}

fn manifest(name: &str, below: &[String]) -> String {
    let mut text = format!(
        "[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2021\"\n[dependencies]\n"
    );
    for name in below {
        let _infallible = writeln!(text, "{name} = {{ path = \"../{name}\" }}");
    }
    text
}
