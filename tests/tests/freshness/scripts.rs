//! Build scripts.

use atlas_tests::repeated::Repeated;
use rstest::rstest;

use super::{after, expect};

/// `app` has a build script that DIRECTIVES describes, a library and a program; `user` uses its library.
const SCRIPT: &str = r#"
//- /Cargo.toml
[workspace]
members = ["app", "user"]
resolver = "2"
//- /app/Cargo.toml
[package]
name = "app"
version = "0.1.0"
edition = "2021"
//- /app/build.rs
use std::{env, fs, path::Path};
fn main() {
    let out = env::var("OUT_DIR").unwrap();
    let data = fs::read_to_string("data.txt").unwrap_or_default();
    let text = format!("pub const DATA: &str = {:?};", data.lines().next().unwrap_or(""));
    fs::write(Path::new(&out).join("gen.rs"), text).unwrap();
    let odd = env::var("ODD").unwrap_or_default();
    println!("cargo::rustc-env=TOLD={odd}");
    DIRECTIVES
}
//- /app/data.txt
one
//- /app/dir/inner/file.txt
file
//- /app/other.txt
other
//- /app/src/lib.rs
include!(concat!(env!("OUT_DIR"), "/gen.rs"));
//- /app/src/main.rs
fn main() {
    println!("{} {}", app::DATA, env!("TOLD"));
}
//- /user/Cargo.toml
[package]
name = "user"
edition = "2021"
[dependencies]
app = { path = "../app" }
//- /user/src/lib.rs
pub fn user() -> &'static str {
    app::DATA
}
"#;

const RUN: &[&str] = &["app/run-build-script"];
const OWN: &[&str] = &["app/run-build-script", "app/lib", "app/bin"];
const ALL: &[&str] = &["app/run-build-script", "app/lib", "app/bin", "user/lib"];

/// The script watches the file that it reads, a directory, and a variable.
const WATCHING: &str = r#"println!("cargo::rerun-if-changed=data.txt");
    println!("cargo::rerun-if-changed=dir");
    println!("cargo::rerun-if-env-changed=ODD");"#;

fn workspace(directives: &str) -> String {
    SCRIPT.replace("DIRECTIVES", directives)
}

#[rstest]
#[case::nothing(|_: &Repeated| (), &[], "one \n")]
#[case::watched_file(|w: &Repeated| w.fixture.write("app/data.txt", "two\n"), ALL, "two \n")]
#[case::touched_file(|w: &Repeated| w.fixture.write("app/data.txt", "one\n"), &[], "one \n")]
// Cargo runs these again, too: they may read what the script watches without a word.
#[case::same_output(|w: &Repeated| w.fixture.write("app/data.txt", "one\nmore"), OWN, "one \n")]
#[case::file_in_directory(|w: &Repeated| w.fixture.write("app/dir/inner/file.txt", "x"), OWN, "one \n")]
#[case::new_file_in_directory(|w: &Repeated| w.fixture.write("app/dir/inner/new", ""), OWN, "one \n")]
#[case::new_directory(|w: &Repeated| w.fixture.write("app/dir/new/new", ""), OWN, "one \n")]
#[case::removed_from_directory(|w: &Repeated| w.fixture.remove("app/dir/inner/file.txt"), OWN, "one \n")]
#[case::watched_file_removed(|w: &Repeated| w.fixture.remove("app/data.txt"), ALL, " \n")]
#[case::file_that_is_not_watched(|w: &Repeated| w.fixture.write("app/other.txt", "x"), &[], "one \n")]
#[case::comment_at_the_end_of_a_line_of_the_script(
    |w: &Repeated| w.fixture.replace("app/build.rs", "fn main() {", "fn main() { // comment"),
    &[],
    "one \n"
)]
#[case::comment_in_the_script(
    |w: &Repeated| w.fixture.replace("app/build.rs", "fn main", "// comment\n\n\nfn main"),
    &["app/build-script", "app/run-build-script"],
    "one \n"
)]
#[case::script_says_something_else(
    |w: &Repeated| w.fixture.replace("app/build.rs", "TOLD={odd}", "TOLD=x"),
    &["app/build-script", "app/run-build-script", "app/lib", "app/bin"],
    "one x\n"
)]
#[case::library_source(
    |w: &Repeated| w.fixture.replace("app/src/lib.rs", "include", "pub fn new() {}\ninclude"),
    &["app/lib", "app/bin", "user/lib"],
    "one \n"
)]
fn edit(#[case] change: impl Fn(&Repeated), #[case] expected: &[&str], #[case] output: &str) {
    let workspace = Repeated::new(&workspace(WATCHING));
    assert!(!workspace.ran("").is_empty(), "the first build runs something");
    change(&workspace);
    expect(&workspace, "", expected);
    if workspace.fixture.path("app/data.txt").exists() {
        expect(&workspace, "", &[]);
    } else {
        expect(&workspace, "", RUN);
    }
    assert_eq!(workspace.prints("debug/app"), output);
}

#[test]
fn watched_variable() {
    let workspace = Repeated::new(&workspace(WATCHING));
    workspace.ran("");
    expect(&workspace, "ODD=x", OWN);
    assert_eq!(workspace.prints("debug/app"), "one x\n");
    expect(&workspace, "ODD=x", &[]);
    // What was made from the other value is still there, but for what the script writes.
    expect(&workspace, "", RUN);
    assert_eq!(workspace.prints("debug/app"), "one \n");
}

#[test]
fn watched_path_that_does_not_exist_runs_the_script_each_time() {
    let workspace = Repeated::new(&workspace("println!(\"cargo::rerun-if-changed=nowhere\");"));
    workspace.ran("");
    expect(&workspace, "", RUN);
    workspace.fixture.write("app/data.txt", "two");
    expect(&workspace, "", ALL);
    assert_eq!(workspace.prints("debug/app"), "two \n");
    workspace.fixture.write("app/nowhere", "");
    expect(&workspace, "", OWN);
    expect(&workspace, "", &[]);
}

#[rstest]
#[case::read(|w: &Repeated| w.fixture.write("app/data.txt", "two"), ALL)]
#[case::not_read(|w: &Repeated| w.fixture.write("app/other.txt", "x"), OWN)]
#[case::new(|w: &Repeated| w.fixture.write("app/new.txt", "x"), OWN)]
#[case::removed(|w: &Repeated| w.fixture.remove("app/other.txt"), OWN)]
#[case::of_another_package(|w: &Repeated| w.fixture.write("user/new.txt", "x"), &[])]
#[case::inner_package(|w: &Repeated| w.fixture.write("app/inner/Cargo.toml", "x"), &[])]
fn script_that_watches_nothing(#[case] change: impl Fn(&Repeated), #[case] expected: &[&str]) {
    after(&workspace(""), change, expected);
}

/// Nothing that the compiler or the script say leads to what such a macro reads, except that the
/// script watches it. This is how crates with migrations or templates have themselves compiled again.
#[test]
fn script_that_only_watches_what_a_macro_reads() {
    let workspace = Repeated::new(
        r#"
//- /Cargo.toml
[package]
name = "app"
edition = "2021"
[dependencies]
mac = { path = "mac" }
[workspace]
//- /build.rs
fn main() {
    println!("cargo::rerun-if-changed=migrations");
}
//- /migrations/1.sql
one
//- /src/main.rs
fn main() {
    println!("{}", mac::migrations!());
}
//- /mac/Cargo.toml
[package]
name = "mac"
edition = "2021"
[lib]
proc-macro = true
//- /mac/src/lib.rs
#[proc_macro]
pub fn migrations(_: proc_macro::TokenStream) -> proc_macro::TokenStream {
    let dir = std::env::var("CARGO_MANIFEST_DIR").unwrap() + "/migrations";
    let mut all: Vec<String> = std::fs::read_dir(dir)
        .unwrap()
        .map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap().trim().to_string())
        .collect();
    all.sort();
    format!("{:?}", all.join(",")).parse().unwrap()
}
"#,
    );
    workspace.ran("");
    assert_eq!(workspace.prints("debug/app"), "one\n");
    workspace.fixture.write("migrations/2.sql", "two");
    expect(&workspace, "", &["app/run-build-script", "app/bin"]);
    assert_eq!(workspace.prints("debug/app"), "one,two\n");
    workspace.fixture.write("migrations/2.sql", "TWO");
    expect(&workspace, "", &["app/run-build-script", "app/bin"]);
    assert_eq!(workspace.prints("debug/app"), "TWO,one\n");
    expect(&workspace, "", &[]);
}

/// The same, where the macro's own package has the script: the macro is what it was.
#[test]
fn script_of_a_macro_that_watches_what_the_macro_reads() {
    let workspace = Repeated::new(
        r#"
//- /Cargo.toml
[package]
name = "app"
edition = "2021"
[dependencies]
mac = { path = "mac" }
[workspace]
//- /src/main.rs
fn main() {
    println!("{}", mac::schema!());
}
//- /mac/Cargo.toml
[package]
name = "mac"
edition = "2021"
[lib]
proc-macro = true
//- /mac/build.rs
fn main() {
    println!("cargo::rerun-if-changed=schema");
}
//- /mac/schema
one
//- /mac/src/lib.rs
#[proc_macro]
pub fn schema(_: proc_macro::TokenStream) -> proc_macro::TokenStream {
    let schema = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/schema")).unwrap();
    format!("{:?}", schema.trim()).parse().unwrap()
}
"#,
    );
    workspace.ran("");
    workspace.fixture.write("mac/schema", "two");
    expect(&workspace, "", &["mac/run-build-script", "mac/lib", "app/bin"]);
    assert_eq!(workspace.prints("debug/app"), "two\n");
    expect(&workspace, "", &[]);
}

const LINKS: &str = r#"
//- /Cargo.toml
[package]
name = "app"
edition = "2021"
[dependencies]
a-sys = { path = "a-sys" }
[workspace]
//- /build.rs
fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rustc-env=TOLD={}", std::env::var("DEP_A_TOLD").unwrap());
}
//- /src/main.rs
fn main() {
    println!("{}", env!("TOLD"));
}
//- /a-sys/Cargo.toml
[package]
name = "a-sys"
edition = "2021"
links = "a"
//- /a-sys/told
one
//- /a-sys/build.rs
fn main() {
    println!("cargo::rerun-if-changed=told");
    println!("cargo::metadata=told={}", std::fs::read_to_string("told").unwrap().trim());
}
//- /a-sys/src/lib.rs
"#;

#[rstest]
#[case::other(
    |w: &Repeated| w.fixture.write("a-sys/told", "two"),
    &["a-sys/run-build-script", "a-sys/lib", "app/run-build-script", "app/bin"],
    "two\n"
)]
#[case::same(
    |w: &Repeated| w.fixture.write("a-sys/told", " one "),
    &["a-sys/run-build-script", "a-sys/lib", "app/bin"],
    "one\n"
)]
fn links_metadata(
    #[case] change: impl Fn(&Repeated),
    #[case] expected: &[&str],
    #[case] output: &str,
) {
    let workspace = after(LINKS, change, expected);
    assert_eq!(workspace.prints("debug/app"), output);
}

/// A script that writes a source file of its package, which is found new once and then no more.
#[test]
fn script_that_writes_into_its_package() {
    let workspace = Repeated::new(
        r#"
//- /Cargo.toml
[package]
name = "app"
edition = "2021"
[workspace]
//- /build.rs
fn main() {
    let data = std::fs::read_to_string("data.txt").unwrap();
    std::fs::write("src/generated.rs", format!("pub const DATA: &str = {data:?};")).unwrap();
    println!("cargo::rerun-if-changed=data.txt");
}
//- /data.txt
one
//- /src/main.rs
mod generated;
fn main() {
    print!("{}", generated::DATA);
}
"#,
    );
    workspace.ran("");
    for data in ["two\n", "three\n"] {
        workspace.fixture.write("data.txt", data);
        expect(&workspace, "", &["app/run-build-script", "app/bin"]);
        assert_eq!(workspace.prints("debug/app"), data);
        expect(&workspace, "", &[]);
    }
    workspace.fixture.write("src/generated.rs", "pub const DATA: &str = \"by hand\\n\";");
    expect(&workspace, "", &["app/bin"]);
    assert_eq!(workspace.prints("debug/app"), "by hand\n");
}

/// A script that writes where another one writes: the other's dependents see it.
#[test]
fn script_that_writes_into_the_output_directory_of_another() {
    let workspace = Repeated::new(
        r#"
//- /Cargo.toml
[package]
name = "app"
edition = "2021"
[dependencies]
a-sys = { path = "a-sys" }
[workspace]
//- /build.rs
fn main() {
    let data = std::fs::read_to_string("data.txt").unwrap();
    let dir = std::env::var("DEP_A_DIR").unwrap();
    std::fs::write(dir + "/gen.rs", format!("{data:?}")).unwrap();
    println!("cargo::rustc-env=DIR={}", std::env::var("DEP_A_DIR").unwrap());
    println!("cargo::rerun-if-changed=data.txt");
}
//- /data.txt
one
//- /src/main.rs
fn main() {
    print!("{}", include!(concat!(env!("DIR"), "/gen.rs")));
}
//- /a-sys/Cargo.toml
[package]
name = "a-sys"
edition = "2021"
links = "a"
//- /a-sys/build.rs
fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::metadata=dir={}", std::env::var("OUT_DIR").unwrap());
}
//- /a-sys/src/lib.rs
"#,
    );
    workspace.ran("");
    workspace.fixture.write("data.txt", "two\n");
    expect(&workspace, "", &["app/run-build-script", "app/bin"]);
    assert_eq!(workspace.prints("debug/app"), "two\n");
    expect(&workspace, "", &[]);
}

/// Which difference is told of a script that runs again, and of what follows.
#[rstest]
#[case::file(
    "println!(\"cargo::rerun-if-changed=data.txt\");",
    |w: &Repeated| w.fixture.write("app/data.txt", "two\n"),
    "rerun-if-changed app/data.txt"
)]
#[case::directory(
    "println!(\"cargo::rerun-if-changed=dir\");",
    |w: &Repeated| w.fixture.write("app/dir/inner/new", ""),
    "rerun-if-changed app/dir/inner"
)]
#[case::file_in_a_directory(
    "println!(\"cargo::rerun-if-changed=dir\");",
    |w: &Repeated| w.fixture.write("app/dir/inner/file.txt", "x"),
    "rerun-if-changed app/dir/inner/file.txt"
)]
#[case::missing("println!(\"cargo::rerun-if-changed=nowhere\");", |_: &Repeated| (), "rerun-requested app/nowhere")]
#[case::nothing_named("", |w: &Repeated| w.fixture.write("app/data.txt", "two\n"), "file-changed app/data.txt")]
fn why_a_script_runs_again(
    #[case] directives: &str,
    #[case] change: impl Fn(&Repeated),
    #[case] expected: &str,
) {
    let workspace = Repeated::new(&workspace(directives));
    workspace.ran("");
    change(&workspace);
    workspace.ran("");
    let causes = workspace.why().root_causes();
    assert_eq!(causes, [format!("app/run-build-script: {expected}")]);
}

#[test]
fn variable_is_told_that_a_script_runs_again_for() {
    let workspace = Repeated::new(&workspace(WATCHING));
    workspace.ran("");
    workspace.ran("ODD=x");
    assert_eq!(workspace.why().root_causes(), ["app/run-build-script: rerun-if-env-changed ODD"]);
}
