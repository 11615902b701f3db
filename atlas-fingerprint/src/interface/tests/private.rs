//! Private functions and imports: when nothing that stays mentions them, they go.

use rstest::rstest;

use super::Differ::{Both, Neither};
use super::{Differ, differ};

/// A private function gets another parameter. `§` is where it is.
const BEFORE: &str = "fn help(a: u8) {}";
const AFTER: &str = "fn help(a: u8, b: u8) {}";

#[rstest]
#[case::alone("§", Neither)]
#[case::called_in_a_body("pub fn a() { help(1) } §", Neither)]
#[case::called_by_one_that_goes("fn a(b: [u8; help()]) {} §", Neither)]
#[case::called_by_one_that_goes_with_its_body("fn a<T>() { help(1) } §", Neither)]
#[case::restricted("pub(crate) §", Neither)]
#[case::restricted_to_a_module("pub(in a::b) §", Neither)]
#[case::method("struct A; impl A { § }", Neither)]
#[case::method_of_a_generic_type("impl<T> A<T> { § }", Neither)]
#[case::known_attributes("#[inline] #[cfg(a)] #[track_caller] #[must_use] §", Neither)]
#[case::mentioned_in_documentation("/// help\npub fn a() {} §", Neither)]
#[case::in_a_comment("pub fn a<T>() { /* help */ } §", Neither)]
#[case::in_a_longer_name("pub fn a<T>() { helper(1) } §", Neither)]
#[case::function_of_the_same_name("pub fn a() {} mod b { pub fn help() {} } §", Neither)]
#[case::private_glob("use a::*; §", Neither)]
#[case::export_in_another_module("mod b { pub use a::*; } §", Neither)]
#[case::export_around("pub use a::*; mod b { § }", Neither)]
#[case::public("pub §", Both)]
#[case::trait_method("impl A for B { § }", Both)]
#[case::of_a_trait("trait A { § }", Both)]
#[case::generic_body("pub fn a<T>() { help(1) } §", Both)]
#[case::inlined_body("#[inline] pub fn a() { help(1) } §", Both)]
#[case::default_method("trait A { fn a() { help(1) } } §", Both)]
#[case::opaque_return("pub fn a() -> impl B { help(1) } §", Both)]
#[case::constant("pub const A: u8 = help(1); §", Both)]
#[case::private_constant("const A: u8 = help(1); §", Both)]
#[case::length("struct A([u8; help(1)]); §", Both)]
#[case::discriminant("enum A { B = help(1) } §", Both)]
#[case::definition_of_a_macro("macro_rules! a { () => { $crate::help(1) } } §", Both)]
#[case::macro_call("a! { help } §", Both)]
#[case::exported("pub use self::help as b; §", Both)]
#[case::through_another("pub fn a<T>() { b() } #[inline] fn b() { help(1) } §", Both)]
#[case::through_a_signature("pub fn a<T>() { b() } fn b(c: [u8; help()]) {} §", Both)]
#[case::body_of_one_that_stays_goes("pub fn a<T>() { b() } fn b() { help(1) } §", Neither)]
#[case::raw_mention("pub fn a<T>() { r#help(1) } §", Both)]
#[case::method_call("pub fn a<T>() { b.help(1) } §", Both)]
#[case::string_of_an_attribute("#[derive(B)] struct A { #[b(default = \"help\")] c: u8 } §", Both)]
#[case::path_in_a_string("#[derive(B)] struct A { #[b(default = \"self::help\")] c: u8 } §", Both)]
#[case::format_string("pub fn a<T>() { format!(\"{help}\") } §", Both)]
#[case::symbol("#[no_mangle] §", Both)]
#[case::unsafe_symbol("#[unsafe(export_name = \"a\")] §", Both)]
#[case::section("#[link_section = \"a\"] §", Both)]
#[case::attribute_macro("#[a] §", Both)]
#[case::built_in_but_not_known("#[panic_handler] §", Both)]
#[case::under_an_attribute("#[a] mod b { § }", Both)]
#[case::under_an_attribute_of_an_implementation("#[a] impl B { § }", Both)]
#[case::exported_glob("pub use a::*; §", Both)]
#[case::restricted_export("pub(crate) use a::*; §", Both)]
#[case::exported_glob_in_a_list("pub use a::{b, c::*}; §", Both)]
#[case::export_in_the_same_module("mod a { pub use b::*; § }", Both)]
#[case::in_an_implementation_of_an_exporting_module("pub use a::*; impl B { § }", Both)]
#[case::another_file("//- a.rs\npub fn a<T>() { super::help(1) }\n//- lib.rs\nmod a; §", Both)]
#[case::another_file_without(
    "//- a.rs\npub fn a() { super::help(1) }\n//- lib.rs\nmod a; §",
    Neither
)]
#[case::file_that_does_not_parse("//- a.rs\nfn {\n//- lib.rs\nmod a; §", Both)]
fn private_function(#[case] marked: &str, #[case] expected: Differ) {
    assert_eq!(differ(marked, BEFORE, AFTER), expected);
    assert_eq!(differ(marked, "fn help(a: u8) { 1 }", "fn help(b: i8) { 2 }"), expected);
}

#[rstest]
#[case::added("pub fn a() {} §", "", "fn b() {}", Neither)]
#[case::added_with_a_mention("pub fn a<T>() { b() } §", "", "fn b() {}", Both)]
#[case::made_private("§ fn b() {}", "pub", "", Both)]
#[case::raw_name("pub fn a<T>() { r#fn() } §", "fn r#fn() {}", "fn r#fn(a: u8) {}", Both)]
#[case::raw_name_alone("§", "fn r#fn() {}", "fn r#fn(a: u8) {}", Neither)]
#[case::called_by_a_standard_macro(
    "impl A { § } pub fn b<T>() { write!(c, \"\") }",
    "fn write_fmt(&self) {}",
    "fn write_fmt(&mut self) {}",
    Both
)]
#[case::generic_private("§", "fn a<T>() { 1 }", "fn a<T>() { 2 }", Neither)]
#[case::private_constant_function("§", "const fn a() { 1 }", "const fn a() { 2 }", Neither)]
#[case::private_field("pub struct A { § }", "b: u8", "b: u16", Both)]
#[case::private_structure("§", "struct A(u8);", "struct A(u16);", Both)]
#[case::private_trait("§", "trait A {}", "trait A: B {}", Both)]
#[case::private_constant("§", "const A: u8 = 1;", "const A: u8 = 2;", Both)]
#[case::private_alias("§", "type A = u8;", "type A = u16;", Both)]
#[case::private_module("§", "mod a {}", "mod b {}", Both)]
#[case::shadowing_item("pub use a::*; §", "", "struct B;", Both)]
#[case::shadowing_function("pub use a::*; §", "", "fn b() {}", Both)]
#[case::body_that_mentions_changes("fn b() {} pub fn a<T>() { § }", "c()", "b()", Both)]
fn private_item(
    #[case] marked: &str,
    #[case] before: &str,
    #[case] after: &str,
    #[case] expected: Differ,
) {
    assert_eq!(differ(marked, before, after), expected);
}

/// A private import is another one.
#[rstest]
#[case::alone("use §::A;", Neither)]
#[case::mentioned_in_a_body("use §::A; pub fn b() { A::new() }", Neither)]
#[case::restricted("pub(crate) use §::A;", Neither)]
#[case::renamed("use §::A as B; pub fn c(d: A) {}", Neither)]
#[case::beside_plain_constants("use §::A; const B: u8 = 1;", Neither)]
#[case::code_in_another_module("use §::A; mod b { pub fn c<T>() {} }", Neither)]
#[case::glob_in_a_module_without_code("use §::A; mod b { use super::*; pub fn c() {} }", Neither)]
#[case::standard_derive("use §::A; #[derive(Debug)] struct C;", Neither)]
#[case::standard_derive_beside_a_glob("use §::A; use a::*; #[derive(Debug)] struct C;", Neither)]
#[case::public("pub use §::A;", Both)]
#[case::mentioned_in_a_signature("use §::A; pub fn b(c: A) {}", Both)]
#[case::mentioned_by_its_other_name("use §::A as B; pub fn c(d: B) {}", Both)]
#[case::one_of_a_list("use §::{A, B}; pub fn c(d: B) {}", Both)]
#[case::module("use §::a::{self, B}; pub fn c(d: a::C) {}", Both)]
#[case::mentioned_in_another_module("use §::A; mod b { pub fn c(d: super::A) {} }", Both)]
#[case::mentioned_in_a_field("use §::A; struct B(A);", Both)]
#[case::mentioned_in_an_implementation("use §::A; impl A for B {}", Both)]
#[case::mentioned_in_a_derive("use §::A; #[derive(A)] struct B;", Both)]
#[case::glob("use §::*;", Both)]
#[case::glob_in_a_list("use §::{A, b::*};", Both)]
#[case::without_a_name("use §::A as _;", Both)]
#[case::without_a_name_in_a_list("use §::{A as _, B};", Both)]
#[case::code_in_its_module("use §::A; pub fn b<T>() { c.d() }", Both)]
#[case::macro_call_in_its_module("use §::A; b! {}", Both)]
#[case::derive_in_its_module("use §::A; #[derive(B)] struct C;", Both)]
#[case::derive_from_elsewhere("use §::A; use a::Debug; #[derive(Debug)] struct C;", Both)]
#[case::constant_with_a_path("use §::A; const B: u8 = C::D;", Both)]
#[case::glob_of_a_module_with_code("use §::A; mod b { use super::*; pub fn c<T>() {} }", Both)]
#[case::under_an_attribute("#[a] use §::A;", Both)]
#[case::exporting_module("pub use a::*; use §::A;", Both)]
fn import(#[case] marked: &str, #[case] expected: Differ) {
    assert_eq!(differ(marked, "x", "y"), expected);
}

/// A macro may build the name of a private function.
#[rstest]
#[case::getter("#[derive(B)] struct A { port: u8 } impl A { § }", "get_port", Both)]
#[case::paste("paste! { fn [<get_ $a>]() { [<set_ port>]() } } §", "set_port", Both)]
#[case::camel_case("make! { Port } §", "port", Both)]
#[case::joined("make! { FooBar } §", "foobar", Both)]
#[case::split("make! { foobar } §", "foo_bar", Both)]
#[case::in_a_string("#[derive(B)] #[b(\"port\")] struct A; §", "get_port", Both)]
#[case::attribute("#[make] mod port {} §", "get_port", Both)]
#[case::in_a_body_that_stays("pub fn a() { make!(port) } §", "get_port", Both)]
#[case::in_a_definition("macro_rules! a { () => { paste!(port) } } §", "get_port", Both)]
#[case::through_a_definition(
    "macro_rules! a { ($a:tt) => { paste!($a) } } a! { port } §",
    "get_port",
    Both
)]
#[case::no_word_of_it("#[derive(B)] struct A { port: u8 } impl A { § }", "get_ports", Neither)]
#[case::own_macro("macro_rules! a { ($a:tt) => { b($a) } } a! { port } §", "get_port", Neither)]
#[case::standard_derive("#[derive(Clone)] struct A { port: u8 } impl A { § }", "get_port", Neither)]
fn name_that_is_built(#[case] marked: &str, #[case] name: &str, #[case] expected: Differ) {
    let [before, after] = ["u8", "u16"].map(|ty| format!("fn {name}(a: {ty}) {{}}"));
    assert_eq!(differ(marked, &before, &after), expected);
}
