//! Which other files' text a file may embed. Knows the macros that do it; opens no file.

use super::lexer::Tokens;
use super::source::normalized;

/// Files whose text may be embedded: for these every byte counts, Rust or not.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Embeds {
    /// None.
    Nothing,
    /// Those of these literal arguments, in their order: of `include_str!`, `include_bytes!` and
    /// `include!`.
    Files(Vec<String>),
    /// Also some that this file alone does not tell.
    Unknown,
}

/// Returns what a file may embed. What macros of other crates do is out of sight, but for the files
/// that they are told: see [`named_sources`].
pub fn embeds(text: &str) -> Embeds {
    match normalized(text.as_bytes()).as_deref().and_then(files) {
        Some(files) if files.is_empty() => Embeds::Nothing,
        Some(files) => Embeds::Files(files),
        None => Embeds::Unknown,
    }
}

/// Returns the strings in a file that may name a Rust file, apart from those of `#[path]`: a macro of
/// another crate may embed the text of that file.
pub fn named_sources(text: &str) -> Vec<String> {
    let Some(text) = normalized(text.as_bytes()) else { return Vec::new() };
    let Some(tokens) = Tokens::new(&text) else { return Vec::new() };
    let is_path = |index: usize| {
        index >= 2 && tokens.is_punct(index - 1, b'=') && tokens.name(index - 2) == Some("path")
    };
    let is_named = |index: &usize| {
        let token = &tokens.all[*index];
        tokens.text_of(token).contains(".rs") && !is_path(*index)
    };
    let strings = (0..tokens.all.len()).filter(is_named);
    strings.filter_map(|index| tokens.string(index)).filter(|text| text.ends_with(".rs")).collect()
}

fn files(text: &str) -> Option<Vec<String>> {
    let tokens = Tokens::new(text)?;
    let mut files = Vec::new();
    for index in 0..tokens.all.len() {
        match tokens.name(index) {
            Some("include_str" | "include_bytes") => files.push(argument(&tokens, index)?),
            // The file is code, which counts as such; only `include_str!` of the same file matters.
            Some("include") => files.extend(argument(&tokens, index)),
            _ => {}
        }
    }
    Some(files)
}

/// Returns the argument of a macro named at `index`, if that is one plain string literal.
fn argument(tokens: &Tokens<'_>, index: usize) -> Option<String> {
    if !tokens.is_punct(index + 1, b'!') {
        return None;
    }
    let arguments = tokens.inside(index + 2)?;
    let parts = tokens.comma_separated(arguments);
    let [part] = parts.as_slice() else {
        return None;
    };
    (part.len() == 1).then(|| tokens.string(part.start))?
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::{Embeds, embeds, named_sources};

    fn files(names: &[&str]) -> Embeds {
        Embeds::Files(names.iter().map(|name| (*name).to_owned()).collect())
    }

    #[rstest]
    #[case::nothing("fn a() {}", Embeds::Nothing)]
    #[case::in_a_comment("// include_str!(\"a\")", Embeds::Nothing)]
    #[case::in_a_doc_comment("/// include_str!(a)\nfn a() {}", Embeds::Nothing)]
    #[case::in_a_string("const A: &str = \"include_str!\";", Embeds::Nothing)]
    #[case::longer_name("include_str_again!(a)", Embeds::Nothing)]
    #[case::text("const A: &str = include_str!(\"a.rs\");", files(&["a.rs"]))]
    #[case::bytes("const A: &[u8] = include_bytes!(\"a\");", files(&["a"]))]
    #[case::several("include_str!(\"a\"); include_bytes!(\"b\")", files(&["a", "b"]))]
    #[case::path("core::include_str!(\"a\")", files(&["a"]))]
    #[case::leading_path("::std::include_bytes!(\"a\")", files(&["a"]))]
    #[case::raw_name("r#include_str!(\"a\")", files(&["a"]))]
    #[case::raw_string("include_str!(r#\"a\\b\"#)", files(&["a\\b"]))]
    #[case::escape("include_str!(\"a\\\\b\\u{63}\")", files(&["a\\bc"]))]
    #[case::other_brackets("include_str!{\"a\"} include_str![\"b\"]", files(&["a", "b"]))]
    #[case::trailing_comma("include_str!(\"a\",)", files(&["a"]))]
    #[case::comment_inside("include_str!(/* b */ \"a\")", files(&["a"]))]
    #[case::white_space("include_str ! (\n\"a\"\n)", files(&["a"]))]
    #[case::documentation("#![doc = include_str!(\"../README.md\")]", files(&["../README.md"]))]
    #[case::conditional("#![cfg_attr(doc, doc = include_str!(\"a\"))]", files(&["a"]))]
    #[case::inside_a_macro("foo! { include_str!(\"a\") }", files(&["a"]))]
    #[case::code("include!(\"a.rs\");", files(&["a.rs"]))]
    #[case::code_of_a_build_script(
        "include!(concat!(env!(\"OUT_DIR\"), \"/a.rs\"));",
        Embeds::Nothing
    )]
    #[case::field_of_this_name("a.include = b;", Embeds::Nothing)]
    #[case::concatenation("include_str!(concat!(\"a\", \"b\"))", Embeds::Unknown)]
    #[case::environment("include_bytes!(env!(\"A\"))", Embeds::Unknown)]
    #[case::macro_variable("macro_rules! a { ($b:expr) => { include_str!($b) } }", Embeds::Unknown)]
    #[case::import("use std::include_str as a;", Embeds::Unknown)]
    #[case::passed_on("a!(include_bytes)", Embeds::Unknown)]
    #[case::byte_string("include_str!(b\"a\")", Embeds::Unknown)]
    #[case::suffix("include_str!(\"a\"b)", Embeds::Unknown)]
    #[case::no_argument("include_str!()", Embeds::Unknown)]
    #[case::two_arguments("include_str!(\"a\", \"b\")", Embeds::Unknown)]
    #[case::one_of_two("include_str!(\"a\"); include_str!(b!())", Embeds::Unknown)]
    #[case::not_rust("include_str!(\"a", Embeds::Unknown)]
    fn embedded_files_are_named(#[case] text: &str, #[case] expected: Embeds) {
        assert_eq!(embeds(text), expected);
    }

    #[rstest]
    #[case::argument_of_a_macro("a!(\"b.rs\");", &["b.rs"])]
    #[case::part_of_an_argument("a!(concat!(b!(\"C\"), \"/src/d.rs\"), e);", &["/src/d.rs"])]
    #[case::raw("a!(r\"b.rs\");", &["b.rs"])]
    #[case::path_of_a_module("#[path = \"b.rs\"] mod c;", &[])]
    #[case::conditional_path("#[cfg_attr(d, path = \"b.rs\")] mod c;", &[])]
    #[case::another_file("a!(\"b.txt\");", &[])]
    #[case::comment("// \"b.rs\"", &[])]
    fn strings_name_sources(#[case] text: &str, #[case] expected: &[&str]) {
        assert_eq!(named_sources(text), expected);
    }
}
