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

/// Comments count where a macro can read them.
#[rstest]
#[case::argument("{ a /* one */ }", "{ a /* two */ }", &["app/bin"], "{ a /* two */ } { a: u8 /* one */ }\n")]
#[case::derive("u8 /* one */", "u8 /* two */", &["app/bin"], "{ a /* one */ } { a: u8 /* two */ }\n")]
#[case::elsewhere("// one", "// two", &[], "{ a /* one */ } { a: u8 /* one */ }\n")]
fn comment_that_a_macro_may_read(
    #[case] old: &str,
    #[case] new: &str,
    #[case] expected: &[&str],
    #[case] output: &str,
) {
    let edit = |w: &Repeated| w.fixture.replace("src/main.rs", old, new);
    let workspace = after(READER, edit, expected);
    assert_eq!(workspace.prints("debug/app"), output);
}
