//! Which modules a file declares whose code is in another file. Knows declarations, also those in
//! macro calls and macro definitions; knows no directory.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::attributes;
use super::lexer::{Kind, Tokens};
use super::source::normalized;

/// A module declared by `mod name;`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ModuleFile {
    /// The inline modules around the declaration, from the outside in.
    pub inline: Vec<InlineModule>,
    /// Its name, without `r#`.
    pub name: String,
    /// The values of its `#[path = "…"]`, in order.
    pub paths: Vec<ModulePath>,
}

/// A module declared by `mod name { … }`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct InlineModule {
    /// Its name, without `r#`.
    pub name: String,
    /// The values of its `#[path = "…"]`, in order.
    pub paths: Vec<ModulePath>,
}

/// The value of a `#[path = "…"]`. The first one that applies counts, and the module's name if none
/// does.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ModulePath {
    /// The path.
    pub value: String,
    /// Whether it is under `cfg_attr`, and so may not apply.
    pub is_conditional: bool,
}

/// Returns the modules that a file declares and that are in other files, whatever their conditions.
/// `None` if that is not certain: the text does not lex, or a macro makes up names or paths.
///
/// Modules that a macro of another crate declares without `mod` at its call are out of sight.
pub fn module_files(text: &str) -> Option<Vec<ModuleFile>> {
    let text = normalized(text.as_bytes())?;
    let tokens = Tokens::new(&text)?;
    let mut inline: Vec<(usize, Option<InlineModule>)> = Vec::new();
    let mut files = Vec::new();
    for index in 0..tokens.all.len() {
        if inline.last().is_some_and(|(close, _)| *close == index) {
            inline.pop();
        }
        if has_inner_path(&tokens, index) {
            return None;
        }
        match declaration(&tokens, index) {
            Declaration::None => {}
            Declaration::Unclear => return None,
            Declaration::Inline(close, module) => {
                let module = module.map(|(name, paths)| InlineModule { name, paths });
                inline.push((close, module));
            }
            Declaration::File(module) => {
                let (name, paths) = module?;
                let inline = inline.iter().map(|(_, module)| module.clone());
                let inline = inline.collect::<Option<_>>()?;
                files.push(ModuleFile { inline, name, paths });
            }
        }
    }
    Some(files)
}

/// A module's name and its paths; `None` if a macro fills them in.
type Named = Option<(String, Vec<ModulePath>)>;

/// What a token declares.
pub(crate) enum Declaration {
    /// Nothing.
    None,
    /// A module whose code follows, up to this token.
    Inline(usize, Named),
    /// A module whose code is in another file.
    File(Named),
    /// Something that a macro makes up.
    Unclear,
}

/// Returns what the `mod` at `index`, if it is one, declares.
pub(crate) fn declaration(tokens: &Tokens<'_>, index: usize) -> Declaration {
    if !tokens.is_ident(index, "mod") {
        return Declaration::None;
    }
    let is_variable = tokens.is_punct(index + 1, b'$');
    let after = index + 2 + usize::from(is_variable);
    if tokens.is_punct(after, b'{') {
        let close = tokens.closing(after).unwrap_or(after);
        Declaration::Inline(close, named(tokens, index, is_variable))
    } else if tokens.is_punct(after, b';') && tokens.is_name(after - 1) {
        Declaration::File(named(tokens, index, is_variable))
    } else if is_fragment_or_word(tokens, index) {
        Declaration::None
    } else {
        Declaration::Unclear
    }
}

fn named(tokens: &Tokens<'_>, index: usize, is_variable: bool) -> Named {
    // rustc brings names into a normal form, which may not be the one here.
    let name = tokens.name(index + 1).filter(|name| name.is_ascii());
    let name = name.filter(|_| !is_variable)?;
    Some((name.to_owned(), paths(tokens, index)?))
}

/// Whether `mod` at `index` is no declaration: followed by a fragment (`mod $name:ident`), or as a
/// word in what some macro reads.
fn is_fragment_or_word(tokens: &Tokens<'_>, index: usize) -> bool {
    let is_fragment = tokens.is_punct(index + 1, b'$') && tokens.is_punct(index + 3, b':');
    let is_repetition = tokens.is_punct(index + 1, b'$');
    is_fragment || !is_repetition && !tokens.is_name(index + 1)
}

/// Returns the paths in the attributes before `mod` at `index`; `None` if a macro may fill in one.
fn paths(tokens: &Tokens<'_>, index: usize) -> Option<Vec<ModulePath>> {
    let (attributes, start) = attributes_before(tokens, before_visibility(tokens, index));
    // `$(#[$attribute])* mod a;`
    let repeats = |mark: &u8| start > 0 && tokens.is_punct(start - 1, *mark);
    if [b'*', b'+', b'?'].iter().any(repeats) {
        return None;
    }
    let mut paths = Vec::new();
    for attribute in attributes {
        paths.extend(paths_in(tokens, attribute)?);
    }
    Some(paths)
}

/// Returns what is inside the brackets of each attribute before an item that begins at `start`, and
/// where the first one begins.
pub(crate) fn attributes_before(
    tokens: &Tokens<'_>,
    mut start: usize,
) -> (Vec<Range<usize>>, usize) {
    let mut attributes = Vec::new();
    while let Some(last) = start.checked_sub(1) {
        if let Some(open) = tokens.opening(last).filter(|open| is_attribute(tokens, *open)) {
            attributes.push(open + 1..last);
            start = open - 1;
        } else if matches!(tokens.all[last].kind, Kind::Doc { inner: false }) {
            start = last;
        } else {
            break;
        }
    }
    attributes.reverse();
    (attributes, start)
}

fn is_attribute(tokens: &Tokens<'_>, open: usize) -> bool {
    tokens.is_punct(open, b'[') && tokens.follows_punct(open, b'#')
}

/// Returns where a declaration's keywords begin: at `unsafe`, `pub`, `pub(…)` or `$visibility`.
pub(crate) fn before_visibility(tokens: &Tokens<'_>, index: usize) -> usize {
    let mut start = index;
    while let Some(last) = start.checked_sub(1) {
        start = match tokens.opening(last) {
            Some(open) if open > 0 && tokens.is_ident(open - 1, "pub") => open - 1,
            None if tokens.is_ident(last, "pub") || tokens.is_ident(last, "unsafe") => last,
            None if tokens.is_name(last) && tokens.follows_punct(last, b'$') => last - 1,
            _ => return start,
        };
    }
    start
}

/// Returns the values of `path = "…"` in an attribute: in itself or in `cfg_attr`.
fn paths_in(tokens: &Tokens<'_>, content: Range<usize>) -> Option<Vec<ModulePath>> {
    let may_be_anything = tokens.is_punct(content.start, b'$');
    if may_be_anything {
        return None;
    }
    let is_conditional = tokens.is_ident(content.start, "cfg_attr");
    if !is_conditional && tokens.name(content.start) != Some("path") {
        return Some(Vec::new());
    }
    let mut paths = Vec::new();
    for index in content {
        if is_conditional && tokens.is_punct(index, b'$') {
            return None;
        }
        if tokens.name(index) == Some("path") && tokens.is_punct(index + 1, b'=') {
            paths.push(ModulePath { value: tokens.string(index + 2)?, is_conditional });
        }
    }
    Some(paths)
}

/// Whether an inner attribute with a path begins at `index`: what it means to the modules before
/// it is not worth a guess.
fn has_inner_path(tokens: &Tokens<'_>, index: usize) -> bool {
    attributes::inner(tokens, index)
        .is_some_and(|content| paths_in(tokens, content).is_none_or(|paths| !paths.is_empty()))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::{ModulePath, module_files};

    /// A path, with a question mark if it may not apply.
    fn shown_path(path: &ModulePath) -> String {
        format!("{}{}", path.value, if path.is_conditional { "?" } else { "" })
    }

    /// Modules as `outer(path)::name(path)`, one a word.
    fn shown(text: &str) -> Option<String> {
        let show = |name: &str, paths: &[ModulePath]| match paths {
            [] => name.to_owned(),
            _ => format!("{name}({})", paths.iter().map(shown_path).collect::<Vec<_>>().join("|")),
        };
        let files = module_files(text)?.into_iter().map(|file| {
            let outer = file.inline.iter().map(|module| show(&module.name, &module.paths));
            let own = show(&file.name, &file.paths);
            outer.chain([own]).collect::<Vec<_>>().join("::")
        });
        Some(files.collect::<Vec<_>>().join(" "))
    }

    #[rstest]
    #[case::none("fn a() {}", "")]
    #[case::one("mod a;", "a")]
    #[case::several("mod a; pub mod b; pub(crate) mod c; pub(in crate::x) mod d;", "a b c d")]
    #[case::inline("mod a { fn b() {} }", "")]
    #[case::inside_inline("mod a { mod b { mod c; } mod d; } mod e;", "a::b::c a::d e")]
    #[case::raw("mod r#match;", "match")]
    #[case::raw_inline("mod r#type { mod r#fn; }", "type::fn")]
    #[case::conditional("#[cfg(unix)] mod a; #[cfg(test)] mod b;", "a b")]
    #[case::path("#[path = \"x/y.rs\"] mod a;", "a(x/y.rs)")]
    #[case::raw_path("#[path = r\"x\\y.rs\"] pub mod a;", "a(x\\y.rs)")]
    #[case::path_among_others(
        "/// Doc.\n#[path = \"x.rs\"]\n#[cfg(unix)]\n/// Doc.\npub(super) mod a;",
        "a(x.rs)"
    )]
    #[case::path_of_another("#[path = \"x.rs\"] mod a; mod b;", "a(x.rs) b")]
    #[case::path_of_inline("#[path = \"x\"] mod a { #[path = \"y.rs\"] mod b; }", "a(x)::b(y.rs)")]
    #[case::conditional_paths(
        "#[cfg_attr(unix, path = \"u.rs\")] #[cfg_attr(windows, allow(x), path = \"w.rs\")] mod a;",
        "a(u.rs?|w.rs?)"
    )]
    #[case::nested_condition("#[cfg_attr(a, cfg_attr(b, path = \"x.rs\"))] mod a;", "a(x.rs?)")]
    #[case::in_macro_call(
        "cfg_if! { if #[cfg(unix)] { mod unix; } else { mod other; } }",
        "unix other"
    )]
    #[case::in_macro_body("macro_rules! a { () => { #[path = \"x.rs\"] mod b; } }", "b(x.rs)")]
    #[case::visibility_variable(
        "macro_rules! a { ($v:vis) => { #[path = \"x.rs\"] $v mod b; } }",
        "b(x.rs)"
    )]
    #[case::fragment("macro_rules! a { (mod $name:ident) => { fn $name() {} } }", "")]
    #[case::function("fn a() { #[path = \"x.rs\"] mod b; }", "b(x.rs)")]
    #[case::comment("// mod a;\nmod /* mod b; */ c;", "c")]
    #[case::string("const A: &str = \"mod a;\";", "")]
    #[case::raw_word("fn a() { r#mod; }", "")]
    #[case::name_from_a_macro_unused(
        "macro_rules! a { ($n:ident) => { mod $n { fn b() {} } } }",
        ""
    )]
    fn modules_in_other_files_are_found(#[case] text: &str, #[case] expected: &str) {
        assert_eq!(shown(text).as_deref(), Some(expected));
    }

    #[rstest]
    #[case::name_from_a_macro("macro_rules! a { ($n:ident) => { mod $n; } }")]
    #[case::names_from_a_macro("macro_rules! a { ($($n:ident)*) => { $(pub mod $n;)* } }")]
    #[case::inside_a_name_from_a_macro("macro_rules! a { ($n:ident) => { mod $n { mod b; } } }")]
    #[case::attributes_from_a_macro("macro_rules! a { ($(#[$m:meta])*) => { $(#[$m])* mod b; } }")]
    #[case::attribute_from_a_macro("macro_rules! a { ($m:meta) => { #[$m] pub mod b; } }")]
    #[case::path_from_a_macro("macro_rules! a { ($p:literal) => { #[path = $p] mod b; } }")]
    #[case::conditional_path_from_a_macro(
        "macro_rules! a { ($m:meta) => { #[cfg_attr(unix, $m)] mod b; } }"
    )]
    #[case::computed_path("#[path = concat!(\"a\", \".rs\")] mod b;")]
    #[case::inner_path("mod a { #![path = \"x\"] mod b; }")]
    #[case::name_that_may_be_normalized("mod \u{e9};")]
    #[case::repetition_after_mod("macro_rules! a { ($($n:ident)*) => { mod $($n)*; } }")]
    #[case::joined_name("macro_rules! a { ($n:ident) => { paste! { mod $n _b; } } }")]
    #[case::not_rust("mod a; {")]
    fn uncertain_modules_are_none(#[case] text: &str) {
        assert_eq!(shown(text), None);
    }
}
