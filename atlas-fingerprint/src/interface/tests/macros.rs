//! Macros that are called in a body: harmless or not.

use rstest::rstest;

use super::Differ::{Both, Neither};
use super::{Differ, differ, differ_with};
use crate::content::View;
use crate::interface::{CrateSource, FileSummary, HarmlessMacros, defined_harmless_macros};

#[rstest]
#[case::println("println!(\"{}\", §)")]
#[case::format("format!(\"{}\", §)")]
#[case::vec("vec![§; 2]")]
#[case::assert("assert_eq!(a, §)")]
#[case::matches("matches!(a, § | 3)")]
#[case::write("write!(a, \"{}\", §)?")]
#[case::panic("panic!(\"{}\", §)")]
#[case::todo("todo!(); §")]
#[case::path("std::println!(\"{}\", §)")]
#[case::absolute_path("::core::assert!(§ > 1)")]
#[case::long_path("std::ptr::addr_of!(a[§])")]
#[case::nested("assert!(matches!(vec![format!(\"{}\", §)], b))")]
#[case::braces("println! { \"{}\", § }")]
#[case::raw("r#try!(§)")]
fn standard_macro_is_harmless(#[case] call: &str) {
    assert_eq!(differ(&format!("pub fn a() {{ {call} }}"), "1", "2"), Neither);
}

#[rstest]
#[case::unknown("foo!(§)")]
#[case::unknown_path("foo::bar!(§)")]
#[case::unknown_in_a_known_one("vec![foo!(§)]")]
#[case::standard_name_of_another_crate("foo::println!(§)")]
#[case::code("include!(\"a§.rs\")")]
#[case::thread_local("thread_local!(A: u8 = §)")]
#[case::assembler("std::arch::asm!(\"\", in(reg) §)")]
#[case::well_known_name_alone("debug!(§)")]
#[case::well_known_name_of_another("foo::debug!(§)")]
#[case::argument_that_is_an_item("println!({ impl A for B {} § })")]
#[case::argument_with_an_array("println!(\"\", [0; §])")]
fn other_macro_is_not(#[case] call: &str) {
    assert_eq!(differ(&format!("pub fn a() {{ {call} }}"), "1", "2"), Both);
    assert_eq!(differ(&format!("pub fn a<T>() {{ {call} }}"), "1", "2"), Both);
}

/// What a crate defines or imports gives names another meaning.
#[rstest]
#[case::defined("macro_rules! println { () => { impl A for B {} } } § { println!() }", Both)]
#[case::defined_later(
    "§ { println!() } macro_rules! println { () => { static A: u8 = 1; } }",
    Both
)]
#[case::defined_harmlessly("macro_rules! println { () => { a() } } § { println!() }", Neither)]
#[case::defined_with_an_unknown("macro_rules! vec { () => { b!() } } § { vec!() }", Both)]
#[case::modern("macro println() { a() } § { println!() }", Both)]
#[case::one_of_two(
    "macro_rules! b { () => {} } mod c { macro_rules! b { () => { impl A {} } } } § { b!() }",
    Both
)]
#[case::path_to_a_definition(
    "macro_rules! println { () => { impl A {} } } § { std::println!() }",
    Neither
)]
#[case::imported("use defmt::println; § { println!() }", Both)]
#[case::imported_in_a_list("use a::{b, c::{d, println}}; § { println!() }", Both)]
#[case::imported_by_another_name("use a::b as println; § { println!() }", Both)]
#[case::imported_in_a_body("fn b() { use a::println; } § { println!() }", Both)]
#[case::imported_from_the_standard_library(
    "use std::println; use core::vec; § { println!() }",
    Neither
)]
#[case::standard_module("use std::{fmt, vec}; § { vec![] }", Neither)]
#[case::another_crate_by_the_name_of_the_standard_library(
    "use a as std; use std::println; § { println!() }",
    Both
)]
#[case::module_by_the_name_of_the_standard_library("mod std; § { std::println!() }", Both)]
#[case::own_module_of_that_name("mod format; use crate::format; § { format!() }", Neither)]
#[case::own_module_and_a_foreign_glob("use crate::format; use a::*; § { format!() }", Both)]
#[case::foreign_glob("use a::*; § { println!() }", Neither)]
#[case::all_macros_of_a_crate("#[macro_use] extern crate a; § { println!() }", Both)]
#[case::all_macros_of_a_known_crate(
    "#[macro_use] extern crate lazy_static; § { println!() }",
    Neither
)]
#[case::all_macros_of_a_renamed_crate("#[macro_use] extern crate a as log; § { println!() }", Both)]
#[case::all_macros_of_a_module("#[macro_use] mod a; § { println!() }", Neither)]
#[case::logging("use log::debug; § { debug!(\"\") }", Neither)]
#[case::logging_in_a_list("use tracing::{debug, info}; § { debug!(\"\") }", Neither)]
#[case::logging_by_path("§ { log::debug!(\"\") }", Neither)]
#[case::logging_by_all_macros("#[macro_use] extern crate log; § { debug!(\"\") }", Neither)]
#[case::logging_by_glob("use log::*; § { debug!(\"\") }", Neither)]
#[case::logging_by_glob_beside_another("use log::*; use a::*; § { debug!(\"\") }", Both)]
#[case::logging_from_elsewhere("use a::debug; § { debug!(\"\") }", Both)]
#[case::logging_from_two("use log::debug; mod b { use a::debug; } § { debug!(\"\") }", Both)]
#[case::logging_beside_a_glob("use log::debug; use a::*; § { debug!(\"\") }", Neither)]
#[case::logging_beside_a_glob_in_a_module(
    "use log::debug; mod b { use a::*; } § { debug!(\"\") }",
    Both
)]
#[case::own_crate_by_that_name("mod log; § { log::debug!(\"\") }", Both)]
#[case::renamed_crate_by_that_name("extern crate a as log; § { log::debug!(\"\") }", Both)]
#[case::logging_name_of_another_crate("use anyhow::debug; § { debug!(\"\") }", Both)]
#[case::errors("use anyhow::{bail, ensure}; § { ensure!(a); bail!(\"\") }", Neither)]
fn names_have_their_meaning(#[case] marked: &str, #[case] expected: Differ) {
    let body = |value| {
        marked
            .replacen("{ ", &format!("{{ {value}; "), 0)
            .replace("§ {", &format!("pub fn f() {{ {value};"))
    };
    assert_eq!(differ_with(&body("1"), &body("2"), &[]), expected);
}

#[rstest]
#[case::plain("($a:expr) => { b($a) }", Neither)]
#[case::calls_a_standard_one("($a:expr) => { println!(\"{}\", $a) }", Neither)]
#[case::recursive("() => {}; ($a:expr) => { m!() }", Neither)]
#[case::recursive_by_path("($a:expr) => { $crate::m!() }", Neither)]
#[case::implementation("($a:ident) => { impl A for $a {} }", Both)]
#[case::definition_of_a_trait("() => { trait A {} }", Both)]
#[case::definition_of_a_macro("() => { macro_rules! b { () => {} } }", Both)]
#[case::foreign_block("() => { extern \"C\" {} }", Both)]
#[case::statics("() => { static A: u8 = 1; }", Both)]
#[case::constant("() => { const A: u8 = 1; }", Both)]
#[case::derive("() => { #[derive(Clone)] struct A; }", Both)]
#[case::calls_an_unknown_one("() => { foo!() }", Both)]
#[case::calls_its_argument("($a:ident) => { $a!() }", Both)]
#[case::calls_a_path("($($a:ident)::*) => { $($a)::*!() }", Both)]
#[case::negates_its_argument("($a:expr) => { if !($a) { b } }", Neither)]
#[case::path_of_another_crate("() => { $a::println!() }", Both)]
fn definition_decides(#[case] arms: &str, #[case] expected: Differ) {
    let source = format!("macro_rules! m {{ {arms} }} pub fn a() {{ m!(§) }}");
    assert_eq!(differ(&source, "1", "2"), expected);
    let in_another_file = format!(
        "//- a.rs\nmacro_rules! m {{ {arms} }}\n//- lib.rs\n#[macro_use] mod a; pub fn b() {{ crate::m!(§) }}"
    );
    assert_eq!(differ(&in_another_file, "1", "2"), expected);
}

#[test]
fn definitions_call_each_other() {
    let source = "macro_rules! a { () => { b!() } } macro_rules! b { () => { a!(); c!() } } \
                  macro_rules! c { () => { § } } pub fn d() { a!(); 1 }";
    let edit = |value| source.replace('§', value).replace("; 1 }", "; 2 }");
    let plain = source.replace('§', "0");
    assert_eq!(differ_with(&plain, &edit("0"), &[]), Neither);
    let implementing = source.replace('§', "impl A {}");
    assert_eq!(differ_with(&implementing, &edit("impl A {}"), &[]), Both);
}

#[rstest]
#[case::name("pub fn a() { foo!(§) }", &["foo"], Neither)]
#[case::path("pub fn a() { dep::foo!(§) }", &["foo"], Neither)]
#[case::import("use dep::foo; pub fn a() { foo!(§) }", &["foo"], Neither)]
#[case::another("pub fn a() { bar!(§) }", &["foo"], Both)]
#[case::own_definition("macro_rules! foo { () => { impl A {} } } pub fn a() { foo!(§) }", &["foo"], Both)]
#[case::hidden_standard_macro("macro_rules! vec { () => { impl A {} } } pub fn a() { foo!(§) }", &["foo"], Both)]
#[case::hidden_given_macro("macro_rules! bar { () => { impl A {} } } pub fn a() { foo!(§) }", &["foo", "bar"], Both)]
#[case::imported_standard_name("use b::vec; pub fn a() { foo!(§) }", &["foo"], Both)]
fn given_names_are_harmless(
    #[case] marked: &str,
    #[case] macros: &[&str],
    #[case] expected: Differ,
) {
    let edit = |value| marked.replace('§', value);
    assert_eq!(differ_with(&edit("1"), &edit("2"), macros), expected);
}

#[rstest]
#[case::plain("macro_rules! m { () => { println!() } }", &["m"])]
#[case::several("macro_rules! m { () => { $crate::n!() } } macro_rules! n { () => {} }", &["m", "n"])]
#[case::implementation("macro_rules! m { () => { impl A {} } }", &[])]
#[case::one_that_calls_it("macro_rules! m { () => { impl A {} } } macro_rules! n { () => { m!() } }", &[])]
#[case::well_known_by_path("macro_rules! m { () => { log::debug!() } }", &["m"])]
#[case::well_known_by_name("use log::debug; macro_rules! m { () => { debug!() } }", &[])]
#[case::in_tests("#[cfg(test)] macro_rules! m { () => {} }", &[])]
fn definitions_that_other_crates_may_call(#[case] text: &str, #[case] expected: &[&str]) {
    let summary = FileSummary::of(text.as_bytes(), View::TokensWithoutTests);
    let source = CrateSource { path: "lib.rs", module: "", summary: &summary };
    let found = defined_harmless_macros(&[source], &HarmlessMacros::default());
    assert_eq!(found.names.iter().map(String::as_str).collect::<Vec<_>>(), expected);
}
