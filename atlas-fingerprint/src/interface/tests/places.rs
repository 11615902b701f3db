//! Lines and columns: where they count. And doc comments, which have none.

use rstest::rstest;

use super::Differ::{Both, Codegen, Neither};
use super::{Differ, differ};

/// A line is added before something.
#[rstest]
#[case::function("§pub fn a() -> u8 { 1 }", Neither)]
#[case::body("pub fn a() -> u8 {§ 1 }", Neither)]
#[case::structure("§pub struct A { b: u8 }", Neither)]
#[case::field("pub struct A {§ b: u8 }", Neither)]
#[case::enumeration("pub enum A {§ B, C }", Neither)]
#[case::import("§pub use a::b;", Neither)]
#[case::module("§mod a; mod b {§}", Neither)]
#[case::trait_item("pub trait A {§ fn a(); type B; }", Neither)]
#[case::implementation("§impl A for B {§ fn a() {} }", Neither)]
#[case::alias("§type A = [u8; 4];", Neither)]
#[case::plain_length("pub fn a(§b: [u8; LEN], c: [u8; 4]) {}", Neither)]
#[case::foreign("§extern \"C\" {§ fn a(); }", Neither)]
#[case::marker_derives("§#[derive(Copy, Eq)] struct A;", Neither)]
#[case::generic_function("§pub fn a<T>() -> u8 { 1 }", Codegen)]
#[case::head_of_a_generic_function("pub fn a<T>(§b: T)\n { 1 }", Codegen)]
#[case::generic_body("pub fn a<T>() -> u8 {§ 1 }", Codegen)]
#[case::inlined_body("#[inline] pub fn a() -> u8 {§ 1 }", Codegen)]
#[case::default_method("trait A { fn a() {§ b() } }", Codegen)]
#[case::kept_body("pub fn a() {§ const B: u8 = 1; }", Codegen)]
#[case::constant_function("pub const fn a() -> u8 {§ 1 }", Codegen)]
#[case::opaque_return("pub fn a() -> impl B {§ 1 }", Codegen)]
#[case::constant("§const A: u8 = 1;", Codegen)]
#[case::statics("§static A: u8 = 1;", Codegen)]
#[case::associated_constant("impl A {§ const B: u8 = 1; }", Codegen)]
#[case::length("pub struct A {§ b: [u8; N + 1] }", Codegen)]
#[case::length_in_a_signature("pub fn a(§b: [u8; N + 1]) {}", Codegen)]
#[case::discriminant("enum A {§ B = 1 }", Codegen)]
#[case::block_as_a_default("struct A<const N: usize =§ { 1 }>;", Codegen)]
#[case::definition("§macro_rules! a { () => { 1 } }", Codegen)]
#[case::derive("§#[derive(Clone)] struct A;", Codegen)]
#[case::derive_on_an_enumeration("#[derive(Debug)] enum A {§ B }", Codegen)]
#[case::tracked_caller("§#[track_caller] pub fn a() {}", Codegen)]
#[case::line("§const A: u32 = line!();", Both)]
#[case::column("const A: u32 = 0§ + column!();", Both)]
#[case::line_in_a_constant_function("pub const fn a() -> u32 {§ line!() }", Both)]
#[case::caller("§const A: B = Location::caller();", Both)]
fn line_before_it(#[case] marked: &str, #[case] expected: Differ) {
    assert_eq!(differ(marked, "", "\n"), expected);
}

#[rstest]
#[case::column_of_a_generic_body("pub fn a<T>() -> u8 { §1 }", Codegen)]
#[case::column_of_a_body("pub fn a() -> u8 { §1 }", Neither)]
#[case::column_of_a_constant("const A: u8 = §1;", Codegen)]
fn column(#[case] marked: &str, #[case] expected: Differ) {
    assert_eq!(differ(marked, "", "  "), expected);
}

/// What a procedural macro reads: the text between the tokens too.
#[rstest]
#[case::call("a! {§ 1 }", Both)]
#[case::definition("macro_rules! a { () => {§ 1 } }", Both)]
#[case::attribute("#[a] fn b() {§ 1 }", Both)]
#[case::derive("#[derive(A)] struct B {§ c: u8 }", Both)]
#[case::before_a_call("§a! { 1 }", Codegen)]
#[case::before_a_derive("§#[derive(A)] struct B { c: u8 }", Codegen)]
fn line_that_a_macro_reads(#[case] marked: &str, #[case] expected: Differ) {
    assert_eq!(differ(marked, "", "\n"), expected);
}

/// A comment becomes another one.
#[rstest]
#[case::plain("§\nfn a<T>() {} §\nconst B: u8 = 1;", Neither)]
#[case::in_a_generic_body("fn a<T>() { b();§\n c() }", Neither)]
#[case::in_a_call("a! { b§\n }", Both)]
#[case::under_a_derive("#[derive(A)] struct B { c: u8,§\n d: u8 }", Both)]
fn comment(#[case] marked: &str, #[case] expected: Differ) {
    assert_eq!(differ(marked, "// One.", "// Two."), expected);
}

#[rstest]
#[case::function("§ pub fn a() {}", Neither)]
#[case::generic_function("§ pub fn a<T>() {}", Neither)]
#[case::constant("§ const A: u8 = 1;", Neither)]
#[case::field("pub struct A { § b: u8 }", Neither)]
#[case::variant("#[derive(Clone)] pub enum A { § B }", Neither)]
#[case::method("impl A { § pub fn b() {} }", Neither)]
#[case::statement("pub fn a<T>() { § let b = 1; }", Neither)]
#[case::trait_method("trait A { § fn b(); }", Neither)]
#[case::definition_of_a_macro("§ macro_rules! a { () => {} }", Neither)]
#[case::module("§ mod a {}", Neither)]
#[case::in_a_call("a! { § fn b() {} }", Both)]
#[case::in_a_definition("macro_rules! a { () => { § fn b() {} } }", Both)]
#[case::under_an_attribute("#[a] § fn b() {}", Both)]
#[case::before_an_attribute("§ #[a] fn b() {}", Both)]
#[case::under_a_derive("§ #[derive(A)] struct B;", Both)]
#[case::field_under_a_derive("#[derive(A)] struct B { § c: u8 }", Both)]
#[case::standard_derive_beside_a_glob("use a::*; #[derive(Debug)] struct B { § c: u8 }", Both)]
#[case::statement_under_an_attribute("pub fn a() { § #[b] let c = 1; }", Both)]
#[case::in_a_module_under_an_attribute("#[a] mod b { § fn c() {} }", Both)]
fn documentation(#[case] marked: &str, #[case] expected: Differ) {
    assert_eq!(differ(marked, "/** One. */", "/** Two. */"), expected);
    assert_eq!(differ(marked, "#[doc = \"One.\"]", "#[doc = \"Two.\"]"), expected);
}

#[rstest]
#[case::file("§\npub fn a() {}", Neither)]
#[case::module("mod a { §\n pub fn b() {} }", Neither)]
fn inner_documentation(#[case] marked: &str, #[case] expected: Differ) {
    assert_eq!(differ(marked, "//! One.", "//! Two."), expected);
    assert_eq!(differ(marked, "#![doc = \"One.\"]", "#![doc = \"Two.\"]"), expected);
}

#[test]
fn documentation_that_is_a_list_counts() {
    assert_eq!(differ("#[doc(§)] pub fn a() {}", "hidden", "inline"), Both);
}
