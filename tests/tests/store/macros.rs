//! Procedural macros that read what nobody is told of: what they read counts, as far as that can be
//! known.

use atlas_tests::stored::{HERE, Stored};
use rstest::rstest;

use crate::{NONE, expect, expect_anew, rest};

/// `app` uses macros directly, and through `between`: one returns a variable, one the names and texts
/// of the files in a directory, one the names of sources.
const WORKSPACE: &str = r##"
//- /Cargo.toml
[package]
name = "app"
edition = "2021"
[dependencies]
mac = { path = "mac" }
[workspace]
members = ["through"]
//- /src/main.rs
fn main() { println!("{} {} {}", mac::variable!(), mac::texts!("texts"), mac::names!("src")); }
//- /texts/one.txt
1
//- /through/texts/one.txt
1
//- /through/Cargo.toml
[package]
name = "through"
edition = "2021"
[dependencies]
between = { path = "../between" }
//- /through/src/main.rs
fn main() { println!("{} {} {}", between::variable!(), between::texts!("texts"), between::names!("src")); }
//- /between/Cargo.toml
[package]
name = "between"
edition = "2021"
[dependencies]
mac = { path = "../mac" }
//- /between/src/lib.rs
pub use mac::*;
//- /mac/Cargo.toml
[package]
name = "mac"
edition = "2021"
[lib]
proc-macro = true
[dependencies]
inside = { path = "../inside" }
//- /mac/src/lib.rs
use proc_macro::TokenStream;
#[proc_macro]
pub fn variable(_: TokenStream) -> TokenStream {
    format!("{:?}", inside::variable()).parse().unwrap()
}
#[proc_macro]
pub fn texts(directory: TokenStream) -> TokenStream {
    let directory = directory.to_string();
    format!("{:?}", inside::texts(directory.trim_matches('"'))).parse().unwrap()
}
#[proc_macro]
pub fn names(directory: TokenStream) -> TokenStream {
    let directory = directory.to_string();
    format!("{:?}", inside::names(directory.trim_matches('"'))).parse().unwrap()
}
//- /inside/Cargo.toml
[package]
name = "inside"
edition = "2021"
//- /inside/src/lib.rs
use std::path::PathBuf;
pub fn variable() -> String { std::env::var("READ_BY_MACRO").unwrap_or("none".into()) }
fn files(directory: &str) -> Vec<PathBuf> {
    let root = PathBuf::from(std::env::var("CARGO_MANIFEST_DIR").unwrap());
    let read = std::fs::read_dir(root.join(directory)).into_iter().flatten();
    let mut files: Vec<PathBuf> = read.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}
pub fn names(directory: &str) -> String {
    let names = files(directory).into_iter().map(|it| it.file_name().unwrap().to_str().unwrap().to_owned());
    names.collect::<Vec<_>>().join(",")
}
pub fn texts(directory: &str) -> String {
    let texts = files(directory).into_iter().map(|it| std::fs::read_to_string(it).unwrap().trim().to_owned());
    texts.collect::<Vec<_>>().join(",")
}
"##;

/// A package that uses the macros: its selection, its directory, its units, its program, and which of
/// the units is compiled when what they read is another.
#[derive(Clone, Copy, Debug)]
struct User {
    selection: &'static str,
    directory: &'static str,
    units: &'static [&'static str],
    program: &'static str,
    compiled: &'static [&'static str],
}

const DIRECT: User = User {
    selection: "-p app",
    directory: "",
    units: &["app/bin", "inside/lib", "mac/lib"],
    program: "debug/app",
    compiled: &["app/bin"],
};

const THROUGH: User = User {
    selection: "-p through",
    directory: "through/",
    units: &["between/lib", "inside/lib", "mac/lib", "through/bin"],
    program: "debug/through",
    compiled: &["through/bin"],
};

/// [kache#635](https://github.com/kunobi-ninja/kache/issues/635): a variable that a macro reads.
#[rstest]
#[case::directly(DIRECT, &["app/bin"])]
#[case::through_another(THROUGH, &["between/lib", "through/bin"])]
fn a_variable_that_a_macro_reads(#[case] user: User, #[case] compiled: &[&str]) {
    let stored = Stored::new(WORKSPACE);
    let with = |value: &str| format!("READ_BY_MACRO={value} {}", user.selection);
    let (one, two) = (with("1"), with("2"));
    let prints = || stored.prints(HERE, user.program).split(' ').next().map(str::to_owned);
    expect(&stored, (HERE, &one), user.units, NONE);
    for (selection, value) in [(&*two, "2"), (user.selection, "none")] {
        expect_anew(&stored, selection, compiled, &rest(user.units, compiled));
        assert_eq!(prints().as_deref(), Some(value));
    }
    for (selection, value) in [(&*one, "1"), (&*two, "2"), (user.selection, "none")] {
        expect_anew(&stored, selection, NONE, user.units);
        assert_eq!(prints().as_deref(), Some(value));
    }
}

/// [kache#760](https://github.com/kunobi-ninja/kache/issues/760): a directory that a macro reads.
#[rstest]
#[case::changed(|s: &Stored, d: &str| s.write(&format!("{d}texts/one.txt"), "2"), "2", "main.rs")]
#[case::of_another_kind(|s: &Stored, d: &str| s.write(&format!("{d}texts/x.rs"), "//\n"), "1,//", "main.rs")]
#[case::added(|s: &Stored, d: &str| s.write(&format!("{d}texts/two.txt"), "2"), "1,2", "main.rs")]
#[case::removed(|s: &Stored, d: &str| s.remove(&format!("{d}texts/one.txt")), "", "main.rs")]
#[case::source_added(
    |s: &Stored, d: &str| s.write(&format!("{d}src/added.rs"), ""), "1", "added.rs,main.rs"
)]
#[case::hidden(
    |s: &Stored, d: &str| s.write(&format!("{d}src/.hidden"), ""), "1", ".hidden,main.rs"
)]
fn a_directory_that_a_macro_reads(
    #[case] edit: impl Fn(&Stored, &str),
    #[case] texts: &str,
    #[case] names: &str,
    #[values(DIRECT, THROUGH)] user: User,
) {
    let stored = Stored::new(WORKSPACE);
    expect(&stored, (HERE, user.selection), user.units, NONE);
    assert_eq!(stored.prints(HERE, user.program), "none 1 main.rs\n");
    edit(&stored, user.directory);
    expect_anew(&stored, user.selection, user.compiled, &rest(user.units, user.compiled));
    assert_eq!(stored.prints(HERE, user.program), format!("none {texts} {names}\n"));
    expect_anew(&stored, user.selection, NONE, user.units);
    assert_eq!(stored.prints(HERE, user.program), format!("none {texts} {names}\n"));
}

/// A directory whose name starts with a dot, in which tools keep what their macros read.
#[test]
fn a_hidden_directory_that_a_macro_reads() {
    let stored = Stored::new(WORKSPACE);
    stored.replace("src/main.rs", "\"texts\"", "\".queries\"");
    stored.write(".queries/one.json", "1");
    expect(&stored, (HERE, "-p app"), DIRECT.units, NONE);
    stored.write(".queries/one.json", "2");
    expect_anew(&stored, "-p app", DIRECT.compiled, &["inside/lib", "mac/lib"]);
    assert_eq!(stored.prints(HERE, "debug/app"), "none 2 main.rs\n");
}

/// What cargo does not care for in a manifest, macros may read.
#[test]
fn a_manifest_that_a_macro_reads() {
    let stored = Stored::new(WORKSPACE);
    stored.replace("src/main.rs", "mac::texts!(\"texts\")", "mac::texts!(\"manifest\")");
    fs_err::create_dir(stored.path("manifest")).expect("ours");
    std::os::unix::fs::symlink("../Cargo.toml", stored.path("manifest/link")).expect("ours");
    expect(&stored, (HERE, "-p app"), DIRECT.units, NONE);
    stored.replace("Cargo.toml", "[workspace]", "[package.metadata.mine]\nkey = 1\n[workspace]");
    expect_anew(&stored, "-p app", DIRECT.compiled, &["inside/lib", "mac/lib"]);
    assert!(stored.prints(HERE, "debug/app").contains("key = 1"));
}

/// Comments count where a macro can read them, though no token is at another place.
#[rstest]
#[case::argument("{ a /* one */ }", "{ a /* two */ }", "{ a /* two */ } { a: u8 /* one */ }\n")]
#[case::derive("u8 /* one */", "u8 /* two */", "{ a /* one */ } { a: u8 /* two */ }\n")]
fn a_comment_that_a_macro_reads(#[case] old: &str, #[case] new: &str, #[case] output: &str) {
    let stored = Stored::new(READER);
    let all = ["app/bin", "mac/lib"];
    expect(&stored, (HERE, ""), &all, NONE);
    stored.replace("src/main.rs", old, new);
    expect_anew(&stored, "", &["app/bin"], &["mac/lib"]);
    assert_eq!(stored.prints(HERE, "debug/app"), output);
    stored.replace("src/main.rs", new, old);
    expect_anew(&stored, "", NONE, &all);
    assert_eq!(stored.prints(HERE, "debug/app"), "{ a /* one */ } { a: u8 /* one */ }\n");
}

/// `app` prints the text of what it gives to a macro, and of a type that it derives for.
const READER: &str = r#"
//- /Cargo.toml
[package]
name = "app"
edition = "2021"
[dependencies]
mac = { path = "mac" }
[workspace]
//- /src/main.rs
#[derive(mac::Text)]
struct S { a: u8 /* one */ }
fn main() { // one
    println!("{} {}", mac::text!({ a /* one */ }), S { a: 1 }.text()); // one
}
//- /mac/Cargo.toml
[package]
name = "mac"
edition = "2021"
[lib]
proc-macro = true
//- /mac/src/lib.rs
use proc_macro::{TokenStream, TokenTree};
fn read(token: TokenTree) -> String {
    token.span().source_text().unwrap()
}
#[proc_macro]
pub fn text(tokens: TokenStream) -> TokenStream {
    format!("{:?}", read(tokens.into_iter().next().unwrap())).parse().unwrap()
}
#[proc_macro_derive(Text)]
pub fn derive(tokens: TokenStream) -> TokenStream {
    let text = read(tokens.into_iter().last().unwrap());
    format!("impl S {{ fn text(&self) -> &str {{ let _ = self.a; {text:?} }} }}").parse().unwrap()
}
"#;

/// Nobody can know this: the files are not of the package. `inputs` in its manifest says so.
#[test]
fn a_directory_elsewhere_that_a_macro_reads_has_to_be_declared() {
    let stored = Stored::new(WORKSPACE);
    stored.replace("src/main.rs", "\"texts\"", "\"../elsewhere\"");
    stored.write("../elsewhere/one.txt", "1");
    expect(&stored, (HERE, "-p app"), DIRECT.units, NONE);
    stored.write("../elsewhere/one.txt", "2");
    // A clean build would print 2: see `docs/store.md`.
    expect_anew(&stored, "-p app", NONE, DIRECT.units);
    assert_eq!(stored.prints(HERE, "debug/app"), "none 1 main.rs\n");
}

/// What is declared counts: bytes, and which files there are.
#[rstest]
#[case::changed("../elsewhere/one.txt", "2", "2")]
#[case::added("../elsewhere/two.txt", "2", "1,2")]
fn a_directory_elsewhere_that_is_declared(
    #[case] file: &str,
    #[case] text: &str,
    #[case] printed: &str,
) {
    let stored = Stored::new(WORKSPACE);
    stored.replace("src/main.rs", "\"texts\"", "\"../elsewhere\"");
    let declared = "[package.metadata.atlas]\ninputs = [\"../elsewhere/*.txt\"]\n[workspace]";
    stored.replace("Cargo.toml", "[workspace]", declared);
    stored.write("../elsewhere/one.txt", "1");
    expect(&stored, (HERE, "-p app"), DIRECT.units, NONE);
    stored.write(file, text);
    expect_anew(&stored, "-p app", DIRECT.compiled, &["inside/lib", "mac/lib"]);
    assert_eq!(stored.prints(HERE, "debug/app"), format!("none {printed} main.rs\n"));
}
