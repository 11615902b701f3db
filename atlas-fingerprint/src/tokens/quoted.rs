//! Which text a procedural macro may read: comments and white space between the tokens that it gets
//! (`Span::source_text`). Knows what hands tokens to a macro; knows no digest.
//!
//! That is, with all that is inside:
//!
//! - a macro call, from its path on, unless it is one of the standard library's whose arguments no
//!   procedural macro sees;
//! - the definition of a macro: what it hands on has its place there;
//! - what is under an attribute that is not built in, or under a `derive` that is not the standard
//!   library's, from its first attribute on;
//! - the whole file if such an attribute is an inner one.
//!
//! In doubt it is too much: an item without a certain end goes on to the end of what encloses it.

use std::ops::Range;

use super::attributes;
use super::items;
use super::lexer::{Kind, Mark, Tokens};
use super::names::Names;
use super::test_items::LeftOut;

/// Returns the tokens between which all text counts, in order, not overlapping. Tokens that are
/// left out neither ask for it nor tell what names mean.
pub(crate) fn quoted(tokens: &Tokens<'_>, left_out: &[LeftOut]) -> Vec<Range<usize>> {
    let names = Names::new(tokens, marks(tokens, left_out));
    let mut quoted: Vec<Range<usize>> = Vec::new();
    for mark in marks(tokens, left_out) {
        let is_covered = quoted.last().is_some_and(|last| mark.index() < last.end);
        let Some(range) = (!is_covered).then(|| read(tokens, &names, mark)).flatten() else {
            continue;
        };
        // An attribute can have a call inside, and be followed by one that counts from the first.
        while quoted.last().is_some_and(|last| last.start >= range.start) {
            quoted.pop();
        }
        match quoted.last_mut().filter(|last| range.start < last.end) {
            Some(last) => last.end = last.end.max(range.end),
            None => quoted.push(range),
        }
    }
    quoted
}

/// Returns the marks that are not left out.
pub(crate) fn marks(tokens: &Tokens<'_>, left_out: &[LeftOut]) -> impl Iterator<Item = Mark> {
    let mut left_out = left_out.iter().peekable();
    tokens.marks.iter().copied().filter(move |mark| {
        while left_out.next_if(|item| item.range.end <= mark.index()).is_some() {}
        left_out.peek().is_none_or(|item| mark.index() < item.range.start)
    })
}

/// Returns what is read because of the token at a mark.
fn read(tokens: &Tokens<'_>, names: &Names<'_>, mark: Mark) -> Option<Range<usize>> {
    let index = mark.index();
    if tokens.is_punct(index, b'!') {
        return call(tokens, names, index);
    }
    if tokens.is_ident(index, "macro") {
        return definition(tokens, index);
    }
    if let Some(content) = attributes::inner(tokens, index) {
        return attributes::is_read(tokens, &content, names).then_some(0..tokens.all.len());
    }
    let content = attributes::outer(tokens, index)?;
    if !attributes::is_read(tokens, &content, names) {
        return None;
    }
    let limit = mark.limit(tokens);
    let is_place_of_items = tokens.at(limit).is_none_or(|close| close.kind == Kind::Punct(b'}'));
    let item = attributes::end(tokens, index);
    let end = is_place_of_items.then(|| items::end(tokens, item, limit)).flatten();
    Some(attributes::start(tokens, index)..end.map_or(limit, |end| end + 1))
}

/// A call, or a definition with `macro_rules`; the `!` is at `index`.
fn call(tokens: &Tokens<'_>, names: &Names<'_>, index: usize) -> Option<Range<usize>> {
    let name = index.checked_sub(1)?;
    let is_negation = tokens.ident(name).is_some_and(comes_before_negation);
    if !tokens.is_name(name) || is_negation {
        return None;
    }
    let open = index + 1 + usize::from(tokens.is_name(index + 1));
    let close = tokens.closing(open)?;
    (!names.is_std_macro(name)).then(|| names.path_start(name)..close + 1)
}

/// Keywords, which are no names of macros, before the `!` of an expression or the type `!`.
pub(crate) fn comes_before_negation(word: &str) -> bool {
    matches!(
        word,
        "break" | "else" | "for" | "if" | "in" | "match" | "move" | "mut" | "return" | "while"
    )
}

/// `macro name { … }` and `macro name(…) { … }`.
fn definition(tokens: &Tokens<'_>, index: usize) -> Option<Range<usize>> {
    let close = tokens.closing(index + 2)?;
    let close = tokens.closing(close + 1).unwrap_or(close);
    Some(index..close + 1)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use crate::tokens::{TokenDigests, token_digests};

    fn digests(text: &str) -> TokenDigests {
        token_digests(text.as_bytes()).unwrap()
    }

    /// Pairs of what `§` may stand for: comments of one size, white space of one size.
    fn edits(marked: &str) -> [(TokenDigests, TokenDigests); 3] {
        let edit = |before, after| {
            (digests(&marked.replace('§', before)), digests(&marked.replace('§', after)))
        };
        [edit("/* a */", "/* b */"), edit(" // a\n", " // b\n"), edit("  ", " \t")]
    }

    #[rstest]
    #[case::plain_function("fn a() { §b(); }")]
    #[case::println("fn a() { println!(§\"b\"); }")]
    #[case::println_in_braces("fn a() { println! {§\"b\"} }")]
    #[case::path_of_the_standard_library("fn a() { std::println!(§); ::core::assert!(§b); }")]
    #[case::long_path_of_the_standard_library("fn a() { std::ptr::addr_of!(§b); }")]
    #[case::raw_name_of_the_standard_library("fn a() { r#try!(§b); }")]
    #[case::nested_in_the_standard_library("fn a() { assert!(§matches!(§b, c), \"{}\",§ d); }")]
    #[case::after_a_call("foo!(a);§ fn b() {§}")]
    #[case::between_calls("foo!(a);§ foo!(b);§")]
    #[case::beside_foo_in_println("println!(§foo!(a),§ b);")]
    #[case::negation("fn a() { if !(§b) { return !{§c}; } }")]
    #[case::never("fn a() -> ! {§} impl A for ! {§}")]
    #[case::comparison("fn a() { b != (§c) }")]
    #[case::inline("§#[inline] fn a() {§}")]
    #[case::doc_comment("/// A.\nfn a() {§}")]
    #[case::doc_attribute("#[doc = include_str!(§\"a\")] fn a() {§}")]
    #[case::derives("#[derive(Debug, Clone, §Copy)] struct A {§ b: u8,§ }§")]
    #[case::other_derives(
        "#[derive(Default, PartialEq, Eq, PartialOrd, Ord, Hash)] struct A(§u8);"
    )]
    #[case::path_of_a_derive("#[derive(std::fmt::Debug, ::core::clone::Clone)] struct A(§u8);")]
    #[case::after_a_struct("§#[derive(Serialize)] struct A { b: u8 }§ fn c() {§}")]
    #[case::after_an_attribute_macro("#[foo] fn a() -> B<{ 1 }> {}§ fn b() {§}")]
    #[case::known_condition("#[cfg_attr(a, inline, derive(Debug))] struct A {§}")]
    #[case::test("#[test] fn a() {§} #[cfg(test)] mod b {§}")]
    #[case::test_beside_super("#[cfg(test)] mod a { use super::*; #[test] fn b() { vec![§c] } }")]
    #[case::known_inner_attribute("#![no_std] #![allow(a)] fn a() {§}")]
    #[case::import("use a::{§b, c as d}; fn e() { vec![§f] }")]
    #[case::import_from_the_standard_library("use std::{fmt::*, println, vec as a}; println!(§);")]
    #[case::prefix_of_an_import("use a::vec::B; use c::{line::D}; vec![§e];")]
    #[case::captures("fn a<'a>() -> impl B + use<'a> { println!(§); } fn c() { d * e }")]
    fn what_no_macro_reads_leaves_no_trace(#[case] marked: &str) {
        for (before, after) in edits(marked) {
            assert_eq!(before, after);
        }
    }

    #[rstest]
    #[case::call("fn a() { foo!(§b); }")]
    #[case::in_braces("foo! { b§ }")]
    #[case::in_brackets("foo![b§];")]
    #[case::no_arguments("foo!(§);")]
    #[case::around_the_sign("foo!§(a);")]
    #[case::path("a::b::foo!(c§ d);")]
    #[case::in_a_path("a::§b::foo!(c);")]
    #[case::leading_path("::a::foo!(c§ d);")]
    #[case::name_of_the_standard_library_elsewhere("defmt::println!(§a);")]
    #[case::crate_of_the_standard_library_elsewhere("a::std::println!(§a);")]
    #[case::other_name_in_the_standard_library("std::foo!(§a);")]
    #[case::own("crate::println!(§a); self::vec![§a];")]
    #[case::raw_identifier("r#foo!(§a);")]
    #[case::raw_keyword("r#if!(§a);")]
    #[case::nested_groups("foo!(a { b [ c§ ] });")]
    #[case::standard_library_inside("foo! { fn a() { println!(§\"b\"); } }")]
    #[case::inside_of_the_standard_library("fn a() { println!(\"{}\", foo!(§b)); }")]
    #[case::deep("mod a { mod b { fn c() { d(|| { foo!(§e) }) } } }")]
    #[case::pattern_and_type("fn a(foo!(§b): foo!(c)) {}")]
    #[case::in_an_attribute("#[doc = foo!(§a)] fn b() {}")]
    #[case::macro_rules("macro_rules! a { () => { foo!(b) };§ }")]
    #[case::macro_rules_in_parentheses("macro_rules! a (() => {§});")]
    #[case::macro_rules_between("macro_rules!§ a { () => {} }")]
    #[case::macro_by_example("macro a($b:expr) {§ $b }")]
    #[case::macro_with_arms("macro a { () => {§} }")]
    #[case::redefined("macro_rules! vec { () => {} } fn a() { vec![§b] }")]
    #[case::imported("use defmt::println; fn a() { println!(§b); }")]
    #[case::imported_in_a_list("use a::{b, c::{d, println}}; fn a() { println!(§b); }")]
    #[case::imported_by_another_name("use a::b as vec; fn a() { vec![§b]; }")]
    #[case::imported_with_its_module("use a::vec::{self, b}; fn a() { vec![§b]; }")]
    #[case::imported_with_another_crate("use {std::fmt, a::vec}; fn a() { vec![§b]; }")]
    #[case::imported_later("fn a() { vec![§b]; } use c::vec;")]
    #[case::glob("use a::*; fn b() { vec![§c]; }")]
    #[case::glob_of_another_file("use super::*; fn b() { vec![§c]; }")]
    #[case::all_macros_of_a_crate("#[macro_use] extern crate a; fn b() { vec![§c]; }")]
    #[case::own_root("mod core; fn a() { core::assert!(§b); }")]
    #[case::derive("#[derive(Serialize)] struct A {§ b: u8 }")]
    #[case::comment_of_a_field("#[derive(Serialize)] struct A {\nb: u8,§\n\nc: u8 }")]
    #[case::derive_among_others("#[derive(Debug, serde::Serialize)] enum A { B {§} }")]
    #[case::in_a_derive("#[derive(Debug,§ Serialize)] enum A {}")]
    #[case::between_attributes("#[derive(Serialize)]§ #[inline] struct A;")]
    #[case::attributes_before("#[inline]§ /// A.\n#[inline] #[derive(Serialize)] struct A;")]
    #[case::tuple_structure("#[derive(A)] struct B(u8,§ u8);")]
    #[case::end_of_a_structure("#[derive(A)] struct B(u8)§;")]
    #[case::derive_elsewhere("#[derive(derive_more::Debug)] struct A {§}")]
    #[case::derive_imported("use derive_more::Debug; #[derive(Debug)] struct A {§}")]
    #[case::derive_from_a_glob("use a::*; #[derive(Debug)] struct A {§}")]
    #[case::derive_in_a_condition("#[cfg_attr(a, derive(Serialize))] struct A {§}")]
    #[case::conditional_macro("#[cfg_attr(a, inline, foo)] fn b() {§}")]
    #[case::nested_condition("#[cfg_attr(a, cfg_attr(b, c::foo(d)))] fn b() {§}")]
    #[case::attribute_macro("#[tokio::main] fn main() {§}")]
    #[case::in_an_attribute_macro("#[tokio::main(a,§ b)] fn main() {}")]
    #[case::standard_library_under_an_attribute("#[foo] fn a() { println!(§\"b\"); }")]
    #[case::module("#[foo] mod a { mod b { fn c() {§} } }")]
    #[case::method("impl A { #[foo] fn b() {§} }")]
    #[case::field("struct A { #[foo] b: [u8; {§ 1 }], c: u8 }")]
    #[case::variant("enum A { #[foo] B {§}, C }")]
    #[case::statement("fn a() { #[foo] let b =§ c; }")]
    #[case::expression("fn a() { b(#[foo] |c| {§}) }")]
    #[case::parameter("fn a(#[foo] b:§ u8) {}")]
    #[case::helper("#[derive(A)] struct B { #[serde(c,§ d)] e: u8 }")]
    #[case::call_under_an_attribute("#[foo] a! {§}")]
    #[case::call_in_an_attribute_before("#[doc = foo!()]§ #[foo] fn a() {}")]
    #[case::test_elsewhere("#[tokio::test] async fn a() {§}")]
    #[case::test_imported("use a::test; #[test] fn a() {§}")]
    #[case::inner_attribute("#![foo] fn a() {§}")]
    #[case::conditional_inner_attribute("#![cfg_attr(a, foo)] fn a() {§}")]
    #[case::inner_attribute_of_a_function("fn a() {§ #![foo] }")]
    fn what_a_macro_may_read_counts(#[case] marked: &str) {
        for (before, after) in edits(marked) {
            assert_ne!(before.all, after.all);
            assert_ne!(before.without_tests, after.without_tests);
        }
    }

    #[rstest]
    #[case::call("fn a() {} #[cfg(test)] mod b { foo!(§c); }")]
    #[case::derive("#[cfg(test)] #[derive(Serialize)] struct A {§} fn b() {}")]
    #[case::derive_first("#[derive(Serialize)] #[cfg(test)] struct A {§} fn b() {}")]
    #[case::attributes_stay("#[cfg(all(test, a))] #[derive(Serialize)] struct A {§} fn b() {}")]
    fn what_is_left_out_is_not_read(#[case] marked: &str) {
        let edit = |comment| digests(&marked.replace('§', comment));
        let (before, after) = (edit("/* a */"), edit("/* b */"));
        assert_ne!(before.all, after.all);
        assert_eq!(before.without_tests, after.without_tests);
    }

    #[test]
    fn import_that_is_left_out_takes_no_name() {
        let edit = |text| {
            digests(&format!("fn a() {{ vec![{text}b] }} #[cfg(test)] mod t {{ use c::*; }}"))
        };
        let (before, after) = (edit("/* a */"), edit("/* b */"));
        assert_ne!(before.all, after.all);
        assert_eq!(before.without_tests, after.without_tests);
    }

    #[test]
    fn what_a_macro_reads_is_not_left_out() {
        let edit = |name| {
            let item = format!("#[cfg(test)] fn {name}() {{}}");
            digests(&format!("#[derive(A)] struct B {{ c: [u8; {{ {item} 1 }}] }}"))
        };
        assert_ne!(edit("a").without_tests, edit("b").without_tests);
    }

    #[rstest]
    #[case::spaces_in_a_call("foo!(a  b);", "foo!(a   b);")]
    #[case::line_in_a_call("foo!(a\nb);", "foo!(a\n\nb);")]
    #[case::end_of_line_in_a_call("foo!(a\nb);", "foo!(a \nb);")]
    #[case::tab_in_a_call("foo!(a b);", "foo!(a\tb);")]
    #[case::comment_for_spaces("foo!(a     b);", "foo!(a/* */ b);")]
    #[case::reader_gone("foo!(a b);", "vec!(a b);")]
    #[case::end_of_what_is_read("fn a() { #[b] c }", "fn a() { #[b] c;}")]
    fn white_space_and_readers_count(#[case] before: &str, #[case] after: &str) {
        assert_ne!(digests(before).all, digests(after).all);
    }

    #[test]
    fn line_ends_are_as_rustc_reads_them() {
        assert_eq!(digests("foo!(a // b\n c);"), digests("foo!(a // b\r\n c);"));
    }
}
