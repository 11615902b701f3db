//! A file's text as rustc's lexer gets it. Knows what rustc does before it lexes; knows no token.

use std::borrow::Cow;

use memchr::{memchr, memchr_iter};

/// Returns the text as rustc lexes it: without a byte order mark, CRLF as LF. `None` if it is not
/// UTF-8, or has characters that count even in a comment.
///
/// A lone CR is an error in strings and doc comments and white space elsewhere: rare enough to be
/// left to the bytes.
pub(crate) fn normalized(bytes: &[u8]) -> Option<Cow<'_, str>> {
    let text = std::str::from_utf8(bytes).ok()?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if has_text_direction(text.as_bytes()) {
        return None;
    }
    if memchr(b'\r', text.as_bytes()).is_none() {
        return Some(Cow::Borrowed(text));
    }
    let unix = text.replace("\r\n", "\n");
    (!unix.contains('\r')).then_some(Cow::Owned(unix))
}

/// Whether one of U+202A to U+202E or U+2066 to U+2069 is anywhere in the text: rustc denies them in
/// comments too (lint `text_direction_codepoint_in_comment`).
fn has_text_direction(bytes: &[u8]) -> bool {
    memchr_iter(0xE2, bytes).any(|at| {
        matches!(bytes.get(at + 1..at + 3), Some([0x80, 0xAA..=0xAE] | [0x81, 0xA6..=0xA9]))
    })
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::normalized;

    #[rstest]
    #[case::plain("fn a() {}\n", Some("fn a() {}\n"))]
    #[case::byte_order_mark("\u{feff}fn a() {}", Some("fn a() {}"))]
    #[case::only_one_mark_is_stripped("\u{feff}\u{feff}a", Some("\u{feff}a"))]
    #[case::crlf("a\r\nb\r\n", Some("a\nb\n"))]
    #[case::bare_cr("a\rb\r\n", None)]
    #[case::cr_before_crlf("a\r\r\n", None)]
    #[case::bidi_override("// \u{202e}", None)]
    #[case::first_embedding("// \u{202a}", None)]
    #[case::bidi_isolate("// \u{2066}", None)]
    #[case::last_isolate("// \u{2069}", None)]
    #[case::neighbours_of_bidi(
        "// \u{2029}\u{202f}\u{2065}\u{206a}",
        Some("// \u{2029}\u{202f}\u{2065}\u{206a}")
    )]
    fn text_is_what_rustc_lexes(#[case] text: &str, #[case] expected: Option<&str>) {
        assert_eq!(normalized(text.as_bytes()).as_deref(), expected);
    }

    #[test]
    fn bytes_that_are_not_text_have_none() {
        assert_eq!(normalized(b"// \xff"), None);
    }
}
