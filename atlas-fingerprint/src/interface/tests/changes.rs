//! What is said of changes.

use rstest::rstest;

use super::files;
use crate::interface::{HarmlessMacros, compare_interfaces};

/// Returns each change in a line: path, kind, change, and who sees it.
fn changes(before: &str, after: &str) -> Vec<String> {
    let comparison = compare_interfaces(&files(before), &files(after), &HarmlessMacros::default());
    let line = |change: &crate::interface::ItemChange| {
        let seen = match (change.codegen, change.signature) {
            (true, true) => "both",
            (true, false) => "codegen",
            (false, true) => "signature",
            (false, false) => "nobody",
        };
        format!("{} {:?} {:?} {seen}", change.path, change.kind, change.how)
    };
    comparison.changes.iter().map(line).collect()
}

#[rstest]
#[case::body("fn a() { § }", "1", "2", &["a Fn Body nobody"])]
#[case::generic_body("pub fn a<T>() { § }", "1", "2", &["a Fn Body codegen"])]
#[case::constant_function("pub const fn a() { § }", "1", "2", &["a Fn Body both"])]
#[case::signature("pub fn a(b: §) {}", "u8", "u16", &["a Fn Signature both"])]
#[case::signature_of_a_private_function("fn a(b: §) {}", "u8", "u16", &["a Fn Signature nobody"])]
#[case::signature_and_body("pub fn a() -> § }", "u8 { 1", "u16 { 2", &["a Fn Signature both", "a Fn Body nobody"])]
#[case::method("impl Config { pub fn new(§) {} }", "", "a: u8", &["Config::new Fn Signature both"])]
#[case::trait_method("impl Display for Config<u8> { fn fmt() { § } }", "1", "2", &["<Config as Display>::fmt Fn Body nobody"])]
#[case::default_method("trait A { fn b() { § } }", "1", "2", &["A::b Fn Body codegen"])]
#[case::in_a_module("mod a { mod b { pub fn c(§) {} } }", "", "d: u8", &["a::b::c Fn Signature both"])]
#[case::file("//- src/config/mod.rs\nimpl Config { pub fn new(§) {} }", "", "a: u8", &["config::Config::new Fn Signature both"])]
#[case::added("§", "", "pub fn a() {}", &["a Fn Added both"])]
#[case::private_added("§", "", "fn a() {}", &["a Fn Added nobody"])]
#[case::removed("§", "struct A;", "", &["A Struct Removed both"])]
#[case::field_added("struct A { b: u8, § }", "", "c: u8", &["A Struct FieldAdded { name: \"c\" } both"])]
#[case::field_removed("struct A(u8, §);", "u8", "", &["A Struct FieldRemoved { name: \"1\" } both"])]
#[case::field_changed("struct A { b: §, c: u8 }", "u8", "u16", &["A Struct FieldChanged { name: \"b\" } both"])]
#[case::first_of_several("struct A<T> where T: B { r#b: (u8, §), c: u8 }", "u8", "u16", &["A Struct FieldChanged { name: \"b\" } both"])]
#[case::variant_added("enum A { B, § }", "", "C", &["A Enum VariantAdded { name: \"C\" } both"])]
#[case::variant_removed("enum A { §, B }", "C", "D", &["A Enum VariantAdded { name: \"D\" } both", "A Enum VariantRemoved { name: \"C\" } both"])]
#[case::variant_changed("enum A { B(u8, §), C }", "u8", "u16", &["A Enum VariantChanged { name: \"B\" } both"])]
#[case::attribute("#[derive(§)] struct A;", "Clone", "Debug", &["A Struct Attributes both"])]
#[case::attribute_of_a_function("#[inline§] pub fn a() {}", "", "(always)", &["a Fn Attributes both"])]
#[case::constant("pub const A: u8 = §;", "1", "2", &["A Const Definition both"])]
#[case::macro_definition("macro_rules! a { () => { § } }", "1", "2", &["a MacroDefinition Definition both"])]
#[case::macro_call("a! { § }", "1", "2", &["a MacroCall Definition both"])]
#[case::moved("§const A: u8 = 1;", "", "\n", &["A Const Moved codegen"])]
#[case::moved_body("§pub fn a<T>() {}", "", "\n", &["a Fn Moved codegen"])]
#[case::moved_unseen("§pub fn a() {}", "", "\n", &[])]
#[case::generics("§ A<u8> {}", "impl", "unsafe impl", &["A Impl Definition both"])]
#[case::unseen_import("use §::B;", "a", "c", &["B Use Definition nobody"])]
#[case::reach("fn a() {} pub fn b<T>() { § }", "", "a()", &["a Fn Reach both", "b Fn Body codegen"])]
#[case::body_that_stays_now("pub fn a() { § }", "", "b!()", &["a Fn Body both"])]
#[case::macro_that_is_another_one("macro_rules! m { () => { § } } pub fn a() { m!() }", "1", "impl A {}", &["m MacroDefinition Definition both", "a Fn Reach both"])]
#[case::order("§", "struct A; struct B;", "struct B; struct A;", &["lib.rs File Order both"])]
#[case::unparsable("fn { §", "1", "2", &[" File Definition both"])]
fn change_is_told(
    #[case] marked: &str,
    #[case] before: &str,
    #[case] after: &str,
    #[case] expected: &[&str],
) {
    assert_eq!(changes(&marked.replace('§', before), &marked.replace('§', after)), expected);
}
