//! The workspaces that are edited. Small, so that a clean build takes a moment; each has what can go
//! wrong in one corner. Lines that end in `{ //` take statements.

/// A workspace.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Theme {
    /// What it is about.
    pub(crate) name: &'static str,
    /// Its files.
    pub(crate) text: &'static str,
}

/// All of them.
pub(crate) const THEMES: [Theme; 3] = [
    Theme { name: "sources", text: SOURCES },
    Theme { name: "scripts", text: SCRIPTS },
    Theme { name: "macros", text: MACROS },
];

const SOURCES: &str = r#"
//- /Cargo.toml
[package]
name = "app"
version = "0.1.0"
edition = "2021"
description = "one"
[features]
loud = ["base/loud"]
[dependencies]
base = { path = "base" }
[workspace]
members = ["base", "extra/*"]
[profile.dev]
debug = 0
[profile.fast]
inherits = "dev"
opt-level = 1
//- /src/main.rs
//! The program.

mod part;
mod told; // beside it

mod embedded;
use base::{shout, Base}; // both

fn main() { //
    let base = Base { value: 3 /* three */ };
    println!("{} {}", base.value, part::part(/* nothing */));
    println!("{}", base::show());
    println!("{}", told::TEXT.len() + told::DEEP.len());
    println!("{} {}", embedded::NUMBER, base::embed!("embedded.rs"));
    shout!(1  +  2 /* three */);
    println!("{} {} {}", file!(), line!(), column!());
}

#[cfg(test)]
mod tests {
    // A remark.
    #[test]
    fn it_works() {
        assert_eq!(super::part::part(), 11); // eleven
    }
}
//- /src/part.rs
/// A part.
pub fn part() -> usize { //
    let numbers = [1, 2, /* 3, */ 4]; // some
    numbers.iter().sum::<usize>() + 4
}
//- /src/embedded.rs
// Another crate embeds it.
pub const NUMBER: u8 = 1; // one
//- /src/told.rs
// Tells what another file says.
pub const TEXT: &str = include_str!("part.rs");
pub const DEEP: &[u8] = include_bytes!("../base/src/deep/mod.rs");
//- /base/Cargo.toml
[package]
name = "base"
version = "0.1.0"
edition = "2021"
description = "two"
[features]
loud = []
//- /base/src/lib.rs
//! A library.

pub mod deep;
#[path = "odd.rs"]
pub mod strange;
mod tail;

/// A thing.
pub struct Base {
    /// Its value.
    pub value: u32, // a number
}

#[macro_export]
macro_rules! shout {
    ($($token:tt)*) => { println!("{} at {}", stringify!($($token)*), line!()) /* here */ };
}

#[macro_export]
macro_rules! embed { ($name:literal) => { include_str!($name) }; }

pub fn show() -> String { //
    let mut text = String::new();
    text += &format!("{} {}", deep::value(1), strange::value::<u8>()); // both
    text += &tail::tail();
    #[cfg(feature = "loud")]
    text.push('!');
    text += include!("expression.rs");
    text
}

#[cfg(test)]
use std::fmt::Debug as Unused;

#[cfg(test)]
mod tests {
    #[test]
    fn shows() {
        assert!(!super::show().is_empty());
    }
}
//- /base/src/deep/mod.rs
mod deeper;
#[inline]
pub fn value(number: u64) -> u64 { //
    number + deeper::VALUE /* more */
}
//- /base/src/deep/deeper.rs
pub const VALUE: u64 = 41; // it
//- /base/src/odd.rs
pub fn value<T>() -> usize { //
    size_of::<T>() + 10
}
//- /base/src/tail.rs
use std::panic::Location;

#[track_caller]
fn place() -> String {
    let place = Location::caller();
    format!("{}:{}:{}", place.file(), place.line(), place.column())
}

pub fn tail() -> String { //
    place() + &place()
}
//- /base/src/expression.rs
// An expression.
"and so on" // its end
//- /extra/always/Cargo.toml
[package]
name = "always"
version = "0.1.0"
edition = "2021"
//- /extra/always/src/lib.rs
pub fn always() {}
"#;

const SCRIPTS: &str = r#"
//- /Cargo.toml
[package]
name = "app"
version = "0.1.0"
edition = "2021"
description = "one"
[features]
loud = []
[dependencies]
made = { path = "made" }
[workspace]
members = ["made", "extra/*"]
[profile.dev]
debug = 0
[profile.fast]
inherits = "dev"
opt-level = 1
//- /build.rs
// Reads what it watches.
mod shared { include!("shared.rs"); }
fn main() { //
    println!("cargo::rerun-if-changed=notes.txt");
    println!("cargo::rerun-if-env-changed=SALT");
    println!("cargo::rerun-if-changed=maybe.txt");
    let maybe = std::fs::read_to_string("maybe.txt").unwrap_or_default();
    println!("cargo::rustc-check-cfg=cfg(salted)");
    let notes = std::fs::read_to_string("notes.txt").unwrap();
    let salt = std::env::var("SALT").unwrap_or_default();
    if salt.len() > 1 { println!("cargo::rustc-cfg=salted"); }
    println!("cargo::rustc-env=NOTES={}{} {}{}", notes.trim(), maybe.trim(), salt, shared::shared());
    println!("cargo::warning=line {}", line!());
    let path = std::env::current_dir().unwrap().join("src/embedded.rs");
    let code = format!("pub const EMBEDDED: &str = include_str!({path:?});");
    std::fs::write(std::env::var("OUT_DIR").unwrap() + "/embedded.rs", code).unwrap();
}
//- /notes.txt
note 1
//- /maybe.txt
maybe 1
//- /shared.rs
// Used twice.
pub fn shared() -> u32 { 70 /* or so */ }
//- /src/embedded.rs
// What was made embeds it.
pub const NUMBER: u8 = 1; // one
//- /src/lib.rs
//! The library.
include!(concat!(env!("OUT_DIR"), "/embedded.rs"));
pub mod embedded;

pub fn notes() -> &'static str { //
    env!("NOTES") // of the script
}
//- /src/main.rs
#[path = "../shared.rs"]
mod shared;

fn main() { //
    println!("{} {}", app::notes(), shared::shared());
    println!("{} {}", app::embedded::NUMBER, app::EMBEDDED);
    println!("{} {} {}", made::WORDS, made::SIZE, made::show());
    #[cfg(salted)]
    println!("salted");
}

#[cfg(test)]
mod tests {
    #[test]
    fn notes() { assert!(!app::notes().is_empty()); }
}
//- /made/Cargo.toml
[package]
name = "made"
version = "0.1.0"
edition = "2021"
description = "two"
links = "made"
//- /made/build.rs
// Watches its whole package.
use std::path::Path;
#[path = "../shared.rs"]
mod shared;

fn main() { //
    let out = std::env::var("OUT_DIR").unwrap();
    let mut names: Vec<_> = std::fs::read_dir("words").unwrap().map(|it| it.unwrap().path()).collect();
    names.sort();
    let words: Vec<String> = names.iter().map(|it| std::fs::read_to_string(it).unwrap()).collect();
    let text = format!("pub const WORDS: &str = {:?}; // made\n", words.concat());
    std::fs::write(Path::new(&out).join("words.rs"), text).unwrap();
    let source = std::fs::read_to_string("src/lib.rs").unwrap();
    std::fs::write(Path::new(&out).join("size.rs"), source.len().to_string()).unwrap();
}
//- /made/words/a.txt
word 1
//- /made/words/b.txt
word 2
//- /made/src/lib.rs
// Includes what was made.
include!(concat!(env!("OUT_DIR"), "/words.rs"));
pub const SIZE: usize = include!(concat!(env!("OUT_DIR"), "/size.rs"));

mod inner; // a module

pub fn show() -> u64 { //
    inner::number() + 1
}
//- /made/src/inner.rs
#[inline]
pub fn number() -> u64 { //
    5 /* five */
}
//- /extra/always/Cargo.toml
[package]
name = "always"
version = "0.1.0"
edition = "2021"
//- /extra/always/src/lib.rs
pub fn always() {}
"#;

const MACROS: &str = r#"
//- /Cargo.toml
[package]
name = "app"
version = "0.1.0"
edition = "2021"
description = "one"
[features]
loud = []
[dependencies]
mac = { path = "mac" }
[workspace]
members = ["mac", "extra/*"]
[profile.dev]
debug = 0
[profile.fast]
inherits = "dev"
opt-level = 1
//- /notes.txt
note 1
//- /src/main.rs
mod used; // a module

#[mac::named] // an attribute
pub struct Thing { //
    pub field: u8, // a field
    /// Another field.
    #[cfg(test)]
    pub only: u16,
}

#[mac::same]
mod kept {
    // A remark.
    #[cfg(test)]
    pub fn only_in_tests() -> u8 { 1 }
    pub fn always() -> u8 { 2 /* two */ }
}

fn main() { //
    println!("{}", mac::place!());
    println!("{}", mac::text!(a  + b /* c */ (d)));
    println!("{}", mac::notes!());
    println!("{:?}", mac::salt!());
    println!("{} {}", Thing::NAME, kept::always());
    println!("{}", used::used());
}
//- /src/used.rs
macro_rules! lines {
    ($one:expr, $($rest:tt)*) => { concat!(stringify!($one), "|", stringify!($($rest)*), "|", line!(), "|", column!()) };
}

pub fn used() -> String { //
    let text = lines!(1 + /* one */ 2, x  y   z); // three
    format!("{text} {}", mac::place!())
}

#[cfg(test)]
mod tests {
    #[test]
    fn used() { assert!(super::used().contains("x y z")); }
}
//- /mac/Cargo.toml
[package]
name = "mac"
version = "0.1.0"
edition = "2021"
description = "two"
[lib]
proc-macro = true
//- /mac/src/lib.rs
//! Macros.
extern crate proc_macro;
use proc_macro::{Span, TokenStream, TokenTree};

mod words;

fn literal(text: String) -> TokenStream { //
    format!("{text:?}").parse().unwrap()
}

/// Where it is called.
#[proc_macro]
pub fn place(_: TokenStream) -> TokenStream {
    let span = Span::call_site();
    literal(format!("{}:{}:{}", span.file(), span.line(), span.column()))
}

/// What it is given, with positions.
#[proc_macro]
pub fn text(tokens: TokenStream) -> TokenStream {
    let mut text = tokens.to_string() + words::WORD; // and
    for token in tokens {
        text += &format!(" {}", token.span().column());
    }
    literal(text)
}

/// What a file says.
#[proc_macro]
pub fn notes(_: TokenStream) -> TokenStream {
    let notes = std::fs::read_to_string("notes.txt").unwrap();
    let path = std::env::current_dir().unwrap().join("notes.txt");
    format!("{{ const _: &[u8] = include_bytes!({path:?}); {notes:?} }}").parse().unwrap()
}

/// What a variable says.
#[proc_macro]
pub fn salt(_: TokenStream) -> TokenStream {
    "option_env!(\"SALT\")".parse().unwrap()
}

/// Adds all tokens as a name.
#[proc_macro_attribute]
pub fn named(_: TokenStream, item: TokenStream) -> TokenStream {
    let name = item.clone().into_iter().find_map(|token| match token {
        TokenTree::Ident(ident) if ident.to_string() != "pub" && ident.to_string() != "struct" => Some(ident.to_string()),
        _ => None,
    });
    let text = item.to_string();
    let more: TokenStream = format!("impl {} {{ pub const NAME: &'static str = {text:?}; }}", name.unwrap()).parse().unwrap();
    let mut all = item;
    all.extend(more);
    all
}

/// Leaves everything as it is.
#[proc_macro_attribute]
pub fn same(_: TokenStream, item: TokenStream) -> TokenStream {
    item
}
//- /mac/src/words.rs
pub const WORD: &str = "w"; // one
//- /extra/always/Cargo.toml
[package]
name = "always"
version = "0.1.0"
edition = "2021"
//- /extra/always/src/lib.rs
pub fn always() {}
"#;
