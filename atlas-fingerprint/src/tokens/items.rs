//! Where an item ends. Knows how items begin and what braces they may have before their body;
//! knows no attributes.
//!
//! An end that is too late would take a neighbour's tokens out of a digest, and one that is too
//! early would leave a rest that could be read as part of a neighbour. So an item has its exact end
//! here or none. For a file that parses:
//!
//! - `use`, `type`, `static`, `const NAME:` and `extern crate` end at a `;`, and a `;` inside of them
//!   is in brackets: so at the first one on their own level.
//! - All others end at a `;`, under the same reasoning, or at the brace that closes their body. The
//!   only other braces on their own level are const arguments and defaults (`Foo<{ N }>`), which a
//!   `,` or a `>` follows, while no statement, item or end of a block begins with one of these; and
//!   arguments of a macro in the place of a type (`-> a!{}`), at whose sight there is no end.

use std::ops::Range;

use super::lexer::{Kind, Tokens};

/// Returns the index of the last token of an item that begins, after its attributes, at `start`
/// and ends before `limit`. `None` if no item begins there, or its end is not certain.
///
/// Holds only directly in braces or in a file: in parentheses `pub fn(…)` can be a type.
pub(crate) fn end(tokens: &Tokens<'_>, start: usize, limit: usize) -> Option<usize> {
    let keyword = after_visibility(tokens, start);
    let ends_in_body = shape(tokens, keyword)? == Shape::Body;
    let mut index = keyword;
    while index < limit {
        if tokens.is_punct(index, b';') {
            return Some(index);
        }
        let Some(close) = tokens.closing(index) else {
            index += 1;
            continue;
        };
        if ends_in_body && tokens.is_punct(index, b'{') {
            // `-> !` before a body, or a macro's name: `for ! {` could be both.
            if tokens.follows_punct(index, b'!') && tokens.is_name(index.checked_sub(2)?) {
                return None;
            }
            if !tokens.is_punct(close + 1, b',') && !tokens.is_punct(close + 1, b'>') {
                return Some(close);
            }
        }
        index = close + 1;
    }
    None
}

/// Returns the tokens of an item without its visibility: from its keyword on.
pub(crate) fn after_visibility(tokens: &Tokens<'_>, start: usize) -> usize {
    if !tokens.is_ident(start, "pub") {
        return start;
    }
    match tokens.closing(start + 1) {
        Some(close) if tokens.is_punct(start + 1, b'(') => close + 1,
        _ => start + 1,
    }
}

#[derive(PartialEq, Eq)]
enum Shape {
    /// Ends at a `;` only.
    Semicolon,
    /// Ends at a `;`, or after a body in braces.
    Body,
}

fn shape(tokens: &Tokens<'_>, keyword: usize) -> Option<Shape> {
    let next = keyword + 1;
    let is_body = match tokens.ident(keyword)? {
        "use" => return Some(Shape::Semicolon),
        "type" if tokens.is_name(next) => return Some(Shape::Semicolon),
        "static" => {
            let name = next + usize::from(tokens.is_ident(next, "mut"));
            return is_typed(tokens, name).then_some(Shape::Semicolon);
        }
        "const" if is_typed(tokens, next) => return Some(Shape::Semicolon),
        "extern" if tokens.is_ident(next, "crate") => return Some(Shape::Semicolon),
        "impl" => true,
        "mod" | "struct" | "enum" | "trait" => tokens.is_name(next),
        "macro_rules" => tokens.is_punct(next, b'!') && tokens.is_name(next + 1),
        _ => is_qualified(tokens, keyword),
    };
    is_body.then_some(Shape::Body)
}

/// Whether a name and a single `:` follow, as in `const NAME: u8`.
fn is_typed(tokens: &Tokens<'_>, name: usize) -> bool {
    tokens.is_name(name) && tokens.is_punct(name + 1, b':') && !tokens.is_punct(name + 2, b':')
}

/// Whether `const`, `async`, `unsafe` and `extern "…"` lead to a function, or to another item that
/// can have them.
fn is_qualified(tokens: &Tokens<'_>, start: usize) -> bool {
    let qualifiers = qualifiers(tokens, start);
    let last = (!qualifiers.is_empty()).then(|| qualifiers.end - 1);
    let keyword = qualifiers.end;
    let next = keyword + 1;
    match tokens.ident(keyword) {
        // Without a name it is a type: `fn(u8) -> u8`.
        Some("fn") => tokens.is_name(next),
        Some("impl") => last.is_some_and(|last| tokens.is_ident(last, "unsafe")),
        Some("trait" | "mod") => {
            last.is_some_and(|last| tokens.is_ident(last, "unsafe")) && tokens.is_name(next)
        }
        _ => {
            let is_extern = |index| tokens.is_ident(index, "extern");
            let is_block = tokens.is_punct(keyword, b'{');
            let abi = last.is_some_and(|last| !is_extern(last) && tokens.ident(last).is_none());
            is_block && last.is_some_and(|last| is_extern(last) || abi)
        }
    }
}

fn qualifiers(tokens: &Tokens<'_>, start: usize) -> Range<usize> {
    let mut end = start;
    loop {
        let is_abi =
            tokens.at(end).is_some_and(|token| matches!(token.kind, Kind::Str | Kind::RawStr));
        let qualifies = match tokens.ident(end) {
            Some(word) => matches!(word, "const" | "async" | "unsafe" | "extern"),
            None => is_abi && end > start && tokens.is_ident(end - 1, "extern"),
        };
        if !qualifies {
            return start..end;
        }
        end += 1;
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::end;
    use crate::tokens::lexer::Tokens;

    /// `§` marks the end of the item.
    #[rstest]
    #[case::module("mod a { fn b() {} }§ fn c() {}")]
    #[case::module_in_file("pub(crate) mod a;§ mod b {}")]
    #[case::function("fn a(b: [u8; 2]) -> u8 { 1 }§ 2")]
    #[case::qualified("pub const unsafe extern \"C\" fn a() {}§ b")]
    #[case::asynchronous("async fn a() {}§ b")]
    #[case::no_body("fn a(b: u8) -> u8;§ fn c() {}")]
    #[case::return_type_with_braces("fn a() -> Foo<{ N }> { 1 }§ b")]
    #[case::return_type_with_two_braces(
        "fn a() -> Foo<{ N }, { M }> where u8: Bar<{ 1 },> { 1 }§ b"
    )]
    #[case::never("fn a() -> ! { loop {} }§ b")]
    #[case::where_clause("fn a<T>() where T: Foo, { 1 }§ b {}")]
    #[case::where_array("fn a() where [(); { N }]: Sized { 1 }§ b {}")]
    #[case::const_default("struct A<const N: usize = { 3 }>;§ b {}")]
    #[case::struct_with_semicolon("struct A(u8) where u8: Copy;§ struct B {}")]
    #[case::struct_with_braces("struct A { b: u8 }§ struct B {}")]
    #[case::enumeration("enum A { B = { 1 } }§ fn c() {}")]
    #[case::implementation("impl Foo<{ N }> for Bar { fn a() {} }§ fn c() {}")]
    #[case::unsafe_implementation("unsafe impl Send for A {}§ b")]
    #[case::negative_implementation("impl !Send for A {}§ b")]
    #[case::unsafe_trait("unsafe trait A: B<C = { 1 }> {}§ b")]
    #[case::foreign("extern \"C\" { fn a(); }§ fn b() {}")]
    #[case::unsafe_foreign("unsafe extern \"C\" { fn a(); }§ fn b() {}")]
    #[case::plain_foreign("extern { fn a(); }§ fn b() {}")]
    #[case::extern_crate("extern crate a;§ {}")]
    #[case::import("use a::{b, c};§ {}")]
    #[case::constant("const A: B = { 1 };§ {}")]
    #[case::constant_match("const A: u8 = match 1 { _ => { 2 } } + { 3 };§ {}")]
    #[case::constant_without_name("const _: () = { fn a() {} };§ {}")]
    #[case::constant_closure("const F: fn() = || {};§ {}")]
    #[case::statics("static mut A: [u8; { 1 }] = [{ 2 }];§ {}")]
    #[case::alias("type A = B<{ 1 }>;§ {}")]
    #[case::alias_with_where("type A<'a> = B<{ 1 }> where Self: 'a;§ {}")]
    #[case::macro_in_braces("macro_rules! a { () => {} }§ b {}")]
    #[case::macro_in_parentheses("macro_rules! a ( () => { ; } );§ b {}")]
    fn end_is_exact(#[case] marked: &str) {
        let (item, _) = marked.split_once('§').unwrap();
        let text = marked.replace('§', "");
        let tokens = Tokens::new(&text).unwrap();
        let last = end(&tokens, 0, tokens.all.len()).unwrap();
        assert_eq!(tokens.at(last).unwrap().end as usize, item.len());
    }

    #[rstest]
    #[case::variant("A { b: u8 }, C")]
    #[case::field("a: u8, b: u8")]
    #[case::type_of_a_field("pub fn(u8) -> u8, u8")]
    #[case::unsafe_type("unsafe extern \"C\" fn(u8) -> Foo<{ 1 }>, u8")]
    #[case::arm("a => { 1 }")]
    #[case::constant_pattern("const { 1 } => { 2 }")]
    #[case::constant_block("const { assert!(true) } fn a() {}")]
    #[case::constant_closure("const || { 1 };")]
    #[case::static_closure("static move || { 1 };")]
    #[case::binding("let a = { 1 };")]
    #[case::expression("match a { b => {} }")]
    #[case::unsafe_block("unsafe { 1 } fn a() {}")]
    #[case::async_block("async move { 1 };")]
    #[case::call("foo! { 1 }")]
    #[case::macro_without_name("macro_rules! { 1 }")]
    #[case::raw("r#mod a { 1 }")]
    #[case::type_from_a_macro("fn a() -> b!{ 1 } { 2 } fn c() {}")]
    #[case::for_never("impl Foo for ! {} fn b() {}")]
    #[case::unfinished("fn a() -> u8")]
    fn no_item_has_no_end(#[case] text: &str) {
        let tokens = Tokens::new(text).unwrap();
        assert_eq!(end(&tokens, 0, tokens.all.len()), None);
    }
}
