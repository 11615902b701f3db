//! Digests of a file's tokens, and of the text between them where a macro may read it. Knows how
//! they become bytes; knows no item.
//!
//! Each token counts with kind, text, line, and column in bytes and in characters (spans have the
//! former, panics and `column!` the latter). The form is a function of what counts, and no two lists
//! of tokens have the same one:
//!
//! | bytes | for |
//! | --- | --- |
//! | `0`, line | the tokens that follow are on this line; only where it changes |
//! | `1` | here something was left out whose attributes stayed |
//! | `10` | between the tokens that follow, all text counts; without `11` it is line ends, then spaces, as the places tell |
//! | `11`, length, text | what is between the token before and the next one, where it is anything else |
//! | `12` | the end of that |
//! | kind, column | each token; the kind has its high bit set if columns in bytes and characters differ |
//! | difference | then, if that bit is set |
//! | length, text | then, unless the token is a punctuation character, which is its own kind |
//!
//! Numbers have seven bits a byte, the last one with the high bit clear.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::lexer::{Kind, Token, Tokens};
use super::quoted::quoted;
use super::source::normalized;
use super::test_items;
use crate::digest::{Digest, Hasher};

const LINE: u8 = 0;
const LEFT_OUT: u8 = 1;
const QUOTED: u8 = 10;
const BETWEEN: u8 = 11;
const QUOTED_END: u8 = 12;
const COLUMNS_DIFFER: u8 = 0x80;

/// Digests of the tokens of a source file, in which comments and white space leave no trace, unless
/// a procedural macro may read them.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct TokenDigests {
    /// All tokens: for a build with `--test`.
    pub all: Digest,
    /// Those of a build without `--test`. Equal to `all` where nothing is left out.
    pub without_tests: Digest,
}

/// Returns the digests of a file's tokens. `None` if only its bytes can count: it is not UTF-8, does
/// not lex, or has what rustc reports even in comments.
///
/// That two files have an equal digest means that they compile alike only if both parse: see
/// [`super::parses`]. What reads all comments counts bytes: clippy.
pub fn token_digests(bytes: &[u8]) -> Option<TokenDigests> {
    let text = normalized(bytes)?;
    let tokens = Tokens::new(&text)?;
    let mut encoding = Encoding::with_capacity(text.len());
    let all_quoted = quoted(&tokens, &[]);
    encoding.push(&tokens, &all_quoted, 0..tokens.all.len());
    let all = encoding.digest();
    let mut left_out = test_items::left_out(&tokens);
    // What encloses it is read by a macro, with its text.
    left_out.retain(|item| !encloses(&all_quoted, &item.range));
    if left_out.is_empty() {
        let without_tests = all;
        return Some(TokenDigests { all, without_tests });
    }
    encoding.clear();
    let quoted = quoted(&tokens, &left_out);
    let mut start = 0;
    for item in left_out {
        encoding.push(&tokens, &quoted, start..item.range.start);
        if item.attributes_stay {
            encoding.bytes.push(LEFT_OUT);
        }
        start = item.range.end;
    }
    encoding.push(&tokens, &quoted, start..tokens.all.len());
    Some(TokenDigests { all, without_tests: encoding.digest() })
}

/// Whether one of the ranges goes on after the item.
fn encloses(quoted: &[Range<usize>], item: &Range<usize>) -> bool {
    let next = quoted.partition_point(|range| range.end <= item.end);
    quoted.get(next).is_some_and(|range| range.start < item.start)
}

struct Encoding {
    bytes: Vec<u8>,
    /// The line of the last token.
    line: Option<u32>,
}

impl Encoding {
    fn with_capacity(text_len: usize) -> Self {
        let bytes = Vec::with_capacity(text_len + text_len / 4);
        Encoding { bytes, line: None }
    }

    fn clear(&mut self) {
        self.bytes.clear();
        self.line = None;
    }

    fn push(&mut self, tokens: &Tokens<'_>, quoted: &[Range<usize>], range: Range<usize>) {
        let first = quoted.partition_point(|quoted| quoted.end <= range.start);
        let mut start = range.start;
        for quoted in quoted[first..].iter().take_while(|quoted| quoted.start < range.end) {
            let quoted = quoted.start.max(range.start)..quoted.end.min(range.end);
            self.tokens(tokens, start..quoted.start);
            start = quoted.end;
            self.quoted(tokens, quoted);
        }
        self.tokens(tokens, start..range.end);
    }

    fn tokens(&mut self, tokens: &Tokens<'_>, range: Range<usize>) {
        for token in &tokens.all[range] {
            self.token(token, tokens.text_of(token));
        }
    }

    fn quoted(&mut self, tokens: &Tokens<'_>, range: Range<usize>) {
        self.bytes.push(QUOTED);
        let mut end = None;
        for token in &tokens.all[range] {
            if let Some(end) = end
                && end < token.start
            {
                self.between(tokens.text_between(end, token.start));
            }
            self.token(token, tokens.text_of(token));
            end = Some(token.end);
        }
        self.bytes.push(QUOTED_END);
    }

    fn between(&mut self, text: &str) {
        let lines = text.trim_start_matches('\n');
        if !lines.bytes().all(|byte| byte == b' ') {
            self.bytes.push(BETWEEN);
            self.number(text.len() as u32);
            self.bytes.extend_from_slice(text.as_bytes());
        }
    }

    fn token(&mut self, token: &Token, text: &str) {
        if self.line != Some(token.line) {
            self.line = Some(token.line);
            self.bytes.push(LINE);
            self.number(token.line);
        }
        let difference = token.byte_column - token.char_column;
        let (code, has_text) = code(token.kind);
        match difference {
            0 => self.bytes.push(code),
            _ => self.bytes.push(code | COLUMNS_DIFFER),
        }
        self.number(token.byte_column);
        if difference != 0 {
            self.number(difference);
        }
        if has_text {
            self.number(text.len() as u32);
            self.bytes.extend_from_slice(text.as_bytes());
        }
    }

    fn number(&mut self, mut number: u32) {
        while number >= 0x80 {
            self.bytes.push(number as u8 | 0x80);
            number >>= 7;
        }
        self.bytes.push(number as u8);
    }

    fn digest(&self) -> Digest {
        Hasher::new("tokens").bytes(&self.bytes).finish()
    }
}

/// Returns the byte for a kind, and whether it needs the text beside it. Punctuation is ASCII and
/// printable: no other kind may be.
fn code(kind: Kind) -> (u8, bool) {
    match kind {
        Kind::Ident => (2, true),
        Kind::RawIdent => (3, true),
        Kind::Lifetime => (4, true),
        Kind::Str => (5, true),
        Kind::RawStr => (6, true),
        Kind::Literal => (7, true),
        Kind::Doc { inner: false } => (8, true),
        Kind::Doc { inner: true } => (9, true),
        Kind::Punct(character) => (character, false),
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::{TokenDigests, token_digests};

    fn digests(text: &str) -> TokenDigests {
        token_digests(text.as_bytes()).unwrap()
    }

    #[rstest]
    #[case::comment_changed("fn a() {} // One.", "fn a() {} // Another.")]
    #[case::comment_added("fn a() {}", "fn a() {} // One.")]
    #[case::comment_for_spaces("fn a(     ) {}", "fn a(/* */) {}")]
    #[case::long_comment_for_spaces("vec!(         b);", "vec!(/* cde */b);")]
    #[case::nested_comment("a /* /* b */ */ c", "a               c")]
    #[case::tab_for_space("a b", "a\tb")]
    #[case::white_space_at_the_end_of_a_line("a\nb", "a  \nb")]
    #[case::blank_line_at_the_end("a\n", "a\n\n\n")]
    #[case::comment_line_for_blank_line("\na", "// x\na")]
    #[case::four_slashes("//// a\nb", "//// c\nb")]
    #[case::three_stars("/*** a */ b", "/*** c */ b")]
    #[case::empty_comment("/**/ b", "     b")]
    #[case::shebang("#!/bin/a\nb", "#!/usr/bin/env c\nb")]
    #[case::shebang_for_blank_line("\nb", "#!/bin/a\nb")]
    #[case::byte_order_mark("a", "\u{feff}a")]
    #[case::crlf("a\n  b\n", "a\r\n  b\r\n")]
    #[case::crlf_in_comment("/* a\n */ b", "/* a\r\n */ b")]
    #[case::crlf_in_string("\"a\n\" b", "\"a\r\n\" b")]
    #[case::crlf_in_doc_comment("/// a\nb", "/// a\r\nb")]
    fn edit_leaves_no_trace(#[case] before: &str, #[case] after: &str) {
        assert_ne!(before, after);
        assert_eq!(digests(before), digests(after));
    }

    #[rstest]
    #[case::identifier("a", "b")]
    #[case::line_added("a", "\na")]
    #[case::line_moved("a\n\nb", "a\nb\n")]
    #[case::column("a b", "a  b")]
    #[case::first_column("a", " a")]
    #[case::spacing_of_punctuation("a < < b", "a <<  b")]
    #[case::bytes_of_a_comment_before("/* e */ a", "/* \u{e9} */ a")]
    #[case::characters_of_a_comment_before("/* \u{e9} */ a", "/* ee */ a")]
    #[case::bytes_of_white_space_before("\u{85}a", "  a")]
    #[case::wide_string_before("\"\u{e9}\" a", "\"ee\" a")]
    #[case::last_line_of_a_wide_string("\"\n\u{e9}\" a", "\"\u{e9}\ne\" a")]
    #[case::string("\"a\"", "\"b\"")]
    #[case::newline_in_string("\"a \"", "\"a\n\"")]
    #[case::raw_string("r\"a\"", "r\"b\"")]
    #[case::hashes("r#\"a\"# b", "r##\"a\"##b")]
    #[case::number("1", "2")]
    #[case::suffix("1u8", "1i8")]
    #[case::lifetime("'a b", "'b b")]
    #[case::punctuation("a + b", "a - b")]
    #[case::raw_identifier("r#a", "r#b")]
    #[case::doc_comment("/// a\nb", "/// c\nb")]
    #[case::inner_doc_comment("//! a\nb", "//! c\nb")]
    #[case::doc_block("/** a */ b", "/** c */ b")]
    #[case::inner_doc_block("/*! a */ b", "/*! c */ b")]
    #[case::doc_comment_moved("/// a\nb", " /// a\nb")]
    #[case::doc_comment_for_comment("/// a\nb", "//  a\nb")]
    #[case::white_space_in_doc_comment("/// a\nb", "///  a\nb")]
    #[case::white_space_at_the_end_of_a_doc_comment("/// a\nb", "/// a \nb")]
    #[case::comment_that_joins("a b", "a//b")]
    #[case::comment_in_a_string("\"// a\"", "\"// b\"")]
    #[case::attribute_after_shebang_sign("#![a]\nb", "#![c]\nb")]
    #[case::order("a b", "b a")]
    fn edit_counts(#[case] before: &str, #[case] after: &str) {
        assert_ne!(digests(before).all, digests(after).all);
        assert_ne!(digests(before).without_tests, digests(after).without_tests);
    }

    #[rstest]
    #[case::not_text(b"\xff".as_slice())]
    #[case::bare_cr(b"a\rb")]
    #[case::bidi_in_comment("// \u{202e}".as_bytes())]
    #[case::bidi_in_string("\"\u{2066}\"".as_bytes())]
    #[case::frontmatter(b"---\n[package]\n---\nfn a() {}")]
    #[case::frontmatter_after_shebang(b"#!/bin/a\n---\n---\nfn a() {}")]
    #[case::open_string(b"\"a")]
    #[case::open_raw_string(b"r#\"a\"")]
    #[case::open_comment(b"/* a")]
    #[case::open_nested_comment(b"/* /* a */")]
    #[case::open_doc_comment(b"/** a")]
    #[case::open_character(b"'\\")]
    #[case::open_bracket(b"fn a() {")]
    #[case::extra_bracket(b"fn a() }")]
    #[case::crossed_brackets(b"([)]")]
    #[case::unknown_character("\u{2116}".as_bytes())]
    #[case::confusable_semicolon("a\u{37e}".as_bytes())]
    #[case::no_break_space("a\u{a0}b".as_bytes())]
    #[case::zero_width_space("a\u{200b}b".as_bytes())]
    #[case::second_byte_order_mark("\u{feff}\u{feff}a".as_bytes())]
    #[case::emoji("let \u{1f980} = 1;".as_bytes())]
    #[case::nul(b"a\0b")]
    #[case::backslash(b"a \\ b")]
    #[case::empty_number(b"0x")]
    #[case::empty_exponent(b"1e+")]
    #[case::lifetime_of_a_number(b"'1a")]
    #[case::string_that_ends_elsewhere_in_2018(br#"cr"\" // " "#)]
    #[case::quote_that_ends_elsewhere_in_2018(br##"cr#"a"b"# // "##)]
    fn only_bytes_can_count(#[case] text: &[u8]) {
        assert_eq!(token_digests(text), None);
    }

    #[rstest]
    #[case::string_of_c("c\"a\"")]
    #[case::raw_string_of_c("cr#\"a\"#")]
    #[case::unknown_prefix("z\"a\"")]
    #[case::guarded_string("#\"a // b\"#")]
    #[case::hashes("## a")]
    #[case::raw_lifetime("'r#a")]
    #[case::prefixed_lifetime("'a#b")]
    #[case::dashes_later("a ---b")]
    #[case::empty("")]
    fn editions_agree_where_tokens_end(#[case] text: &str) {
        assert!(token_digests(text.as_bytes()).is_some());
    }

    #[rstest]
    #[case("#\"a // b\"#", "#\"a // c\"#")]
    #[case("##\"a // b\"##", "##\"a // c\"##")]
    fn guarded_string_is_no_comment(#[case] before: &str, #[case] after: &str) {
        assert_ne!(digests(before), digests(after));
    }

    #[rstest]
    #[case::body_of_a_test_module(
        "#[cfg(test)] mod t { fn a() {} }",
        "#[cfg(test)] mod t { fn b() { c } }"
    )]
    #[case::module_added("fn a() {}\n", "fn a() {}\n#[cfg(test)]\nmod t { fn a() {} }\n")]
    #[case::attributes_of_a_test(
        "\n\n#[cfg(test)] fn a() {}",
        "/// Doc.\n#[inline]\n#[cfg(test)] fn a() {}"
    )]
    #[case::test_moved(
        "\n#[cfg(test)] mod t {}\n\nfn a() {}",
        "#[cfg(test)] mod t {\n}\n\nfn a() {}"
    )]
    #[case::test_between(
        "fn a() {} #[cfg(test)] use b; fn c() {}",
        "fn a() {} #[cfg(test)] use d; fn c() {}"
    )]
    #[case::test_for_spaces(
        "fn a() {} #[cfg(test)] use b; fn c() {}",
        "fn a() {}                     fn c() {}"
    )]
    #[case::bare_test("#[test] fn a() {}", "#[test] fn b() { c }")]
    #[case::body_under_conditions(
        "#[cfg(all(test, unix))] mod t { a }",
        "#[cfg(all(test, unix))] mod t { b }"
    )]
    fn test_edit_leaves_no_trace_without_tests(#[case] before: &str, #[case] after: &str) {
        assert_ne!(digests(before).all, digests(after).all);
        assert_eq!(digests(before).without_tests, digests(after).without_tests);
    }

    #[rstest]
    #[case::neighbour_moved_down(
        "#[cfg(test)] mod t {}\nfn a() {}",
        "#[cfg(test)] mod t {\n}\nfn a() {}"
    )]
    #[case::neighbour_moved_right(
        "#[cfg(test)] use a; fn b() {}",
        "#[cfg(test)] use ab; fn b() {}"
    )]
    #[case::neighbour("#[cfg(test)] use a; fn b() {}", "#[cfg(test)] use a; fn c() {}")]
    #[case::condition_gone("#[cfg(test)] fn a() {}", "fn a() {}")]
    #[case::condition_changed(
        "#[cfg(all(test, unix))] fn a() {}",
        "#[cfg(all(test, linu))] fn a() {}"
    )]
    #[case::all_for_any("#[cfg(all(test, unix))] fn a() {}", "#[cfg(any(test, unix))] fn a() {}")]
    #[case::other_condition("#[cfg(test)] #[cfg(a)] fn a() {}", "#[cfg(test)] #[cfg(b)] fn a() {}")]
    #[case::item_under_an_attribute_that_stays(
        "#[cfg(all(test, a))] fn a() {}",
        "#[cfg(all(test, a))] fn a() {} fn b() {}"
    )]
    fn edit_counts_without_tests(#[case] before: &str, #[case] after: &str) {
        assert_ne!(digests(before).without_tests, digests(after).without_tests);
    }

    #[test]
    fn digests_are_equal_if_nothing_is_left_out() {
        let digests = digests("#[cfg(not(test))] fn a() {}");
        assert_eq!(digests.all, digests.without_tests);
    }
}
