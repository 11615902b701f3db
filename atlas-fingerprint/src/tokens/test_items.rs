//! Which tokens a build without `--test` has no use for. Knows attributes and items; knows no digest.
//!
//! rustc takes an item under `#[cfg(test)]` out of the syntax tree before anything looks at it, with
//! all its attributes, and leaves its neighbours as they are. So two files that parse and are equal
//! outside of such items compile alike, if what is left out is whole items and nothing has seen
//! their tokens earlier. Earlier come macros: those called with the tokens as arguments, and
//! attribute macros on an enclosing item, module or file. Also earlier are warnings of rustc's lexer:
//! items with identifiers that are not ASCII (look-alike characters), and with strings that skip
//! several lines after a `\`, stay.
//!
//! What a condition says is evaluated even if the item is gone, and can be a warning of its own
//! (`unexpected_cfgs`): beside another condition the attributes stay, and only the rest is left out.
//!
//! `#[test]` is a macro of the standard prelude, which an import can hide. It counts as the standard
//! one if the rest of the file has the word `test` nowhere else and imports no globs. (What is out of
//! sight is `#[macro_use] extern crate` in another file, of a crate with an attribute macro of this name.)

use std::ops::Range;

use super::attributes::{self, Effect, Run};
use super::items;
use super::lexer::{Kind, Token, Tokens};

/// Tokens that are left out.
pub(crate) struct LeftOut {
    pub(crate) range: Range<usize>,
    /// Whether attributes of the item stay before it.
    pub(crate) attributes_stay: bool,
}

/// Returns the tokens to leave out, in order, not overlapping.
pub(crate) fn left_out(tokens: &Tokens<'_>) -> Vec<LeftOut> {
    if !tokens.has_test || is_opaque(tokens) {
        return Vec::new();
    }
    let certain = walk(tokens, false);
    // What is left out anyway imports nothing.
    if test_is_std(tokens, &certain) {
        return walk(tokens, true);
    }
    certain
}

fn walk(tokens: &Tokens<'_>, test_is_std: bool) -> Vec<LeftOut> {
    let mut walk = Walk { tokens, test_is_std, groups: Vec::new(), left_out: Vec::new() };
    let mut index = 0;
    while index < tokens.all.len() {
        index = walk.step(index);
    }
    walk.left_out
}

/// Whether nothing can be left out of the whole file: an inner attribute that may be a macro or
/// takes away what encloses it, or a macro defined with `macro`, whose body looks like a block.
fn is_opaque(tokens: &Tokens<'_>) -> bool {
    (0..tokens.all.len()).any(|index| {
        tokens.is_ident(index, "macro")
            || attributes::inner(tokens, index).is_some_and(|content| {
                !matches!(attributes::effect(tokens, &content), Effect::Inert | Effect::Condition)
            })
    })
}

/// Whether there is a `#[test]`, and can be no other macro than the standard one, as far as this
/// file tells.
fn test_is_std(tokens: &Tokens<'_>, left_out: &[LeftOut]) -> bool {
    let mut n_words = 0;
    let mut n_attributes = 0;
    let mut has_test = false;
    let mut left_out = left_out.iter().peekable();
    let mut index = 0;
    while index < tokens.all.len() {
        if let Some(item) = left_out.next_if(|item| item.range.start == index) {
            index = item.range.end;
            continue;
        }
        if is_glob(tokens, index) {
            return false;
        }
        n_words += usize::from(tokens.name(index) == Some("test"));
        if let Some(content) = attributes::outer(tokens, index) {
            let effect = attributes::effect(tokens, &content);
            has_test |= effect == Effect::Test;
            n_attributes +=
                usize::from(matches!(effect, Effect::CfgTest | Effect::CfgAllTest | Effect::Test));
        }
        index += 1;
    }
    has_test && n_words == n_attributes
}

fn is_glob(tokens: &Tokens<'_>, index: usize) -> bool {
    let ends = |character| tokens.is_punct(index + 1, character);
    let follows = |character| tokens.follows_punct(index, character);
    tokens.is_punct(index, b'*')
        && (ends(b';') || ends(b',') || ends(b'}'))
        && (follows(b':')
            || follows(b'{')
            || follows(b',')
            || index > 0 && tokens.is_ident(index - 1, "use"))
}

struct Walk<'a, 't> {
    tokens: &'a Tokens<'t>,
    test_is_std: bool,
    /// The closing brackets of the groups around the current token.
    groups: Vec<usize>,
    left_out: Vec<LeftOut>,
}

impl Walk<'_, '_> {
    /// Deals with what begins at `index`; returns where to go on.
    fn step(&mut self, index: usize) -> usize {
        if self.groups.last() == Some(&index) {
            self.groups.pop();
            return index + 1;
        }
        if let Some(content) = attributes::inner(self.tokens, index) {
            return content.end + 1;
        }
        if let Some(run) = attributes::run(self.tokens, index, self.test_is_std) {
            return self.attributed(index, &run);
        }
        match self.tokens.closing(index) {
            Some(close) if self.is_macro(index) => close + 1,
            Some(close) => {
                self.groups.push(close);
                index + 1
            }
            None => index + 1,
        }
    }

    /// Deals with what has attributes.
    fn attributed(&mut self, start: usize, run: &Run) -> usize {
        let limit = self.limit();
        let end =
            self.is_place_of_items().then(|| items::end(self.tokens, run.end, limit)).flatten();
        match end {
            Some(end) if run.has(Effect::Macro) => end + 1,
            None if run.has(Effect::Macro) => limit,
            Some(end) if self.may_go(run, start..end + 1) => {
                let attributes_stay = attributes_stay(run);
                let start = if attributes_stay { run.end } else { start };
                self.left_out.push(LeftOut { range: start..end + 1, attributes_stay });
                end + 1
            }
            _ => run.end,
        }
    }

    fn may_go(&self, run: &Run, item: Range<usize>) -> bool {
        let is_test =
            run.has(Effect::CfgTest) || run.has(Effect::CfgAllTest) || run.has(Effect::Test);
        let is_plain = |token: &Token| {
            let text = self.tokens.text_of(token);
            match token.kind {
                Kind::Ident | Kind::RawIdent | Kind::Lifetime => text.is_ascii(),
                Kind::Str | Kind::Literal => !skips_lines(text),
                _ => true,
            }
        };
        is_test && self.tokens.all[item].iter().all(is_plain)
    }

    /// Returns the end of the innermost group.
    fn limit(&self) -> usize {
        self.groups.last().copied().unwrap_or(self.tokens.all.len())
    }

    /// Whether items can be here: in a file or directly in braces.
    fn is_place_of_items(&self) -> bool {
        self.groups.last().is_none_or(|close| self.tokens.is_punct(*close, b'}'))
    }

    /// Whether the group that opens at `index` may be a macro's arguments, or defines a macro.
    fn is_macro(&self, index: usize) -> bool {
        self.tokens.follows_punct(index, b'!')
            || index >= 3
                && self.tokens.is_name(index - 1)
                && self.tokens.is_punct(index - 2, b'!')
                && self.tokens.is_name(index - 3)
    }
}

/// Whether rustc's lexer warns of a `\` at the end of a line, for what it skips or does not skip.
fn skips_lines(literal: &str) -> bool {
    literal.split("\\\n").skip(1).any(|rest| {
        let text = rest.trim_start_matches([' ', '\t', '\n']);
        let skipped = &rest[..rest.len() - text.len()];
        skipped.contains('\n') || text.starts_with(char::is_whitespace)
    })
}

/// Whether the attributes can be errors or warnings of their own.
fn attributes_stay(run: &Run) -> bool {
    let n_conditions = run.effects.iter().filter(|effect| **effect != Effect::Inert).count();
    n_conditions > 1 || run.has(Effect::CfgAllTest)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::left_out;
    use crate::tokens::lexer::Tokens;

    /// What is between `«` and `»` is left out, and nothing else.
    #[track_caller]
    fn check(marked: &str) {
        let text = marked.replace(['«', '»'], "");
        let tokens = Tokens::new(&text).unwrap();
        let mut actual = text.clone();
        for item in left_out(&tokens).into_iter().rev() {
            let end = tokens.all[item.range.end - 1].end as usize;
            actual.insert(end, '»');
            actual.insert(tokens.all[item.range.start].start as usize, '«');
        }
        assert_eq!(actual, marked);
    }

    #[rstest]
    #[case::module("fn a() {} «#[cfg(test)] mod t { fn b() {} }» fn c() {}")]
    #[case::module_in_file("«#[cfg(test)] mod t;» mod a;")]
    #[case::function("«#[cfg(test)] pub(crate) async unsafe fn a() -> B<{ 1 }> { c }» fn d() {}")]
    #[case::implementation("«#[cfg(test)] impl A { fn b() {} }» impl C {}")]
    #[case::trait_implementation(
        "«#[cfg(test)] unsafe impl<T> A<T> for B<{ 1 }> where T: C, {}» impl C {}"
    )]
    #[case::structure("«#[cfg(test)] struct A;» «#[cfg(test)] struct B { c: u8 }» struct D(u8);")]
    #[case::tuple_structure("«#[cfg(test)] struct A(u8, u8);» struct D(u8);")]
    #[case::enumeration("«#[cfg(test)] pub enum A { B, C {} }» enum D {}")]
    #[case::trait_item("«#[cfg(test)] trait A { fn b() {} }» trait C {}")]
    #[case::import("«#[cfg(test)] use a::{b, c};» use d;")]
    #[case::constant("«#[cfg(test)] const A: [u8; { 1 }] = { 2 };» const B: u8 = 3;")]
    #[case::block_without_name("«#[cfg(test)] const _: () = { a };» const B: u8 = 3;")]
    #[case::statics("«#[cfg(test)] static mut A: u8 = { 2 };» static B: u8 = 3;")]
    #[case::alias("«#[cfg(test)] type A = B<{ 1 }>;» type C = u8;")]
    #[case::foreign("«#[cfg(test)] extern \"C\" { fn a(); }» extern crate b;")]
    #[case::extern_crate("«#[cfg(test)] extern crate a;» extern crate b;")]
    #[case::macro_definition(
        "«#[cfg(test)] macro_rules! a { () => {} }» macro_rules! b { () => {} }"
    )]
    #[case::after_doc_comment("«/// Doc.\n#[cfg(test)]\n/// Doc.\nfn a() {}» fn b() {}")]
    #[case::after_comment("// Text.\n«#[cfg(test)] // Text.\nfn a() {}» // Text.\nfn b() {}")]
    #[case::other_attributes("«#[inline] #[cfg(test)] #[allow(a)] fn a() {}» fn b() {}")]
    #[case::tool_attribute("«#[rustfmt::skip] #[cfg(test)] fn a() {}» fn b() {}")]
    #[case::derive("«#[cfg(test)] #[derive(Debug)] struct A;» struct B;")]
    #[case::string_of_two_lines("«#[cfg(test)] fn a() { \"b\\\n    c\\\n  d\n\n\"; }» fn b() {}")]
    #[case::neighbours("«#[cfg(test)] fn a() {}»«#[cfg(test)] fn b() {}»")]
    #[case::nested("mod a { «#[cfg(test)] mod t { #[cfg(test)] fn b() {} }» fn c() {} }")]
    #[case::in_implementation("impl A { «#[cfg(test)] fn b() {}» fn c() {} }")]
    #[case::in_trait("trait A { «#[cfg(test)] fn b();» «#[cfg(test)] type B: C;» fn c(); }")]
    #[case::in_foreign_block("extern { «#[cfg(test)] fn b();» fn c(); }")]
    #[case::statement("fn a() { b(); «#[cfg(test)] use c::d;» «#[cfg(test)] fn e() {}» f() }")]
    #[case::in_closure("fn a() { b(|| { «#[cfg(test)] fn c() {}» d }) }")]
    #[case::in_conditional_module("#[cfg(unix)] mod a { «#[cfg(test)] fn b() {}» }")]
    #[case::in_known_conditional_attribute(
        "#[cfg_attr(a, inline)] mod a { «#[cfg(test)] fn b() {}» }"
    )]
    #[case::after_inner_attributes(
        "#![no_std] #![cfg_attr(a, feature(b))] «#[cfg(test)] fn b() {}»"
    )]
    #[case::under_derive("#[derive(A)] struct B { c: [u8; { «#[cfg(test)] fn d() {}» 1 }] }")]
    #[case::after_macro_call("a! {} «#[cfg(test)] fn b() {}»")]
    #[case::after_attribute_macro("#[a] fn b() {} «#[cfg(test)] fn c() {}»")]
    #[case::after_attribute_macro_on_a_generic(
        "#[a] fn b() -> C<{ 1 }> {} «#[cfg(test)] fn c() {}»"
    )]
    #[case::after_attribute_macro_on_a_constant(
        "#[a] const B: u8 = { 1 }; «#[cfg(test)] fn c() {}»"
    )]
    #[case::attributes_with_conditions_stay("#[cfg(all(test, unix))] «mod t {}» fn a() {}")]
    #[case::two_conditions_stay("#[cfg(test)] #[cfg_attr(a, inline)] «fn b() {}» fn a() {}")]
    fn test_item_is_left_out(#[case] marked: &str) {
        check(marked);
    }

    #[rstest]
    #[case::not_test("#[cfg(not(test))] fn a() {}")]
    #[case::any("#[cfg(any(test, unix))] fn a() {}")]
    #[case::not_in_all("#[cfg(all(not(test), unix))] fn a() {}")]
    #[case::named_test("#[cfg(feature = \"test\")] fn test() {}")]
    #[case::conditional_condition("#[cfg_attr(unix, cfg(test))] fn a() {}")]
    fn other_condition_keeps_it(#[case] text: &str) {
        check(text);
    }

    #[rstest]
    #[case::variant("enum A { #[cfg(test)] B { c: u8 }, D }")]
    #[case::last_variant("enum A { #[cfg(test)] B } fn c() {}")]
    #[case::field("struct A { #[cfg(test)] b: u8, c: u8 }")]
    #[case::public_field("struct A { #[cfg(test)] pub b: u8, c: u8 }")]
    #[case::tuple_field("struct A(#[cfg(test)] pub fn(u8) -> B<{ 1 }>, u8); fn c() {}")]
    #[case::named_tuple_field("struct A(#[cfg(test)] impl B, u8); fn c() {}")]
    #[case::arm("fn a() { match b { #[cfg(test)] c => {} d => {} } }")]
    #[case::constant_pattern("fn a() { match b { #[cfg(test)] const { 1 } => {} d => {} } }")]
    #[case::binding("fn a() { #[cfg(test)] let b = { 1 }; c }")]
    #[case::expression("fn a() { #[cfg(test)] b(); c }")]
    #[case::block("fn a() { #[cfg(test)] { b } c }")]
    #[case::constant_block("fn a() { #[cfg(test)] const { b } c }")]
    #[case::unsafe_block("fn a() { #[cfg(test)] unsafe { b } c }")]
    #[case::loop_statement("fn a() { #[cfg(test)] for b in c {} d }")]
    #[case::argument("fn a() { b(#[cfg(test)] c, d) }")]
    #[case::element("fn a() { [#[cfg(test)] unsafe { c }, d] }")]
    #[case::field_value("fn a() { A { #[cfg(test)] b: { 1 }, c: 2 } }")]
    #[case::field_pattern("fn a(A { #[cfg(test)] b, .. }: A) {}")]
    #[case::parameter("fn a(#[cfg(test)] b: u8, c: u8) {}")]
    #[case::type_parameter("fn a<#[cfg(test)] const N: usize, T>() {}")]
    #[case::macro_call("#[cfg(test)] a! { b } c! {}")]
    #[case::end_not_certain("#[cfg(test)] fn a() -> b! { c } { d } fn e() {}")]
    #[case::look_alike_characters("#[cfg(test)] mod t { fn \u{e9}() {} }")]
    #[case::string_that_skips_lines("#[cfg(test)] fn a() { \"b\\\n\n  c\"; }")]
    #[case::string_that_skips_too_little("#[cfg(test)] fn a() { \"b\\\n \u{a0}c\"; }")]
    #[case::attribute_without_item("mod a { #[cfg(test)] }")]
    fn what_is_no_certain_item_stays(#[case] text: &str) {
        check(text);
    }

    #[rstest]
    #[case::arguments_in_braces("a! { #[cfg(test)] fn b() {} }")]
    #[case::arguments_in_parentheses("a!({ #[cfg(test)] fn b() {} });")]
    #[case::arguments_in_brackets("a![{ #[cfg(test)] fn b() {} }];")]
    #[case::path("a::b! { mod c { #[cfg(test)] fn b() {} } }")]
    #[case::spaced("a ! { #[cfg(test)] fn b() {} }")]
    #[case::macro_rules("macro_rules! a { () => { #[cfg(test)] fn b() {} } }")]
    #[case::macro_by_example("macro a() { #[cfg(test)] fn b() {} }")]
    #[case::attribute_macro("#[a] mod b { #[cfg(test)] fn c() {} }")]
    #[case::attribute_macro_after("#[cfg(test)] #[a] fn c() {}")]
    #[case::attribute_macro_before("#[a] #[cfg(test)] fn c() {}")]
    #[case::path_of_attribute("#[a::b(c)] impl D { fn e() { #[cfg(test)] use f; } }")]
    #[case::outer_attribute_macro("#[a] mod b { mod c { mod d { #[cfg(test)] fn c() {} } } }")]
    #[case::attribute_macro_on_a_generic("#[a] fn b() -> C<{ 1 }> { #[cfg(test)] fn c() {} }")]
    #[case::attribute_macro_on_a_statement("fn a() { #[b] let c = { #[cfg(test)] fn d() {} 1 }; }")]
    #[case::attribute_macro_on_a_field("struct A { #[b] c: [u8; { #[cfg(test)] fn d() {} 1 }] }")]
    #[case::attribute_macro_on_a_call("#[a] b! {} #[cfg(test)] fn d() {}")]
    #[case::conditional_attribute_macro("#[cfg_attr(unix, a)] mod b { #[cfg(test)] fn c() {} }")]
    #[case::inside_an_attribute("#[inline({ #[cfg(test)] fn c() {} })] fn b() {}")]
    #[case::inner_attribute_macro("#![a] #[cfg(test)] fn b() {}")]
    #[case::inner_attribute_macro_of_a_function("fn a() { #![b] #[cfg(test)] fn c() {} }")]
    #[case::conditional_inner_macro("#![cfg_attr(unix, a)] #[cfg(test)] fn b() {}")]
    #[case::test_file("#![cfg(test)] #[cfg(test)] fn b() {}")]
    #[case::other_derive("#[a::derive(B)] mod c { #[cfg(test)] fn b() {} }")]
    fn macro_sees_it(#[case] text: &str) {
        check(text);
    }

    #[rstest]
    #[case::bare("«#[test] fn a() {}» fn b() {}")]
    #[case::with_attributes("«#[test] #[should_panic] #[ignore = \"x\"] fn a() {}» fn b() {}")]
    #[case::conditions_stay("#[test] #[cfg(unix)] «fn a() {}» fn b() {}")]
    #[case::beside_test_modules("«#[test] fn a() {}» «#[cfg(test)] mod t {}»")]
    #[case::imported("use a::test; #[test] fn a() {}")]
    #[case::renamed("use a::b as test; #[test] fn a() {}")]
    #[case::in_a_list("use a::{b, test}; #[test] fn a() {}")]
    #[case::glob("use a::*; #[test] fn a() {}")]
    #[case::glob_in_a_list("use a::{b, c::*}; #[test] fn a() {}")]
    #[case::glob_first_in_a_list("use a::{*, c}; #[test] fn a() {}")]
    #[case::made_by_a_macro("macro_rules! test { () => {} } #[test] fn a() {}")]
    #[case::path("#[core::prelude::v1::test] fn a() {}")]
    #[case::another("#[tokio::test] async fn a() {}")]
    #[case::conditional("#[cfg_attr(unix, test)] fn a() {}")]
    #[case::unsure_around(
        "use a::test; #[test] fn a() { #[cfg(test)] fn b() {} } «#[cfg(test)] fn c() {}»"
    )]
    #[case::glob_in_a_test_module(
        "«#[test] fn a() {}» «#[cfg(test)] mod t { use super::*; fn test() {} }»"
    )]
    #[case::glob_in_another_module(
        "#[test] fn a() {} mod b { use super::*; } «#[cfg(test)] mod t {}»"
    )]
    #[case::dereference_is_no_glob("«#[test] fn a() {}» fn b() { *c = *d; }")]
    fn bare_test_is_left_out_if_it_is_the_standard_one(#[case] marked: &str) {
        check(marked);
    }
}
