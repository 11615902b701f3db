//! What was built is deleted, overwritten or damaged.

use atlas_tests::environment;
use atlas_tests::repeated::Repeated;
use camino::Utf8Path;
use rstest::rstest;

use super::expect;

const WORKSPACE: &str = r#"
//- /Cargo.toml
[package]
name = "app"
edition = "2021"
[dependencies]
dep = { path = "dep" }
[workspace]
//- /src/main.rs
fn main() {
    println!("{}", dep::number());
}
//- /dep/Cargo.toml
[package]
name = "dep"
edition = "2021"
//- /dep/src/lib.rs
pub fn number() -> u32 {
    1
}
"#;

fn is_in_atlas(path: &Utf8Path, directory: &str, extension: &str) -> bool {
    let path_text = path.as_str();
    path_text.contains("/atlas/")
        && path_text.contains(directory)
        && path.extension().unwrap_or("") == extension
}

fn built() -> Repeated {
    let workspace = Repeated::new(WORKSPACE);
    expect(&workspace, "", &["app/bin", "dep/lib"]);
    workspace
}

fn delete(workspace: &Repeated, wanted: impl Fn(&Utf8Path) -> bool) {
    let files = workspace.files(wanted);
    assert!(!files.is_empty(), "nothing to delete");
    for file in files {
        fs_err::remove_file(file).expect("the file was there");
    }
}

#[rstest]
// The names of the objects in a library differ each time.
#[case::published_library("/deps/", "rlib", &["app/bin", "dep/lib"])]
#[case::published_metadata("/deps/", "rmeta", &["app/bin", "dep/lib"])]
#[case::published_program("/deps/app-", "", &["app/bin"])]
#[case::what_rustc_wrote("/out/", "rlib", &[])]
#[case::what_rustc_read("/out/", "d", &[])]
fn deleted(#[case] directory: &str, #[case] extension: &str, #[case] expected: &[&str]) {
    let workspace = built();
    delete(&workspace, |path| is_in_atlas(path, directory, extension));
    expect(&workspace, "", expected);
    expect(&workspace, "", &[]);
    assert_eq!(workspace.prints("debug/app"), "1\n");
}

#[test]
fn everything_of_atlas_deleted() {
    let workspace = built();
    fs_err::remove_dir_all(workspace.target.join("atlas")).expect("it was there");
    expect(&workspace, "", &["app/bin", "dep/lib"]);
    assert_eq!(workspace.prints("debug/app"), "1\n");
}

#[rstest]
#[case::deleted(|program: &Utf8Path| fs_err::remove_file(program).expect("it was there"))]
#[case::replaced(|program: &Utf8Path| {
    fs_err::remove_file(program).expect("it was there");
    fs_err::write(program, "something else").expect("it may be written");
})]
fn program_put_back(#[case] damage: impl Fn(&Utf8Path)) {
    let workspace = built();
    damage(&workspace.target.join("debug/app"));
    expect(&workspace, "", &[]);
    assert_eq!(workspace.prints("debug/app"), "1\n");
}

#[test]
fn program_overwritten_in_place_is_linked_again() {
    let workspace = built();
    let program = workspace.target.join("debug/app");
    let file = fs_err::OpenOptions::new().write(true).open(&program).expect("it is there");
    file.set_len(10).expect("it may be written");
    drop(file);
    expect(&workspace, "", &["app/bin"]);
    assert_eq!(workspace.prints("debug/app"), "1\n");
    expect(&workspace, "", &[]);
}

#[test]
fn plain_cargo_in_the_same_directory() {
    let workspace = built();
    let cargo = |selection: &str| {
        let outcome = workspace.command(&environment::cargo(), selection).run();
        outcome.expect_success("cargo").stdout
    };
    cargo("");
    expect(&workspace, "", &[]);
    workspace.fixture.replace("dep/src/lib.rs", " 1\n", " 2\n");
    cargo("");
    assert_eq!(workspace.prints("debug/app"), "2\n");
    workspace.fixture.replace("dep/src/lib.rs", " 2\n", " 1\n");
    expect(&workspace, "", &[]);
    assert_eq!(workspace.prints("debug/app"), "1\n");
    workspace.fixture.replace("dep/src/lib.rs", " 1\n", " 3\n");
    expect(&workspace, "", &["app/bin", "dep/lib"]);
    assert_eq!(workspace.prints("debug/app"), "3\n");
}
