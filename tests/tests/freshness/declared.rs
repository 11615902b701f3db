//! Files that a package says its compiles read: `package.metadata.atlas.inputs`.

use atlas_tests::build::command;
use atlas_tests::environment;
use atlas_tests::fixture::Fixture;
use atlas_tests::repeated::Repeated;
use atlas_tests::selection::Selection;
use rstest::rstest;

use super::after;

/// `lib` has a constant with the names and texts of what is in a directory, by a macro that tells
/// nobody; `app` prints it.
const WORKSPACE: &str = r#"
//- /Cargo.toml
[package]
name = "app"
edition = "2021"
[dependencies]
lib = { path = "lib" }
[workspace]
//- /src/main.rs
fn main() {
    println!("{}", lib::pages());
}
//- /lib/Cargo.toml
[package]
name = "lib"
edition = "2021"
[dependencies]
mac = { path = "../mac" }
[package.metadata.atlas]
inputs = ["../pages/**/*.html"]
//- /lib/src/lib.rs
mac::pages!();
//- /pages/a.html
one
//- /pages/notes.txt
not read
//- /mac/Cargo.toml
[package]
name = "mac"
edition = "2021"
[lib]
proc-macro = true
//- /mac/src/lib.rs
use std::fs;
#[proc_macro]
pub fn pages(_: proc_macro::TokenStream) -> proc_macro::TokenStream {
    let lib = std::env::var("CARGO_MANIFEST_DIR").unwrap();
    let entries = fs::read_dir(format!("{lib}/../pages")).unwrap().map(|it| it.unwrap().path());
    let mut pages: Vec<_> = entries.filter(|it| it.extension().unwrap() == "html").collect();
    pages.sort();
    let text: Vec<String> = pages.iter().map(|it| fs::read_to_string(it).unwrap()).collect();
    let text = text.concat().replace('\n', " ");
    format!("pub fn pages() -> &'static str {{ {text:?} }}").parse().unwrap()
}
"#;

#[rstest]
#[case::edited(|w: &Repeated| w.fixture.write("pages/a.html", "two"), true, "two\n")]
#[case::added(|w: &Repeated| w.fixture.write("pages/b.html", "two"), true, "one two\n")]
#[case::removed(|w: &Repeated| w.fixture.remove("pages/a.html"), true, "\n")]
#[case::renamed(|w: &Repeated| w.fixture.rename("pages/a.html", "pages/b.html"), true, "one \n")]
#[case::other_file(|w: &Repeated| w.fixture.write("pages/notes.txt", "new"), false, "one \n")]
#[case::new_other_file(|w: &Repeated| w.fixture.write("pages/b.txt", "new"), false, "one \n")]
fn directory_that_a_macro_reads(
    #[case] change: impl Fn(&Repeated),
    #[case] is_built: bool,
    #[case] output: &str,
) {
    let expected: &[&str] = if is_built { &["lib/lib", "app/bin"] } else { &[] };
    let workspace = after(WORKSPACE, change, expected);
    assert_eq!(workspace.prints("debug/app"), output);
}

#[test]
fn earlier_result_with_other_files_is_not_taken_back() {
    let workspace =
        after(WORKSPACE, |w| w.fixture.write("pages/b.html", "two"), &["lib/lib", "app/bin"]);
    workspace.fixture.write("pages/c.html", "three");
    assert!(!workspace.ran("").is_empty());
    assert_eq!(workspace.prints("debug/app"), "one twothree\n");
    workspace.fixture.remove("pages/c.html");
    workspace.fixture.remove("pages/b.html");
    workspace.ran("");
    assert_eq!(workspace.prints("debug/app"), "one \n");
}

fn said(manifest: &str) -> (Option<i32>, String) {
    let fixture = Fixture::new(WORKSPACE);
    fixture.replace("lib/Cargo.toml", "inputs = [\"../pages/**/*.html\"]", manifest);
    let selection = Selection::new("check");
    let command =
        command(&environment::atlas_binary(), &fixture, &selection, &fixture.beside("target"));
    let outcome = command.run();
    (outcome.code, outcome.stderr.replace(fixture.root().as_str(), "<ws>"))
}

#[rstest]
#[case::unknown_key(
    "input = []",
    "warning: <ws>/lib/Cargo.toml: unused manifest key: package.metadata.atlas.input\n"
)]
#[case::wrong_type(
    "inputs = 3",
    "warning: <ws>/lib/Cargo.toml: `package.metadata.atlas.inputs` expected a list of patterns, \
     but found `3`\n"
)]
fn what_is_not_understood_is_said_and_the_build_goes_on(
    #[case] manifest: &str,
    #[case] expected: &str,
) {
    let (code, stderr) = said(manifest);
    assert_eq!(code, Some(0), "{stderr}");
    assert!(stderr.contains(expected), "{stderr}");
}

#[test]
fn wrong_pattern_ends_the_build() {
    let (code, stderr) = said("inputs = [\"a/[b\"]");
    let expected = "error: invalid pattern `a/[b` in `package.metadata.atlas.inputs` of \
                    `<ws>/lib/Cargo.toml`\n";
    assert_eq!(code, Some(101), "{stderr}");
    assert!(stderr.starts_with(expected), "{stderr}");
}
