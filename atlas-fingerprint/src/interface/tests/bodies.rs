//! Bodies: when they go, and when they stay.

use rstest::rstest;

use super::Differ::{Both, Codegen, Neither};
use super::{Differ, differ};

/// A literal in a body is another one.
#[rstest]
#[case::free("pub fn a() -> u8 { § }", Neither)]
#[case::private("fn a() -> u8 { § } pub fn b() -> u8 { a() }", Neither)]
#[case::method("pub struct A; impl A { pub fn a(&self) -> u8 { § } }", Neither)]
#[case::trait_method("impl B for A { fn a(&self) -> u8 { § } }", Neither)]
#[case::lifetimes("impl<'a> A<'a> { pub fn a<'b>(&'b self) -> &'b u8 { &§ } }", Neither)]
#[case::concrete_argument("impl A<u8> { pub fn a(&self) -> u8 { § } }", Neither)]
#[case::unsafe_function("pub unsafe fn a() -> u8 { § }", Neither)]
#[case::foreign_abi("pub extern \"C\" fn a() -> u8 { § }", Neither)]
#[case::dynamic("pub fn a(b: &dyn Fn() -> u8) -> Box<dyn C> { § }", Neither)]
#[case::drop_implementation("impl Drop for A { fn drop(&mut self) { b(§) } }", Neither)]
#[case::closure("pub fn a() -> u8 { (|| §)() }", Neither)]
#[case::nested_function("pub fn a() -> u8 { fn b() -> u8 { § } b() }", Neither)]
#[case::in_a_module("pub mod a { pub mod b { pub fn c() -> u8 { § } } }", Neither)]
#[case::pointer("pub fn a(b: *const u8) -> u8 { let c = b as *const i8; § }", Neither)]
#[case::raw_borrow("pub fn a(b: u8) -> u8 { let c = &raw const b; § }", Neither)]
#[case::import("pub fn a() -> u8 { use b::c; c(§) }", Neither)]
#[case::method_named_union("pub fn a(b: B) -> u8 { b.union(§); b }", Neither)]
#[case::comparison("pub fn a(b: u8) -> bool { b < § && c > 4 }", Neither)]
#[case::raw_name("pub fn r#fn() -> u8 { § }", Neither)]
#[case::array_of_values("pub fn a() -> [u8; 2] { [§, 1] }", Neither)]
#[case::type_parameter("pub fn a<T>() -> u8 { § }", Codegen)]
#[case::constant_parameter("pub fn a<const N: usize>() -> u8 { § }", Codegen)]
#[case::generic_implementation("impl<T> A<T> { pub fn a() -> u8 { § } }", Codegen)]
#[case::constant_implementation("impl<const N: usize> A<N> { pub fn a() -> u8 { § } }", Codegen)]
#[case::generic_trait_implementation("impl<T: C> B for T { fn a() -> u8 { § } }", Codegen)]
#[case::opaque_parameter("pub fn a(b: impl Fn()) -> u8 { § }", Codegen)]
#[case::nested_opaque_parameter("pub fn a(b: Vec<Box<impl Fn()>>) -> u8 { § }", Codegen)]
#[case::closure_in_a_generic_function("pub fn a<T>() -> u8 { (|| §)() }", Codegen)]
#[case::nested_in_a_generic_function("pub fn a<T>() -> u8 { fn b() -> u8 { § } b() }", Codegen)]
#[case::default_method("pub trait A { fn a(&self) -> u8 { § } }", Codegen)]
#[case::default_method_of_a_private_trait("trait A { fn a(&self) -> u8 { § } }", Codegen)]
#[case::opaque_return("pub fn a() -> impl B { § }", Both)]
#[case::nested_opaque_return("pub fn a() -> Option<Box<impl B>> { § }", Both)]
#[case::opaque_return_of_a_method("impl A { pub fn a(&self) -> impl B + '_ { § } }", Both)]
#[case::asynchronous("pub async fn a() -> u8 { § }", Both)]
#[case::constant("pub const fn a() -> u8 { § }", Both)]
#[case::constant_method("impl A { pub const fn a() -> u8 { § } }", Both)]
#[case::generic_constant("pub const fn a<T>() -> u8 { § }", Both)]
#[case::constant_default_method("pub trait A { const fn a() -> u8 { § } }", Both)]
#[case::type_from_a_macro("pub fn a() -> b!() { § }", Both)]
#[case::type_of_an_implementation_from_a_macro("impl A for b!() { fn a() -> u8 { § } }", Both)]
fn body_counts(#[case] marked: &str, #[case] expected: Differ) {
    assert_eq!(differ(marked, "1", "2"), expected);
}

/// Something in a body may be seen from outside.
#[rstest]
#[case::implementation("impl B for C { fn d() -> u8 { § } }")]
#[case::inherent_implementation("impl C { fn d() -> u8 { § } }")]
#[case::definition_of_a_trait("trait B { const C: u8 = §; }")]
#[case::definition_of_a_macro("macro_rules! b { () => { § } }")]
#[case::modern_macro("macro b() { § }")]
#[case::foreign_block("extern \"C\" { fn b(); } §;")]
#[case::foreign_function("extern \"C\" fn b() -> u8 { § }")]
#[case::static_item("static B: u8 = §;")]
#[case::static_mutable("static mut B: u8 = §;")]
#[case::constant("const B: u8 = §;")]
#[case::constant_without_name("const _: () = assert!(§ > 0);")]
#[case::constant_function("const fn b() -> u8 { § }")]
#[case::constant_block("let b = const { § };")]
#[case::product_with_a_constant_block("let b = c *const { § };")]
#[case::module("mod b { pub fn c() -> u8 { § } }")]
#[case::derive("#[derive(B)] struct C; §;")]
#[case::structure("struct C([u8; §]);")]
#[case::enumeration("enum C { D = § }")]
#[case::union("union C { d: [u8; §] }")]
#[case::asynchronous_block("let b = async { § };")]
#[case::asynchronous_closure("let b = async || { § };")]
#[case::repeated_value("let b = [0; §];")]
#[case::type_of_an_array("let b: [u8; §] = c();")]
#[case::constant_argument("b::<§>();")]
#[case::second_constant_argument("b::<u8, §>();")]
#[case::first_constant_argument("b::<§, u8>();")]
#[case::block_as_an_argument("b::<{ § }>();")]
#[case::second_block_as_an_argument("b::<u8, { § }>();")]
#[case::attribute_macro("#[b] { § }")]
#[case::attribute_macro_inside("#![b] §;")]
#[case::conditional_attribute("#[cfg_attr(b, c)] { § }")]
#[case::symbol("#[no_mangle] fn b() -> u8 { § }")]
#[case::unsafe_symbol("#[unsafe(export_name = \"c\")] fn b() -> u8 { § }")]
fn body_with_it_counts(#[case] statement: &str) {
    assert_eq!(differ(&format!("pub fn a() {{ {statement} }}"), "1", "2"), Both);
    assert_eq!(differ(&format!("pub fn a<T>() {{ if b {{ {statement} }} }}"), "1", "2"), Both);
}

/// Attributes on functions, or around them.
#[rstest]
#[case::documentation("#[doc(hidden)]", Neither)]
#[case::lints("#[allow(a)] #[warn(a)] #[deny(a)] #[expect(a)] #[must_use]", Neither)]
#[case::condition("#[cfg(unix)]", Neither)]
#[case::cold("#[cold]", Neither)]
#[case::deprecated("#[deprecated]", Neither)]
#[case::caller("#[track_caller]", Neither)]
#[case::symbol("#[no_mangle]", Neither)]
#[case::unsafe_symbol("#[unsafe(no_mangle)]", Neither)]
#[case::name_of_a_symbol("#[export_name = \"b\"]", Neither)]
#[case::section("#[link_section = \"b\"]", Neither)]
#[case::target_feature("#[target_feature(enable = \"avx\")]", Neither)]
#[case::never_inlined("#[inline(never)]", Neither)]
#[case::of_a_tool("#[rustfmt::skip] #[clippy::b]", Neither)]
#[case::conditional_known("#[cfg_attr(b, cold, must_use)]", Neither)]
#[case::inlined("#[inline]", Codegen)]
#[case::always_inlined("#[inline(always)]", Codegen)]
#[case::conditionally_inlined("#[cfg_attr(b, inline)]", Codegen)]
#[case::nested_conditions("#[cfg_attr(b, cfg_attr(c, inline))]", Codegen)]
#[case::macro_attribute("#[b]", Both)]
#[case::path("#[b::c]", Both)]
#[case::conditional_macro("#[cfg_attr(b, c)]", Both)]
#[case::built_in_but_not_known("#[coverage(off)]", Both)]
#[case::handler("#[panic_handler]", Both)]
fn attribute_decides(#[case] attribute: &str, #[case] expected: Differ) {
    assert_eq!(differ(&format!("{attribute} pub fn a() -> u8 {{ § }}"), "1", "2"), expected);
    let method = format!("impl A {{ {attribute} pub fn a() -> u8 {{ § }} }}");
    assert_eq!(differ(&method, "1", "2"), expected);
}

#[rstest]
#[case::module("#[b] mod c { pub fn a() -> u8 { § } }", Both)]
#[case::outer_module("#[b] mod c { mod d { pub fn a() -> u8 { § } } }", Both)]
#[case::implementation("#[b] impl C { pub fn a() -> u8 { § } }", Both)]
#[case::inside_of_a_module("mod c { #![b] pub fn a() -> u8 { § } }", Both)]
#[case::inside_of_a_file("#![b] pub fn a() -> u8 { § }", Both)]
#[case::conditional_module("#[cfg(unix)] mod c { pub fn a() -> u8 { § } }", Neither)]
#[case::known_of_a_file("#![no_std] #![feature(b)] pub fn a() -> u8 { § }", Neither)]
#[case::allowed_in_an_implementation("#[allow(b)] impl C { fn a() -> u8 { § } }", Neither)]
#[case::coverage_of_a_module("#[coverage(off)] mod c { pub fn a() -> u8 { § } }", Both)]
#[case::documentation_by_a_macro(
    "#[doc = concat!(\"b\")] impl C { pub fn a() -> u8 { § } }",
    Neither
)]
#[case::documentation_inside(
    "mod c { #![doc = include_str!(\"b\")] pub fn a() -> u8 { § } }",
    Neither
)]
#[case::neighbour("#[b] mod c {} pub fn a() -> u8 { § }", Neither)]
fn attribute_around_decides(#[case] marked: &str, #[case] expected: Differ) {
    assert_eq!(differ(marked, "1", "2"), expected);
}

/// What is no body is always seen.
#[rstest]
#[case::constant("pub const A: u8 = §;")]
#[case::private_constant("const A: u8 = §;")]
#[case::statics("static A: u8 = §;")]
#[case::associated_constant("impl A { const B: u8 = §; }")]
#[case::associated_constant_of_a_trait("trait A { const B: u8 = §; }")]
#[case::array_length("pub struct A([u8; §]);")]
#[case::private_field("pub struct A { b: [u8; §] }")]
#[case::length_in_a_signature("pub fn a(b: [u8; §]) {}")]
#[case::discriminant("pub enum A { B = § }")]
#[case::discriminant_by_a_function("const fn a() -> u8 { § } #[repr(u8)] pub enum A { B = a() }")]
#[case::default_of_a_parameter("pub struct A<const N: usize = §>;")]
#[case::constant_argument("pub fn a(b: B<§>) {}")]
#[case::macro_definition("macro_rules! a { () => { § } }")]
#[case::modern_macro("pub macro a() { § }")]
#[case::macro_call("a! { § }")]
#[case::macro_call_in_an_implementation("impl A { a! { § } }")]
#[case::macro_call_in_a_trait("trait A { a! { § } }")]
#[case::type_alias("type A = [u8; §];")]
#[case::attribute("#[repr(align(§))] struct A;")]
#[case::argument_of_an_attribute("#[deprecated(note = \"§\")] pub fn a() {}")]
#[case::foreign("extern \"C\" { fn a(b: [u8; §]); }")]
fn what_is_no_body_counts(#[case] marked: &str) {
    assert_eq!(differ(marked, "1", "2"), Both);
}

#[rstest]
#[case::parameter("pub fn a(§) {}", "b: u8", "b: i8")]
#[case::name_of_a_parameter("pub fn a(§: u8) {}", "b", "c")]
#[case::return_type("pub fn a() -> § { b() }", "u8", "i8")]
#[case::visibility("§ fn a() {}", "", "pub")]
#[case::qualifier("pub § fn a() {}", "", "unsafe")]
#[case::made_constant("pub § fn a() {}", "", "const")]
#[case::made_inline("§ pub fn a() {}", "", "#[inline]")]
#[case::type_of_a_field("pub struct A { b: § }", "u8", "i8")]
#[case::visibility_of_a_field("pub struct A { § b: u8 }", "", "pub")]
#[case::field_added("struct A { § }", "", "b: u8")]
#[case::order_of_fields("struct A { § }", "b: u8, c: u8", "c: u8, b: u8")]
#[case::variant_added("enum A { B § }", "", ", C")]
#[case::bound("pub fn a<T: §>() {}", "B", "C")]
#[case::supertrait("trait A: § {}", "B", "C")]
#[case::provided("trait A { fn a() § }", ";", "{}")]
#[case::implementation_added("struct A; §", "", "impl B for A {}")]
#[case::order_of_implementations(
    "§",
    "impl A for B {} impl C for B {}",
    "impl C for B {} impl A for B {}"
)]
#[case::negative_implementation("impl § Send for A {}", "", "!")]
#[case::condition("#[cfg(§)] pub fn a() {}", "unix", "windows")]
#[case::condition_of_a_statics("#[cfg(§)] static A: u8 = 1;", "unix", "windows")]
#[case::path_of_a_module("#[path = \"§\"] mod a;", "b.rs", "c.rs")]
#[case::derive("#[derive(§)] struct A;", "Clone", "Copy")]
#[case::derive_input("#[derive(B)] struct A { #[b(§)] c: u8 }", "d", "e")]
#[case::crate_attribute("#![§]", "no_std", "no_core")]
#[case::exported_import("pub use a::§;", "b", "c")]
#[case::extern_crate("extern crate §;", "a", "b")]
#[case::module("§", "mod a;", "mod b;")]
#[case::in_an_inline_module("mod a { § }", "pub struct B;", "pub struct C;")]
#[case::joined_punctuation("const A: bool = b §;", "< < c", "<< c")]
#[case::text_of_tokens("const A: &str = stringify!(b§c);", "+", " + ")]
fn signature_counts(#[case] marked: &str, #[case] before: &str, #[case] after: &str) {
    assert_eq!(differ(marked, before, after), Both);
}
