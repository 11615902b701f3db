//! Files: what counts as a whole, and what is no matter.

use rstest::rstest;

use super::Differ::{Both, Neither};
use super::{Differ, differ};
use crate::content::View;
use crate::interface::{
    CrateSource, FileSummary, HarmlessMacros, InterfaceDigests, interface_digests,
};

fn digests_of(files: &[(&str, &[u8])], view: View) -> InterfaceDigests {
    let summaries: Vec<_> =
        files.iter().map(|(path, bytes)| (*path, FileSummary::of(bytes, view))).collect();
    let source = |(path, summary)| CrateSource { path, module: "", summary };
    let sources: Vec<_> = summaries.iter().map(|(path, summary)| source((path, summary))).collect();
    interface_digests(&sources, &HarmlessMacros::default())
}

fn digests(bytes: &[u8]) -> InterfaceDigests {
    digests_of(&[("lib.rs", bytes)], View::TokensWithoutTests)
}

#[rstest]
#[case::byte_order_mark("\u{feff}pub fn a<T>() { 1 }")]
#[case::crlf("pub fn a<T>() { 1 }\r\n")]
#[case::comment("pub fn a<T>() { 1 } // One.")]
#[case::test_module("pub fn a<T>() { 1 }\n#[cfg(test)] mod tests { fn b() {} }")]
#[case::test("pub fn a<T>() { 1 }\n#[test] fn b() {}")]
#[case::test_import("pub fn a<T>() { 1 }\n#[cfg(test)] use b::*;")]
#[case::plain_function_in_private("pub fn a<T>() { 1 } fn b() {}")]
fn leaves_no_trace(#[case] text: &str) {
    assert_eq!(digests(b"pub fn a<T>() { 1 }"), digests(text.as_bytes()));
}

#[rstest]
#[case::shebang("#!/bin/a\npub fn a<T>() { 1 }", "#!/usr/bin/env b\npub fn a<T>() { 1 }")]
#[case::line_ends_in_a_body("pub fn a<T>() {\n 1\n}", "pub fn a<T>() {\r\n 1\r\n}")]
#[case::body_after_a_shebang("#!/bin/a\npub fn a() { 1 }", "#!/bin/a\npub fn a() { 2 }")]
#[case::body_after_a_mark("\u{feff}pub fn a() { 1 }", "\u{feff}pub fn a() { 2 }")]
#[case::body_after_wide_characters(
    "const A: &str = \"\u{e9}\u{1f980}\"; pub fn a() { 1 }",
    "const A: &str = \"\u{e9}\u{1f980}\"; pub fn a() { 2 }"
)]
fn bodies_are_found(#[case] before: &str, #[case] after: &str) {
    assert_eq!(digests(before.as_bytes()), digests(after.as_bytes()));
}

#[rstest]
#[case::unparsable("pub fn a() { § } fn {", Both)]
#[case::not_rust("pub fn a() { § } }", Both)]
#[case::expression("§ + 1", Both)]
#[case::text_direction("// \u{202e}\npub fn a() { § }", Both)]
#[case::unknown_item("pub auto trait A {} pub fn b() { § }", Neither)]
#[case::item_of_a_later_edition("pub fn b() { § } unsafe extern \"C\" { safe fn c(); }", Neither)]
#[case::captures("pub fn a<'a>() -> B<'a> { § } fn c() -> impl D + use<> {}", Neither)]
fn file_counts(#[case] marked: &str, #[case] expected: Differ) {
    assert_eq!(differ(marked, "1", "2"), expected);
}

/// A file that is included may be anything: its items may be methods of a generic type.
#[rstest]
#[case::included("//- lib.rs\ninclude!(\"a.rs\");\n//- src/a.rs\npub fn a() { § }", Both)]
#[case::in_a_body(
    "//- lib.rs\nfn b<T>() { include!(\"a.rs\") }\n//- src/a.rs\npub fn a() { § }",
    Both
)]
#[case::by_a_macro(
    "//- lib.rs\nmacro_rules! m { () => { include!(\"x/a.rs\"); } }\n//- a.rs\npub fn a() { § }",
    Both
)]
#[case::joined(
    "//- lib.rs\ninclude!(concat!(env!(\"OUT_DIR\"), \"/a.rs\"));\n//- a.rs\npub fn a() { § }",
    Both
)]
#[case::not_told("//- lib.rs\ninclude!(env!(\"A\"));\n//- a.rs\npub fn a() { § }", Both)]
#[case::another("//- lib.rs\ninclude!(\"b.rs\");\n//- a.rs\npub fn a() { § }", Neither)]
#[case::as_text(
    "//- lib.rs\nconst A: &str = include_str!(\"b.txt\");\n//- a.rs\npub fn a() { § }",
    Neither
)]
fn inclusion(#[case] marked: &str, #[case] expected: Differ) {
    assert_eq!(differ(marked, "1", "2"), expected);
}

#[rstest]
#[case::path("//- §.rs\npub fn a() {}", "a", "b", Both)]
#[case::file_added("//- lib.rs\nmod a;\n//- a.rs\n§", "", "pub struct A;", Both)]
#[case::path_attribute("#[path = \"§.rs\"] mod a;", "b", "c", Both)]
#[case::item_moved("//- a.rs\n§//- b.rs\npub struct B;", "", "pub struct A;\n", Both)]
fn crates(
    #[case] marked: &str,
    #[case] before: &str,
    #[case] after: &str,
    #[case] expected: Differ,
) {
    assert_eq!(differ(marked, before, after), expected);
}

#[test]
fn order_of_the_files_is_no_matter() {
    let (one, other): ((_, &[u8]), (_, &[u8])) = (("a.rs", b"mod a;"), ("b.rs", b"fn b<T>() {}"));
    let view = View::Tokens;
    assert_eq!(digests_of(&[one, other], view), digests_of(&[other, one], view));
}

#[test]
fn tests_count_where_they_are_compiled() {
    let files = |text| digests_of(&[("lib.rs", text)], View::Tokens);
    assert_ne!(
        files(b"#[cfg(test)] mod a { use b::*; }"),
        files(b"#[cfg(test)] mod a { use c::*; }")
    );
}

#[test]
fn every_byte_counts_if_asked_for() {
    let files = |text| digests_of(&[("lib.rs", text)], View::Bytes);
    assert_ne!(files(b"fn a() {} // One."), files(b"fn a() {} // Two."));
}

#[test]
fn file_that_is_no_text_counts_by_bytes() {
    assert_ne!(digests(b"// \xff"), digests(b"// \xfe"));
    assert_eq!(digests(b"// \xff"), digests(b"// \xff"));
}

#[test]
fn included_file_counts_as_a_whole() {
    let of = |text: &str| FileSummary::of_included(text.as_bytes(), View::Tokens);
    assert_ne!(of("fn a() { 1 }"), of("fn a() { 2 }"));
    assert_eq!(of("fn a() { 1 } // One."), of("fn a() { 1 }"));
}
