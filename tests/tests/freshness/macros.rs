//! Procedural macros, and what they are made from.

use atlas_tests::repeated::Repeated;
use rstest::rstest;

use super::after;

/// `app` uses a macro through a library; the macro is made from a library of its own.
const MACRO: &str = r#"
//- /Cargo.toml
[package]
name = "app"
edition = "2021"
description = "one"
[dependencies]
between = { path = "between" }
[workspace]
//- /src/main.rs
fn main() {
    println!("{}", between::answer!());
}
//- /between/Cargo.toml
[package]
name = "between"
edition = "2021"
[dependencies]
mac = { path = "../mac" }
//- /between/src/lib.rs
pub use mac::answer;
//- /mac/Cargo.toml
[package]
name = "mac"
edition = "2021"
[lib]
proc-macro = true
[dependencies]
inside = { path = "../inside" }
//- /mac/src/lib.rs
#[proc_macro]
pub fn answer(_: proc_macro::TokenStream) -> proc_macro::TokenStream {
    let description = std::env::var("CARGO_PKG_DESCRIPTION").unwrap();
    format!("\"{} {}\"", inside::answer(), description).parse().unwrap()
}
//- /inside/Cargo.toml
[package]
name = "inside"
edition = "2021"
//- /inside/src/lib.rs
pub fn answer() -> u32 {
    41
}
"#;

#[rstest]
#[case::body(
    |w: &Repeated| w.fixture.replace("mac/src/lib.rs", "\"\\\"{} {}\\\"\"", "\"\\\"{}/{}\\\"\""),
    &["mac/lib", "between/lib", "app/bin"],
    "41/one\n"
)]
#[case::body_below(
    |w: &Repeated| w.fixture.replace("inside/src/lib.rs", "41", "42"),
    &["inside/lib", "mac/lib", "between/lib", "app/bin"],
    "42 one\n"
)]
// A macro reads the variables of the package that uses it without a word.
#[case::description(
    |w: &Repeated| w.fixture.replace("Cargo.toml", "\"one\"", "\"two\""),
    &["app/bin"],
    "41 two\n"
)]
#[case::comment_at_the_end_of_a_line(
    |w: &Repeated| w.fixture.replace("mac/src/lib.rs", ".unwrap();\n", ".unwrap(); // comment\n"),
    &[],
    "41 one\n"
)]
// Line numbers are in the library, so that it is another one; what it does is not known.
#[case::comment_above(
    |w: &Repeated| w.fixture.replace("mac/src/lib.rs", "#[proc_macro]", "// comment\n#[proc_macro]"),
    &["mac/lib", "between/lib", "app/bin"],
    "41 one\n"
)]
#[case::comment_below(
    |w: &Repeated| w.fixture.replace("inside/src/lib.rs", "41", "41 // comment"),
    &[],
    "41 one\n"
)]
fn macro_edited(
    #[case] change: impl Fn(&Repeated),
    #[case] expected: &[&str],
    #[case] output: &str,
) {
    let workspace = after(MACRO, change, expected);
    assert_eq!(workspace.prints("debug/app"), output);
}
