//! Whether a file is Rust at all. Knows the parser; knows no digest.

/// Whether the text is syntax that rustc's parser accepts, also where `cfg` leaves it out. Digests
/// of [`super::token_digests`] that are equal mean an equal compile only if both files parse.
pub fn parses(text: &[u8]) -> bool {
    std::str::from_utf8(text).is_ok_and(|text| syn::parse_file(text).is_ok())
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::parses;

    #[rstest]
    #[case::item("fn a() {}", true)]
    #[case::shebang("#!/usr/bin/env run\nfn a() {}", true)]
    #[case::byte_order_mark("\u{feff}fn a() {}", true)]
    #[case::crlf("fn a() {}\r\n", true)]
    #[case::unfinished_test("#[cfg(test)] mod tests { fn }", false)]
    #[case::unbalanced("fn a() {", false)]
    #[case::expression("1 + 1", false)]
    fn syntax_is_judged(#[case] text: &str, #[case] expected: bool) {
        assert_eq!(parses(text.as_bytes()), expected);
    }

    #[test]
    fn bytes_that_are_not_text_do_not_parse() {
        assert!(!parses(b"// \xff"));
    }
}
